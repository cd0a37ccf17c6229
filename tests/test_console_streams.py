"""The terminal's streams: pipes, files and a real pseudo-terminal; what happens when they close, fill up or stall."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from adapters.platforms import console
from adapters.platforms.console.keyboard import replaced
from adapters.platforms.console.streams import read_lines
from bot.models import Message
from bot.ports import Doubt, Doubtful, NotSent
from tests.rigs.console import HERE, NOW, paper
from tests.rigs.platform import BUSY
from tests.rigs.teletype import ROOT, Teletype, start


async def test_an_output_that_is_closed_takes_nothing_for_sure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as file:
        platform = console.platform({}, clock=lambda: NOW, out=Console(file=file, width=88))
        with pytest.raises(NotSent, match="takes nothing any more"):
            await platform.post(HERE, paper(1), "")
        # nothing is left in a buffer to be written later, or to fail at the end
        file.flush()
    with pytest.raises(NotSent):
        await platform.post(HERE, paper(1), "")
    assert platform.doubt(HERE) == (Doubt.NEITHER,)


async def test_an_output_that_closes_in_the_middle_leaves_doubt() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file:
        platform = console.platform({}, clock=lambda: NOW, out=Console(file=file, width=88))
        posting = asyncio.create_task(platform.post(HERE, Message(body="much to read\n" * 8_000), ""))
        await asyncio.sleep(0.1)
        assert not posting.done()
        os.close(reader)
        with pytest.raises(Doubtful, match="in the middle of a message"):
            await posting


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to stand for a full disk")
async def test_a_full_disk_takes_nothing_for_sure() -> None:
    with Path("/dev/full").open("w") as file:  # noqa: ASYNC230  # opening it does not block
        platform = console.platform({}, clock=lambda: NOW, out=Console(file=file, width=88))
        with pytest.raises(NotSent):
            await platform.post(HERE, paper(1), "")


async def test_a_reader_that_stalls_does_not_stall_the_bot() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file, os.fdopen(reader):
        platform = console.platform({}, clock=lambda: NOW, out=Console(file=file, width=88))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await platform.post(HERE, Message(body="much to read\n" * 8_000), "")


async def test_letters_the_output_cannot_write_become_question_marks(tmp_path: Path) -> None:
    with (tmp_path / "out.txt").open("w", encoding="ascii") as file:  # nor does this
        platform = console.platform({}, clock=lambda: NOW, out=Console(file=file, width=88))
        await platform.post(HERE, Message(body="Erdős 🔖"), "")

    assert (tmp_path / "out.txt").read_text() == "\nErd?s ?\n"


async def test_lines_arrive_as_they_are_typed_also_in_pieces() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as file:
        lines = read_lines(file)
        for piece in (b"fol", b"low tokeni", "sation é".encode()[:-1], "é".encode()[1:], b"\nli"):
            threading.Timer(0.01, os.write, (writer, piece)).start()
            await asyncio.sleep(0.03)
        assert await anext(lines) == "follow tokenisation é"
        os.write(writer, b"st\n\nnow")
        os.close(writer)
        assert [line async for line in lines] == ["list", "", "now"]


def shell(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it; $0 is this Python."""
    command = ["sh", "-c", script, sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


GOT = "\n> help\n\nonly you see this\ngot <help> from Ada\n"


@pytest.mark.parametrize("source", ["pipe", "file", "/dev/null", "closed"])
def test_without_a_terminal_it_ends_with_its_input(source: str, tmp_path: Path) -> None:
    """Four kinds of standard input, each a process of its own."""
    (tmp_path / "lines.txt").write_text("help\nbusy\nlist")
    script = {
        "pipe": "printf 'help\\nbusy\\nlist' | $0 -m tests.rigs.teletype",
        "file": "$0 -m tests.rigs.teletype < $1/lines.txt",
        "/dev/null": "$0 -m tests.rigs.teletype < /dev/null",
        "closed": "$0 -m tests.rigs.teletype <&-",
    }[source]
    done = shell(script, str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")
    if source in ("pipe", "file"):
        assert done.stdout.startswith(GOT)
        assert f"> busy\n{BUSY}\n" in done.stdout
        assert done.stdout.endswith("> list\n\nonly you see this\ngot <list> from Ada\n")
    else:
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("typed", "completion", "stands_for"),
    [
        ("fol", "follow", "fol"),
        ("/papers fol", "follow", "fol"),
        ("unfollow knowledge gr", "knowledge graph", "knowledge gr"),
        ("unfollow tok", "unfollow tokenization", "unfollow tok"),
        ("unfollow xyz", "tokenization", "xyz"),
        ("unfollow ", "tokenization", ""),
        ("", "follow", ""),
    ],
)
def test_a_completion_replaces_what_it_completes(typed: str, completion: str, stands_for: str) -> None:
    assert typed[len(typed) - replaced(typed, completion) :] == stands_for


@pytest.fixture
def own_teletype() -> Iterator[Teletype]:
    terminal = Teletype()
    try:
        terminal.prompted()
        yield terminal
    finally:
        terminal.close()


@pytest.fixture(scope="module")
def shared_teletype() -> Iterator[Teletype]:
    terminal = Teletype()
    try:
        terminal.prompted()
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def teletype(shared_teletype: Teletype) -> Teletype:
    """A terminal that others have used before; it stands at a new prompt."""
    shared_teletype.press("\x15")
    shared_teletype.enter("here")
    return shared_teletype


def test_at_a_terminal_a_digest_that_comes_while_typing_does_not_break_the_line(teletype: Teletype) -> None:
    teletype.press("half a li")
    teletype.until("half a li")
    teletype.process.send_signal(signal.SIGUSR1)
    teletype.until("Paper number 1")
    second = teletype.until("What paper 2 says.").partition("Paper number 2")[2]
    again = teletype.until("> half a li")
    teletype.press("ne\r")
    teletype.until("got <half a line> from Ada")

    assert "half" not in second
    assert "Paper number" not in again


def test_at_a_terminal_a_reaction_names_the_paper_and_titles_are_links(teletype: Teletype) -> None:
    assert "https://papers.example/1\x1b\\\x1b[1mPaper number 1" in teletype.enter("buttons")
    teletype.press("react 1 🔖\r")
    teletype.until("got <react 🔖> from Ada")


def test_at_a_terminal_pasted_lines_are_one_command_each_and_topics_below_follow_belong_to_it(
    teletype: Teletype,
) -> None:
    teletype.press("\x1b[200~follow a\nlist\x1b[201~\r")
    teletype.until("got <follow a> from Ada")
    teletype.until("got <list> from Ada")
    teletype.prompted()
    teletype.press("\x1b[200~follow reasoning\ndiffusion\nmamba -vision\x1b[201~\r")
    teletype.until("got <follow reasoning diffusion mamba -vision> from Ada")


def test_at_a_terminal_ctrl_c_takes_a_line_away_that_was_begun(teletype: Teletype) -> None:
    teletype.press("half a li")
    teletype.until("half a li")
    teletype.press("\x03")
    teletype.enter("list")


def test_at_a_terminal_tab_completes_commands_topics_and_the_terminals_own_words(teletype: Teletype) -> None:
    teletype.press("fol\t")
    teletype.until("follow")
    teletype.press(" tok\t")
    teletype.until("tokenization is a topic")
    teletype.press("\r")
    teletype.until("got <follow tokenization is a topic> from Ada")
    teletype.prompted()
    teletype.press("unr\t")
    teletype.until("eact")


def test_at_a_terminal_a_form_asks_field_by_field(teletype: Teletype) -> None:
    teletype.enter("buttons")
    teletype.press("press Note\r")
    teletype.until("Shelf (desk, door):")
    teletype.press("door\r")
    teletype.until("Your note (Ctrl-C leaves it as it is):")
    teletype.until("read it")
    teletype.press(" twice\r")
    teletype.until("got <note p1 door read it twice> from Ada")


def test_at_a_terminal_ctrl_c_in_a_form_gives_up_the_form_only(teletype: Teletype) -> None:
    teletype.enter("buttons")
    teletype.press("press Note\r")
    teletype.until("Shelf (desk, door):")
    teletype.press("\x03")
    teletype.until("Nothing was sent.")
    teletype.enter("list")


@pytest.mark.parametrize("keys", ["\x03", "\x04", "quit\r"], ids=["Ctrl-C", "Ctrl-D", "quit"])
def test_at_a_terminal_it_ends_when_told_and_gives_the_terminal_back(own_teletype: Teletype, keys: str) -> None:
    own_teletype.press(keys)

    assert own_teletype.process.wait(10) == 0
    assert termios.tcgetattr(own_teletype.end) == own_teletype.settings


def test_at_a_terminal_sigterm_ends_it_and_gives_the_terminal_back(own_teletype: Teletype) -> None:
    own_teletype.process.send_signal(signal.SIGTERM)

    assert own_teletype.process.wait(10) == 0
    assert termios.tcgetattr(own_teletype.end) == own_teletype.settings


def test_sigterm_ends_it_at_once_while_it_waits_for_a_line() -> None:
    process = start(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    with process:
        process.stdin.write(b"help\n")
        process.stdin.flush()
        assert process.stdout.read(len(GOT)) == GOT.encode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(3) == 0


def test_when_nobody_reads_any_more_it_ends_in_peace() -> None:
    script = "yes help | $0 -m tests.rigs.teletype | head -n 3"
    done = shell(script)

    assert (done.stdout, done.stderr) == ("\n> help\n\n", "")
