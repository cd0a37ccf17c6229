"""Why a query matches, and how strongly the paper speaks of it.

A leaf that stands n times, once at least in the title, is worth 0.6 + 0.4 (1 - 0.7^n), and 0.4 (1 - 0.7^n) without the
title: a title beats any abstract, and often beats once. Leaves joined by AND count their mean; of leaves joined by OR
each that is found adds to the others (1 - the product of what is missing), so more of the query is better than less.
Authors, categories and the like are true or not: they count, as 1, only in a query that has no words.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from bot.matching.dictionary import Spot
from bot.matching.entries import Entry, JoinedEntry, LeafEntry, Tree
from bot.matching.page import CATEGORIES, Page
from bot.models import Reason
from bot.query import Field, Leaf
from bot.text import same_name, source_names

#: what a word in the title is worth before it is counted, and how much of the rest each further place leaves
TITLE = 0.6
FADING = 0.7
#: worth of a word by how often it stands, up to where more makes no difference
MOST = 50
WORTH = tuple((1 - TITLE) * (1 - FADING**count) for count in range(MOST + 1))


class Explanation:
    """Reasons and scores of the queries that one paper matches."""

    def __init__(self, page: Page, found: set[LeafEntry], title: Iterable[Spot], abstract: Iterable[Spot]) -> None:
        self._page = page
        self._found = found
        self._title = _by_leaf(title)
        self._abstract = _by_leaf(abstract)
        self._known: dict[Entry, tuple[float | None, tuple[Reason, ...]]] = {}

    def query(self, entry: Entry) -> tuple[float, tuple[Reason, ...]]:
        """Score, 0 to 1, and one reason for each wanted leaf that holds, in the order of the query."""
        score: float | None
        if isinstance(entry, JoinedEntry):
            if len(entry.wanted) != 1:
                reasons: list[Reason] = []
                score = self._joined(entry.tree, reasons)
                return (1.0 if score is None else score), tuple(reasons)
            # "mamba -survey" is as strong as "mamba"
            entry = entry.wanted[0]
        score, found = self._known.get(entry) or self._leaf(entry)  # type: ignore[arg-type]  # there are only these two
        return (1.0 if score is None else score), found

    def _joined(self, tree: Tree, reasons: list[Reason]) -> float | None:
        """None for what has no words, or does not hold; adds the reasons."""
        if isinstance(tree, LeafEntry):
            if tree not in self._found:
                return None
            score, found = self._known.get(tree) or self._leaf(tree)
            reasons += found
            return score
        kind, parts = tree
        if kind == "not":
            return None
        known = [score for part in parts if (score := self._joined(part, reasons)) is not None]
        if not known:
            return None
        return sum(known) / len(known) if kind == "and" else 1 - prod(1 - score for score in known)

    def _leaf(self, leaf: LeafEntry) -> tuple[float | None, tuple[Reason, ...]]:
        in_title, in_abstract = self._title.get(leaf), self._abstract.get(leaf)
        found: tuple[float | None, tuple[Reason, ...]]
        if in_title is not None:
            often = len(in_title) + len(in_abstract or ())
            found = TITLE + WORTH[min(often, MOST)], (self._page.reason("title", *in_title[0]),)
        elif in_abstract is not None:
            found = WORTH[min(len(in_abstract), MOST)], (self._page.reason("abstract", *in_abstract[0]),)
        else:
            found = None, self._fact(leaf.root)
        self._known[leaf] = found
        return found

    def _fact(self, leaf: Leaf) -> tuple[Reason, ...]:
        if not isinstance(leaf, Field):
            return ()
        paper = self._page.paper
        shown: list[tuple[int, str]] = []
        if leaf.name == "author":
            shown = [(i, name) for i, name in enumerate(paper.authors) if same_name(leaf.value, name)]
        elif leaf.name == "cat":
            key = f"cat:{leaf.value.lower()}"
            shown = [(i, category) for i, category in enumerate(paper.categories) if key in CATEGORIES[category]]
        elif leaf.name == "source":
            shown = [(i, name) for i, name in enumerate(paper.sources) if leaf.value in source_names(name)]
        else:
            shown = [(0, leaf.value)]
        return tuple(Reason(word, leaf.name, place) for place, word in shown[:1])


def _by_leaf(spots: Iterable[Spot]) -> dict[LeafEntry, list[tuple[int, int]]]:
    """Places and lengths of each leaf, the first one first."""
    found: dict[LeafEntry, list[tuple[int, int]]] = {}
    for leaf, place, length in spots:
        found.setdefault(leaf, []).append((place, length))
    return found
