"""The demonstration's week is real, in our own words, and served exactly as the sources would."""

import asyncio
import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from jobs.demo.server import DemoServer, load_week
from jobs.demo.wire import latex_name

SHARED = Path(__file__).parents[2] / "shared"
CORPUS = SHARED / "data/corpus/arxiv_week_2026-04-13"
RECORDED = SHARED / "data/recorded"
WEEK_FILE = Path(__file__).parents[1] / "jobs/demo/week.jsonl"
# read without the demo's own loader, so that the two can disagree
ROWS: list[dict[str, Any]] = [json.loads(line) for line in WEEK_FILE.read_text(encoding="utf-8").splitlines()]

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (date(2026, 4, day) for day in range(13, 19))
ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"

needs_shared = pytest.mark.skipif(not CORPUS.is_dir(), reason="the recorded corpus (../shared) is not here")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    def xml(self) -> ET.Element:
        return ET.fromstring(self.text.encode())  # noqa: S314 - our own server wrote it


def ask(day: date | Callable[[], date], *paths: str, headers: dict[str, str] | None = None) -> list[Answer]:
    async def run() -> list[Answer]:
        server = DemoServer(day if callable(day) else lambda: day)
        await server.start()
        try:
            answers = []
            async with aiohttp.ClientSession(headers=headers) as client:
                for path in paths:
                    async with client.get(server.url + path) as response:
                        answers.append(
                            Answer(
                                response.status,
                                {key.lower(): value for key, value in response.headers.items()},
                                await response.text(),
                            )
                        )
            assert len(server.requests) == len(paths)
            return answers
        finally:
            await server.stop()

    return asyncio.run(run())


def archive(category: str) -> str:
    return category.split(".", maxsplit=1)[0]


def announced(answer: Answer) -> list[tuple[str, str]]:
    return [
        ((item.findtext("guid") or "").removeprefix("oai:arXiv.org:"), item.findtext(f"{ARXIV}announce_type") or "")
        for item in answer.xml().iter("item")
    ]


def entry_ids(answer: Answer) -> list[str]:
    return [
        (entry.findtext(f"{ATOM}id") or "").removeprefix("http://arxiv.org/abs/")
        for entry in answer.xml().iter(f"{ATOM}entry")
    ]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


@pytest.fixture(scope="module")
def corpus() -> dict[str, tuple[str, dict[str, Any]]]:
    first: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in sorted(CORPUS.glob("*/*.jsonl.gz"), key=lambda path: path.name):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                first.setdefault(row["id"], (path.name[:10], row))
    return first


# -- the papers --------------------------------------------------------------------------------------------------------


@needs_shared
def test_every_fact_is_arxivs(corpus: dict[str, tuple[str, dict[str, Any]]]) -> None:
    for row in ROWS:
        batch, recorded = corpus[row["id"]]
        assert row["batch"] == batch
        assert {key: row[key] for key in ("title", "authors", "categories", "comment")} == {
            key: recorded[key] for key in ("title", "authors", "categories", "comment")
        }


@needs_shared
def test_no_abstract_borrows_a_phrase(corpus: dict[str, tuple[str, dict[str, Any]]]) -> None:
    for row in ROWS:
        theirs = runs(corpus[row["id"]][1]["summary"], 7)
        ours = row["abstract"] + " | " + ((row["hf"] or {}).get("ai_summary") or "")
        assert not runs(ours, 7) & theirs, row["id"]


@needs_shared
def test_what_hugging_face_really_listed_is_told_as_recorded() -> None:
    listed = json.loads((RECORDED / "hf_daily/2026-04-20.json").read_text(encoding="utf-8"))
    real = {entry["paper"]["id"]: entry["paper"] for entry in listed}
    picks = {row["id"]: row["hf"] for row in ROWS if row["hf"]}
    assert {"2604.14568", "2604.12012"} <= real.keys() & picks.keys()
    for paper_id, pick in picks.items():
        if paper_id in real:
            recorded = real[paper_id]
            assert pick["day"] == "2026-04-20"
            assert (pick["upvotes"], pick["github"], pick["stars"]) == (
                recorded["upvotes"],
                recorded.get("githubRepo"),
                recorded.get("githubStars"),
            )
        else:
            assert pick["github"] is None


