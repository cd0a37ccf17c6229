"""What arXiv and Daily Papers announce day after day, and everything that a bot should have brought by then."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, timedelta

from adapters.http import Guard, Http
from adapters.sources import arxiv, huggingface
from bot.ports import Openable, Source
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.house import Hands
from tests.rigs.pages import Work, daily_of_huggingface, rss_of_arxiv

#: papers of one day
BATCH = 4
#: Daily Papers lists some of a day's papers so much later
LATER = timedelta(days=2)
DAY = timedelta(days=1)


def batch(day: date) -> list[Work]:
    """What arXiv announces that day, all about tokenization."""
    return [
        Work(f"{day:%y%m}.{day.day:02}{number:03}", title(day, number), day=str(day - DAY))
        for number in range(1, BATCH + 1)
    ]


def title(day: date, number: int) -> str:
    """The title of one of that day's papers."""
    return f"Tokenization on {day:%d %B}, part {number}"


@asynccontextmanager
async def world(clock: Hands) -> AsyncIterator[tuple[Mapping[str, Source | Openable], FeedServer]]:
    """The two sources, served on loopback; what they say follows `turn`."""
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        asked = {"ARXIV_RSS_URL": f"{server.url}/rss", "ARXIV_ARCHIVES": "cs", "ARXIV_GAP": "0"}
        daily = huggingface.source(http, {"HF_URL": f"{server.url}/daily"}, today=lambda: clock().date())
        yield {"arxiv": arxiv.source(http, asked), "huggingface": daily}, server


def turn(server: FeedServer, day: date) -> None:
    """A new day: arXiv's feed holds its batch alone, and Daily Papers has a list more."""
    server.pages["/rss/cs"] = Page(rss_of_arxiv(batch(day), day=f"{day:%a, %d %b %Y}"), conditional=True)
    listed = daily_of_huggingface(batch(day - LATER)[:2])
    server.pages[f"/daily?date={day}"] = Page(listed, kind="application/json", conditional=True)
