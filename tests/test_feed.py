"""A feed's own ways: what names a paper, what is text, and a reader that no page can hang or break."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from adapters.http import Guard, Http
from adapters.sources import feed
from adapters.sources.feed import Feeds
from adapters.sources.feed.reading import Entry, Reading, read
from bot.models import Condition, Kind
from bot.ports import Openable, Source
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.pages import FIRST, NOT_FOUND_PAGE, Work, rss_of_arxiv, rss_of_journal

NOW = datetime(2026, 4, 13, 12, tzinfo=UTC)
URL = "https://journal.example/feed.rss"


def reading(body: bytes | str, kind: str = "application/xml; charset=utf-8") -> Reading:
    return read(body if isinstance(body, bytes) else body.encode(), kind, URL)


def entry(inside: str, head: str = "") -> Entry:
    """The one entry of an RSS feed with that inside."""
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'
    (found,) = reading(f'<rss version="2.0" {names}><channel>{head}<item>{inside}</item></channel></rss>').entries
    return found


@dataclass
class Desk:
    server: FeedServer
    feeds: Feeds

    def serve(self, body: bytes, kind: str = "application/xml") -> Source:
        self.server.pages["/feed"] = Page(body, kind=kind)
        return self.feeds.at(self.server.url + "/feed")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        yield Desk(server, Feeds(http, lambda: NOW))


@pytest.fixture
async def hasty(desk: Desk) -> Desk:
    """The same, with one second for each page."""
    return replace(desk, feeds=Feeds(desk.feeds.http, lambda: NOW, seconds=1.0))


# -------------------------------------------------------------------------------------------- identity


@pytest.mark.parametrize(
    ("inside", "first"),
    [
        ("<link>https://doi.org/10.5555/ABC.1</link>", "doi:10.5555/abc.1"),
        ("<link>https://j.example/x</link><prism:doi>10.5555/abc.1</prism:doi>", "doi:10.5555/abc.1"),
        ("<link>https://j.example/x</link><dc:identifier>doi:10.5555/abc.1</dc:identifier>", "doi:10.5555/abc.1"),
        ("<link>https://j.example/x</link><guid>10.26434/chemrxiv.1/v2</guid>", "doi:10.26434/chemrxiv.1"),
        ("<link>https://blog.example/x</link><guid>oai:arXiv.org:2604.10001v2</guid>", "arxiv:2604.10001"),
        ("<link>https://arxiv.org/abs/2604.10001v3</link>", "arxiv:2604.10001"),
        ("<link>HTTP://www.J.example/x/?utm_source=rss&amp;rss=1&amp;id=7#top</link>", "url:j.example/x?id=7"),
        ("<guid isPermaLink='false'>post 7</guid>", "guid:journal.example|post 7"),
    ],
)
def test_the_surest_name_stands_first(inside: str, first: str) -> None:
    assert entry(f"<title>Tokens</title>{inside}").identifiers[0] == first


def test_every_name_is_kept() -> None:
    found = entry("<title>T</title><link>https://j.example/doi/10.5555/a.1</link><guid isPermaLink='false'>g 1</guid>")
    assert found.identifiers == ["doi:10.5555/a.1", "url:j.example/doi/10.5555/a.1", "guid:journal.example|g 1"]


def test_a_doi_that_stands_twice_under_an_edited_title_stays() -> None:
    page = reading(rss_of_journal([FIRST[0], replace(FIRST[0], title="Tokens and where they are found")]))
    assert [one.identifiers[0] for one in page.entries] == ["doi:10.5555/2604.10001"] * 2


def test_a_link_that_two_papers_share_names_neither() -> None:
    page = reading(rss_of_journal(FIRST, link="https://lab.example/publications"))
    assert [one.identifiers for one in page.entries] == [
        [f"guid:journal.example|urn:journal:{work.number}"] for work in FIRST
    ]


async def test_a_feed_whose_entries_have_no_name_is_refused_in_words(desk: Desk) -> None:
    body = b"<rss version='2.0'><channel><item><title>Tokens</title></item></channel></rss>"
    fetched = await desk.serve(body).fetch("")
    assert (fetched.health.condition, fetched.announcements) == (Condition.NOT_A_FEED, ())
    assert "neither a link nor an id" in fetched.health.detail


# ------------------------------------------------------------------------------------------------ text


def test_markup_becomes_text_and_paragraphs_that_are_no_abstract_go() -> None:
    found = entry(
        "<title>S&lt;sub&gt;N&lt;/sub&gt;2 &amp;amp; p &amp;lt; 0.05</title><guid>1</guid>"
        "<description><![CDATA[<p>Author(s): Ada Lovelace, Kurt G&ouml;del</p><p>Source: Journal of Tokens</p>"
        "<p>DOI: 10.5555/1</p><h2>Abstract</h2><p>We <b>find</b> to<wbr>kens.</p><script>alert(1)</script>"
        "<p>Many.</p>]]></description>"
    )
    assert found.title == "SN2 & p < 0.05"
    assert found.authors == ["Ada Lovelace", "Kurt Gödel"]
    assert found.abstract == "We find tokens. Many."


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>Tokens",
        "&lt;script&gt;alert(1)&lt;/script&gt;Tokens",
        "&amp;lt;img src=x onerror=alert(1)&amp;gt;Tokens",
        "<![CDATA[<iframe src='javascript:alert(1)'></iframe>Tokens]]>",
        "<![CDATA[<svg><script>alert(1)</script></svg>Tokens<object data='x'>]]>",
    ],
)
def test_nothing_active_is_left_in_a_title(title: str) -> None:
    assert entry(f"<title>{title}</title><guid>1</guid>").title in ("Tokens", "alert(1)Tokens")


def test_a_link_that_is_no_web_address_is_no_link() -> None:
    for link in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://", "https://a b.example/"):
        assert entry(f"<title>Tokens</title><guid isPermaLink='false'>1</guid><link>{link}</link>").url == "", link


def test_a_link_may_be_relative_to_the_feed() -> None:
    assert entry("<title>Tokens</title><link>/papers/7</link>").url == "https://journal.example/papers/7"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("<dc:creator>Ada Lovelace</dc:creator><dc:creator>Kurt Gödel</dc:creator>", ["Ada Lovelace", "Kurt Gödel"]),
        ("<dc:creator>Ada Lovelace, Ann Oh and Bea Two</dc:creator>", ["Ada Lovelace", "Ann Oh", "Bea Two"]),
        ("<dc:creator>Lovelace, A.; Gödel, K.</dc:creator>", ["Lovelace, A.", "Gödel, K."]),
        ("<dc:creator>LOVELACE, A., Gödel, K. F.</dc:creator>", ["A. LOVELACE", "K. F. Gödel"]),
        ("<dc:creator>Lovelace, Ada</dc:creator>", ["Lovelace, Ada"]),
        ("<author>lab@j.example (Ada Lovelace)</author>", ["Ada Lovelace"]),
    ],
)  # fmt: skip
def test_authors_are_told_one_by_one(written: str, names: list[str]) -> None:
    assert entry(f"<title>Tokens</title><guid>1</guid>{written}").authors == names


def test_only_codes_of_arxiv_are_categories() -> None:
    tags = "".join(f"<category>{tag}</category>" for tag in ("cs.CL", "News", "hep-th", "physics", "cs.CL"))
    assert entry(f"<title>Tokens</title><guid>1</guid>{tags}").categories == ["cs.CL", "hep-th"]


async def test_a_feed_of_arxiv_added_by_address_keeps_the_kinds(desk: Desk) -> None:
    works = [FIRST[0], FIRST[2], replace(FIRST[1], kind="replace", version=2)]
    fetched = await desk.serve(rss_of_arxiv(works)).fetch("")
    assert [one.kind for one in fetched.announcements] == [Kind.NEW, Kind.CROSS, Kind.REPLACEMENT]
    assert fetched.announcements[0].paper.abstract == FIRST[0].abstract
    assert fetched.announcements[0].paper.identifiers[0] == "arxiv:2604.10001"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Mon, 13 Apr 2026 09:00:00 GMT", datetime(2026, 4, 13, 9, tzinfo=UTC)),
        ("2026-04-12", datetime(2026, 4, 12, tzinfo=UTC)),
        ("Mon, 13 Apr 2099 09:00:00 GMT", None),
        ("Mon, 13 Apr 9999 23:59:59 -1200", None),
        ("Mon, 13 Apr 0000 09:00:00 GMT", None),
        ("99999-04-13", None),
        ("yesterday", None),
    ],
)
async def test_a_date_is_shown_only_when_it_can_be_true(desk: Desk, written: str, told: datetime | None) -> None:
    body = rss_of_journal(FIRST[:1]).replace(b"Mon, 13 Apr 2026 09:00:00 GMT", written.encode())
    fetched = await desk.serve(body).fetch("")
    assert fetched.announcements[0].paper.published == told


# --------------------------------------------------------------------------------------------- formats

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Lab</title><id>tag:lab</id><entry><title type="text">a &lt; b
and c &gt; d</title><id>tag:lab,2026:1</id><link href="https://lab.example/1"/><updated>2026-04-13T09:00:00Z</updated>
<author><name>Ada Lovelace</name></author><summary>Short.</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="x"><title>Lab</title></channel><item rdf:about="https://lab.example/1"><title>a &lt; b
and c &gt; d</title><link>https://lab.example/1</link><description>Short.</description></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Lab",
        "items": [
            {"id": "1", "url": "https://lab.example/1", "title": "a < b and c > d", "content_text": "Short."},
            "nonsense",
            {"id": 7},
        ],
    }
)
OLD = """<rss version="0.91"><channel><title>Lab</title><item><title>a &lt; b and c &gt; d</title>
<link>https://lab.example/1</link><description>Short.</description></item></channel></rss>"""


