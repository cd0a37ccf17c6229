"""The demonstration: a week in the terminal, Monday to Friday, with a clock that only `next` moves.

The real sources ask the server of `jobs.demo.server` over loopback; all the rest is the house as it runs every day.
The database is a file: a demonstration that was interrupted goes on where it was, one that ended begins anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from adapters.http import Guard, Http
from adapters.sources import arxiv, feed, huggingface
from bot import calendar, policy
from bot.messages import reports
from bot.models import Channel, Condition, Fetched, Health, Message, Place
from bot.ports import Openable, Source
from jobs.answer.sources import source_name
from jobs.demo.server import DemoServer
from jobs.house import House, listen
from jobs.news import News

ZONE = ZoneInfo("Europe/Zurich")
MONDAY = date(2026, 4, 13)
FRIDAY = date(2026, 4, 17)
#: the demonstration begins on Monday after the morning's digests, so that the first `next` brings Tuesday's
BEGINNING = datetime.combine(MONDAY, time(10, 0), ZONE).astimezone(UTC)
#: a lab's blog, which breaks once
LAB = "/feeds/lab.xml"
#: where the terminal's digests go
CHANNEL = Channel("console", "terminal", "terminal")


class Offline:
    """A kind of source as the demonstration has it: it reaches our own server and nothing else."""

    def __init__(self, kind: Openable, url: str) -> None:
        self._kind = kind
        self._url = url

    def at(self, url: str) -> Source:
        """The source at that address."""
        return self._kind.at(url) if url.startswith(f"{self._url}/") else Unreached()


class Unreached:
    """A source out in the world."""

    name = "feed"

    async def fetch(self, cursor: str) -> Fetched:
        """Nothing."""
        return Fetched((), cursor, Health(Condition.UNREACHABLE, "The demonstration has no network."))


class Week:
    """The simulated week: its clock, its server and its mornings."""

    def __init__(self) -> None:
        self._now = BEGINNING
        self._server = DemoServer(self.today)
        self._house: House | None = None

    async def __aenter__(self) -> Self:
        await self._server.start()
        endpoint = self._server.url.removeprefix("http://")
        self._http = Http("the demonstration", guard=Guard([endpoint]))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self._server.stop()

    def now(self) -> datetime:
        """The simulated time, UTC."""
        return self._now

    def tick(self) -> datetime:
        """The simulated time, a second later each time it is asked for: no two commands come in one moment."""
        self._now += timedelta(seconds=1)
        return self._now

    def today(self) -> date:
        """The simulated local date."""
        return self._now.astimezone(ZONE).date()

    @property
    def url(self) -> str:
        """Where the outside world of the demonstration is served."""
        return self._server.url

    @property
    def sources(self) -> dict[str, Source | Openable]:
        """The real sources, pointed at the server; our own server needs no pauses between two questions."""
        addresses = {"ARXIV_RSS_URL": f"{self.url}/rss", "ARXIV_API_URL": f"{self.url}/api/query"}
        return {
            "arxiv": arxiv.source(self._http, {**addresses, "ARXIV_GAP": "0"}),
            "huggingface": huggingface.source(self._http, {"HF_URL": f"{self.url}/api/daily_papers"}, today=self.today),
            "feed": Offline(feed.source(self._http, {}, now=self.now), self.url),
        }

    @property
    def words(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What the terminal understands besides commands."""
        return {"next": self.next}

    async def play(self, house: House) -> bool:
        """Play the week in the terminal; True when somebody ended it, False when a signal interrupted it."""
        self._house = house
        await self.begin(house)
        return await listen(house)

    async def begin(self, house: House) -> None:
        """Read Monday's papers in silence; or go on after an interruption."""
        remembered = await house.store.memory("demo", "now")
        if remembered:
            await self._open_lab(house)
            # every lease of the process that was killed is over by then
            self._now = datetime.fromisoformat(remembered) + policy.USUAL.lease + timedelta(seconds=1)
            await self._say(house, reports.demo_goes_on(self._now.astimezone(ZONE)))
            await self._morning(house)
            return
        await house.store.remember("demo", "now", self._now.isoformat())
        await self._open_lab(house)
        await house.poll.every_one()
        await house.past.fetch()
        await self._say(house, reports.demo_begins(self._now.astimezone(ZONE)))

    async def _open_lab(self, house: House) -> None:
        """Add the lab's blog at the port where the server listens now: another one since an interruption."""
        owner = f"{CHANNEL.platform}/{CHANNEL.workspace}"
        await house.store.remove_source(source_name(owner, LAB), owner)
        await house.store.add_source(source_name(owner, LAB), "feed", self.url + LAB, owner, "Reading Room")

    async def next(self) -> None:
        """Goes to the next morning."""
        house = self._house
        if house is None:
            return
        day = self._now.astimezone(ZONE).date() + timedelta(days=1)
        if day > FRIDAY:
            await self._say(house, reports.demo_over())
            return
        self._now = datetime.combine(day, time(9, 0), ZONE).astimezone(UTC)
        await house.store.remember("demo", "now", self._now.isoformat())
        await self._say(house, reports.demo_morning(self._now.astimezone(ZONE)))
        await self._morning(house)
        if await News(house.store, self.now).due():
            await house.deliver.due()

    async def _morning(self, house: House) -> None:
        await house.poll.every_one()
        await house.plan.due()
        if await house.deliver.due():
            return
        if await house.store.due(self._now):
            # a digest waits for arXiv's batch, which on one day of this week was not recorded: until noon
            self._now += calendar.PATIENCE
            await house.plan.due()
            if await house.deliver.due():
                return
        broken = await house.store.due(self._now)
        await self._say(house, reports.demo_broken() if broken else reports.demo_quiet())

    async def _say(self, house: House, message: Message) -> None:
        await house.platforms["console"].post(Place(CHANNEL), message, "")


def forget(database: Path) -> None:
    """Delete the database of a demonstration that ended."""
    for name in (database, *database.parent.glob(database.name + "-*"), *database.parent.glob(database.name + ".*")):
        name.unlink(missing_ok=True)
