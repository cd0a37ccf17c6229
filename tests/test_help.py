"""Help: short, complete, and every line of it works when pasted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import commands
from bot.messages import helping
from bot.models import Message
from bot.ports import CommandError
from jobs.answer import HANDLERS, gate
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, CHANNEL, Hands, announce, opened, paper, typed
from tests.test_tenants import Nowhere

EXAMPLES = [f"/papers {example}" for command in commands.TABLE for example in command.examples]


def test_the_short_help_is_eight_lines_and_leads_to_everything() -> None:
    short = helping.help_short()

    assert len(short.body.splitlines()) == 8
    assert [action.command for action in short.actions] == ["help all", "help privacy"]
    everything = helping.help_all().body.splitlines()
    assert [line.split()[0] for line in everything] == [one.word for one in commands.TABLE if not one.hidden]


@pytest.mark.parametrize("command", [one for one in commands.TABLE if not one.hidden], ids=lambda one: one.word)
def test_each_command_has_help_with_an_example(command: commands.Command) -> None:
    message = helping.help_one(command.word)

    assert message is not None
    assert command.examples
    assert all(f"/papers {example}" in message.body for example in command.examples)


async def test_every_example_works_when_pasted(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock, {"feed": Nowhere()}) as house:
        await announce(house, paper(10102), paper(2), paper(3), paper(4, "Mamba"), news=False)
        refused = []
        for number, line in enumerate(EXAMPLES):
            here = replace(CHANNEL, id=f"room {number}")
            for before in ("follow tokenization", "follow mamba", "search tokenization", "save 2", "resume"):
                await typed(house, clock.act(before, ADA, here))
            act = clock.act(line, ADA, here)
            known = commands.parse(line)
            try:
                said = await gate.answered(house.answer._desk, act, known, HANDLERS[known.command.word], agreed=True)
            except CommandError as error:
                refused.append((line, str(error)))
            else:
                assert [place.person for place, _ in said if place.kind == "private"] == [ADA], line
            clock.move(seconds=1)

    # there is no such room here
    assert [line for line, _ in refused] == ["/papers move #papers"]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("?", "New papers, delivered to your channel."),
        ("help query", "What can be followed and searched for"),
        ("help undo", "Undo is a button."),
        ("help ?", "/papers help [COMMAND]"),
    ],
)
async def test_help_about_what_is_no_command(tmp_path: Path, words: str, title: str) -> None:
    clock, board = Hands(), Noticeboard()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act(words, ADA, CHANNEL))

        assert board.books[-1][1].title == title


async def test_help_about_something_nearly_right_proposes_what_is(tmp_path: Path) -> None:
    clock, board = Hands(), Noticeboard()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("help folow", ADA, CHANNEL))

        message = board.books[-1][1]
        assert message.body == "There is no command “folow”. Did you mean follow?"
        assert [action.command for action in message.actions] == ["help follow"]


async def test_help_about_what_there_is_not_leads_to_all_commands(tmp_path: Path) -> None:
    clock, board = Hands(), Noticeboard()
    async with opened(tmp_path, {"console": board}, clock) as house:
        for words in ("help nonsense", "help restore", "help \x00"):
            await typed(house, clock.act(words, ADA, CHANNEL))
            message: Message = board.books[-1][1]
            assert [action.command for action in message.actions] == ["help all"], words