@pytest.mark.parametrize("page", [ATOM, RDF, JSON, OLD], ids=["Atom", "RDF", "JSON Feed", "RSS 0.91"])
def test_every_format_is_read(page: str) -> None:
    found = reading(page)
    assert (found.what, found.title) == ("feed", "Lab")
    (one,) = found.entries
    assert (one.title, one.url, one.abstract) == ("a < b and c > d", "https://lab.example/1", "Short.")


async def test_a_feed_says_what_it_is_called_and_opens_by_address(desk: Desk) -> None:
    kind = feed.source(Http(), {})
    assert isinstance(kind, Openable)
    source = desk.feeds.at(desk.server.url + "/feed")
    desk.serve(rss_of_journal(FIRST))
    await source.fetch("")
    assert source.title == "Journal of Tokens"


async def test_a_web_page_that_names_its_feed_passes_the_name_on(desk: Desk) -> None:
    fetched = await desk.serve(NOT_FOUND_PAGE, "text/html").fetch("")
    assert fetched.health.condition is Condition.NOT_A_FEED
    assert f"{desk.server.url}/feed.xml" in fetched.health.detail


def test_a_sloppy_feed_that_is_whole_is_read() -> None:
    sloppy = rss_of_journal(FIRST).replace(b"<p>", b"<p").replace(b"Tokens", b"T & T &nbsp;", 1)
    assert reading(sloppy).what == "feed"
    assert len(reading(sloppy).entries) == len(FIRST)
    assert reading(rss_of_journal(FIRST) + b"<!-- served by a cache -->").what == "feed"


