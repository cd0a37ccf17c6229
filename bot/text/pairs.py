"""Frequent words side by side: alone, each of them stands in too many papers to find a phrase by.

Words of no content between two words count as nothing: "a tree of models" and "tree models" hold the same pair.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from zlib import crc32

from bot.text.compounds import FUNCTION_WORDS
from bot.text.families import family, table

#: of so many recorded papers (about one in fifty) a word is frequent; another `features.FEATURES_VERSION` with it
FREQUENT = 100


def pairs(places: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Index words of the frequent families that follow each other, given the families that may stand at each place.

    A sequence has the pairs of every part of it. Four hexadecimal digits each, which two pairs in 65,536 share: a
    pair is a hint, and costs an eighth of the room of its words.
    """
    empty, frequent = _known()
    found: dict[str, None] = {}
    before: frozenset[str] = frozenset()
    for ways in places:
        here = frequent.intersection(ways)
        for first in before:
            for last in here:
                found[f"x{crc32(f'{first} {last}'.encode()) & 0xFFFF:04x}"] = None
        before = before | here if not empty.isdisjoint(ways) else here
    return tuple(found)


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """The families of no content, and the frequent ones."""
    empty = frozenset(map(family, FUNCTION_WORDS))
    return empty, frozenset(key for key, papers in table().papers.items() if papers >= FREQUENT) - empty
