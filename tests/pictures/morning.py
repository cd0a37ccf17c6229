"""A first morning: what people do, in Slack and in Discord."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.pictures import discord, slack
from tests.pictures.papers import MONDAY, TUESDAY, batch
from tests.rigs.discord.exam import slashed
from tests.rigs.discord.house import Settled as InDiscord
from tests.rigs.discord.house import housed as housed_in_discord
from tests.rigs.house import Hands, announce
from tests.rigs.slack.house import Settled as InSlack
from tests.rigs.slack.house import housed as housed_in_slack

#: ahead of UTC: where Ada of Slack lives, in winter, as her profile says; Discord tells nobody's zone
ZURICH, UTC = timedelta(hours=1), timedelta()
COME = ("2604.10665", "2604.10799", "2604.11582", "2604.11792")


async def in_slack() -> str:
    """A channel in Slack as a page."""
    with tempfile.TemporaryDirectory() as folder:
        async with housed_in_slack(Path(folder)) as here:
            ada, papers, seen = here.lab.ada, here.lab.papers, Seen(here.lab.slack.books, here.clock, ZURICH)

            async def types(words: str) -> None:
                await ada.types(papers, f"/papers {words}").done()

            await spent(here, seen, types, lambda said: ada.reacts(said, "bookmark"))
            return slack.conversation("Example Lab", "# papers", seen.all(), {ada.id: "Ada"}, here.lab.workspace)


async def in_discord() -> str:
    """The same there; what Ada alone is told in direct messages is left out."""
    with tempfile.TemporaryDirectory() as folder:
        async with housed_in_discord(Path(folder)) as here:
            ada, papers, seen = here.lab.ada, here.lab.papers, Seen(here.lab.discord.books, here.clock, UTC)

            async def types(words: str) -> None:
                ada.types(papers, slashed(words))

            await spent(here, seen, types, lambda said: ada.reacts(said, "🔖"))
            return discord.conversation("# papers", [said for said in seen.all() if said.channel is not ada.direct])


async def spent(
    here: InSlack | InDiscord, seen: Seen, types: Callable[[str], Awaitable[None]], saves: Callable[[Any], object]
) -> None:
    """Somebody follows a topic, the digest comes, a paper is saved, listed and exported."""
    await announce(here.house, *batch(MONDAY), news=False)
    await types("follow tokenization")
    await here.told("Following")
    await here.lab.ada.until_reads("Ada follows")
    seen.all()
    here.clock.move(minutes=1)
    await announce(here.house, *batch(TUESDAY, *COME))
    tomorrow(here.clock, seen.ahead)
    await here.digest()
    here.clock.move(seconds=30)
    _lead, first, *_ = await here.digest()
    seen.all()
    here.clock.move(minutes=6)
    saves(first)
    await here.lab.ada.until_reads("Saved:")
    await types("saved")
    await here.told("Your reading list")
    await types("export bibtex")
    await here.told("papers.bib")


def tomorrow(clock: Hands, ahead: timedelta) -> None:
    """Nine o'clock on the next day, in a zone so far ahead of UTC."""
    nine = (clock() + timedelta(days=1)).replace(hour=9, minute=0, second=2) - ahead
    clock.move(seconds=(nine - clock()).total_seconds())


class Seen:
    """What was said, with the hour by the house's clock, which runs ahead of the rig's."""

    def __init__(self, books: Sequence[Any], clock: Hands, ahead: timedelta) -> None:
        self._books = books
        self._clock = clock
        self.ahead = ahead
        self._seen: list[Any] = []

    def all(self) -> list[Any]:
        """Everything that was said so far; what is new was said now."""
        for said in self._books[len(self._seen) :]:
            said.at = self._clock() + self.ahead
            self._seen.append(said)
        return self._seen
