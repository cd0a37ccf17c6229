"""A house for a test: real rooms and a real database, a clock that stands still until it is moved."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.models import Act, Announcement, Channel, Kind, Paper, Person
from bot.ports import Busy, Openable, Platform, Source
from jobs.house import House, build
from jobs.settings import Settings
from tests.rigs.storage import standing

#: Monday 13 April 2026, before the digests of the day
MONDAY = datetime(2026, 4, 13, 7, 0, tzinfo=UTC)
CHANNEL = Channel("console", "terminal", "terminal")
ADA = Person("console", "terminal", "ada", "Ada", zone="UTC")
BOB = Person("console", "terminal", "bob", "Bob", zone="UTC")


#: the database of a house that names none; `tests.conftest` gives both their turn
chosen = ["sqlite"]


class Hands:
    """A clock that is moved by hand."""

    def __init__(self, moment: datetime = MONDAY) -> None:
        self.moment = moment
        self._acts = 0

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        """Move on, by the words of `timedelta`."""
        self.moment += timedelta(**by)

    def act(self, text: str, person: Person = ADA, channel: Channel = CHANNEL) -> Act:
        """A command that somebody types now."""
        self._acts += 1
        name = f"{self.moment.isoformat()}-{self._acts:06}"
        return Act(name, name, "command", channel, person, self.moment, text=text)

    def react(
        self, kind: str, message: str, emoji: str = "🔖", person: Person = ADA, channel: Channel = CHANNEL
    ) -> Act:
        """A reaction that somebody makes or takes away now."""
        self._acts += 1
        name = f"{self.moment.isoformat()}-{self._acts:06}"
        assert kind in ("react", "unreact")
        return Act(name, name, kind, channel, person, self.moment, message=message, emoji=emoji)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def opened(
    folder: Path,
    platforms: Mapping[str, Platform],
    clock: Hands,
    sources: Mapping[str, Source | Openable] | None = None,
    database: str = "",
    **more: Any,
) -> AsyncIterator[House]:
    """A house on the database of that folder: the one named, or else the one whose turn it is in this test.

    `more` are settings.
    """
    settings = Settings(database_url=standing(folder, database or chosen[0]), **more)
    async with build(settings, platforms, sources or {}, clock) as house:
        yield house


async def typed(house: House, act: Act) -> None:
    """Hand over an act and wait until it was worked on; then a second goes by."""
    for _ in range(3):  # on a slow disk a platform hears "busy", and tells it again
        with contextlib.suppress(Busy):
            await house.answer.take(act)
            break
    else:
        await house.answer.take(act)
    await house.answer.one(act)
    assert isinstance(house.clock, Hands)
    house.clock.move(seconds=1)


def paper(number: int, title: str = "", abstract: str = "We study tokenization in depth.") -> Paper:
    """A paper nobody wrote, for what a test is about."""
    name = f"2604.{number:05}"
    return Paper(
        "",
        title or f"Tokenization, part {number}",
        abstract,
        identifiers=(f"arxiv:{name}",),
        authors=("Ada Example",),
        categories=("cs.CL",),
        sources=("arxiv",),
        url=f"https://arxiv.org/abs/{name}",
    )


async def announce(house: House, *papers: Paper, news: bool = True, source: str = "arxiv") -> None:
    """A source announces papers now."""
    await house.store.add_source(source, source)
    await house.followed.refresh()
    matched, seq = await house.followed.match([Announcement(one, Kind.NEW, "") for one in papers])
    await house.store.keep(source, matched, seq=seq, now=house.clock(), news=news)
