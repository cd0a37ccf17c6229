"""One dialogue in Slack, in Discord and at the terminal: the same words everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")
pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from bot.models import Channel, Message, Moment, Person
from tests.rigs.channel import Noticeboard
from tests.rigs.house import announce, paper
from tests.rigs.together import Together, together
from tests.rigs.waiting import until

#: what the house says when no platform draws it
HOUSE = Channel("house", "lab", "papers")
ADA = Person("house", "lab", "ada", "Ada", zone="UTC")
#: an hour, which Discord shows in each reader's own zone and Slack in the zone of whoever followed first
HOUR = re.compile(r"<t:\d+(:\w)?>|\b\d\d:\d\d\b|\bEurope/Zurich\b|\bUTC\b")
#: what people type, in order, and where Discord has several fields, how one fills them in; each is answered privately
DIALOGUE = {
    "follow tokenization": "",
    "follow tokenisation": "",
    "follow (mamba": "",
    "preview mamba": "",
    "list": "",
    "edit 1 tokenization -survey": "edit number:1 query:tokenization -survey",
    "now": "",
    "why 2604.00001": "",
    "show 2604.00001": "",
    "save 2604.00001": "",
    "note 2604.00001 read it again #later": "note paper:2604.00001 text:read it again #later",
    "saved": "",
    "unfollow diffusion": "",
    "schedule mon,thu": "schedule days:mon,thu",
    "settings quiet line": "",
    "pause 2w": "",
    "resume": "",
    "unfollow 1": "",
    "list text": "",
}


def words(text: str) -> str:
    """Only its words: markup, drawings and line ends are each platform's own, and a terminal needs no slash."""
    return " ".join(re.findall(r"\w+", HOUR.sub(" ", text.replace("/papers ", ""))))


def without(text: str, moments: Sequence[Moment]) -> Sequence[str]:
    """What stands around the moments in it: Discord shows each as a time in the reader's own zone."""
    known = "|".join(re.escape(one.words) for one in moments)
    return re.split(known, text) if known else (text,)


def said(message: Message) -> Iterator[str]:
    """The words of everything that a message says; addresses stand behind a title, and files are their names."""
    for text in (message.group, message.title, *message.facts, message.body, message.note):
        yield from map(words, without(text, message.moments))
    for item in message.items:
        yield from said(item)
    yield from (words(action.label) for action in message.actions)


def missing(here: Together, before: Mapping[str, str], meant: set[str]) -> dict[str, list[str]]:
    """What each platform has not shown since then, of those that lack something."""
    new = {name: words(shown[len(before[name]) :]) for name, shown in here.shown().items()}
    gaps = {name: sorted(line for line in meant if line not in shown) for name, shown in new.items()}
    return {name: lines for name, lines in gaps.items() if lines}


async def agreed(here: Together, board: Noticeboard, text: str, on_discord: str) -> None:
    """Type that everywhere, and wait until each platform has shown what the house says to it."""
    begun, before = len(board.books), here.shown()
    here.clock.move(seconds=1)
    act = here.clock.act(text, ADA, HOUSE)
    await here.house.answer.take(act)
    await here.house.answer.answered(act)
    meant = {line for _, message, _ in board.books[begun:] for line in said(message) if line}
    assert meant, text
    here.types(text, on_discord)
    await until(lambda: not missing(here, before, meant), lambda: f"{text}: {missing(here, before, meant)}")


async def test_one_dialogue_has_the_same_words_everywhere(tmp_path: Path) -> None:
    board = Noticeboard(name="house")
    async with together(tmp_path, lambda _: {"house": board}) as here:
        for text, on_discord in DIALOGUE.items():
            if text == "now":
                await announce(here.house, paper(1))
                here.clock.move(minutes=1)
            await agreed(here, board, text, on_discord)
