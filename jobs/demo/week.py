"""The week of 13 April 2026: 96 real papers, and what is announced, replaced and visible on each day of it.

Ids, titles, authors, categories, comments and batches are arXiv's own; every abstract is retold by us, since nobody's
licence covers the originals. Dates of submission were not recorded: `DemoPaper.published` is this demo's approximation.
Which paper Hugging Face listed on which day, and its upvotes, is the demo's choice too, except for two papers seen on
the real page of 20 April (2604.14568, 2604.12012). Licences were not recorded: the feed names arXiv's commonest one
for every paper.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from typing import Any

FRIDAY = date(2026, 4, 17)
# Two of Tuesday's papers come back on Friday as v2. The replacements are invented: the recordings hold none.
# The second one is in eess.SY and cs.RO, so in the cs feed it is a `replace-cross`.
REPLACED_ON_FRIDAY = ("2604.11582", "2604.11754")


@dataclass(frozen=True, slots=True)
class HfPick:
    """One paper's entry in Hugging Face's daily list."""

    day: date
    upvotes: int
    github: str | None
    stars: int | None
    ai_summary: str | None
    ai_keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPaper:
    """One paper of the week, its facts as arXiv has them."""

    id: str
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]  # the first one is the primary
    batch: date  # the day it is announced
    comment: str | None
    abstract: str
    hf: HfPick | None

    @property
    def published(self) -> datetime:
        """When it was submitted, roughly: Friday evening for a Monday, the evening before for any other day."""
        return _evening_before(self.batch)

    def version(self, today: date) -> int:
        """The newest version there is on that day."""
        return 2 if self.id in REPLACED_ON_FRIDAY and today >= FRIDAY else 1

    def updated(self, version: int) -> datetime:
        """When that version was submitted."""
        return self.published if version == 1 else _evening_before(FRIDAY)


def load_week() -> list[DemoPaper]:
    """All papers of the week, by batch and id."""
    text = resources.files("jobs.demo").joinpath("week.jsonl").read_text(encoding="utf-8")
    return [_paper(json.loads(line)) for line in text.splitlines()]


def announced(week: Iterable[DemoPaper], scope: str, today: date) -> list[tuple[DemoPaper, str]]:
    """What the feed of these archives or categories (joined by +) says on that day: papers with their announce type."""
    scopes = scope.split("+")
    found: dict[str, list[tuple[DemoPaper, str]]] = {"new": [], "cross": [], "replace": [], "replace-cross": []}
    for paper in week:
        # a paper announced and replaced on the same day would be shown once, as new
        replaced = paper.batch != today and today == FRIDAY and paper.id in REPLACED_ON_FRIDAY
        if paper.batch != today and not replaced:
            continue
        if _within(paper.categories[0], scopes):
            kind = "replace" if replaced else "new"
        elif any(_within(category, scopes) for category in paper.categories[1:]):
            kind = "replace-cross" if replaced else "cross"
        else:
            continue
        found[kind].append((paper, kind))
    return [pair for pairs in found.values() for pair in pairs]


def visible(week: Iterable[DemoPaper], today: date) -> list[DemoPaper]:
    """What the API knows on that day."""
    return [paper for paper in week if paper.batch <= today]


def _within(category: str, scopes: Iterable[str]) -> bool:
    return any(category == scope or category.partition(".")[0] == scope for scope in scopes)


def _evening_before(batch: date) -> datetime:
    days = 3 if batch.weekday() == 0 else 1
    return datetime.combine(batch - timedelta(days=days), time(17, 59, 59), UTC)


def _paper(row: dict[str, Any]) -> DemoPaper:
    hf = row["hf"]
    return DemoPaper(
        id=row["id"],
        title=row["title"],
        authors=tuple(row["authors"]),
        categories=tuple(row["categories"]),
        batch=date.fromisoformat(row["batch"]),
        comment=row["comment"],
        abstract=row["abstract"],
        hf=None
        if hf is None
        else HfPick(
            day=date.fromisoformat(hf["day"]),
            upvotes=hf["upvotes"],
            github=hf["github"],
            stars=hf["stars"],
            ai_summary=hf["ai_summary"],
            ai_keywords=tuple(hf["ai_keywords"]),
        ),
    )
