"""The terminal as people see it, and what hostile text cannot do to it."""

from __future__ import annotations

import asyncio
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from adapters.platforms import console
from adapters.platforms.console import harmless
from bot.messages import helping
from bot.models import Action, Ask, File, Message, Place
from tests.rigs.console import CHANNEL, HERE, NOT_TEXT, NOW, ONLY_YOU, Talk, paper
from tests.test_platform_exam import HOSTILE

SAVE = Action("Save", "save p17")
FORM = Action("Note", "note p17 {shelf} {text}", ask=(Ask("shelf", "Shelf"), Ask("text", "Your note")))
#: what the terminal itself may send besides text: colours, and links
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;(?:id=\d+)?;(?P<url>[!-~]*)\x1b\\")


# --------------------------------------------------------------------------------------------- looking


async def test_a_digest_in_a_pipe_is_plain_and_readable() -> None:
    talk = Talk()

    await talk.post(paper(1, SAVE, Action("PDF", url="https://papers.example/1.pdf")))

    assert talk.text == (
        "\n"
        " 1  Paper number 1\n"
        "    https://papers.example/1\n"
        "    Ada Lovelace, Alan Turing · arXiv cs.CL · 14 Apr\n"
        "    tokenization in the title\n"
        "    What paper 1 says.\n"
        "    [Save] [PDF]\n"
    )


async def test_a_lead_stands_under_its_topics_and_its_thread_under_the_lead() -> None:
    talk = Talk()
    items = (paper(1, group="tokenization"), paper(2, group="tokenization"), paper(3, group="reasoning"))
    lead = await talk.post(Message("3 new papers", items=items, note="143 more reasoning"))
    await talk.post(paper(2), Place(CHANNEL, "thread", under=lead))

    lines = talk.text.splitlines()
    assert lines.count("tokenization") == 1
    assert lines.index("tokenization") + 1 == lines.index(" 1  Paper number 1")
    assert lines.index("reasoning") + 1 == lines.index(" 3  Paper number 3")
    assert lines.index("143 more reasoning") > lines.index(" 3  Paper number 3")
    assert lines[-5:] == [
        "│  2  Paper number 2",
        "│     https://papers.example/2",
        "│     Ada Lovelace, Alan Turing · arXiv cs.CL · 14 Apr",
        "│     tokenization in the title",
        "│     What paper 2 says.",
    ]


async def test_a_list_whose_heading_leads_somewhere_shows_both() -> None:
    talk = Talk()

    await talk.post(Message("Your list", url="https://papers.example/list", items=(paper(1),)))

    assert talk.text.startswith("\nYour list\nhttps://papers.example/list\n\n 1  Paper number 1\n")


async def test_only_what_is_private_says_that_only_you_see_it() -> None:
    talk = Talk()
    for kind, label in (
        ("private", "only you see this"),
        ("home", "your home"),
        ("unfurl", "preview"),
        ("channel", ""),
    ):
        before = len(talk.text)
        await talk.post(Message(body="A sentence."), replace(HERE, kind=kind))  # type: ignore[arg-type]
        assert talk.text[before:].strip().startswith(label or "A sentence.")


async def test_help_stays_a_table_where_it_fits_and_where_it_does_not() -> None:
    body = helping.help_all().body
    wide, narrow = Talk(100), Talk(60)

    await wide.post(helping.help_all(), ONLY_YOU)
    await narrow.post(helping.help_all(), ONLY_YOU)

    fitting = [line for line in body.splitlines() if len(line) <= 100]
    assert [line for line in fitting if line not in wide.text.splitlines()] == []
    column = body.splitlines()[0].index("bring new papers")
    table = narrow.text.split("All commands\n\n")[1].split("\n\n")[0].splitlines()
    rows = [(line[:column].strip(), f"    {line[column:]}") for line in body.splitlines()]
    # what a command does stands below it
    assert table == [line for row in rows for line in row]


async def test_a_long_topic_of_a_list_goes_on_below_itself() -> None:
    talk = Talk(60)
    topic = " OR ".join(f"word{number}" for number in range(12))

    await talk.post(Message("1 topic here", body=f"  1  {topic}  ·  2 in 7 days, 9 in 30  ·  since 13 Apr, Ada"))

    lines = talk.text.split("1 topic here\n\n")[1].splitlines()
    assert lines[0].startswith("  1  word0 OR")
    assert [line[:5] for line in lines[1:]] == ["     "] * (len(lines) - 1)
    assert " ".join(talk.text.split()).endswith(f"1 {topic} · 2 in 7 days, 9 in 30 · since 13 Apr, Ada")


@pytest.mark.parametrize("body", ["  1  mamba  ·  since 13 Apr", "Stops it.\n\nunfollow 2", "a\nb\nc\nd\ne"])
async def test_a_list_stands_apart_from_its_heading_however_long_it_is(body: str) -> None:
    talk = Talk()

    await talk.post(Message("Heading", body=body))

    assert f"Heading\n\n{body.splitlines()[0]}" in talk.text


async def test_commands_are_written_as_they_are_typed_here() -> None:
    talk = Talk()

    await talk.post(
        Message("/papers list [text]", facts=("Say `/papers list`.",), body="Shows it.\n\n/papers list", note="`list`")
    )

    assert "/papers" not in talk.text
    assert "Say `list`." in talk.text


async def test_paragraphs_and_margins_of_a_body_stay() -> None:
    talk = Talk()
    body = "First paragraph.\n\n    an example   with spaces\n\nLast paragraph."

    await talk.post(Message("Help", body=body))

    assert f"\n{body}\n" in talk.text


