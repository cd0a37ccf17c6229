"""Hugging Face's own ways: days, votes, code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from adapters.http import Http
from adapters.sources import huggingface
from adapters.sources.huggingface import HuggingFace
from bot.models import Condition, Paper
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.pages import FIRST, LATER, daily_of_huggingface


@dataclass
class Desk:
    server: FeedServer
    http: Http
    today: date = date(2026, 4, 13)
    source: HuggingFace = field(init=False)

    def __post_init__(self) -> None:
        self.source = huggingface.source(self.http, {"HF_URL": f"{self.server.url}/daily"}, lambda: self.today)

    def serve(self, day: str, body: bytes) -> None:
        self.server.pages[f"/daily?date={day}"] = Page(body, kind="application/json")

    def days(self) -> list[str]:
        days = [path.partition("date=")[2] for path in self.server.paths]
        self.server.asked.clear()
        return days

    async def one(self, **inner: object) -> Paper:
        self.server.pages["/daily"] = Page(daily_of_huggingface(FIRST[:1], **inner))
        return (await self.source.fetch("")).announcements[0].paper


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with FeedServer() as server, Http() as http:
        server.pages["/daily"] = Page(b"[]")
        yield Desk(server, http)


async def test_yesterday_is_asked_again_since_a_day_grows(desk: Desk) -> None:
    desk.serve("2026-04-12", daily_of_huggingface(FIRST[:2]))
    desk.serve("2026-04-13", daily_of_huggingface(FIRST[2:]))
    first = await desk.source.fetch("")
    assert desk.days() == ["2026-04-12", "2026-04-13"]
    assert [one.batch for one in first.announcements] == ["2026-04-12", "2026-04-12", "2026-04-13"]
    desk.today = date(2026, 4, 14)
    desk.serve("2026-04-13", daily_of_huggingface(LATER[2:]))
    second = await desk.source.fetch(first.cursor)
    assert desk.days() == ["2026-04-13", "2026-04-14"]
    assert [one.paper.title for one in second.announcements] == ["Attention, again", "Graphs of graphs"]
    assert not second.baseline


async def test_days_missed_are_made_up_for_a_week_at_most(desk: Desk) -> None:
    first = await desk.source.fetch("")
    desk.days()
    desk.today = date(2026, 4, 16)
    second = await desk.source.fetch(first.cursor)
    assert desk.days() == ["2026-04-13", "2026-04-14", "2026-04-15", "2026-04-16"]
    desk.today = date(2026, 6, 1)
    await desk.source.fetch(second.cursor)
    assert len(desk.days()) == 8


async def test_a_paper_listed_on_two_days_is_announced_once(desk: Desk) -> None:
    desk.server.pages["/daily"] = Page(daily_of_huggingface(FIRST))
    fetched = await desk.source.fetch("")
    assert len(fetched.announcements) == len(FIRST)
    assert {one.batch for one in fetched.announcements} == {"2026-04-12"}


async def test_votes_code_and_the_short_summary_are_read(desk: Desk) -> None:
    paper = await desk.one(githubRepo="https://github.com/a/b", ai_summary="Tokens\n were found.", upvotes=41)
    assert (paper.code, paper.tldr, paper.upvotes) == ("https://github.com/a/b", "Tokens were found.", 41)
    assert paper.title == "Tokens and where to find them"


async def test_hidden_authors_stay_hidden(desk: Desk) -> None:
    paper = await desk.one(authors=[{"name": "Ada", "hidden": True}, {"name": "Kurt"}, {"hidden": False}, None, "x"])
    assert paper.authors == ("Kurt",)


@pytest.mark.parametrize(
    "inner",
    [
        {"githubRepo": "javascript:alert(1)", "upvotes": "many", "authors": None, "publishedAt": "soon"},
        {"githubRepo": None, "upvotes": -3, "authors": {}, "publishedAt": None, "summary": None, "ai_summary": 7},
        {
            "githubRepo": "https://github.com/a b",
            "upvotes": None,
            "authors": "x",
            "publishedAt": "0001-01-01T00:00+14:00",
        },
    ],
)
async def test_fields_of_any_shape_do_no_harm(desk: Desk, inner: dict[str, object]) -> None:
    paper = await desk.one(**inner)
    assert (paper.code, paper.upvotes, paper.authors, paper.published) == ("", 0, (), None)


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        (b'{"error": "Invalid date"}', Condition.REFUSED),
        (b'[{"paper": {"id": "x"}}]', Condition.NOT_A_FEED),
        (b"[" * 100_000, Condition.CUT_OFF),
        (json.dumps([{"paper": {"id": "2604.1"}}])[:-3].encode(), Condition.CUT_OFF),
        (b'{"papers": []}', Condition.NOT_A_FEED),
    ],
)
async def test_what_is_no_list_of_papers_is_told(desk: Desk, body: bytes, condition: Condition) -> None:
    desk.server.pages["/daily"] = Page(body)
    fetched = await desk.source.fetch("")
    assert (fetched.health.condition, fetched.announcements, fetched.cursor) == (condition, (), "")


async def test_one_day_that_fails_fails_the_whole_question(desk: Desk) -> None:
    desk.serve("2026-04-12", daily_of_huggingface(FIRST))
    desk.server.pages["/daily?date=2026-04-13"] = Page(status=502)
    fetched = await desk.source.fetch("")
    assert (fetched.health.condition, fetched.announcements, fetched.cursor) == (Condition.REFUSED, (), "")
