"""What two papers share, as one of them writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.models import Paper
from bot.query.tree import listed
from bot.similarity.weights import TELLING, Vector, rarity
from bot.text import FAMILY, name_key, words

#: things that are named
NAMED = 3
#: words of a term, at most
LONGEST = 3
#: too frequent to tell anything alone, and yet part of a term beside a word that tells: "byte-level models"
NOUNS = listed(
    "algorithm benchmark code control data dataset distribution domain feature function image information language"
    " learn level model network parameter process quantum reasoning space structure system task"
)
#: families rare enough among abstracts, and yet no topic
FILLERS = listed("al either et etc if just no out recent several shall so some there toward up versus whether")
#: no term reaches across it
_BREAK = re.compile(r"[^\w\s'’‐‑-]+|\s[-–—]+\s")
_WORD = re.compile(r"[^\W_]+")


def both_by(paper: Paper, other: Paper) -> tuple[str, ...]:
    """Authors of both, as the first prints them."""
    theirs = set(map(name_key, other.authors))
    return tuple(name for name in paper.authors if name_key(name) in theirs)


def both_speak_of(paper: Paper, mine: Vector, other: Paper, theirs: Vector) -> tuple[str, ...]:
    """What both speak of, as the first writes it, the most telling first; at most `NAMED` things.

    A thing is a word that tells, and stands in a title or twice in one of the two; or several words that stand
    together in both, one of them such a word.
    """

    def worth(key: str) -> float:
        weight, other_weight, rare = mine.get(key, 0.0), theirs.get(key, 0.0), rarity(key)
        is_topic = rare >= TELLING and (weight > rare or other_weight > rare) and key not in FILLERS
        return weight * other_weight if is_topic else 0.0

    pairs = {pair for _, families in _pieces(other) for pair in pairwise(families)}
    lower = _uncapitalised((paper, other))
    terms: dict[tuple[str, ...], tuple[float, str]] = {}
    for written, families in _pieces(paper):
        belongs = [key in NOUNS or worth(key) > 0 for key in families]
        for start in range(len(families)):
            end = start
            while end < min(len(families), start + LONGEST) and belongs[end]:
                if end > start and (families[end - 1], families[end]) not in pairs:
                    break
                end += 1
            if value := sum(map(worth, families[start:end])):
                terms.setdefault(tuple(families[start:end]), (value, _term(written, words(written)[start:end], lower)))
    named: list[str] = []
    said: set[str] = set()
    for term, (_, written) in sorted(terms.items(), key=lambda known: -known[1][0]):
        if len(named) < NAMED and not any(key in said and worth(key) for key in term):
            named.append(written)
            said.update(term)
    return tuple(named)


def _pieces(paper: Paper) -> Iterator[tuple[str, list[str]]]:
    """Title and abstract between their punctuation marks, and the families of each piece."""
    for text in (paper.title, paper.abstract):
        for piece in _BREAK.split(text):
            yield piece, [FAMILY[word] for word in words(piece)]


def _uncapitalised(papers: Iterable[Paper]) -> set[str]:
    """Families that somebody writes without a capital: tokenizer, not Finnish."""
    return {FAMILY[word] for paper in papers for word in words(f"{paper.title} {paper.abstract}") if word.islower()}


def _term(written: str, found: list[str], lower: set[str]) -> str:
    """Words that stand together, with the hyphens between them and no capital that only a title gave."""

    def spelled(word: re.Match[str]) -> str:
        return word[0].lower() if word[0].istitle() and FAMILY[word[0]] in lower else word[0]

    there = re.search(r"[\s‐‑-]+".join(map(re.escape, found)), written)
    return " ".join(_WORD.sub(spelled, there[0] if there else " ".join(found)).split())