@pytest.mark.parametrize("reference", ["&#xD800;", "&#x110000;", "&#99999999999;", "&#xdfff", "&#" + "9" * 5000 + ";"])
def test_one_impossible_character_does_not_cost_the_feed(reference: str) -> None:
    page = rss_of_journal(FIRST).replace(b"Tokens", b"To" + reference.encode() + b"kens")
    assert len(reading(page).entries) == len(FIRST)


def test_a_long_feed_is_read_to_a_limit() -> None:
    works = [Work(f"{number:06}", f"Paper {number}") for number in range(2_050)]
    assert len(reading(rss_of_journal(works)).entries) == 2_000


# ----------------------------------------------------------------------------------------- the reader


def tower(middle: bytes) -> bytes:
    return b"<rss version='2.0'><channel><item><guid>1</guid><title>" + middle + b"</title></item></channel></rss>"


#: takes the parser a time that grows with the square of its length
FOR_EVER = b"<rss version='2.0'><channel " + b" ".join(b"a%d='1'" % n for n in range(60_000)) + b"><item/></rss>"


@pytest.mark.parametrize(
    "attack",
    [FOR_EVER, tower(b"<b>" * 3_000_000), tower(b"<item>" * 350_000), tower(b"<![CDATA[" + b"<!--" * 900_000)],
    ids=["attributes", "depth", "items", "comments"],
)
async def test_a_page_that_would_take_for_ever_is_given_up(hasty: Desk, attack: bytes) -> None:
    started = time.monotonic()
    lag = asyncio.create_task(longest_lag())
    fetched = await hasty.serve(attack).fetch("")
    lag.cancel()
    assert not fetched.announcements
    assert fetched.health.condition in (Condition.NOT_A_FEED, Condition.CUT_OFF)
    assert time.monotonic() - started < 3.0
    assert await lag < 0.5