def test_the_week_has_the_promised_mixture() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS) >= 90
    assert Counter(row["batch"] for row in ROWS) == {
        "2026-04-13": 24,
        "2026-04-14": 30,
        "2026-04-15": 20,
        "2026-04-17": 22,
    }
    tokenization = Counter(
        row["batch"] for row in ROWS if re.search("tokeni[sz]", row["title"] + row["abstract"], re.IGNORECASE)
    )
    assert all(tokenization[day] >= least for day, least in zip(sorted(tokenization), (2, 4, 2, 3), strict=True))
    assert sum(bool(re.search(r"[$\\]", row["title"])) for row in ROWS) >= 8
    assert sum(any(not name.isascii() for name in row["authors"]) for row in ROWS) >= 6
    assert sum(len(row["categories"]) > 1 for row in ROWS) >= 30
    assert sum(len({archive(category) for category in row["categories"]}) > 1 for row in ROWS) >= 2
    assert sorted(len(row["authors"]) for row in ROWS)[-2:] <= [40, 1000]


def test_the_loader_reads_every_line() -> None:
    assert [(paper.id, paper.title, paper.batch.isoformat()) for paper in load_week()] == [
        (row["id"], row["title"], row["batch"]) for row in ROWS
    ]


# -- arXiv RSS ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [MONDAY, TUESDAY, WEDNESDAY])
def test_a_day_is_announced_in_every_archive_it_touches(day: date) -> None:
    today = [row for row in ROWS if row["batch"] == day.isoformat()]
    archives = sorted({archive(category) for row in ROWS for category in row["categories"]})
    for name, answer in zip(archives, ask(day, *(f"/rss/{name}" for name in archives)), strict=True):
        new = [(row["id"] + "v1", "new") for row in today if archive(row["categories"][0]) == name]
        cross = [
            (row["id"] + "v1", "cross")
            for row in today
            if archive(row["categories"][0]) != name and name in map(archive, row["categories"])
        ]
        assert answer.status == 200
        assert announced(answer) == new + cross


def test_an_item_says_what_the_paper_says() -> None:
    by_id = {row["id"]: row for row in ROWS}
    for answer in ask(TUESDAY, "/rss/cs", "/rss/math", "/rss/q-fin"):
        items = list(answer.xml().iter("item"))
        assert items
        for item in items:
            paper_id = (item.findtext("link") or "").removeprefix("https://arxiv.org/abs/")
            row = by_id[paper_id]
            kind = item.findtext(f"{ARXIV}announce_type")
            assert item.findtext("title") == row["title"]
            assert item.findtext("description") == (
                f"arXiv:{paper_id}v1 Announce Type: {kind} \nAbstract: {row['abstract']}"
            )
            assert [element.text for element in item.findall("category")] == row["categories"]
            assert item.findtext("pubDate") == "Tue, 14 Apr 2026 00:00:00 -0400"
            creator = item.findtext(f"{DC}creator") or ""
            assert creator.isascii()
            assert [unlatex(name) for name in creator.split(", ")] == row["authors"]


MARKS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", ".": "\u0307"} | {
    "u": "\u0306",
    "r": "\u030a",
    "v": "\u030c",
    "c": "\u0327",
}


def unlatex(name: str) -> str:
    for command, letter in {"o": "ø", "l": "ł", "L": "Ł", "ss": "ß", "i": "ı"}.items():
        name = name.replace(f"{{\\{command}}}", letter)
    name = re.sub(r"\\([`'^~\".])(\w)", lambda found: found[2] + MARKS[found[1]], name)
    name = re.sub(r"\\([urvc])\{(\w)\}", lambda found: found[2] + MARKS[found[1]], name)
    return unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("Jörg Deigmöller", 'J\\"org Deigm\\"oller'),  # the four of the recorded feeds
        ("Jan Jakubův", "Jan Jakub\\r{u}v"),
        ("Mikoláš Janota", "Mikol\\'a\\v{s} Janota"),
        ("Anders Søgaard", "Anders S{\\o}gaard"),
        ("Fatma Zürnacı-Yetiş", 'Fatma Z\\"urnac{\\i}-Yeti\\c{s}'),
    ],
)
def test_accents_are_spelled_as_recorded(name: str, wire: str) -> None:
    assert latex_name(name) == wire


