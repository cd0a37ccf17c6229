"""What people type, and how it is understood."""

from __future__ import annotations

from datetime import time

import pytest

from bot import commands
from bot.commands import UnknownTopic
from bot.models import Schedule
from bot.ports import CommandError


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("/papers follow tokenization", "follow tokenization"),
        ("/papers  Follow  tokenization", "follow tokenization"),
        ("papers follow tokenization", "follow tokenization"),
        ("follow tokenization", "follow tokenization"),
        ("/follow tokenization", "follow tokenization"),
        ("subscribe tokenization", "follow tokenization"),
        ("stop 2", "unfollow 2"),
        ("topics", "list"),
        ("mute 2w", "pause 2w"),
        ("/papers: follow mamba", "follow mamba"),
        ("/paper follow mamba", "follow mamba"),
        ("/papers", "help"),
        ("", "help"),
        ("https://arxiv.org/abs/2604.10102", "show https://arxiv.org/abs/2604.10102"),
        ("2604.10102v2", "show 2604.10102v2"),
        ("arXiv:2604.10102", "show arXiv:2604.10102"),
        ("math.GT/0309136", "show math.GT/0309136"),
        ("10.1038/s41586-021-03819-2", "show 10.1038/s41586-021-03819-2"),
    ],
)
def test_a_command_is_understood(typed: str, understood: str) -> None:
    assert commands.parse(typed).text == understood


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("folow tokenization", "follow tokenization"),
        ("unfolow 2", "unfollow 2"),
        ("stauts", "status"),
        ("exprt bibtex", "export bibtex"),
        ("/papers shedule 9am", "schedule 9am"),
    ],
)
def test_a_wrong_command_gets_the_nearest_right_one(typed: str, right: str) -> None:
    with pytest.raises(CommandError) as wrong:
        commands.parse(typed)

    assert wrong.value.suggestion == right
    assert f"`{right}`" in str(wrong.value)


def test_a_topic_without_a_command_is_recognised_as_one() -> None:
    with pytest.raises(UnknownTopic) as topic:
        commands.parse("/papers tokenization of molecules")

    assert topic.value.topic == "tokenization of molecules"


def test_a_hidden_command_is_never_suggested() -> None:
    with pytest.raises(CommandError) as wrong:
        commands.parse("restor 2")

    assert "restore" not in wrong.value.suggestion


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", Schedule()),
        ("9", Schedule(at=time(9))),
        ("8:30", Schedule(at=time(8, 30))),
        ("9 pm", Schedule(at=time(21))),
        ("daily", Schedule(days=(0, 1, 2, 3, 4, 5, 6))),
        ("mon,thu", Schedule(days=(0, 3))),
        ("mon, thu", Schedule(days=(0, 3))),
        ("Berlin", Schedule(zone="Europe/Berlin")),
        ("New York", Schedule(zone="America/New_York")),
        ("max 5", Schedule(most=5)),
        ("at 8:30 on weekdays in Europe/Zurich max 3", Schedule(at=time(8, 30), zone="Europe/Zurich", most=3)),
        ("max 3 Zurich 7am mon", Schedule(at=time(7), zone="Europe/Zurich", most=3, days=(0,))),
    ],
)
def test_a_schedule_is_read_in_any_order(words: str, expected: Schedule) -> None:
    assert commands.schedule(words, Schedule()) == expected


@pytest.mark.parametrize("words", ["max 0", "max 11", "Atlantis", "25:00", "9 o'clockish"])
def test_a_schedule_that_makes_no_sense_is_refused_in_one_sentence(words: str) -> None:
    with pytest.raises(CommandError):
        commands.schedule(words, Schedule())


def test_no_word_means_two_commands() -> None:
    words = [word for command in commands.TABLE for word in (command.word, *command.also)]

    assert len(words) == len(set(words))


@pytest.mark.parametrize("command", [one for one in commands.TABLE if one.examples], ids=lambda one: one.word)
def test_every_example_works_when_pasted(command: commands.Command) -> None:
    for example in command.examples:
        assert commands.parse(example).command is command
