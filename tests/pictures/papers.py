"""The papers of the pictures: two days of the demonstration's week."""

from __future__ import annotations

from datetime import date

from bot.models import Paper
from bot.text import readable
from jobs.demo.week import load_week

MONDAY, TUESDAY = date(2026, 4, 13), date(2026, 4, 14)


def batch(day: date, *ids: str) -> list[Paper]:
    """Those papers of that day, by arXiv's ids, in that order; all of them where none is named."""
    there = {one.id: one for one in load_week() if one.batch == day}
    return [
        Paper(
            "",
            there[name].title,
            readable(there[name].abstract),
            identifiers=(f"arxiv:{name}",),
            authors=there[name].authors,
            categories=there[name].categories,
            sources=("arxiv",),
            url=f"https://arxiv.org/abs/{name}",
        )
        for name in ids or there
    ]
