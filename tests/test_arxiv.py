"""ArXiv's own ways: a round over its archives, kinds of announcements, one paper, the past."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.http import Http
from adapters.sources import arxiv
from adapters.sources.arxiv import pages
from adapters.sources.arxiv.source import ARCHIVES, Arxiv
from bot.models import Announcement, Condition, Fetched, Health, Kind
from bot.ports import History, Lookup, SettingError, SourceError
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.pages import API_ERROR, FIRST, NOT_FOUND_PAGE, Work, api_of_arxiv, rss_of_arxiv


@dataclass
class Desk:
    """ArXiv at a server of ours."""

    server: FeedServer
    http: Http

    def open(self, **settings: str) -> Arxiv:
        base = {"ARXIV_RSS_URL": f"{self.server.url}/rss", "ARXIV_API_URL": f"{self.server.url}/api", "ARXIV_GAP": "0"}
        return arxiv.source(self.http, base | settings)

    def serve(self, feed: str, works: list[Work], **how: str) -> None:
        self.server.pages[f"/rss/{feed}"] = Page(rss_of_arxiv(works, **how), conditional=True)

    def asked(self) -> list[str]:
        paths = [path.removeprefix("/rss/") for path in self.server.paths]
        self.server.asked.clear()
        return paths


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with FeedServer() as server, Http() as http:
        yield Desk(server, http)


async def a_round(source: Arxiv, cursor: str = "") -> tuple[list[Fetched], str]:
    """Fetch until there is no more."""
    fetched = []
    while True:
        page = await source.fetch(cursor)
        fetched.append(page)
        cursor = page.cursor
        if not page.more:
            return fetched, cursor


def announced(*works: Work) -> list[Announcement]:
    return list(pages.announced(rss_of_arxiv(works)).announcements)


# -------------------------------------------------------------------------------------------- the round


async def test_every_archive_is_asked_once_in_a_round(desk: Desk) -> None:
    for archive in ARCHIVES:
        desk.serve(archive, [])
    source = desk.open()
    first, cursor = await a_round(source)
    assert desk.asked() == list(ARCHIVES)
    assert all(page.baseline for page in first)
    second, _ = await a_round(source, cursor)
    assert desk.asked() == list(ARCHIVES)
    assert {page.health.condition for page in second} == {Condition.UNCHANGED}
    assert not any(page.baseline for page in second)


async def test_a_round_that_was_interrupted_goes_on_where_it_was(desk: Desk) -> None:
    for archive in ("cs", "math", "stat"):
        desk.serve(archive, [])
    one = await desk.open(ARXIV_ARCHIVES="cs,math,stat").fetch("")
    await a_round(desk.open(ARXIV_ARCHIVES="cs,math,stat"), one.cursor)
    assert desk.asked() == ["cs", "math", "stat"]


async def test_a_feed_that_cannot_be_read_does_not_hold_up_the_others(desk: Desk) -> None:
    desk.serve("cs", list(FIRST))
    desk.serve("stat", list(FIRST[2:]))
    desk.server.pages["/rss/math"] = Page(NOT_FOUND_PAGE, kind="text/html")
    source = desk.open(ARXIV_ARCHIVES="cs,math,stat")
    first, cursor = await a_round(source)
    assert desk.asked() == ["cs", "math", "stat"]
    assert [len(page.announcements) for page in first] == [3, 1]
    assert first[-1].health == Health(Condition.OK, "Some feeds could not be read: math (not a feed).")
    desk.serve("math", [])
    again, _ = await a_round(source, cursor)
    assert desk.asked() == ["cs", "math", "stat"]
    assert [page.baseline for page in again] == [False, True, False]
    assert again[-1].health.detail == ""


async def test_a_round_whose_last_feed_is_bad_ends_and_the_next_begins(desk: Desk) -> None:
    desk.serve("cs", [])
    desk.server.pages["/rss/stat"] = Page(NOT_FOUND_PAGE, kind="text/html")
    source = desk.open(ARXIV_ARCHIVES="cs,stat")
    first, cursor = await a_round(source)
    assert first[-1].health.condition is Condition.NOT_A_FEED
    second, _ = await a_round(source, cursor)
    assert [page.health.condition for page in second] == [Condition.UNCHANGED, Condition.NOT_A_FEED]
    assert desk.asked() == ["cs", "stat", "cs", "stat"]


async def test_a_pause_that_arxiv_asks_for_holds_for_all_of_arxiv(desk: Desk) -> None:
    desk.server.pages["/rss/cs"] = Page(status=429, headers={"Retry-After": "60"})
    desk.serve("math", [])
    source = desk.open(ARXIV_ARCHIVES="cs,math")
    first, _ = await a_round(source)
    second, _ = await a_round(source, first[-1].cursor)
    assert [page.health.condition for page in first + second] == [Condition.THROTTLED] * 2
    with pytest.raises(SourceError):
        await source.lookup("arxiv:2604.10001")
    assert desk.asked() == ["cs"]


async def test_feed_and_api_share_one_connection_and_one_gap(desk: Desk) -> None:
    desk.serve("cs", [])
    desk.serve("math", [])
    desk.server.pages["/api"] = Page(api_of_arxiv([FIRST[0]]))
    source = desk.open(ARXIV_ARCHIVES="cs,math", ARXIV_GAP="0.1")
    await source.lookup("2604.10001")
    await a_round(source)
    times = [asked.at for asked in desk.server.asked]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.1
    assert desk.server.most == 1


async def test_an_archive_that_is_added_later_starts_silently(desk: Desk) -> None:
    desk.serve("cs", list(FIRST))
    desk.serve("math", list(FIRST))
    _, cursor = await a_round(desk.open(ARXIV_ARCHIVES="cs"))
    pages_, _ = await a_round(desk.open(ARXIV_ARCHIVES="cs,math"), cursor)
    assert [page.baseline for page in pages_] == [False, True]


async def test_a_feed_that_arxiv_cut_is_asked_category_by_category(desk: Desk) -> None:
    full = [Work(f"2604.{number:05}", f"Paper {number}") for number in range(2000)]
    desk.serve("cs", full)
    desk.serve("cs.AI", list(FIRST[:1]))
    desk.serve("cs.CL", full)
    desk.serve("stat", [])
    source = desk.open(ARXIV_ARCHIVES="cs,stat")
    first, cursor = await a_round(source)
    assert desk.asked() == ["cs", "cs.AI", "cs.CL", "stat"]
    assert all(page.baseline for page in first)
    assert first[2].health.detail == "arXiv cut its feed cs.CL at 2000 papers."
    await a_round(source, cursor)
    assert desk.asked() == ["cs", "stat"]  # unchanged, so its categories need no second look


@pytest.mark.parametrize("gap", ["soon", "3s"])
def test_a_gap_that_is_no_number_is_refused(gap: str) -> None:
    with pytest.raises(SettingError, match="ARXIV_GAP"):
        arxiv.source(Http(), {"ARXIV_GAP": gap})


# ----------------------------------------------------------------------------------------- announcements


@pytest.mark.parametrize(
    ("said", "version", "kind"),
    [
        ("new", 1, Kind.NEW),
        ("cross", 1, Kind.CROSS),
        ("cross", 3, Kind.CROSS),
        ("replace", 2, Kind.REPLACEMENT),
        ("replace-cross", 2, Kind.REPLACEMENT),
        ("", 1, Kind.NEW),
        ("", 2, Kind.REPLACEMENT),
    ],
)
def test_only_new_papers_and_cross_lists_are_news(said: str, version: int, kind: Kind) -> None:
    (announcement,) = announced(replace(FIRST[0], kind=said, version=version))
    assert (announcement.kind, announcement.paper.version) == (kind, version)


def test_the_description_tells_the_kind_where_the_field_is_missing() -> None:
    page = rss_of_arxiv([replace(FIRST[0], kind="cross")]).replace(b"arxiv:announce_type>", b"arxiv:other>")
    assert pages.announced(page).announcements[0].kind is Kind.CROSS


def test_a_withdrawal_is_told_as_one() -> None:
    (announcement,) = announced(
        replace(FIRST[0], kind="replace", version=2, abstract="This paper has been withdrawn by the author.")
    )
    assert announcement.kind is Kind.WITHDRAWAL
    assert announcement.paper.withdrawn
    (study,) = announced(replace(FIRST[0], abstract="We study drugs that were withdrawn from the market."))
    assert not study.paper.withdrawn


def test_a_batch_is_the_day_of_the_feed_in_arxivs_own_zone() -> None:
    assert announced(FIRST[0])[0].batch == "2026-04-13"


@pytest.mark.parametrize("day", ["Mon, 99 Apr 2026", f"Mon, 13 Apr {9**30}", "yesterday", ""])
def test_a_date_that_is_none_does_no_harm(day: str) -> None:
    (announcement,) = pages.announced(rss_of_arxiv(FIRST[:1], day=day)).announcements
    assert (announcement.batch, announcement.paper.published) == ("", None)


def test_identity_has_no_version_and_old_ids_have_a_slash() -> None:
    found = announced(replace(FIRST[0], version=3), Work("math/0309136", "Old"), Work("hep-th/9711200", "Older"))
    assert [one.paper.identifiers for one in found] == [
        ("arxiv:2604.10001",),
        ("arxiv:math/0309136",),
        ("arxiv:hep-th/9711200",),
    ]
    assert found[1].paper.url == "https://arxiv.org/abs/math/0309136"


def test_authors_come_one_by_one_with_their_accents_and_without_gaps() -> None:
    (announcement,) = announced(replace(FIRST[0], authors="Paulo Andr\\'e Lima, J\\\"org Deig,  , Deepti"))
    assert announcement.paper.authors == ("Paulo André Lima", "Jörg Deig", "Deepti")


def test_a_paper_that_stands_twice_is_announced_once_and_as_new() -> None:
    (announcement,) = announced(replace(FIRST[0], kind="cross"), replace(FIRST[0], kind="new"))
    assert announcement.kind is Kind.NEW


def test_a_feed_that_tells_of_an_error_announces_nothing() -> None:
    with pytest.raises(SourceError) as caught:
        pages.announced(rss_of_arxiv(FIRST, title='Feed error for query "cs.XX"'))
    assert caught.value.health.condition is Condition.REFUSED


@pytest.mark.parametrize(
    "attack",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss>&b;</rss>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>',
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss><channel/></rss>',
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>".encode("utf-16"),
    ],
)
def test_a_document_type_is_refused_before_it_is_read(attack: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        pages.announced(attack)
    assert caught.value.health.condition is Condition.NOT_A_FEED


# -------------------------------------------------------------------------------------------- one paper


async def test_one_paper_is_looked_up_in_its_newest_version(desk: Desk) -> None:
    work = replace(
        FIRST[0], version=2, comment="12 pages.\n Code soon", doi="10.1103/PhysRevB.74.1", categories=("cs.CL", "68T50")
    )
    desk.server.pages["/api"] = Page(api_of_arxiv([work]))
    source = desk.open()
    paper = await source.lookup("arxiv:2604.10001")
    assert isinstance(source, Lookup)
    assert isinstance(source, History)
    assert paper is not None
    assert paper.identifiers == ("arxiv:2604.10001", "doi:10.1103/physrevb.74.1")
    assert (paper.version, paper.comment, paper.categories) == (2, "12 pages. Code soon", ("cs.CL",))
    assert paper.pdf == "https://arxiv.org/pdf/2604.10001"
    asked = parse_qs(urlsplit(desk.asked()[0]).query)
    assert asked["id_list"] == ["2604.10001"]


async def test_a_paper_that_arxiv_does_not_know_is_none(desk: Desk) -> None:
    desk.server.pages["/api"] = Page(api_of_arxiv([]))
    assert await desk.open().lookup("arxiv:2604.99999") is None


async def test_what_is_no_arxiv_id_is_not_asked_for(desk: Desk) -> None:
    assert await desk.open().lookup("doi:10.1103/PhysRevB.74.1") is None
    assert await desk.open().lookup("arxiv:abc") is None
    assert desk.asked() == []


@pytest.mark.parametrize("page", [Page(API_ERROR, status=400), Page(API_ERROR), Page(b""), Page(NOT_FOUND_PAGE)])
async def test_an_error_of_the_api_is_no_paper(desk: Desk, page: Page) -> None:
    desk.server.pages["/api"] = page
    with pytest.raises(SourceError):
        await desk.open().lookup("arxiv:2604.10001")


async def test_a_withdrawn_paper_says_so_in_its_comment(desk: Desk) -> None:
    desk.server.pages["/api"] = Page(api_of_arxiv([replace(FIRST[0], comment="Withdrawn by the authors: error.")]))
    paper = await desk.open().lookup("arxiv:2604.10001")
    assert paper is not None
    assert paper.withdrawn


# --------------------------------------------------------------------------------------------- the past


async def test_the_past_is_told_day_by_day_and_page_by_page(desk: Desk) -> None:
    works = [Work(f"2604.{number:05}", f"Paper {number}") for number in range(1, 6)]
    desk.server.pages["/api"] = [
        Page(api_of_arxiv(works[:3], total=5)),
        Page(api_of_arxiv(works[3:], total=5)),
        Page(api_of_arxiv([])),
    ]
    source = desk.open(ARXIV_ARCHIVES="cs,quant-ph,stat.ML")
    cursor, told = "", []
    while True:
        fetched = await source.history(date(2026, 4, 11), date(2026, 4, 12), cursor)
        told.append(fetched)
        cursor = fetched.cursor
        if not fetched.more:
            break
    assert [len(page.announcements) for page in told] == [3, 2, 0]
    assert all(page.baseline for page in told)
    assert {one.batch for page in told for one in page.announcements} == {""}
    asked = [parse_qs(urlsplit(path).query) for path in desk.asked()]
    assert [(query["search_query"][0][:43], query["start"]) for query in asked] == [
        ("submittedDate:[202604120000 TO 202604122359", ["0"]),
        ("submittedDate:[202604120000 TO 202604122359", ["3"]),
        ("submittedDate:[202604110000 TO 202604112359", ["0"]),
    ]
    assert asked[0]["search_query"][0].endswith("AND (cat:cs.* OR cat:quant-ph OR cat:stat.ML)")


async def test_an_empty_page_where_there_are_papers_is_a_wish_for_rest(desk: Desk) -> None:
    desk.server.pages["/api"] = Page(api_of_arxiv([], total=200))
    fetched = await desk.open().history(date(2026, 4, 1), date(2026, 4, 12), "")
    assert (fetched.health.condition, fetched.cursor) == (Condition.THROTTLED, "")


async def test_a_past_that_cannot_be_asked_is_asked_again_from_the_same_place(desk: Desk) -> None:
    desk.server.pages["/api"] = Page(status=500)
    cursor = '{"day": "2026-04-10", "start": 200}'
    fetched = await desk.open().history(date(2026, 4, 1), date(2026, 4, 12), cursor)
    assert (fetched.health.condition, fetched.cursor, fetched.announcements) == (Condition.REFUSED, cursor, ())
