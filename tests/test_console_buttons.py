"""Buttons in a terminal: pressed by their labels, at a paper by its number; a form is asked line by line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.forms import filled
from bot.models import Action, Ask, Message
from tests.rigs.console import ONLY_YOU, Talk, leads, paper, told

SAVE = Action("Save", "save p17")


@pytest.mark.parametrize("typed", ["press Save", "press save", "PRESS sa", "press 1 Save", "press 1 s"])
async def test_a_button_is_pressed_by_its_label_or_the_beginning_of_it(typed: str) -> None:
    talk = Talk()
    posted = await talk.post(paper(1, SAVE, Action("Abstract", "show p17")))

    assert told(await talk.types(typed)) == [("command", "save p17", posted, "")]


async def test_a_label_that_several_papers_have_asks_which_one() -> None:
    talk = Talk()
    ids = [await talk.post(paper(n, Action("Save", f"save p{n}"), Action("Similar", f"similar p{n}"))) for n in (1, 2)]

    acts = await talk.types("press Save", "press 1 Save", "press S", "press 3 Save", "press 2 Undo")

    assert told(acts) == [("command", "save p1", ids[0], "")]
    assert [line for line in talk.text.splitlines() if line.endswith((".", "?")) and ">" not in line][-4:] == [
        "Several papers have a button Save: type press 2 Save.",
        "Which one: Save, Similar?",
        "There is no paper 3 in the last list; it has 2.",
        "No button Undo at paper 2; there are: Save, Similar.",
    ]


async def test_a_label_that_begins_with_a_number_is_a_label() -> None:
    talk = Talk()
    await talk.post(leads(1, 2, 3))
    lead = await talk.post(replace(leads(1, 2, 3), actions=(Action("3 more tokenization", "search tokenization"),)))

    acts = await talk.types("press 3 more tokenization", "press 3 more")

    assert told(acts) == [("command", "search tokenization", lead, "")] * 2


async def test_the_buttons_of_a_list_are_said_once_and_pressed_at_a_number() -> None:
    talk = Talk()
    items = tuple(paper(n, Action("Remove", f"unsave p{n}"), Action("Note", f"note p{n}")) for n in (1, 2))
    await talk.post(Message("Your reading list", items=items), ONLY_YOU)

    acts = await talk.types("press 2 Remove")

    assert [act.text for act in acts] == ["unsave p2"]
    assert talk.text.count("[Remove]") == 1
    assert "each: [Remove] [Note] (press 1 Remove)" in talk.text


OLDER = "That button belongs to an older answer (Following a). Type press narrow again to use it."


async def following_twice() -> Talk:
    talk = Talk()
    await talk.post(Message("Following a", actions=(Action("Undo", "unfollow 1"), Action("Narrow it", "edit 1 x"))))
    await talk.post(Message("Following b", actions=(Action("Undo", "unfollow 2"),)))
    return talk


async def test_the_button_of_an_older_answer_is_asked_about_first_and_pressed_when_asked_for_again() -> None:
    talk = await following_twice()

    assert [act.text for act in await talk.types("press Undo", "press narrow")] == ["unfollow 2"]
    assert talk.last == OLDER
    assert [act.text for act in await talk.types("press Narrow")] == ["edit 1 x"]


async def test_what_comes_in_between_makes_it_ask_again() -> None:
    talk = await following_twice()

    await talk.types("press narrow")
    await talk.post(Message("Following c", actions=(Action("Undo", "unfollow 3"),)))

    assert await talk.types("press narrow") == []
    assert talk.text.count(OLDER) == 2
    assert [act.text for act in await talk.types("press other", "press narrow", "press narrow")] == ["edit 1 x"]


async def test_a_label_there_is_not_names_only_the_buttons_of_the_last_answer() -> None:
    talk = await following_twice()

    await talk.types("press Widen")

    assert talk.last == "No button Widen; there are: Undo."


async def test_a_list_above_an_answer_keeps_its_buttons_at_their_numbers() -> None:
    talk = Talk()
    await talk.post(paper(1, SAVE))
    await talk.post(paper(2, Action("Save", "save p2")))
    await talk.post(Message("All is well.", actions=(Action("Resume", "resume"),)), ONLY_YOU)

    assert [act.text for act in await talk.types("press 2 Save", "press Resume")] == ["save p2", "resume"]


async def test_a_label_that_stands_for_several_commands_is_never_guessed() -> None:
    talk = Talk()
    items = tuple(Message(name, actions=(Action("Remove", f"sources remove {name}"),)) for name in ("nature", "plos"))
    await talk.post(Message("2 sources", items=items), ONLY_YOU)

    assert await talk.types("press Remove") == []
    sentence = "Several buttons are called Remove; type one of: sources remove nature, sources remove plos"
    assert sentence in " ".join(talk.text.split())


async def test_an_unknown_label_is_answered_with_those_there_are() -> None:
    talk = Talk()
    await talk.post(paper(1, SAVE, Action("Abstract", "show p17")))

    assert await talk.types("press Undo") == []
    assert talk.last == "No button Undo; there are: Save, Abstract."


async def test_a_button_that_leads_somewhere_prints_the_address() -> None:
    talk = Talk()
    await talk.post(paper(1, Action("PDF", url="https://arxiv.org/pdf/2604.10005")))

    assert await talk.types("press pdf") == []
    assert talk.last == "PDF: https://arxiv.org/pdf/2604.10005"


FORM = Action(
    "Note",
    "note p17 {shelf} {text} {tag}",
    ask=(
        Ask("shelf", "Shelf", "choice", choices=("desk", "door")),
        Ask("text", "Your note", value="read it"),
        Ask("tag", "Tag", optional=True),
    ),
)


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (["desk", "for Thursday", "#lab"], "note p17 desk for Thursday #lab"),
        (["DO", "", ""], "note p17 door read it"),
        (["desk", "{tag} {text}", ""], "note p17 desk {tag} {text}"),
    ],
)
async def test_a_form_is_asked_line_by_line(answers: list[str], text: str) -> None:
    talk = Talk()
    await talk.post(paper(1, FORM))

    acts = await talk.types("press Note", *answers, "list")

    assert [act.text for act in acts] == [text, "list"]
    assert "Shelf (desk, door): " in talk.text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (["shelf", "list"], "Shelf is one of desk, door; nothing was sent."),
        (["d", "list"], "Shelf is one of desk, door; nothing was sent."),
        (["", "list"], "Nothing was sent."),
    ],
)
async def test_a_form_answered_wrongly_is_given_up_and_the_next_line_works(answers: list[str], sentence: str) -> None:
    talk = Talk()
    await talk.post(paper(1, FORM))

    assert [act.text for act in await talk.types("press Note", *answers)] == ["list"]
    assert sentence in talk.text


def test_a_form_filled_in_half_keeps_the_names_of_what_is_missing() -> None:
    assert filled(FORM.command, {"shelf": "{text}"}) == "note p17 {text} {text} {tag}"


async def test_a_form_cut_off_by_the_end_of_the_input_sends_nothing() -> None:
    talk = Talk()
    await talk.post(paper(1, FORM))

    assert await talk.types("press Note", "desk") == []
    assert talk.last == "Nothing was sent."
