"""The query index, and one query against one paper."""

from __future__ import annotations

from bot.matching.index import QueryIndex
from bot.matching.prefilter import prefilter
from bot.models import Match, Paper
from bot.query import Query
from bot.text import KEPT, Acronyms

__all__ = ["QueryIndex", "matches", "prefilter"]


def matches(query: Query, paper: Paper, acronyms: Acronyms = KEPT) -> Match | None:
    """The match of one query (as number 0) with one paper, or None; the same answer that an index gives."""
    index = QueryIndex(acronyms)
    index.add(0, query)
    return next(iter(index.match(paper)), None)