async def test_a_file_is_printed_to_the_letter() -> None:
    talk = Talk()
    content = (
        "@article{a,\n  title = {" + "A very long title " * 20 + "},\n  note = {[bold]not[/bold]  :bookmark:}\n}\n"
    )

    await talk.post(Message("1 paper as papers.bib", file=File("papers.bib", content)), ONLY_YOU)

    assert re.search(r"── papers\.bib ─+\n(.*?)\n─+\n", talk.text, re.DOTALL)[1] + "\n" == content  # type: ignore[index]


@pytest.mark.parametrize("width", [20, 40, 80, 88, 100, 200])
@pytest.mark.parametrize("title", HOSTILE, ids=lambda title: title.split()[-1])
async def test_no_line_is_wider_than_the_terminal_or_than_is_good_to_read(width: int, title: str) -> None:
    talk = Talk(width)
    message = replace(paper(1, *(Action(f"Button {n}", "x") for n in range(30))), title=title, url="", body=title)
    await talk.post(message)
    await talk.post(replace(message, url="https://papers.example/1", facts=(title,) * 5))
    await talk.post(Message(title, items=(replace(paper(1, group=title), title=title),) * 3, note=title))

    lines = talk.text.splitlines()
    assert max(map(cell_len, lines)) <= max(30, min(width, 100))
    assert [line for line in lines if line != line.rstrip()] == []


async def test_in_a_terminal_titles_are_links_unless_the_settings_say_plain() -> None:
    talk = Talk(colour=True)
    await talk.post(paper(1, Action("PDF", url="https://papers.example/1.pdf")))
    plain = console.platform({"CONSOLE_LINKS": "plain"}, clock=lambda: NOW, out=talk.out)
    before = len(talk.text)
    await plain.post(HERE, paper(1), "")

    assert {found["url"] for found in OURS.finditer(talk.text[:before])} >= {
        "https://papers.example/1",
        "https://papers.example/1.pdf",
    }
    assert "\n    https://papers.example/1\n" not in talk.text[:before]
    assert "\x1b]8" not in talk.text[before:]
    assert "https://papers.example/1\n" in OURS.sub("", talk.text[before:])


async def test_what_was_shown_can_be_exported_as_a_picture() -> None:
    out = Console(file=io.StringIO(), width=90, record=True, force_terminal=True, color_system="standard")
    platform = console.platform({}, clock=lambda: NOW, out=out)
    await platform.post(HERE, replace(paper(1), title="Tokenizers & <friends> \x1b[31m"), "")

    svg = ET.fromstring(console.svg(out))  # noqa: S314  # our own picture: it must be sound XML

    text = "".join(svg.itertext()).replace("\xa0", " ")
    assert "Tokenizers & <friends> [31m" in text
    assert "What paper 1 says." in text


# -------------------------------------------------------------------------------------------- hostility


def escapes(text: str, links: set[str]) -> list[str]:
    """What is neither text nor ours."""
    foreign = [found["url"] for found in OURS.finditer(text) if found["url"] and found["url"] not in links]
    return foreign + NOT_TEXT.findall(OURS.sub("", text))


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda title: title.split()[-1])
async def test_hostile_text_is_harmless_in_a_terminal_with_colours_and_links(hostile: str) -> None:
    talk = Talk(colour=True, words=("next",))
    everywhere = Message(
        title=hostile,
        url="https://papers.example/1",
        body=hostile,
        facts=(hostile, hostile),
        note=hostile,
        group=hostile,
        actions=(Action(hostile, "save p17"), Action(hostile, url=f"https://papers.example/{hostile}"), FORM),
        file=File(hostile, hostile),
        notice=hostile,
    )
    await talk.post(everywhere)
    await talk.post(replace(everywhere, url=hostile, items=(everywhere, everywhere)), ONLY_YOU)
    await talk.types(hostile, f"press {hostile}", f"react {hostile}", "press Note", hostile, hostile)

    links = {"https://papers.example/1", harmless.link(f"https://papers.example/{hostile}")}
    assert escapes(talk.text, links) == []


TEXT = st.text(st.characters(), max_size=60)


@settings(deadline=None, max_examples=60)
@given(title=TEXT, body=TEXT, url=st.one_of(TEXT, TEXT.map("https://papers.example/{}".format)), label=TEXT, typed=TEXT)
def test_no_text_at_all_can_act(title: str, body: str, url: str, label: str, typed: str) -> None:
    async def show() -> str:
        talk = Talk(colour=True)
        item = Message(
            title,
            url,
            body,
            code=body,
            facts=(title, body),
            note=body,
            group=title,
            actions=(Action(label, "x"), Action(label, url=url)),
        )
        await talk.post(item)
        await talk.post(replace(item, items=(item, item), file=File(title, body)), ONLY_YOU)
        await talk.types(typed, f"press {typed}")
        return talk.text

    assert escapes(asyncio.run(show()), {harmless.link(url)}) == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "//papers.example",
        "arxiv.org/abs/1",
        "",
        "http://[::1",
    ],
)
def test_only_web_addresses_are_links(url: str) -> None:
    assert harmless.link(url) == ""


def test_an_address_stays_what_it_is() -> None:
    url = "https://papers.example/a(b)/c?d=e%20f&g=h;i#j~k"
    assert harmless.link(url) == url
    assert harmless.link("https://papers.example/é \x1b\\x") == "https://papers.example/%C3%A9%20%5Cx"
