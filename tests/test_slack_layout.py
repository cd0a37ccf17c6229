"""What a message looks like in Slack, and that nothing in it acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("slack_sdk", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms.slack import harmless, limits
from adapters.platforms.slack.layout import Layout, characters
from bot.models import Action, Ask, Message
from bot.ports import Refused
from tests.rigs.hostile import HOSTILE, TOGETHER, titles
from tests.rigs.papers import PAPER, SAVE, item
from tests.rigs.slack import blocks as rules
from tests.rigs.slack.mrkdwn import Active, blocks_read, read
from tests.rigs.slack.views import elements, named_blocks


def shown(message: Message) -> tuple[list[str], list[Active]]:
    return blocks_read(named_blocks(Layout().blocks(message)))


def acting_elements(message: Message) -> list[dict[str, Any]]:
    return [element for _, element in elements(named_blocks(Layout().blocks(message)))]


def wrong(blocks: list[dict[str, Any]]) -> list[str]:
    return rules.of_message(blocks)


def test_a_paper_is_a_linked_title_its_facts_what_it_says_and_buttons() -> None:
    heading, body, row = Layout().blocks(PAPER)

    (section,) = heading["elements"]
    assert section["elements"][0] == {
        "type": "link",
        "url": "https://arxiv.org/abs/2604.10005",
        "text": "A Family of Tokenizers",
        "style": {"bold": True},
    }
    assert [line for one in (heading, body) for line in blocks_read([one])[0]] == [
        "A Family of Tokenizers\nAda Lovelace, Alan Turing +3\narXiv cs.CL · 14 Apr\ntokenization in the title",
        "What it says.",
    ]
    assert [one["type"] for one in row["elements"]] == ["button", "button", "overflow"]


def test_a_buttons_value_is_the_command_it_types_and_its_name_names_the_paper() -> None:
    save, pdf, more = acting_elements(PAPER)

    assert (save["value"], save["accessibility_label"]) == ("save p17", "Save: A Family of Tokenizers")
    assert (pdf["url"], pdf["accessibility_label"]) == (PAPER.actions[1].url, "PDF: A Family of Tokenizers")
    assert [(one["text"]["text"], one["value"]) for one in more["options"]] == [("Why", "why p17")]


def test_a_lead_is_one_numbered_list_under_headings_with_one_menu_to_save() -> None:
    items = tuple(item(n, Action("Save", f"save p{n}"), group="a" if n < 3 else "b") for n in (1, 2, 3))
    lead = Message(
        "3 new papers · Tuesday 14 April", items=items, note="3 more a", notice="3 new papers: Paper number 1"
    )
    header, first, second, menu, note = Layout().blocks(lead)

    assert header["text"]["text"] == "3 new papers · Tuesday 14 April"
    lists = [one for block in (first, second) for one in block["elements"] if one["type"] == "rich_text_list"]
    assert [(one["style"], one["offset"], len(one["elements"])) for one in lists] == [
        ("ordered", 0, 2),
        ("ordered", 2, 1),
    ]
    assert [blocks_read([block])[0][0].splitlines()[0] for block in (first, second)] == ["a", "b"]
    (select,) = menu["elements"]
    assert select["placeholder"]["text"] == "Save…"
    assert [(one["text"]["text"], one["value"]) for one in select["options"]] == [
        ("1. Paper number 1", "save p1"),
        ("2. Paper number 2", "save p2"),
        ("3. Paper number 3", "save p3"),
    ]
    assert note["elements"][0]["text"] == "3 more a"


def test_a_second_page_goes_on_counting() -> None:
    page = Message("More", items=tuple(item(n, Action("Save", f"save p{n}")) for n in (1, 2)), first=11)
    _, listed, menu = Layout().blocks(page)

    assert next(one for one in listed["elements"] if one["type"] == "rich_text_list")["offset"] == 10
    assert [one["text"]["text"][:3] for one in menu["elements"][0]["options"]] == ["11.", "12."]


def test_columns_are_read_as_sentences_and_code_stays_code() -> None:
    body, code = Layout().blocks(Message(body="follow QUERY    bring papers", code="follow (a\n       ^"))

    assert blocks_read([body])[0] == ["follow QUERY – bring papers"]
    assert code["elements"][0]["type"] == "rich_text_preformatted"
    assert blocks_read([code])[0] == ["follow (a\n       ^"]


def test_papers_with_several_buttons_each_have_their_own_row() -> None:
    page = Message("Your list", items=tuple(item(n, Action("Remove", f"unsave p{n}"), SAVE) for n in (1, 2)))
    blocks = Layout().blocks(page)

    assert [block["type"] for block in blocks] == ["header", "rich_text", "actions", "rich_text", "actions"]
    assert blocks[3]["elements"][0]["offset"] == 1
    assert blocks[4]["elements"][0]["accessibility_label"] == "Remove: Paper number 2"


def test_a_form_carries_all_that_opens_it() -> None:
    ask = Action("Note", "note p1 {note}", ask=(Ask("note", "Your note", value="read it"),))
    (button,) = acting_elements(Message("Saved", actions=(ask,)))

    assert button["action_id"].startswith("ask:")
    assert "read it" in button["value"]


def test_a_form_too_long_for_a_button_is_left_out_rather_than_cut() -> None:
    ask = Action("Note", "note p1 {note}", ask=(Ask("note", "Your note", value="x" * 2000),))

    assert acting_elements(Message("Saved", actions=(ask, SAVE)))[0]["value"] == "save p17"


def test_commands_are_shown_as_what_is_to_be_typed_in_this_workspace() -> None:
    message = Message(body="Type `/papers saved` now.", note="Or `/papers help`.")
    body, note = Layout("/arxiv").blocks(message)

    assert body["elements"][0]["elements"][1] == {"type": "text", "text": "/arxiv saved", "style": {"code": True}}
    assert note["elements"][0]["text"] == "Or /arxiv help."
    assert Layout("/arxiv").sentence(message) == "Type `/arxiv saved` now."


def test_the_fallback_is_a_sentence_without_anything_that_acts() -> None:
    message = replace(PAPER, notice="1 new paper: <!channel> & @here on cs.AI, see https://evil.example/x")
    text = Layout().sentence(message)

    said, active = read(text, names=True)
    assert active == []
    assert said.replace("\u2060", "") == message.notice


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (replace(PAPER, notice=""), "A Family of Tokenizers"),
        (Message(body="Only a body."), "Only a body."),
        (Message(items=(item(1),)), "Paper number 1"),
        (Message(title="\u202e"), "…"),
    ],
    ids=["title", "body", "item", "nothing that can be read"],
)
def test_the_fallback_always_says_something(message: Message, words: str) -> None:
    assert Layout().sentence(message) == words


def test_a_category_is_no_address() -> None:
    _, active = shown(replace(PAPER, body="In cs.AI and math.NA", note="cs.CL"))

    assert {one.target for one in active} == {PAPER.url, PAPER.actions[1].url}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[::1", "//x.example", "data:text/html,x", "https://"])
def test_only_web_addresses_are_links(url: str) -> None:
    lines, active = shown(Message("Title", url=url, actions=(Action("PDF", url=url),)))

    assert active == []
    assert lines == ["Title"]


def test_an_empty_message_is_refused() -> None:
    with pytest.raises(Refused):
        Layout().blocks(Message())


@pytest.mark.parametrize(
    "message",
    [
        Message(title="x" * 20_000, url="https://arxiv.org/abs/1", body="word " * 9_000, facts=("fact " * 500,) * 9),
        Message("Many", items=tuple(replace(item(n, SAVE, SAVE), title="t" * 900, body="b" * 900) for n in range(60))),
        Message("Menu", items=tuple(item(n, SAVE) for n in range(150))),
        Message(
            "Long", items=tuple(item(n, group=str(n) * 200) for n in range(40)), body="y" * 9_000, note="z" * 9_000
        ),
        Message("Buttons", actions=tuple(Action(f"Button {n}" * 20, f"list {n}") for n in range(60))),
        Message("Folded", actions=tuple(Action(f"Option {n}" * 20, "c" * 90, more=True) for n in range(60))),
        Message("\U0001f469\u200d\U0001f52c" * 5_000, body="\U0001f469\u200d\U0001f52c" * 5_000),
        Message(items=(Message(),) * 60),
    ],
    ids=["texts", "papers with buttons", "a menu", "groups", "buttons", "folded", "emoji", "empty papers"],
)
def test_whatever_is_too_long_is_cut_and_taken(message: Message) -> None:
    blocks = Layout().blocks(message)

    assert wrong(blocks) == []
    assert characters(blocks) <= limits.ALL
    assert len(blocks) <= limits.BLOCKS


def test_ten_papers_with_long_titles_are_all_shown_whole_enough_to_know_them() -> None:
    title = "On the Remarkable Length of Titles in Computational Linguistics and What Can Be Done About It, Part "
    lead = Message("10 new papers", items=tuple(replace(item(n), title=f"{title}{n}") for n in range(1, 11)))

    lines = "\n".join(shown(lead)[0])
    assert [n for n in range(1, 11) if f"{title}{n}" not in lines] == []


def test_cutting_parts_no_character() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for most in range(1, 30):
        cut = harmless.trimmed(f"ab{family}ne\u0301e{family}", most)
        assert harmless.size(cut) <= most
        assert not cut.rstrip("…").endswith(("\u200d", "\ud83d"))
        assert cut.encode()


def test_what_is_only_text_comes_through_as_it_was() -> None:
    text = "Erdős & Müller: x < y > z, “quoted”, 5 % – naïve, ファミリー, \U0001f469\u200d\U0001f52c"

    assert text in "\n".join(shown(replace(PAPER, title=text))[0])
    assert read(Layout().sentence(Message(text)))[0].replace("\u2060", "") == text


def test_of_thousands_of_hostile_titles_none_acts_and_none_is_refused() -> None:
    layout, several = Layout(), list(titles(HOSTILE))
    acting: list[object] = []
    refused: list[object] = []
    asked_for = "https://arxiv.org/abs/2604.10005"
    for start in range(0, len(several), TOGETHER):
        page = several[start : start + TOGETHER]
        items = tuple(Message(one, asked_for, facts=(one,), group=one[:1]) for one in page)
        about = Message(page[-1], asked_for, body="\n".join(page), facts=tuple(page[:3]), note=page[0])
        listed = Message(page[0], items=items, note=page[1], actions=tuple(Action(one, "save p1") for one in page[:4]))
        for message in (listed, about):
            blocks = layout.blocks(message)
            # the SDK's models are slow: they see every tenth page, the rules see all
            refused += rules.of_message(blocks, models=start % (10 * TOGETHER) == 0)
            acting += [one for one in blocks_read(named_blocks(blocks))[1] if one.target != asked_for or one.found]
        acting += [one for title in page for one in read(layout.sentence(Message(title)), names=True)[1]]

    assert (acting, refused) == ([], [])
