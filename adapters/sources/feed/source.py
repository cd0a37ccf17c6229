"""How a feed is asked, and how its pages are read without risk."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bot
from adapters.http import NEVER, Answer, Http, Validators
from bot.models import Announcement, Condition, Fetched, Health, Kind, Paper
from bot.ports import SourceError

NAME = "feed"
SETTINGS: dict[str, tuple[str, str]] = {}
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
#: seconds for reading one page; the slowest honest page (10 MB) needs some
_SECONDS = 10.0
_READERS = 2
_CHILD = str(Path(__file__).with_name("reading.py"))
_PACKAGES = str(Path(str(bot.__file__)).parents[1])
_KINDS = {"cross": Kind.CROSS, "replace": Kind.REPLACEMENT, "replace-cross": Kind.REPLACEMENT}


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def source(http: Http, settings: Mapping[str, str], now: Callable[[], datetime] = utc_now) -> Feeds:
    """The kind of source that is added by address."""
    return Feeds(http, now)


class Feeds:
    """Opens feeds."""

    name = NAME

    def __init__(self, http: Http, now: Callable[[], datetime] = utc_now, seconds: float = _SECONDS) -> None:
        self.http = http
        self._now = now
        self._seconds = seconds
        self._readers = asyncio.Semaphore(_READERS)

    def at(self, url: str) -> Feed:
        """The feed at that address; nothing is asked yet."""
        return Feed(self, url)

    async def get(self, url: str, known: Validators) -> Answer:
        """The page at that address. Raises SourceError."""
        return await self.http.get(url, known, accept=_ACCEPT)

    async def read(self, url: str, answer: Answer) -> dict[str, Any]:
        """What a page says, read by a child that is killed when it takes too long. Raises SourceError."""
        # the address that was asked: names made from it must not change when a redirect does
        asked = {"url": url, "content_type": answer.content_type, "seconds": self._seconds}
        async with self._readers:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-X", "utf8", _CHILD,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                # the child reads hostile bytes: it gets nothing of our environment, which holds tokens
                env={"PYTHONPATH": _PACKAGES},
            )  # fmt: skip
            try:
                async with asyncio.timeout(self._seconds):
                    out, _ = await child.communicate(json.dumps(asked).encode() + b"\n" + answer.body)
            except TimeoutError:
                out = b""
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        if child.returncode or not out:
            raise SourceError(Health(Condition.NOT_A_FEED, "The page could not be read as a feed."))
        reading: dict[str, Any] = json.loads(out)
        return reading

    def papers(self, entries: list[dict[str, Any]]) -> tuple[Announcement, ...]:
        """Announcements of what a reading holds."""
        latest = self._now() + timedelta(days=1)
        return tuple(_announcement(entry, latest) for entry in entries)


class Feed:
    """The source at one address."""

    name = NAME

    def __init__(self, feeds: Feeds, url: str) -> None:
        self._feeds = feeds
        self._url = url
        #: what the feed calls itself; "" until it was read
        self.title = ""

    async def fetch(self, cursor: str) -> Fetched:
        """Everything on the page, whenever it changed."""
        known = _known(cursor)
        try:
            answer = await self._feeds.get(self._url, known)
            if answer.unchanged:
                return Fetched((), _cursor(answer.validators), Health(Condition.UNCHANGED))
            reading = await self._feeds.read(self._url, answer)
        except SourceError as error:
            return Fetched((), cursor, error.health)
        if reading["what"] != "feed":
            return Fetched((), cursor, _trouble(reading))
        self.title = reading["title"]
        announcements = self._feeds.papers(reading["entries"])
        condition = Condition.OK if announcements else Condition.EMPTY
        return Fetched(announcements, _cursor(answer.validators), Health(condition), baseline=known == NEVER)


def _trouble(reading: Mapping[str, Any]) -> Health:
    if reading["what"] == "cut off":
        return Health(Condition.CUT_OFF, "The page broke off in the middle.")
    if reading["what"] == "nameless":
        return Health(Condition.NOT_A_FEED, "Its entries have no title, or neither a link nor an id.")
    if reading["feed"]:
        return Health(Condition.NOT_A_FEED, f"This is a web page, not a feed. It names {reading['feed']} as its feed.")
    return Health(Condition.NOT_A_FEED, "This is a web page or something else, not a feed.")


def _announcement(entry: Mapping[str, Any], latest: datetime) -> Announcement:
    published = datetime.fromisoformat(entry["published"]) if entry["published"] else None
    paper = Paper(
        id="",
        title=entry["title"],
        abstract=entry["abstract"],
        identifiers=tuple(entry["identifiers"]),
        authors=tuple(entry["authors"]),
        categories=tuple(entry["categories"]),
        url=entry["url"],
        # a date in the future is a mistake, and one of the last century says nothing of news
        published=published if published and published <= latest else None,
    )
    return Announcement(paper, _KINDS.get(entry["announced"], Kind.NEW))


def _known(cursor: str) -> Validators:
    try:
        return Validators.load(json.loads(cursor))
    except ValueError:
        return NEVER


def _cursor(known: Validators) -> str:
    return json.dumps(known.dump())
