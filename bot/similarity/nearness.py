"""How near two papers are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from math import sqrt
from operator import itemgetter

from bot.models import Paper
from bot.similarity.sharing import both_by, both_speak_of
from bot.similarity.weights import TELLING, Vector, rarity, vector

#: words of a paper that the index is asked for; thirty find no more, and cost twice as much
ASKED = 20
#: papers with the largest sums that are compared as a whole
CANDIDATES = 100
#: what is less near is not near at all
LEAST = 0.1
#: what a shared author adds, and how many of them count
AUTHOR, AUTHORS = 0.05, 2


@dataclass(frozen=True, slots=True)
class Similar:
    """A paper near another one, and what they share."""

    paper: Paper
    #: 0.0 to 1.1: the cosine of their words, and what shared authors add
    nearness: float
    #: what both speak of, as the asked paper writes it, the most telling first: "tokenizers", "byte-level models"
    topics: tuple[str, ...]
    #: who wrote both
    authors: tuple[str, ...]


def telling(paper: Paper) -> Mapping[str, float]:
    """The features to look for in the index (see `bot.text.features`) and their weights; at most `ASKED`.

    None of them stands in more than a tenth of papers. Empty for a paper that says nothing.
    """
    told = {family: weight * rarity(family) for family, weight in vector(paper).items() if rarity(family) >= TELLING}
    return dict(nlargest(ASKED, told.items(), key=itemgetter(1)))


def nearest(paper: Paper, others: Iterable[Paper], most: int = 5) -> list[Similar]:
    """Those of the others that are nearest to a paper, at most so many, the nearest first; never itself.

    One that shares neither a topic nor an author with it is left out, and so is what is nearly nothing alike.
    """
    mine = vector(paper)
    length = _length(mine)
    compared: list[tuple[float, Paper, Vector, tuple[str, ...]]] = []
    for other in others:
        if other.id != paper.id:
            theirs, authors = vector(other), both_by(paper, other)
            cosine = sum(weight * theirs.get(family, 0.0) for family, weight in mine.items())
            nearness = cosine / (length * _length(theirs)) + AUTHOR * min(len(authors), AUTHORS)
            compared.append((nearness, other, theirs, authors))
    compared.sort(key=itemgetter(0), reverse=True)
    near: list[Similar] = []
    for nearness, other, theirs, authors in compared:
        if len(near) == most or nearness < LEAST:
            break
        topics = both_speak_of(paper, mine, other, theirs)
        if topics or authors:
            near.append(Similar(other, nearness, topics, authors))
    return near


def _length(weights: Vector) -> float:
    return sqrt(sum(weight * weight for weight in weights.values())) or 1.0
