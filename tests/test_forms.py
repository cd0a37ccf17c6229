"""Forms, wherever they are shown: what stands in their fields, and the sentence for what cannot be read."""

from __future__ import annotations

import pytest

from bot.forms import standing, wrong
from bot.messages.settings import CHANGE, changing
from bot.models import Action, Ask, Schedule


@pytest.mark.parametrize(
    ("field", "answer", "said"),
    [
        ("topic", "tokenization", ""),
        ("topic", "mamba, tokenization", ""),
        ("topic", "https://arxiv.org/abs/2604.10102", ""),
        ("topic", "-survey", "only leaves papers out"),
        ("topic", "(LoRA OR", "never closed"),
        ("at", "8:30", ""),
        ("at", "9am", ""),
        ("at", "25:00", "is not an hour"),
        ("days", "mon,thu", ""),
        ("days", "mon, thu", ""),
        ("days", "someday", "are no days"),
        ("days", ",", "are no days"),
        ("zone", "Zurich", ""),
        ("zone", "UTC-1", ""),
        ("zone", "Zurch", "Did you mean Europe/Zurich?"),
        ("zone", "9am", "is not a time zone"),
        ("most", "10", ""),
        ("most", "11", "from 1 to 10"),
        ("most", "many", "from 1 to 10"),
        ("note", "read it #todo", ""),
        ("note", "x" * 100_000, "A note holds at most"),
        ("query", "(", ""),  # a search says itself what it cannot read
        ("topic", "", ""),
    ],
)
def test_what_is_wrong_in_a_field(field: str, answer: str, said: str) -> None:
    found = wrong({field: answer})

    assert list(found) == ([field] if said else [])
    assert said in found.get(field, "")


def test_every_field_that_is_wrong_has_its_sentence() -> None:
    assert list(wrong({"at": "noonish", "days": "daily", "zone": "Atlantis"})) == ["at", "zone"]


def test_fields_hold_what_stands_there_by_now_in_their_order() -> None:
    form = standing(changing(Schedule()), ["10:30", "mon,thu", "Asia/Tokyo", "3"])

    assert form.command == CHANGE
    assert [ask.value for ask in form.ask] == ["10:30", "mon,thu", "Asia/Tokyo", "3"]


def test_a_choice_can_be_what_it_is_now_and_other_fields_stay_as_they_are() -> None:
    asks = (Ask("a", "A", value="kept"), Ask("b", "B", "choice", "x", ("x", "y"), current=True))
    form = standing(Action("Form", "go {a} {b}", ask=asks), ["z"])

    assert [ask.value for ask in form.ask] == ["kept", "z"]
    assert form.ask[1].choices == ("z", "x", "y")
