"""The exam that every source must pass: what it says of good pages, and how it behaves when pages are bad."""

from __future__ import annotations

import json
import random
import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from adapters.http import Guard, Http, Limits
from adapters.sources import arxiv, feed, huggingface
from bot.models import Condition, Fetched
from bot.ports import Source
from tests.rigs import feeds
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.pages import (
    FIRST,
    LATER,
    NOT_FOUND_PAGE,
    Work,
    daily_of_huggingface,
    rss_of_arxiv,
    rss_of_journal,
    with_title,
)

TODAY = date(2026, 4, 13)
NOW = datetime(2026, 4, 13, 12, tzinfo=UTC)
LIMITS = Limits(total=1.0, connect=0.5, read=0.3)


@dataclass(frozen=True)
class Candidate:
    """One source as it sits the exam: how to open it at a server, and how its pages are written."""

    name: str
    path: str
    open: Callable[[Http, str], Source]
    page: Callable[[Iterable[Work]], bytes]
    empty: bytes


CANDIDATES = [
    Candidate(
        "arxiv",
        "/rss/cs",
        lambda http, url: arxiv.source(http, {"ARXIV_RSS_URL": f"{url}/rss", "ARXIV_ARCHIVES": "cs", "ARXIV_GAP": "0"}),
        rss_of_arxiv,
        rss_of_arxiv([]),
    ),
    Candidate(
        "huggingface",
        "/api/daily_papers",
        lambda http, url: huggingface.source(http, {"HF_URL": f"{url}/api/daily_papers"}, lambda: TODAY),
        daily_of_huggingface,
        b"[]",
    ),
    Candidate(
        "feed",
        "/journal.rss",
        lambda http, url: feed.source(http, {}, lambda: NOW).at(f"{url}/journal.rss"),
        rss_of_journal,
        rss_of_journal([]),
    ),
]


@dataclass
class Desk:
    """Where a candidate sits: a server with its page, and the source opened there."""

    candidate: Candidate
    server: FeedServer
    source: Source

    def serve(self, page: bytes | Page | feeds.Misdeed) -> None:
        served = Page(page, conditional=True) if isinstance(page, bytes) else page
        self.server.pages[self.candidate.path] = served

    async def fetch(self, cursor: str = "") -> Fetched:
        return await self.source.fetch(cursor)

    async def cursor_after(self, works: Iterable[Work]) -> str:
        """A cursor that knows these works."""
        self.serve(self.candidate.page(works))
        return (await self.fetch()).cursor


@pytest.fixture(params=CANDIDATES, ids=lambda candidate: candidate.name)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    candidate: Candidate = request.param
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"]), limits=LIMITS) as http:
        yield Desk(candidate, server, candidate.open(http, server.url))


def titles(fetched: Fetched) -> list[str]:
    return [announcement.paper.title for announcement in fetched.announcements]


def assert_nothing_happened(fetched: Fetched, cursor: str) -> None:
    """A page that is not to be trusted: nothing is announced and nothing is forgotten."""
    assert not fetched.health.well
    assert fetched.health.detail
    assert fetched.announcements == ()
    assert fetched.cursor == cursor
    assert not fetched.baseline
    assert not fetched.more


# ------------------------------------------------------------------------------------------- good pages


async def test_the_first_page_is_only_remembered(desk: Desk) -> None:
    desk.serve(desk.candidate.page(FIRST))
    fetched = await desk.fetch()
    assert fetched.baseline
    assert fetched.health.condition is Condition.OK
    assert titles(fetched) == [work.title for work in FIRST]


