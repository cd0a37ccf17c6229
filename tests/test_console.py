"""The terminal as people use it: lines are commands, numbers are papers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from zoneinfo import available_timezones

import pytest

from adapters.platforms import console
from adapters.platforms.console.terminal import pasted
from bot.models import Action, Message, Place, Question
from bot.ports import SettingError
from tests.rigs.console import CHANNEL, NOW, ONLY_YOU, Talk, leads, paper, told
from tests.rigs.platform import BUSY


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


# ---------------------------------------------------------------------------------------------- typing


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/papers follow tokenization", "follow tokenization"),
        ("follow tokenization", "follow tokenization"),
        ("  /PAPERS   follow tokenization ", "follow tokenization"),
        ("/follow tokenization", "follow tokenization"),
        ("/papers", ""),
        ("papersearch x", "papersearch x"),
        ("/paperscope", "paperscope"),
        ("https://arxiv.org/abs/2604.10005", "https://arxiv.org/abs/2604.10005"),
        ("follow “knowledge graph” – survey", "follow “knowledge graph” – survey"),
    ],
)
async def test_a_line_is_a_command_with_or_without_the_slash(typed: str, text: str) -> None:
    acts = await Talk().types(typed)

    assert told(acts) == [("command", text, "", "")]


async def test_each_line_is_echoed_so_that_the_output_reads_as_a_dialogue() -> None:
    talk = Talk()

    await talk.types("/papers follow tokenization", "", "   ", "react 1 🔖")

    assert talk.text.splitlines() == [
        "",
        "> /papers follow tokenization",
        "",
        "> react 1 🔖",
        "No paper has been shown yet.",
    ]


@pytest.mark.parametrize("word", ["quit", "exit", "QUIT", "/papers quit"])
async def test_quit_ends_and_leaves_the_rest_unread(word: str) -> None:
    acts = await Talk().types("list", word, "now")

    assert [act.text for act in acts] == ["list"]


async def test_a_wrong_line_says_one_sentence_and_the_next_line_works() -> None:
    talk = Talk()

    acts = await talk.types(
        "react", "react 2", "react 2 a bookmark", f"react {'9' * 5000} 🔖", "press", "press Save", "list"
    )

    assert [act.text for act in acts] == ["list"]
    assert [line for line in talk.text.splitlines() if line and not line.startswith(">")] == [
        "Type the number of a paper and an emoji, for example: react 2 🔖",
        "Type the number of a paper and an emoji, for example: react 2 🔖",
        "Type the number of a paper and an emoji, for example: react 2 🔖",
        "Type the number of a paper and an emoji, for example: react 2 🔖",
        "Say which button; there are none.",
        "No button Save; there are none.",
    ]


async def test_what_the_inbox_refuses_is_said_once_and_nothing_else_is() -> None:
    talk = Talk()
    talk.inbox.busy = True

    assert await talk.types("follow x") == []
    assert talk.text.splitlines() == ["", "> follow x", BUSY]


async def test_the_words_of_the_caller_run_and_are_not_commands() -> None:
    talk = Talk(words=("next", "stuck"))

    acts = await talk.types("next", "NEXT", "/papers next", "stuck", "next week")

    assert talk.ran == ["next"] * 3
    assert [act.text for act in acts] == ["next week"]
    assert "There is no morning after the last one." in talk.text


async def test_the_words_of_the_terminal_are_told_after_help_and_after_an_unknown_word() -> None:
    sentence = "In this terminal also: react N 🔖, unreact N 🔖, press LABEL, next, quit."

    for typed, told_about in (
        ("help", True),
        ("wibble", True),
        ("list", False),
        ("help follow", False),
        ("wibble x", False),
    ):
        talk = Talk(words=("next",))
        await talk.types(typed)
        assert (sentence in talk.text) == told_about, typed


async def test_a_word_of_the_terminal_that_is_nearly_right_gets_the_right_one() -> None:
    for typed, right in (("nxt", "next"), ("reakt 1 🔖", "react 1 🔖"), ("pres Save", "press Save"), ("quitt", "quit")):
        talk = Talk(words=("next",))
        assert await talk.types(typed) == []
        assert f"Did you mean `{right}`?" in talk.text, typed


async def test_acts_of_two_runs_have_different_keys_though_the_clock_stands_still() -> None:
    first, second = Talk(), Talk()

    acts = await first.types("now", "now") + await second.types("now", "now")
    posted = [await talk.post(paper(1)) for talk in (first, first, second, second)]

    assert len({act.key for act in acts} | set(posted)) == 8
    assert acts[0].order < acts[1].order


async def test_acts_are_ordered_by_time_then_by_count() -> None:
    talk = Talk()
    acts = await talk.types(*(["now"] * 12))
    talk.now = NOW + timedelta(microseconds=1)
    acts += await talk.types("now")

    assert [act.order for act in acts] == sorted(act.order for act in acts)


async def test_the_person_is_who_and_where_the_settings_say() -> None:
    talk = Talk()
    chosen = {"CONSOLE_NAME": "Ada", "CONSOLE_ZONE": "Asia/Kolkata"}
    platform = console.platform(chosen, clock=lambda: NOW, lines=typed("list"), out=talk.out)

    await platform.run(talk.inbox)

    assert (talk.inbox.acts[0].person.name, talk.inbox.acts[0].person.zone) == ("Ada", "Asia/Kolkata")


async def test_without_settings_the_person_is_a_reader_in_the_zone_of_this_computer() -> None:
    (act,) = await Talk().types("list")

    assert act.person.name == "Reader"
    assert act.person.zone == "" or act.person.zone in available_timezones()


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"CONSOLE_LINKS": "always"}, "CONSOLE_LINKS is “always”; it is auto or plain."),
        ({"CONSOLE_ZONE": "Zurich"}, "CONSOLE_ZONE is “Zurich”; it is the name of a time zone, like Europe/Zurich."),
        ({"CONSOLE_ZONE": "../UTC"}, "CONSOLE_ZONE is “../UTC”; it is the name of a time zone, like Europe/Zurich."),
    ],
)
def test_a_wrong_setting_is_named(chosen: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        console.platform(chosen, clock=lambda: NOW)
    assert str(caught.value) == sentence


# --------------------------------------------------------------------------------- reacting to a number


async def test_papers_posted_one_after_the_other_are_numbered_and_reacted_to() -> None:
    talk = Talk()
    ids = [await talk.post(paper(number)) for number in (1, 2, 3)]

    acts = await talk.types("react 2 🔖", "unreact 2 🔖", "react 3 🎉")

    assert re.findall(r"^ (\d)  (.*)", talk.text, re.MULTILINE) == [(str(n), f"Paper number {n}") for n in (1, 2, 3)]
    assert told(acts) == [
        ("react", "", ids[1], "🔖"),
        ("unreact", "", ids[1], "🔖"),
        ("react", "", ids[2], "🎉"),
    ]


@pytest.mark.parametrize("typed", ["🔖", ":bookmark:", "bookmark", "save", "Save"])
async def test_a_bookmark_can_be_typed_as_a_word(typed: str) -> None:
    talk = Talk()
    posted = await talk.post(paper(1))

    assert told(await talk.types(f"react 1 {typed}")) == [("react", "", posted, "🔖")]


async def test_numbers_begin_again_with_what_comes_after_a_command_or_a_pause() -> None:
    talk = Talk()
    await talk.post(paper(1))
    await talk.post(paper(2))
    await talk.types("react 1 🔖")  # a reaction alone does not begin a new list
    await talk.post(paper(3))
    await talk.types("now")
    after = await talk.post(paper(4))
    acts = await talk.types("react 1 🔖")
    talk.now += timedelta(hours=20)
    tomorrow = await talk.post(paper(5))
    acts += await talk.types("react 1 🔖", "react 2 🔖")

    assert re.findall(r"^ (\d)  Paper", talk.text, re.MULTILINE) == ["1", "2", "3", "1", "1"]
    assert [act.message for act in acts] == [after, tomorrow]
    assert talk.last == "There is no paper 2 in the last list; it has 1."


async def test_a_bookmark_on_an_item_of_a_lead_is_its_number_on_the_lead() -> None:
    talk = Talk()
    lead = await talk.post(leads(*range(1, 11)))

    acts = await talk.types("react 2 🔖", "unreact 10 🔖", "react 3 🎉", "react 🔖", "react 11 🔖", "react 0 🔖")

    assert told(acts) == [
        ("react", "", lead, "2️⃣"),
        ("unreact", "", lead, "🔟"),
        ("react", "", lead, "🎉"),
        ("react", "", lead, "🔖"),
    ]
    assert "There is no paper 11 in the last list; it has 10." in talk.text
    assert "There is no paper 0 in the last list; it has 10." in talk.text


async def test_a_paper_in_the_thread_of_its_lead_keeps_its_number_and_is_reacted_to_itself() -> None:
    talk = Talk()
    lead = await talk.post(leads(1, 2, 3, 4))
    thread = Place(CHANNEL, "thread", under=lead)
    third = await talk.post(paper(3), thread)
    stranger = await talk.post(paper(9), thread)

    acts = await talk.types("react 3 🔖", "react 2 🔖", "react 5 🔖")

    assert re.findall(r"^│  (\d)  (Paper.*)", talk.text, re.MULTILINE) == [
        ("3", "Paper number 3"),
        ("5", "Paper number 9"),
    ]
    assert [(act.message, act.emoji) for act in acts] == [(third, "🔖"), (lead, "2️⃣"), (stranger, "🔖")]


async def test_a_list_printed_in_between_does_not_renumber_a_thread() -> None:
    talk = Talk()
    lead = await talk.post(leads(1, 2, 3, 4))
    await talk.post(leads(7, 8), ONLY_YOU)
    second = await talk.post(paper(2), Place(CHANNEL, "thread", under=lead))

    (act,) = await talk.types("react 2 🔖")

    assert act.message == second


async def test_a_bookmark_on_a_private_list_is_the_command_since_nobody_can_react_there() -> None:
    talk = Talk()
    await talk.post(leads(1, 2, 3), ONLY_YOU)

    acts = await talk.types("react 2 🔖", "unreact 2 🔖", "react 2 🎉", "react 🔖", "react 7 🔖")

    assert told(acts) == [("command", "save 2", "", ""), ("command", "unsave 2", "", "")]
    assert "There is no paper 7 in the last list; it has 3." in talk.text
    assert "Say which paper of the last list, for example: react 1 🔖" in talk.text


async def test_an_answer_without_papers_leaves_the_last_list_alone() -> None:
    talk = Talk()
    ids = [await talk.post(paper(number)) for number in (1, 2)]
    await talk.post(Message(title="Saved: Paper number 1", actions=(Action("Remove", "unsave p1"),)), ONLY_YOU)
    await talk.post(Message(body="Ada follows tokenization here."))

    assert [act.message for act in await talk.types("react 2 🔖")] == [ids[1]]


async def test_topics_in_a_list_get_no_numbers_of_papers() -> None:
    talk = Talk()
    await talk.post(Message("2 topics here", items=(Message("tokenization"), Message("reasoning"))), ONLY_YOU)

    assert await talk.types("react 1 🔖") == []
    assert talk.last == "No paper has been shown yet."
    assert "tokenization\nreasoning\n" in talk.text


# ------------------------------------------------------------------------------ what the terminal says itself


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("follow reasoning\ndiffusion\nmamba -vision", ["follow reasoning\ndiffusion\nmamba -vision"]),
        ("/papers follow a\n/papers follow b", ["/papers follow a\n/papers follow b"]),
        ("follow tokenization\nnext\nreact 1 🔖", ["follow tokenization", "next", "react 1 🔖"]),
        ("follow a\nlist", ["follow a", "list"]),
        ("list\nmamba", ["list", "mamba"]),
        ("", []),
    ],
)
def test_topics_pasted_below_a_follow_belong_to_it(text: str, lines: list[str]) -> None:
    assert pasted(text, ("react", "next")) == lines


async def test_a_reaction_is_answered_with_what_it_did() -> None:
    talk = Talk()
    await talk.post(leads(*range(1, 5)))

    said = []
    for line in ("react 2 🔖", "react 3️⃣", "unreact 2 🔖", "react 🔖", "react 2 🎉"):
        await talk.types(line)
        said.append(talk.last)

    assert said == [
        "🔖 Saved: Paper number 2",
        "🔖 Saved: Paper number 3",
        "🔖 Not on your list: Paper number 2",
        "🔖 Saved: every paper of the list",
        "🎉 stays what it is; only 🔖 saves.",
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("help press", "press Save presses a button of the last answer; press 2 Save the one at paper 2."),
        ("help unreact", "react 2 🔖 saves paper 2 of the last list, react 🔖 all papers of a digest; unreact 2 🔖"),
        ("help quit", "quit ends the program; so does Ctrl-D, or Ctrl-C on an empty line."),
        ("help next", "next: type it alone."),
    ],
)
async def test_the_words_of_the_terminal_have_help(typed: str, said: str) -> None:
    talk = Talk(words=("next",))

    assert await talk.types(typed) == []
    assert said in " ".join(talk.text.split())


async def test_who_may_change_a_terminal_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(_question: Question) -> Sequence[str]:
        return ("editors managers", "quiet line")

    terminal, talk = console.platform({}, clock=lambda: NOW), Talk()
    monkeypatch.setattr(talk.inbox, "ask", ask)

    assert await terminal._complete(talk.inbox, "settings ") == ["quiet line"]  # type: ignore[attr-defined]