def test_a_day_without_papers_is_a_feed_without_items() -> None:
    for day in (THURSDAY, SATURDAY, date(2026, 4, 19), date(2026, 4, 12)):
        for answer in ask(day, "/rss/cs", "/rss/math"):
            assert answer.status == 200
            assert announced(answer) == []
            assert [element.text for element in answer.xml().iter("day")] == ["Sunday", "Saturday"]


@needs_shared
def test_the_empty_feed_has_the_recorded_shape() -> None:
    recorded = ET.parse(RECORDED / "arxiv_rss/weekend_empty_cs.CL.xml").getroot()  # noqa: S314 - a file we keep
    (ours,) = ask(SATURDAY, "/rss/cs.CL")
    assert [element.tag for element in ours.xml().iter()] == [element.tag for element in recorded.iter()]
    same = ("title", "link", "description", "docs", "language", "managingEditor")
    assert [ours.xml().findtext(f"channel/{tag}") for tag in same] == [
        recorded.findtext(f"channel/{tag}") for tag in same
    ]


def test_friday_replaces_two_of_tuesdays_papers() -> None:
    cs, eess, robotics = ask(FRIDAY, "/rss/cs", "/rss/eess", "/rss/cs.RO")
    assert ("2604.11582v2", "replace") in announced(cs)
    assert ("2604.11754v2", "replace-cross") in announced(cs)
    assert ("2604.11754v2", "replace") in announced(eess)
    assert ("2604.11754v2", "replace-cross") in announced(robotics)
    friday = {row["id"] for row in ROWS if row["batch"] == "2026-04-17" and "cs" in map(archive, row["categories"])}
    assert {found[:10] for found, kind in announced(cs) if not kind.startswith("replace")} == friday


def test_a_reader_that_has_the_feed_gets_304() -> None:
    (first,) = ask(MONDAY, "/rss/cs")
    assert "last-modified" in first.headers
    known = {"If-None-Match": first.headers["etag"]}
    (again,) = ask(MONDAY, "/rss/cs", headers=known)
    assert (again.status, again.text) == (304, "")
    (next_day,) = ask(TUESDAY, "/rss/cs", headers=known)
    assert next_day.status == 200


# -- arXiv API ---------------------------------------------------------------------------------------------------------


def test_papers_are_found_by_id_once_they_are_out() -> None:
    path = "/api/query?id_list=2604.08697,2604.10657,2604.11582&max_results=10"
    monday, tuesday, friday, first = ask_each(
        (MONDAY, path), (TUESDAY, path), (FRIDAY, path), (FRIDAY, "/api/query?id_list=2604.11582v1")
    )
    assert entry_ids(monday) == ["2604.08697v1"]
    assert entry_ids(tuesday) == ["2604.08697v1", "2604.10657v1", "2604.11582v1"]
    assert entry_ids(friday) == ["2604.08697v1", "2604.10657v1", "2604.11582v2"]
    assert entry_ids(first) == ["2604.11582v1"]
    entry = friday.xml().findall(f"{ATOM}entry")[0]
    row = next(row for row in ROWS if row["id"] == "2604.08697")
    assert entry.findtext(f"{ATOM}title") == row["title"]
    assert entry.findtext(f"{ATOM}summary") == row["abstract"]
    assert [name.text for name in entry.iter(f"{ATOM}name")] == row["authors"]
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == row["categories"]
    assert entry.findtext(f"{ATOM}published") == "2026-04-10T17:59:59Z"
    replaced = friday.xml().findall(f"{ATOM}entry")[2]
    assert replaced.findtext(f"{ATOM}published") == "2026-04-13T17:59:59Z"
    assert replaced.findtext(f"{ATOM}updated") == "2026-04-16T17:59:59Z"


