"""What the sources make of pages that were really sent: recordings, hostile test files, and feeds as they changed.

Everything is read from ../shared/data, which is no part of this repository; without it these tests are skipped.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import zstandard

from adapters.http import Answer, Guard, Http
from adapters.sources import arxiv, feed, huggingface
from adapters.sources.arxiv import pages
from adapters.sources.feed.reading import read
from bot.identity import normal_title, same_work
from bot.models import Announcement, Condition, Fetched, Health, Paper
from bot.ports import Source, SourceError
from tests.rigs.feeds import FeedServer, Page

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RECORDED = DATA / "recorded"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recordings (../shared/data) are not here")

NOW = datetime(2026, 9, 1, tzinfo=UTC)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ACTIVE = re.compile(
    r"<\s*/?\s*(?:applet|base|embed|form|iframe|img|input|link|meta|object|script|style|svg)\b", re.IGNORECASE
)


def recorded(*patterns: str) -> list[object]:
    """Recorded files as parameters, named by themselves; one that skips where there are none."""
    found = [path for pattern in patterns for path in sorted(RECORDED.glob(pattern))]
    return [pytest.param(path, id=path.name) for path in found] or [pytest.param(Path(), id="no recordings")]


def content(path: Path) -> bytes:
    return path.read_bytes()


def xml_items(body: bytes) -> int:
    """How many entries an XML page holds, counted without the adapter."""
    root = ET.fromstring(body)  # noqa: S314 - recordings
    return sum(element.tag.rpartition("}")[2] in ("item", "entry") for element in root.iter())


def assert_sound(paper: Paper) -> None:
    """A paper as the house wants it, whatever the page said."""
    assert paper.title
    assert paper.identifiers
    text = "\n".join((paper.title, paper.abstract, paper.comment, paper.journal, paper.tldr, *paper.authors))
    assert not CONTROL.search(text.replace("\n", ""))
    assert not ACTIVE.search(text)
    assert all(author == author.strip() != "" for author in paper.authors)
    assert paper.url == "" or paper.url.startswith(("http://", "https://"))
    assert paper.published is None or (paper.published.tzinfo is not None and paper.published <= NOW)


async def first_fetch(path: Path, kind: str = "application/xml") -> Fetched:
    """What a source makes of that page, served over HTTP."""
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        server.pages["/page"] = server.pages["/cs"] = Page(content(path), kind=kind)
        settings = {"ARXIV_RSS_URL": server.url, "ARXIV_ARCHIVES": "cs", "HF_URL": f"{server.url}/page"}
        opened: dict[str, Source] = {
            "arxiv_rss": arxiv.source(http, settings),
            "hf_daily": huggingface.source(http, settings, lambda: date(2026, 9, 1)),
        }
        source = opened.get(path.parent.name) or feed.source(http, {}, lambda: NOW).at(f"{server.url}/page")
        return await source.fetch("")


# ------------------------------------------------------------------------------------------ recordings


@pytest.mark.parametrize("path", recorded("arxiv_rss/*.xml"))
async def test_every_announcement_of_arxiv_is_read(path: Path) -> None:
    fetched = await first_fetch(path)
    count = xml_items(content(path))
    assert len(fetched.announcements) == count
    assert fetched.health.condition is (Condition.OK if count else Condition.EMPTY)
    for announcement in fetched.announcements:
        paper = announcement.paper
        assert_sound(paper)
        assert paper.identifier("arxiv")
        assert paper.authors
        assert paper.categories
        assert not paper.abstract.startswith(("arXiv:", "Abstract"))
        assert date.fromisoformat(announcement.batch) in (date(2025, 8, 20), date(2026, 4, 27))


@pytest.mark.parametrize("path", recorded("arxiv_atom/*.xml"))
def test_every_paper_of_arxivs_api_is_read(path: Path) -> None:
    body = content(path)
    if b"/api/errors" in body:
        with pytest.raises(SourceError, match="incorrect id format"):
            pages.found(body)
        return
    found = pages.found(body)
    assert len(found.papers) == found.entries == xml_items(body)
    for paper in found.papers:
        assert_sound(paper)
        assert paper.authors
        assert paper.published
        assert all(re.fullmatch(r"[a-z-]+(\.[A-Za-z-]+)?", category) for category in paper.categories)


@pytest.mark.parametrize("path", recorded("arxiv_atom/*.json"))
async def test_a_recorded_exchange_with_the_api_gives_what_it_gave(path: Path) -> None:
    exchange = json.loads(content(path))
    asked = re.search(r"id_list=([^&]*)", exchange["url"])
    async with FeedServer() as server, Http() as http:
        server.pages["/api"] = Page(exchange["body"].encode(), status=exchange["status_code"])
        source = arxiv.source(http, {"ARXIV_API_URL": f"{server.url}/api", "ARXIV_GAP": "0"})
        if exchange["status_code"] != 200:
            with pytest.raises(SourceError):
                await source.lookup("2104.12255")
            return
        paper = await source.lookup(asked[1] if asked and asked[1] else "2104.12255")
        assert (paper is not None) == (xml_items(exchange["body"].encode()) == 1)


@pytest.mark.parametrize("path", recorded("hf_daily/*.json"))
async def test_every_daily_paper_is_read(path: Path) -> None:
    fetched = await first_fetch(path, "application/json")
    listed = {entry["paper"]["id"]: entry for entry in json.loads(content(path))}
    papers = {one.paper.identifier("arxiv"): one.paper for one in fetched.announcements}
    assert papers.keys() == listed.keys()
    for number, entry in listed.items():
        paper, inner = papers[number], entry["paper"]
        assert_sound(paper)
        assert paper.upvotes == inner["upvotes"]
        assert paper.code == inner.get("githubRepo", "")
        assert bool(paper.tldr) == bool(inner.get("ai_summary"))
        assert len(paper.authors) == sum(not author.get("hidden") for author in inner["authors"])


@pytest.mark.parametrize(
    "path", recorded("journal_feeds/*.xml", "other_feeds/*.xml", "biorxiv/*.xml", "arxiv_rss/*.xml")
)
async def test_every_entry_of_a_feed_is_read(path: Path) -> None:
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        server.pages["/page"] = Page(content(path))
        fetched = await feed.source(http, {}, lambda: NOW).at(f"{server.url}/page").fetch("")
    count = xml_items(content(path))
    assert len(fetched.announcements) == count
    assert fetched.health == Health(Condition.OK if count else Condition.EMPTY)
    for announcement in fetched.announcements:
        assert_sound(announcement.paper)
        assert announcement.paper.url
    if path.parent.name == "journal_feeds" and not re.search(rb"sciencedirect\.com|chemistryviews", content(path)):
        assert all(one.paper.identifier("doi") for one in fetched.announcements)


# ---------------------------------------------------------------------------------------- hostile files


def hostile_files() -> Iterator[tuple[str, bytes]]:
    with tarfile.open(DATA / "feed_robustness" / "feeds.tar.gz") as archive:
        for member in archive:
            if member.isfile() and (file := archive.extractfile(member)):
                yield member.name, file.read()


def test_no_test_file_of_any_feed_parser_breaks_the_reader() -> None:
    """2,840 files of 13 projects, each entry given an id so that none is left out for want of one."""
    slow, seen, entries = [], Counter[str](), 0
    for name, body in hostile_files():
        for tag, element in ((b"<item>", b"<guid>made %d</guid>"), (b"<entry>", b"<id>made %d</id>")):
            parts = body.split(tag)
            body = parts[0] + b"".join(tag + element % n + part for n, part in enumerate(parts[1:]))  # noqa: PLW2901
        started = time.perf_counter()
        reading = read(body, "", "https://example.org/feed.xml")
        if time.perf_counter() - started > 1.0:
            slow.append(name)
        seen[reading.what] += 1
        entries += len(reading.entries)
        for entry in reading.entries:
            text = "\n".join((entry.title, entry.abstract, reading.title, *entry.authors))
            assert not ACTIVE.search(text), (name, text)
            assert not CONTROL.search(text.replace("\n", "")), (name, text)
            assert entry.url == "" or entry.url.startswith(("http://", "https://")), (name, entry.url)
    assert slow == []
    assert seen.total() == 2840
    assert seen["feed"] + seen["nameless"] > 2400  # the rest is OPML, HTML, and the parsers' expectations in JSON
    assert entries > 1000


# ---------------------------------------------------------------------------- feeds as they changed


def polls(name: str) -> list[bytes]:
    """The states of one feed at successive times."""
    if not DATA.exists():
        pytest.skip("../shared/data is not there")
    (path,) = (DATA / "poll_sequences").glob(f"{name}*.tar.zst")
    with zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(path.read_bytes()) as reader:
        packed = reader.read()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = sorted((one for one in archive if one.isfile()), key=lambda one: one.name)
        return [file.read() for one in members if (file := archive.extractfile(one))]


class Unguarded(feed.Feeds):
    """Reads pages in this process: hundreds of them, and known to do no harm."""

    async def read(self, url: str, answer: Answer) -> dict[str, Any]:
        return asdict(read(answer.body, answer.content_type, url))


class Memory:
    """What a store remembers of one source, as `jobs.poll` uses it: by any name first, then by title."""

    def __init__(self, *, titles: bool = True) -> None:
        self.works: list[Paper] = []
        self._named: dict[str, int] = {}
        self._titled: defaultdict[str, set[int]] = defaultdict(set)
        self._titles = titles

    def take(self, paper: Paper) -> bool:
        """Remember it; True when it is new."""
        known = next((self._named[name] for name in paper.identifiers if name in self._named), None)
        title = normal_title(paper.title)
        if known is None and self._titles:
            known = next((one for one in self._titled[title] if same_work(self.works[one], paper)), None)
        new = known is None
        if known is None:
            known = len(self.works)
            self.works.append(paper)
        self._titled[title].add(known)
        self._named |= dict.fromkeys(paper.identifiers, known)
        return new


#: states, of them no feed, works announced in all: counted from the recording by DOI or arXiv id
SEQUENCES = {
    "chemrxiv": (20, 0, 675),
    "hf_daily": (97, 0, 1787),
    "nature": (127, 21, 1106),
    "org_lett": (23, 0, 319),
}


@pytest.mark.parametrize("name", SEQUENCES)
async def test_a_feed_polled_for_weeks_announces_each_paper_once(name: str) -> None:
    states, bad, works = SEQUENCES[name]
    recordings = polls(name)
    memory, posted, conditions, cursor = Memory(), Counter[str](), Counter[Condition](), ""
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        source = Unguarded(http, lambda: NOW).at(f"{server.url}/feed")
        for body in recordings:
            server.pages["/feed"] = Page(body, conditional=True)
            fetched = await source.fetch(cursor)
            conditions[fetched.health.condition] += 1
            if not fetched.health.well:
                assert fetched.cursor == cursor
            cursor = fetched.cursor
            for announcement in fetched.announcements:
                if memory.take(announcement.paper):
                    posted[announcement.paper.identifiers[0]] += 1
    assert len(recordings) == states
    assert conditions[Condition.NOT_A_FEED] == bad
    assert conditions[Condition.OK] + conditions[Condition.UNCHANGED] == states - bad
    assert set(posted.values()) == {1}
    assert len(posted) == works


def without_sure_names(announcement: Announcement | Paper) -> Paper:
    """The paper as a feed without DOIs would announce it."""
    paper = announcement.paper if isinstance(announcement, Announcement) else announcement
    weak = tuple(name for name in paper.identifiers if name.startswith(("url:", "guid:")))
    return Paper(id=paper.identifiers[0], title=paper.title, identifiers=weak, authors=paper.authors)


def test_titles_recognise_most_papers_of_a_feed_that_changes_its_guids_and_has_no_doi() -> None:
    """ChemRxiv gave 45 papers a second guid in two weeks; without its DOIs only the title is left."""
    posted = {}
    for titles in (False, True):
        memory = Memory(titles=titles)
        for body in polls("chemrxiv"):
            for entry in read(body, "", "https://chemrxiv.org/feed").entries:
                memory.take(without_sure_names(Paper("", entry.title, identifiers=tuple(entry.identifiers))))
        posted[titles] = Counter(work.id for work in memory.works)
    twice = {titles: sum(count - 1 for count in counts.values()) for titles, counts in posted.items()}
    assert twice == {False: 45, True: 6}
    # one pair of different papers has the same title there: with DOIs they stay two, without they are one
    assert len(posted[False]) - len(posted[True]) == 1
