"""What a message looks like in Discord, and that nothing in it acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms.discord import custom_id, harmless, limits
from adapters.platforms.discord.buttons import key_of
from adapters.platforms.discord.layout import heading, laid
from bot.models import Action, Ask, Message, Moment
from bot.ports import Refused
from tests.rigs.discord import components, embeds
from tests.rigs.discord.markdown import Active, components_read, embeds_read, read
from tests.rigs.hostile import HOSTILE, TOGETHER, titles
from tests.rigs.papers import PAPER, SAVE, item

KEY = "k" * 24
ASKED_FOR = "https://arxiv.org/abs/2604.10005"


def shown(message: Message) -> tuple[list[str], list[Active]]:
    said = laid(message, notice=True)
    parts = (read(said["content"]), embeds_read(said["embeds"]), components_read(said["components"]))
    return [said_ for one in parts for said_ in ([one[0]] if isinstance(one[0], str) else one[0])], [
        active for one in parts for active in one[1]
    ]


def wrong(said: dict[str, Any]) -> list[object]:
    found: list[object] = [*embeds.of_embeds(said["embeds"]), *components.of_message(said["components"])]
    empty = not said["content"].strip() and not said["embeds"]
    long = harmless.size(said["content"]) > limits.CONTENT
    return found + (["empty"] if empty else []) + (["long"] if long else [])


def elements(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for row in said["components"] for one in row["components"]]


def test_a_paper_is_an_embed_with_its_link_and_buttons() -> None:
    said = laid(PAPER, KEY)
    (embed,) = said["embeds"]
    save, pdf, more = elements(said)

    assert (embed["title"], embed["url"]) == (PAPER.title, PAPER.url)
    assert embed["description"].splitlines()[0] == "Ada Lovelace, Alan Turing +3"
    assert save["custom_id"] == f"{KEY}¶save p17"
    assert pdf["url"] == "https://arxiv.org/pdf/2604.10005"
    assert [one["value"] for one in more["options"]] == ["¶why p17"]
    assert said["allowed_mentions"] == {"parse": []}


def test_a_lead_is_numbered_links_under_headings_with_one_menu() -> None:
    lead = Message(
        "3 new papers", items=(item(1, SAVE), item(2, Action("Save", "save p2")), item(3, group="x")), first=4
    )
    said = laid(lead, KEY)
    (menu,) = elements(said)

    assert said["embeds"][0]["description"].splitlines()[:2] == [
        "**tokenization**",
        "**4.** [Paper number 1](https://arxiv.org/abs/2604.00001)",
    ]
    assert [(one["label"], one["value"]) for one in menu["options"]] == [
        ("4. Paper number 1", "¶save p17"),
        ("5. Paper number 2", "¶save p2"),
    ]
    assert menu["placeholder"] == "Save…"
    assert key_of(said["components"]) == KEY


@pytest.mark.parametrize(
    "message",
    [
        PAPER,
        Message(body="Nothing new."),
        Message("Lead", items=(item(1), item(2))),
        Message("Long", actions=(Action("More", "m" * 90),)),
        Message("Folded", actions=(Action("Why", "why p1", more=True),)),
        Message("Lead", items=(item(1, Action("More", "m" * 100)),)),
        Message("Folded", actions=(Action("More", "m" * 100, more=True),)),
        Message("Form", actions=(Action("Note", "note {a} {b}", ask=(Ask("a", "a" * 40), Ask("b", "b" * 30))),)),
        Message("Full", actions=tuple(Action("More", f"{n:090}") for n in range(30))),
    ],
    ids=[
        *("a paper", "a line", "a lead without buttons", "a long command", "only a menu"),
        *("a menu of long commands", "a folded long command", "a form with long labels", "no room at all"),
    ],
)
def test_every_keyed_message_carries_its_key(message: Message) -> None:
    said = laid(message, KEY)

    assert key_of(said["components"]) == KEY
    assert wrong(said) == []
    assert key_of(laid(message)["components"]) == ""


@pytest.mark.parametrize(
    ("command", "ask"),
    [
        ("save p17", ()),
        ("search a | b OR “c”", ()),
        ("note p17 {text} {tag}", (Ask("text", "Your note"), Ask("tag", "Tag", optional=True))),
        (
            "note p17: {note}",
            (Ask("note", "Your note and #tags; empty removes it", value="", optional=True, current=True),),
        ),
        (
            "export {format}",
            (Ask("format", "Format", "choice", "bibtex", ("bibtex", "ris", "csl", "csv", "markdown")),),
        ),
        ("schedule {at}", (Ask("at", "Hour", "time", "09:00"),)),
    ],
)
def test_what_a_button_carries_comes_back(command: str, ask: tuple[Ask, ...]) -> None:
    for head in ("", "2", KEY):
        name = custom_id.packed(command, ask, head)
        assert 0 < harmless.size(name) <= limits.CUSTOM_ID or head == KEY
        found = custom_id.unpacked(name or custom_id.packed(command, ask))
        assert (found.command, found.ask) == (command, ask) or head == KEY


def test_a_command_of_ninety_characters_is_never_cut_and_its_form_may_be() -> None:
    command = "note p17 " + "x" * 74 + " {text}"
    found = custom_id.unpacked(custom_id.packed(command, (Ask("text", "A label of a field " * 3),)))

    assert len(command) == 90
    assert found.command == command
    assert [one.name for one in found.ask] == ["text"]
    assert custom_id.packed("x" * 100) == ""


def test_two_buttons_with_one_command_are_told_apart() -> None:
    first, second = elements(laid(Message("Twice", actions=(SAVE, SAVE))))

    assert first["custom_id"] != second["custom_id"]
    assert custom_id.unpacked(second["custom_id"]).command == "save p17"


def test_commands_are_shown_as_what_is_to_be_typed_and_code_as_code() -> None:
    said = laid(Message(body="Type `/papers saved` now.", code="a ``` b\n  ^"))

    assert said["embeds"][0]["description"] == "Type `/papers saved` now.\n\n```\na \u02cb\u02cb\u02cb b\n  ^\n```"


def test_a_sentence_is_plain_text_and_a_notice_stands_above_an_embed() -> None:
    assert laid(Message(body="Ada follows *this*."))["content"] == r"Ada follows \*this\*."
    assert laid(PAPER, notice=True)["content"] == r"1 new paper\: A Family of Tokenizers"
    assert laid(PAPER)["content"] == ""
    assert heading(Message(body="x" * 300), limits.THREAD).endswith("…")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[::1", "//x.example", "data:text/html,x", "https://"])
def test_only_web_addresses_are_links(url: str) -> None:
    lines, active = shown(Message("Title", url=url, actions=(Action("PDF", url=url),)))

    assert active == []
    assert lines == ["", "Title"]


NEXT = Moment("Monday 09:00", datetime(2026, 4, 20, 9, tzinfo=UTC), "Next digest: ")


def test_a_moment_is_shown_to_each_reader_in_their_own_zone() -> None:
    said = "Next digest: Monday 09:00. `/papers resume`"
    stamped = r"Next digest\: <t:1776675600:f>\. `/papers resume`"

    assert laid(Message(body=said, moments=(NEXT,)))["content"] == stamped
    noted = laid(Message("Set.", note=said, moments=(NEXT,)))["embeds"][0]
    assert (noted["description"], "footer" in noted) == (stamped, False)
    assert wrong(laid(Message("Set.", body="*" * 9_000, note=said, moments=(NEXT,)))) == []


def test_the_same_words_elsewhere_and_words_that_were_cut_are_only_words() -> None:
    words = "Next digest: Monday 09:00"
    listed = Message(
        words, items=(replace(item(1), title=words),), facts=(words, "<t:1:R> Monday 09:00"), moments=(NEXT,)
    )
    cut = Message("Long", facts=("x" * 180 + words,), moments=(NEXT,))

    assert [one.target for one in shown(listed)[1] if one.kind == "time"] == ["1776675600"]
    assert laid(listed)["embeds"][0]["title"] == words
    assert [one for one in shown(cut)[1] if one.kind == "time"] == []


def test_an_empty_message_is_refused() -> None:
    for empty in (Message(), Message("\u2800"), Message("\u200d", body="\u3164")):
        with pytest.raises(Refused):
            laid(empty)


@pytest.mark.parametrize(
    "message",
    [
        Message(title="x" * 20_000, url=ASKED_FOR, body="*_~ " * 9_000, facts=("fact " * 500,) * 9),
        Message("Many", items=tuple(replace(item(n, SAVE, SAVE), title="t" * 900, body="b" * 900) for n in range(60))),
        Message("Menu", items=tuple(item(n, SAVE) for n in range(150))),
        Message(
            "Long", items=tuple(item(n, group=str(n) * 200) for n in range(40)), body="y" * 9_000, note="z" * 9_000
        ),
        Message("Buttons", actions=tuple(Action(f"Button {n}" * 20, f"list {n}") for n in range(60))),
        Message("Folded", actions=tuple(Action(f"Option {n}" * 20, "c" * 90, more=True) for n in range(60))),
        Message("\U0001f469\u200d\U0001f52c" * 5_000, body="\U0001f469\u200d\U0001f52c" * 5_000),
        Message("Empty", items=(Message(),) * 60),
    ],
    ids=["texts", "papers with buttons", "a menu", "groups", "buttons", "folded", "emoji", "empty papers"],
)
def test_whatever_is_too_long_is_cut_and_taken(message: Message) -> None:
    assert wrong(laid(message, KEY, notice=True)) == []


def test_ten_papers_with_long_titles_are_all_shown_whole_enough_to_know_them() -> None:
    title = "On the Remarkable Length of Titles in Computational Linguistics and What Can Be Done About It, Part "
    lead = Message("10 new papers", items=tuple(replace(item(n), title=f"{title}{n}") for n in range(1, 11)))

    lines = "\n".join(shown(lead)[0])
    assert [n for n in range(1, 11) if f"{title}{n}" not in lines] == []


def test_the_title_of_a_paper_is_shown_whole_up_to_what_discord_takes() -> None:
    whole = "On tokenization " * 15 + "and back"
    said = laid(replace(PAPER, title=whole), KEY)
    assert said["embeds"][0]["title"] == whole
    starred = laid(replace(PAPER, title="*" * 250), KEY)
    assert harmless.size(starred["embeds"][0]["title"]) <= limits.TITLE


def test_a_title_is_read_back_as_it_was_written() -> None:
    written = [
        *("On tokens", "a *b* c", r"a *b* \* c", r"\mathbf{x}", r"a\_b", r"\\_", "a_b_c", "5 * 3", "<:x:1>"),
        *titles(2_000),
    ]

    assert [one for one in written if harmless.unstyled(harmless.heading(one)) != one] == []


def test_what_is_only_text_comes_through_as_it_was() -> None:
    text = "Erdős & Müller: x < y > z, “quoted”, 5 % – naïve, ファミリー, \U0001f469\u200d\U0001f52c (a_b) #1 [x] 1. y"

    assert text in "\n".join(shown(Message("Title", body=text))[0])
    assert text in "\n".join(shown(replace(PAPER, title=text))[0])
    assert "1. not a list\n- nor this" in "\n".join(shown(Message("T", body="1. not a list\n- nor this"))[0])


def test_of_thousands_of_hostile_titles_none_acts_and_none_is_refused() -> None:
    several = list(titles(HOSTILE))
    acting: list[object] = []
    refused: list[object] = []
    for start in range(0, len(several), TOGETHER):
        page = several[start : start + TOGETHER]
        items = tuple(Message(one, ASKED_FOR, facts=(one,), group=one[:1]) for one in page)
        about = Message(page[-1], ASKED_FOR, body="\n".join(page), facts=tuple(page[:3]), note=page[0], notice=page[2])
        listed = Message(page[0], items=items, note=page[1], actions=tuple(Action(one, "save p1") for one in page[:4]))
        for message in (listed, about, Message("Line", code=page[3]), replace(about, title=page[4], url="")):
            said = laid(message, KEY, notice=True)
            refused += wrong(said)
            active = [*read(said["content"])[1], *embeds_read(said["embeds"])[1]]
            acting += [one for one in active if one.target != ASKED_FOR or one.found]
            # the title of an embed is styled, and Discord shows emoji of servers in it
            title = read(said["embeds"][0].get("title", ""))[1]
            acting += [one for one in title if one.kind == "emoji"]

    assert (acting, refused) == ([], [])