def ask_each(*asked: tuple[date, str]) -> list[Answer]:
    return [ask(day, path)[0] for day, path in asked]


def test_bad_and_unknown_ids() -> None:
    bad, unknown = ask(FRIDAY, "/api/query?id_list=abc", "/api/query?id_list=0000.0000")
    assert bad.status == 400
    assert bad.xml().findtext(f"{ATOM}entry/{ATOM}title") == "Error"
    assert bad.xml().findtext(f"{ATOM}entry/{ATOM}id") == "https://arxiv.org/api/errors#incorrect_id_format_for_abc"
    assert unknown.status == 200
    assert entry_ids(unknown) == []


def test_a_window_of_dates_is_paged_in_order() -> None:
    window = "submittedDate:[202604130000 TO 202604142359]"
    base = f"/api/query?search_query=cat:cs.* AND {window}&sortBy=submittedDate&sortOrder=ascending"
    whole, page, later = ask(FRIDAY, f"{base}&max_results=100", f"{base}&start=5&max_results=7", f"{base}&start=500")
    expected = [
        row["id"] + ("v2" if row["id"] in {"2604.11582", "2604.11754"} else "v1")
        for row in ROWS
        if row["batch"] in {"2026-04-14", "2026-04-15"} and "cs" in map(archive, row["categories"])
    ]
    assert entry_ids(whole) == expected
    assert entry_ids(page) == expected[5:12]
    assert entry_ids(later) == []
    assert page.xml().findtext(f"{OPENSEARCH}totalResults") == str(len(expected))
    assert page.xml().findtext(f"{OPENSEARCH}startIndex") == "5"


# -- Hugging Face and the lab ------------------------------------------------------------------------------------------


def test_each_days_list_has_the_picked_papers() -> None:
    monday_after = date(2026, 4, 20)
    days = sorted({row["hf"]["day"] for row in ROWS if row["hf"]})
    for day, answer in zip(days, ask(monday_after, *(f"/api/daily_papers?date={day}" for day in days)), strict=True):
        listed = json.loads(answer.text)
        assert {entry["paper"]["id"] for entry in listed} == {
            row["id"] for row in ROWS if row["hf"] and row["hf"]["day"] == day
        }
        assert all(entry["paper"]["submittedOnDailyAt"].startswith(day) for entry in listed)
        assert all(entry["publishedAt"] < entry["paper"]["publishedAt"] for entry in listed)
    today, explicit, future = ask(
        TUESDAY, "/api/daily_papers", "/api/daily_papers?date=2026-04-14", "/api/daily_papers?date=2026-04-15"
    )
    assert json.loads(today.text) == json.loads(explicit.text) != []
    assert json.loads(future.text) == []


@needs_shared
def test_the_list_has_no_field_that_was_never_seen() -> None:
    seen = json.loads((RECORDED / "hf_daily/2026-04-20.json").read_text(encoding="utf-8"))
    (answer,) = ask(date(2026, 4, 20), "/api/daily_papers")
    for entry in json.loads(answer.text):
        assert entry.keys() <= set().union(*seen)
        assert entry["paper"].keys() <= set().union(*(one["paper"] for one in seen))
        assert entry["submittedBy"].keys() <= set().union(*(one["submittedBy"] for one in seen))


def test_the_lab_feed_breaks_once_on_wednesday() -> None:
    days = iter([TUESDAY, WEDNESDAY, WEDNESDAY, THURSDAY])
    tuesday, broken, mended, thursday = ask(lambda: next(days), *["/feeds/lab.xml"] * 4)
    assert broken.status == 200
    assert broken.headers["content-type"].startswith("text/html")
    assert "Not Found" in broken.text
    counts = [len(list(answer.xml().iter("item"))) for answer in (tuesday, mended, thursday)]
    assert counts == [3, 4, 5]
    known = {row["id"] for row in ROWS}
    assert all(
        (item.findtext("link") or "").removeprefix("https://arxiv.org/abs/") in known
        for item in thursday.xml().iter("item")
    )
