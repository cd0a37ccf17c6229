"""Acronyms and their long forms: a short list we keep, and what papers define themselves.

Definitions are found by the method of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions
in biomedical text", Pacific Symposium on Biocomputing 2003: the letters of the short form in parentheses are looked for
from right to left in the words before them, the first letter at the beginning of a word.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import NamedTuple

from bot.models import Paper
from bot.text.families import FAMILY
from bot.text.words import UNUSUAL, fold, words

#: family keys of the words of a long form
Keys = tuple[str, ...]


class Definition(NamedTuple):
    """That a paper defines an acronym."""

    #: folded
    authors: frozenset[str]
    #: the long form as the paper writes it
    written: str


#: what was learned: for each (acronym, long form in family keys), every paper that defines it so
Evidence = dict[tuple[str, str], list[Definition]]

#: papers without a common author that must define a pair
INDEPENDENT = 3
#: least share of a pair among the papers that define its acronym: one that means many things stands for none
SHARE = 0.75

_PARENTHESIS = re.compile(r"\(([^()]{2,80})\)")
_PIECE = re.compile(r"[^\s-]+")
_SENTENCE = re.compile(r"[.!?;]\s")


class _Index(NamedTuple):
    long: Mapping[str, tuple[Keys, ...]]
    short: Mapping[Keys, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Acronyms:
    """The acronyms we keep together with learned ones, to be asked both ways."""

    version: int = 0
    #: (acronym, long form as papers write it), beyond those we keep
    learned: tuple[tuple[str, str], ...] = ()
    #: the index, made when it is first asked: the kept list is read from a file
    _made: list[_Index] = field(default_factory=list, init=False, repr=False, compare=False)

    def long_forms(self, acronym: str) -> tuple[Keys, ...]:
        """Family keys of the words of each long form of an acronym, spelled as `unusual` gives it."""
        return self._index().long.get(acronym, ())

    def short_forms(self, keys: Keys) -> tuple[str, ...]:
        """Acronyms that stand for a phrase, given the family keys of its words."""
        return self._index().short.get(keys, ())

    def _index(self) -> _Index:
        if not self._made:
            self._made.append(_index(self.learned))
        return self._made[0]

    def pairs(self) -> list[tuple[str, str]]:
        """Every acronym with its long form: as we spell it, or, where it was learned, as papers write it."""
        return [*_kept(), *self.learned]

    def with_learned(self, version: int, pairs: Iterable[tuple[str, str]]) -> Acronyms:
        """The acronyms we keep together with these learned pairs."""
        return Acronyms(version, tuple(sorted(set(pairs))))


#: the acronyms we keep (`acronyms.tsv`), with nothing learned
KEPT = Acronyms()


def _index(learned: tuple[tuple[str, str], ...]) -> _Index:
    long: dict[str, dict[Keys, None]] = defaultdict(dict)
    short: dict[Keys, dict[str, None]] = defaultdict(dict)
    for acronym, phrase in (*_kept(), *learned):
        if keys := tuple(map(FAMILY.__getitem__, words(phrase))):
            long[acronym][keys] = None
            short[keys][acronym] = None
    return _Index(
        {acronym: tuple(found) for acronym, found in long.items()},
        {keys: tuple(found) for keys, found in short.items()},
    )


def _kept() -> list[tuple[str, str]]:
    lines = files(__package__).joinpath("acronyms.tsv").read_text("utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if not line.startswith("#"))
    return [(acronym, phrase) for acronym, _, phrase in pairs]


def learn(papers: Iterable[Paper]) -> Evidence:
    """Acronyms that papers define: for each (acronym, long form) every paper that does.

    The acronym is without its plural s, the long form in family keys with a blank between, so that "Large Language
    Models (LLMs)" and "large language model (LLM)" are one pair. Only acronyms in unusual case are learned.
    """
    evidence: Evidence = defaultdict(list)
    for paper in papers:
        authors = frozenset(map(fold, paper.authors))
        # what an abstract says counts, where it says it too: titles Are Often Written So
        told = [one for text in (paper.title, paper.abstract) for one in _definitions(text)]
        found = {(acronym, _keys(phrase)): phrase for acronym, phrase in told}
        for pair in sorted(found):
            evidence[pair].append(Definition(authors, found[pair]))
    return dict(evidence)


def established(evidence: Mapping[tuple[str, str], Sequence[Definition]]) -> list[tuple[str, str]]:
    """Pairs to be learned: in three papers without a common author, and what their acronym mostly means.

    The long form is written as most papers write it. Acronyms that we keep already are not among them.
    """
    defined: dict[str, int] = defaultdict(int)
    for (acronym, _), papers in evidence.items():
        defined[acronym] += len(papers)
    kept = {acronym for acronym, _ in _kept()}
    return sorted(
        (acronym, _usual(one.written for one in papers))
        for (acronym, _), papers in evidence.items()
        if acronym not in kept
        and len(papers) >= SHARE * defined[acronym]
        and _independent(one.authors for one in papers) >= INDEPENDENT
    )


def _usual(written: Iterable[str]) -> str:
    """How most write it; of equals the one with the fewest capitals, and always the same."""
    counts = Counter(written)
    return min(counts, key=lambda one: (-counts[one], sum(letter.isupper() for letter in one), one))


def _independent(papers: Iterable[frozenset[str]]) -> int:
    """How many papers share no author; one that names none cannot show that it is independent."""
    seen: set[str] = set()
    count = 0
    for authors in sorted(papers, key=len):
        if authors and not authors & seen:
            seen |= authors
            count += 1
    return count


def _definitions(text: str) -> Iterable[tuple[str, str]]:
    """The acronyms that a text defines, each with its long form as it stands there, in the middle of a sentence."""
    for found in _PARENTHESIS.finditer(text):
        inside = re.split("[,;]", found[1])[0].strip()
        before = _SENTENCE.split(text[max(0, found.start() - 200) : found.start()])[-1].strip()
        if (acronym := _acronym(inside)) and (phrase := long_form(acronym, before)):
            if phrase == before and phrase[1:].islower():
                phrase = phrase[0].lower() + phrase[1:]
            yield acronym, " ".join(phrase.split())
        # the other way round: "LLM (large language model)"
        if inside and before and (acronym := _acronym(before.split()[-1])) and long_form(acronym, inside) == inside:
            yield acronym, " ".join(inside.split())


def _acronym(text: str) -> str:
    """The acronym a text is, or "": one word of two to ten characters in unusual case."""
    parts = words(text)
    return (UNUSUAL[parts[0]] or "") if len(parts) == 1 and 2 <= len(parts[0]) <= 10 else ""


def _keys(phrase: str) -> str:
    return " ".join(map(FAMILY.__getitem__, words(phrase)))


def long_form(short: str, text: str) -> str:
    """The end of a text that a short form stands for, "" when there is none (Schwartz and Hearst 2003, figure 1).

    Where the initials of the last words are the short form itself they are taken before any other reading, else
    "proximal policy optimization (PPO)" would be read from "policy".
    """
    last = list(_PIECE.finditer(text))[-len(short) :]
    if len(last) > 1 and "".join(piece[0][0] for piece in last).lower() == short.lower():
        return text[last[0].start() :]
    low, end = short.lower(), len(text)
    for place in range(len(low) - 1, -1, -1):
        letter = low[place]
        end -= 1
        while end >= 0 and (text[end].lower() != letter or (place == 0 and end > 0 and text[end - 1].isalnum())):
            end -= 1
        if end < 0:
            return ""
    phrase = text[text.rfind(" ", 0, end) + 1 :]
    count = len(phrase.split())
    # the paper's limits: not longer than twice the letters or five words more, longer than the short form, and not it
    if count > min(len(short) + 5, 2 * len(short)) or len(phrase) <= len(short) or short in phrase.split():
        return ""
    return phrase if count > 1 or "-" in phrase else ""
