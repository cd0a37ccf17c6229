"""A first morning: what people do, in Slack and in Discord."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from tests.pictures import discord, slack
from tests.pictures.papers import MONDAY, TUESDAY, batch
from tests.rigs.discord.house import housed as housed_in_discord
from tests.rigs.house import Hands, announce
from tests.rigs.slack.house import housed

#: ahead of UTC: where Ada of Slack lives, in winter, as her profile says; Discord tells nobody's zone
ZURICH, UTC = timedelta(hours=1), timedelta()
COME = ("2604.10665", "2604.10799", "2604.11582", "2604.11792")


async def in_slack() -> str:
    """Somebody follows a topic, the digest comes, a paper is saved, listed and exported: the channel as a page."""
    with tempfile.TemporaryDirectory() as folder:
        async with housed(Path(folder)) as here:
            ada, papers = here.lab.ada, here.lab.papers
            seen = Seen(here.lab.slack.books, here.clock, ZURICH)
            await announce(here.house, *batch(MONDAY), news=False)
            await ada.types(papers, "/papers follow tokenization").done()
            await here.told("Following")
            await ada.until_reads("Ada follows")
            seen.all()
            here.clock.move(minutes=1)
            await announce(here.house, *batch(TUESDAY, *COME))
            tomorrow(here.clock, ZURICH)
            await here.digest()
            here.clock.move(seconds=30)
            _lead, first, *_ = await here.digest()
            seen.all()
            here.clock.move(minutes=6)
            ada.reacts(first, "bookmark")
            await here.told("Saved:")
            await ada.types(papers, "/papers saved").done()
            await here.told("Your reading list")
            await ada.types(papers, "/papers export bibtex").done()
            await here.told("papers.bib")
            return slack.conversation("Example Lab", "# papers", seen.all(), {ada.id: "Ada"}, here.lab.workspace)


async def in_discord() -> str:
    """The same there."""
    with tempfile.TemporaryDirectory() as folder:
        async with housed_in_discord(Path(folder)) as here:
            ada, papers = here.lab.ada, here.lab.papers
            seen = Seen(here.lab.discord.books, here.clock, UTC)
            await announce(here.house, *batch(MONDAY), news=False)
            ada.types(papers, "/papers follow query:tokenization")
            await here.told("Following")
            await ada.until_reads("Ada follows")
            seen.all()
            here.clock.move(minutes=1)
            await announce(here.house, *batch(TUESDAY, *COME))
            tomorrow(here.clock, UTC)
            await here.digest()
            here.clock.move(seconds=30)
            _lead, first, *_ = await here.digest()
            seen.all()
            here.clock.move(minutes=6)
            ada.reacts(first, "🔖")
            await ada.until_reads("Saved:")
            ada.types(papers, "/papers saved")
            await here.told("Your reading list")
            ada.types(papers, "/papers export format:bibtex")
            await here.told("papers.bib")
            direct = ada.direct
            return discord.conversation("# papers", [said for said in seen.all() if said.channel is not direct])


def tomorrow(clock: Hands, ahead: timedelta) -> None:
    """Nine o'clock on the next day, in a zone so far ahead of UTC."""
    nine = (clock() + timedelta(days=1)).replace(hour=9, minute=0, second=2) - ahead
    clock.move(seconds=(nine - clock()).total_seconds())


class Timed(Protocol):
    """A message of a rig."""

    at: datetime


T = TypeVar("T", bound=Timed)


class Seen(Generic[T]):
    """What was said, with the hour by the house's clock, which runs ahead of the rig's."""

    def __init__(self, books: Sequence[T], clock: Hands, ahead: timedelta) -> None:
        self._books = books
        self._clock = clock
        self._ahead = ahead
        self._seen: list[T] = []

    def all(self) -> list[T]:
        """Everything that was said so far; what is new was said now."""
        for said in self._books[len(self._seen) :]:
            said.at = self._clock() + self._ahead
            self._seen.append(said)
        return self._seen
