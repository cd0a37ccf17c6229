"""Narrower queries that leave out a paper nobody wanted, and little else.

A remedy is the topic's query with one thing more: a word of that paper left out, words looked for in titles alone, a
category, the exact word, spelling or phrase. So what it brings is part of what the topic brought, and is counted there.
Only those are offered that drop the paper, and hardly any paper that somebody here saved or that matches strongly (in
the title).

Of the words of the paper those come first that it speaks of most and that most of the other papers to be dropped speak
of too: a word that no other paper holds would be left out for nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Literal

from bot.matching import QueryIndex
from bot.models import Match, Paper
from bot.query import (
    And,
    Exact,
    Field,
    Leaf,
    Node,
    Not,
    Query,
    Within,
    Word,
    leaves,
)
from bot.query.changing import changed, phrases, together, written
from bot.query.tree import listed
from bot.similarity import FILLERS, TELLING, rarity, vector
from bot.text import FAMILY, KEPT, Acronyms, fold, unusual, words

#: from here on a match is strong: the words stand in the title
STRONG = 0.7
#: shares of what was saved here, and of the strong matches, that a remedy may drop
SAVED_LOST, STRONG_LOST = 0.1, 0.15
#: words of a paper that are tried, and words that are offered
TRIED, WORDS = 12, 2
#: two words that drop so much the same are one remedy
SAME = 0.7
#: families too frequent to tell papers apart, and yet what somebody may have enough of
SUBJECTS = listed("benchmark control human image language network quantum simulate")
#: remedies of one topic
MOST = 5

Kind = Literal["without", "titles", "only in", "not in", "phrase", "spelling", "exact"]
#: the order in which they are offered
_ORDER: tuple[Kind, ...] = ("without", "titles", "only in", "not in", "phrase", "spelling", "exact")


_COMPOUND = re.compile(r"\w+(?:[-‐‑]\w+)+")


@dataclass(frozen=True, slots=True)
class Remedy:
    """A narrower query and how many papers of those it still brings."""

    kind: Kind
    #: what is left out or asked for: a word, a phrase, a category; "" for titles
    what: str
    query: Query
    kept: int


def remedies(
    query: Query,
    paper: Paper,
    brought: Mapping[str, tuple[Paper, Match]],
    saved: Collection[str] = (),
    acronyms: Acronyms = KEPT,
) -> list[Remedy]:
    """Remedies for a paper that a query brought, at most `MOST`.

    `brought` are the papers the query found lately, by id; `saved` the ids of what people here saved.
    """
    tried = [
        (kind, what, narrower)
        for kind, what, node in _narrower(query, paper, brought)
        if (narrower := written(node, query.spelling)) is not None and narrower != query
    ]
    dropped = _dropped([narrower for _, _, narrower in tried], paper, brought, acronyms)
    wanted = {one for one in brought if one in saved} - {paper.id}
    strong = {one for one, (_, match) in brought.items() if match.score >= STRONG} - {paper.id}
    weights = vector(paper)

    def worth(number: int) -> float:
        kind, what, _ = tried[number]
        telling = weights.get(FAMILY[what], 1.0) if kind == "without" else 1.0
        return telling * log1p(len(dropped[number] - wanted - strong))

    offered: list[int] = []
    for number in sorted(dropped, key=lambda one: (_ORDER.index(tried[one][0]), -worth(one), one)):
        kind, gone = tried[number][0], dropped[number]
        few = len(gone & wanted) <= SAVED_LOST * len(wanted) and len(gone & strong) <= STRONG_LOST * len(strong)
        others = [dropped[one] for one in offered if tried[one][0] == kind]
        again = any(len(gone & other) > SAME * len(gone | other) for other in others)
        # what drops this paper alone helps nobody tomorrow
        helps = bool(gone - {paper.id}) and len(gone) < len(brought)
        if few and helps and not again and len(others) < (WORDS if kind == "without" else 1):
            offered.append(number)
    made = [Remedy(*tried[number], len(brought) - len(dropped[number])) for number in offered]
    return made[:MOST]


def _dropped(
    narrower: Sequence[Query], paper: Paper, brought: Mapping[str, tuple[Paper, Match]], acronyms: Acronyms
) -> dict[int, set[str]]:
    """By number of the query what it would not have brought; queries that still bring the paper are left out."""
    index = QueryIndex(acronyms)
    for number, query in enumerate(narrower):
        index.add(number, query)
    dropped: dict[int, set[str]] = {number: set() for number in range(len(narrower))}
    for number in index.ids(paper):
        del dropped[number]
    for known, (other, _) in brought.items():
        for number in dropped.keys() - set(index.ids(other)):
            dropped[number].add(known)
    return dropped


# ------------------------------------------------------------------------------------------ what is tried


def _narrower(
    query: Query, paper: Paper, brought: Mapping[str, tuple[Paper, Match]]
) -> Iterator[tuple[Kind, str, Node]]:
    root = query.root
    for word in _telling(query, paper):
        yield "without", word, And((root, Not(Word(word))))
    yield "titles", "", changed(root, _in_title)
    yield from _categories(root, paper, [other for other, _ in brought.values()])
    for phrase, typed, rest in phrases(root):
        yield "phrase", typed, together([phrase, *rest])
    found = Counter(
        spelling for _, match in brought.values() for one in match.reasons if (spelling := unusual(one.word))
    )
    for leaf, wanted in leaves(root):
        if isinstance(leaf, Word) and wanted and not unusual(leaf.text):
            spelled = [spelling for spelling, _ in found.most_common() if fold(spelling) == fold(leaf.text)]
            for spelling in spelled[:1]:
                yield "spelling", spelling, changed(root, _replaced(leaf, Word(spelling)))
            yield "exact", leaf.text, changed(root, _replaced(leaf, Exact(leaf.text)))


def _telling(query: Query, paper: Paper) -> list[str]:
    """The words a paper speaks of most, as one would type them: of its title, and what the abstract says twice."""
    asked = {form for leaf, _ in leaves(query.root) for word in words(str(leaf)) for form in (word, FAMILY[word])}
    title = _alone(paper.title)
    abstract = _alone(paper.abstract)
    in_title = {FAMILY[word] for word in title}
    counts = Counter(FAMILY[word] for word in abstract)
    written: dict[str, str] = {}
    for word in (*title, *abstract):
        family, spelled = FAMILY[word], unusual(word)
        speaks = family in in_title or counts[family] > 1
        # of a word that was asked for in any case, one spelling may be left out: clip, but not CLIP
        if speaks and _tells(family) and (spelled or family) not in asked:
            written.setdefault(family, spelled or fold(word))
    weights = vector(paper)
    return [written[family] for family in sorted(written, key=lambda one: (-weights[one], one))[:TRIED]]


def _tells(family: str) -> bool:
    return family in SUBJECTS or (rarity(family) >= TELLING and family not in FILLERS)


def _alone(text: str) -> list[str]:
    """Words that are no part of a compound: of “multi-modal” neither half is what anybody would leave out."""
    return words(_COMPOUND.sub(" ", text))


def _categories(root: Node, paper: Paper, brought: Sequence[Paper]) -> Iterator[tuple[Kind, str, Node]]:
    """Only where the topic is at home, when the paper is not; or else not where the paper is at home."""
    main = Counter(other.categories[0] for other in brought if other.categories)
    asked = {leaf for leaf, _ in leaves(root) if isinstance(leaf, Field)}
    for category, many in main.most_common(1):
        if category not in paper.categories and 2 * many > len(brought):
            yield "only in", category, And((root, Field("cat", category)))
            return
    if paper.categories and Field("cat", paper.categories[0]) not in asked:
        yield "not in", paper.categories[0], And((root, Not(Field("cat", paper.categories[0]))))


def _in_title(leaf: Leaf, wanted: bool) -> Leaf:
    return Within("title", leaf) if wanted and not isinstance(leaf, Field | Within) else leaf


def _replaced(old: Leaf, new: Leaf) -> Callable[[Leaf, bool], Leaf]:
    return lambda leaf, wanted: new if wanted and leaf == old else leaf