async def longest_lag() -> float:
    """The longest time that this loop did not turn, until cancelled."""
    longest, last = 0.0, time.monotonic()
    try:
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            longest, last = max(longest, now - last - 0.01), now
    except asyncio.CancelledError:
        return longest


@pytest.mark.parametrize(
    "attack",
    [
        b"<?xml version='1.0' encoding='undefined'?>" + tower(b"x"),
        b"{" * 200_000,
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000,
    ],
)
async def test_a_page_that_breaks_the_parser_is_only_a_bad_page(desk: Desk, attack: bytes) -> None:
    fetched = await desk.serve(attack).fetch("")
    assert fetched.announcements == ()
    assert (await desk.serve(rss_of_journal(FIRST)).fetch("")).health.condition is Condition.OK


async def test_a_page_in_an_encoding_that_is_none_does_no_harm(desk: Desk) -> None:
    """Python 3.11 cannot decode it, Python 3.13 can."""
    fetched = await desk.serve(b"<?xml version='1.0' encoding='punycode'?>" + tower(b"x")).fetch("")

    assert fetched.health.condition in (Condition.NOT_A_FEED, Condition.OK)
    assert {announcement.paper.title for announcement in fetched.announcements} <= {"x"}


async def test_one_bad_page_does_not_delay_the_others(desk: Desk) -> None:
    bad = desk.feeds.at(desk.server.url + "/bad")
    desk.server.pages["/bad"] = Page(FOR_EVER)
    waiting = asyncio.create_task(bad.fetch(""))
    assert (await desk.serve(rss_of_journal(FIRST)).fetch("")).announcements
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_question_that_is_cancelled_leaves_no_reader_behind(desk: Desk) -> None:
    started: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    real = asyncio.create_subprocess_exec

    async def remembered(*arguments: str, **how: object) -> asyncio.subprocess.Process:
        child = await real(*arguments, **how)  # type: ignore[arg-type]
        started.put_nowait(child)
        return child

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", remembered)
        source = desk.serve(FOR_EVER)
        task = asyncio.create_task(source.fetch(""))
        child = await started.get()
        await asyncio.sleep(0.1)
        assert child.returncode is None
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert child.returncode is not None


opened: list[object] = []
sys.addaudithook(lambda event, details: opened.append(details) if event in ("open", "socket.connect") else None)


@pytest.mark.parametrize(
    "body", [b"/etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/feed", b"feed:http://127.0.0.1:9/feed",
             b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss version='2.0'><channel>"
             b"<title>&a;</title></channel></rss>",
             b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/x.dtd'><rss version='2.0'><channel/></rss>"],
)  # fmt: skip
def test_a_page_that_is_a_path_or_an_address_opens_nothing(body: bytes) -> None:
    reading(rss_of_journal(FIRST))  # what is loaded on first use is loaded now
    opened.clear()
    found = reading(body)
    assert opened == []
    assert "root:" not in found.title
    assert found.entries == []
