"""The query index, and one query against one paper."""

from __future__ import annotations

from functools import lru_cache

from bot.matching.index import QueryIndex
from bot.matching.prefilter import prefilter
from bot.models import Match, Paper
from bot.query import Query
from bot.text import KEPT, Acronyms

__all__ = ["QueryIndex", "matches", "prefilter"]


def matches(query: Query, paper: Paper, acronyms: Acronyms = KEPT) -> Match | None:
    """The match of one query (as number 0) with one paper, or None; the same answer that an index gives."""
    return next(iter(_index_of(query, acronyms).match(paper)), None)


# a search asks the same query of many papers, one after the other
@lru_cache(maxsize=4)
def _index_of(query: Query, acronyms: Acronyms) -> QueryIndex:
    index = QueryIndex(acronyms)
    index.add(0, query)
    return index