async def test_the_same_page_again_brings_nothing(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    again = await desk.fetch(cursor)
    assert again.health.condition is Condition.UNCHANGED
    assert again.announcements == ()
    assert again.cursor
    assert "if-none-match" in desk.server.asked[-1].headers


async def test_a_later_page_is_announced(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(desk.candidate.page(LATER))
    later = await desk.fetch(cursor)
    assert not later.baseline
    assert titles(later)[-1] == "Graphs of graphs"


async def test_a_cursor_outlives_the_process(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    async with Http(guard=Guard([f"127.0.0.1:{desk.server.port}"])) as http:
        again = await desk.candidate.open(http, desk.server.url).fetch(cursor)
    assert again.health.condition is Condition.UNCHANGED


async def test_a_page_without_papers_is_no_error_and_forgets_nothing(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(desk.candidate.empty)
    empty = await desk.fetch(cursor)
    assert empty.health.condition is Condition.EMPTY
    assert empty.health.well
    desk.serve(desk.candidate.page(LATER))
    assert not (await desk.fetch(empty.cursor)).baseline


async def test_an_empty_first_page_is_remembered_as_the_first(desk: Desk) -> None:
    desk.serve(desk.candidate.empty)
    empty = await desk.fetch()
    assert (empty.baseline, empty.health.condition) == (True, Condition.EMPTY)
    desk.serve(desk.candidate.page(FIRST))
    assert not (await desk.fetch(empty.cursor)).baseline


async def test_papers_are_whole(desk: Desk) -> None:
    desk.serve(desk.candidate.page(FIRST))
    first = (await desk.fetch()).announcements[0].paper
    assert first.title == "Tokens and where to find them"
    assert first.abstract == "We look for tokens in many places. We find some."
    assert first.authors[0] == "Ada Lovelace"
    assert first.url.startswith("https://")
    assert first.published is not None
    assert first.published.tzinfo is not None
    assert first.published <= NOW
    assert first.identifiers[0] in ("arxiv:2604.10001", "doi:10.5555/2604.10001")


async def test_a_paper_that_stands_twice_on_a_page_has_one_identity(desk: Desk) -> None:
    desk.serve(desk.candidate.page([FIRST[0], FIRST[1], FIRST[0]]))
    fetched = await desk.fetch()
    assert len({announcement.paper.identifiers[0] for announcement in fetched.announcements}) == 2


async def test_a_title_that_changes_leaves_the_identity(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(desk.candidate.page(with_title("Tokens: “where” to find them")))
    later = await desk.fetch(cursor)
    names = [announcement.paper.identifiers for announcement in later.announcements]
    assert any(name in ("arxiv:2604.10001", "doi:10.5555/2604.10001") for name in names[0])


# -------------------------------------------------------------------------------------------- bad pages


async def test_a_web_page_instead_of_a_feed_forgets_nothing(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(Page(NOT_FOUND_PAGE, kind="text/html; charset=utf-8"))
    bad = await desk.fetch(cursor)
    assert_nothing_happened(bad, cursor)
    assert bad.health.condition is Condition.NOT_A_FEED
    desk.serve(desk.candidate.page(LATER))
    good = await desk.fetch(bad.cursor)
    assert not good.baseline
    assert good.health.condition is Condition.OK


async def test_a_web_page_at_first_is_no_baseline(desk: Desk) -> None:
    desk.serve(Page(NOT_FOUND_PAGE, kind="text/html; charset=utf-8"))
    bad = await desk.fetch()
    assert_nothing_happened(bad, "")
    desk.serve(desk.candidate.page(FIRST))
    assert (await desk.fetch(bad.cursor)).baseline


async def test_a_page_that_breaks_off_announces_nothing(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    whole = desk.candidate.page(LATER)
    for tenths in (4, 6, 8, 9):
        desk.serve(whole[: len(whole) * tenths // 10])
        fetched = await desk.fetch(cursor)
        assert_nothing_happened(fetched, cursor)
        assert fetched.health.condition is Condition.CUT_OFF


async def test_a_download_that_breaks_off_announces_nothing(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(feeds.break_off)
    fetched = await desk.fetch(cursor)
    assert_nothing_happened(fetched, cursor)
    assert fetched.health.condition is Condition.CUT_OFF


@pytest.mark.parametrize("body", [b"", b" \n", b"\x00\x01\x02", b"null", b"{}", b"<", b"plain words", b"\xff\xfe<"])
async def test_garbage_is_not_a_feed(desk: Desk, body: bytes) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(body)
    assert_nothing_happened(await desk.fetch(cursor), cursor)


@pytest.mark.parametrize("misdeed", [feeds.say_nothing, feeds.hang_up, feeds.drip_body, feeds.talk_nonsense])
async def test_a_bad_server_is_unreachable_and_nothing_is_raised(desk: Desk, misdeed: feeds.Misdeed) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(misdeed)
    fetched = await desk.fetch(cursor)
    assert_nothing_happened(fetched, cursor)
    assert fetched.health.condition is Condition.UNREACHABLE


async def test_an_error_of_the_site_forgets_nothing(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    for status in (403, 404, 410, 500):
        desk.serve(Page(desk.candidate.page(LATER), status=status))
        fetched = await desk.fetch(cursor)
        assert_nothing_happened(fetched, cursor)
        assert fetched.health.condition is Condition.REFUSED
        desk.serve(desk.candidate.page(LATER))
        await desk.fetch(cursor)


async def test_a_site_that_asks_for_rest_says_how_long(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    desk.serve(Page(status=429, headers={"Retry-After": "120"}))
    fetched = await desk.fetch(cursor)
    assert_nothing_happened(fetched, cursor)
    assert (fetched.health.condition, fetched.health.retry_after) == (Condition.THROTTLED, 120.0)


@pytest.mark.parametrize("cursor", ["null", "[]", "[1]", "{", '{"feeds":3}', '{"days":{"x":[]}}', '["","",""]', "\x00"])
async def test_a_cursor_that_is_not_ours_is_the_beginning(desk: Desk, cursor: str) -> None:
    desk.serve(desk.candidate.page(FIRST))
    fetched = await desk.fetch(cursor)
    assert fetched.baseline
    assert len(fetched.announcements) == len(FIRST)


# ----------------------------------------------------------------------------------------- hostile pages

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


async def test_a_hostile_title_becomes_one_line_of_plain_text(desk: Desk) -> None:
    title = "Tokens\u202etxt.exe\u2069 and\u200b more\n\n <!channel> @everyone [x](http://evil.example)"
    desk.serve(desk.candidate.page(with_title(title)))
    shown = (await desk.fetch()).announcements[0].paper.title
    assert shown.startswith("Tokens")
    assert not CONTROL.search(shown)
    assert "\u200b" not in shown


async def test_damaged_pages_never_raise(desk: Desk) -> None:
    cursor = await desk.cursor_after(FIRST)
    whole = desk.candidate.page(LATER)
    chance = random.Random(20260413)
    for _ in range(12 if desk.candidate.name == "feed" else 150):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            place = chance.randrange(len(damaged))
            damaged[place : place + chance.choice((0, 1, 5, 80))] = chance.randbytes(chance.choice((0, 1, 4)))
        desk.serve(bytes(damaged))
        fetched = await desk.fetch(cursor)
        if not fetched.health.well:
            assert_nothing_happened(fetched, cursor)
        for announcement in fetched.announcements:
            paper = announcement.paper
            assert paper.title
            assert paper.identifiers
            assert not CONTROL.search("".join((paper.title, paper.abstract, *paper.authors)))
            assert paper.url == "" or paper.url.startswith(("http://", "https://"))
            json.dumps([paper.title, paper.abstract, paper.authors, paper.identifiers]).encode()
