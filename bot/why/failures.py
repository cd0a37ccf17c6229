"""Which parts of a query a paper fails: the query's own tree, asked with the matcher's own leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeAlias

from bot.matching import QueryIndex
from bot.models import Paper, Reason
from bot.query import And, Leaf, Node, Not, Or, Query, Within, Word, leaves
from bot.text import KEPT, Acronyms, fold, unusual, words

#: two words look alike that begin with so much of the shorter one
ALIKE = 0.8
#: and with so many letters
LETTERS = 4


@dataclass(frozen=True, slots=True)
class Absent:
    """What is wanted is not there."""

    leaf: Leaf
    #: a word of the paper that looks like it and is none of its family: "tokens"
    nearly: str = ""
    #: where it stands when only the field is wrong: title:mamba, and mamba is in the abstract
    elsewhere: Reason | None = None


@dataclass(frozen=True, slots=True)
class Unwanted:
    """What is left out is there."""

    leaf: Leaf
    reason: Reason


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Of several alternatives each one fails."""

    alternatives: tuple[tuple[Failure, ...], ...]


Failure: TypeAlias = Absent | Unwanted | NoneOf


def failures(query: Query, paper: Paper, acronyms: Acronyms = KEPT) -> tuple[Failure, ...]:
    """What stands between a query and a paper, in the order of the query; empty exactly when it matches."""
    return failures_of(query, paper, standing([query], paper, acronyms))


def failures_of(query: Query, paper: Paper, found: Mapping[Leaf, Reason]) -> tuple[Failure, ...]:
    """The same, when it is known which leaves of the query stand in the paper."""
    return tuple(_failing(query.root, paper, found, wanted=True))


def standing(queries: Iterable[Query], paper: Paper, acronyms: Acronyms = KEPT) -> dict[Leaf, Reason]:
    """Which leaves of all these queries stand in a paper, as the matcher finds them, and where."""
    asked = dict.fromkeys(leaf for query in queries for leaf, _ in leaves(query.root))
    # the words of a field are also asked for everywhere, to tell where else they stand
    asked |= dict.fromkeys(leaf.leaf for leaf in asked if isinstance(leaf, Within))
    index, by_number = QueryIndex(acronyms), list(asked)
    for number, leaf in enumerate(by_number):
        index.add(number, Query(str(leaf), leaf, ""))
    return {by_number[match.query]: match.reasons[0] for match in index.match(paper)}


def _failing(node: Node, paper: Paper, found: Mapping[Leaf, Reason], *, wanted: bool) -> list[Failure]:
    if isinstance(node, Not):
        return _failing(node.part, paper, found, wanted=not wanted)
    if isinstance(node, And | Or):
        parts = [_failing(part, paper, found, wanted=wanted) for part in node.parts]
        if isinstance(node, And) is wanted:  # all of them must hold; left out, an OR is all left out
            return [failure for part in parts for failure in part]
        return [NoneOf(tuple(map(tuple, parts)))] if all(parts) else []
    if not wanted:
        return [Unwanted(node, found[node])] if node in found else []
    if node in found:
        return []
    if isinstance(node, Within):
        text = paper.title if node.field == "title" else paper.abstract
        return [Absent(node, _nearly(node.leaf, text), found.get(node.leaf))]
    return [Absent(node, _nearly(node, f"{paper.title} {paper.abstract}"))]


def _nearly(leaf: Leaf, text: str) -> str:
    """The word of a text that looks most like a word that is not there, or ""."""
    if not isinstance(leaf, Word):
        return ""
    asked = fold(leaf.text)
    if unusual(leaf.text):
        return next((word for word in words(text) if fold(word) in (asked, asked + "s")), "")
    best, most = "", 0
    for word in dict.fromkeys(words(text)):
        form = fold(word)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(asked, form, strict=False)))
        if same > most and same >= LETTERS and same >= ALIKE * min(len(asked), len(form)):
            best, most = word, same
    return best
