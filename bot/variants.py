"""Narrower and wider variants of a query: what somebody would try next who gets too many papers, or too few.

Which of them help is for counting to say: `narrower` and `wider` make them, `helpful_narrower` and `helpful_wider`
choose by what each would bring.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from bot.models import Paper
from bot.query import (
    And,
    Exact,
    Field,
    Leaf,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Single,
    Within,
    Word,
    categories,
    leaves,
    shown,
)
from bot.query.changing import changed, phrases, together, written
from bot.similarity import TELLING, rarity
from bot.text import FAMILY, family, fold, members, unusual, vocabulary, words

#: variants that are offered at once
MOST = 3
#: papers that a category or an unwanted word is taken from, at least
FEW = 8
#: a narrower variant brings at most this share, and at least that
NARROWER = 0.8
WORTHWHILE = 0.04
#: a wider variant brings at least so many times as much
WIDER = 1.2
#: a word that others are made of ends in none of these: token of tokenization, person of personalization
_ENDINGS = (
    "ization",
    "isation",
    "ation",
    "ition",
    "ment",
    "ness",
    "ity",
    "ism",
    "ical",
    "ing",
    "ion",
    "al",
    "ic",
    "er",
)
#: what a query looks in when it leaves out a field
_ANY = {"cat": "in every category", "source": "in every source", "has": "without that too", "author": "by anybody"}
#: letters of the word that is left
_STEM = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """Another query, and what is other about it in a few words: "only in titles"."""

    query: Query
    label: str
    #: of several of one kind the one that brings most is shown
    kind: str


# ------------------------------------------------------------------------------------------------ narrower


def narrower(query: Query, found: Sequence[Paper]) -> list[Variant]:
    """Variants that each paper of which matches the query too; `found` are papers that match it."""
    root = query.root
    offer = _Offers(query)
    made = [offer(changed(root, _in_title), "only in titles", "title")]
    made += [
        offer(phrase, f"only as {offer.quoted(phrase)}", "phrase") for phrase, _, rest in phrases(root) if not rest
    ]
    if category := _category(root, found):
        made.append(offer(_joined(root, Field("cat", category)), f"only in {category}", "category"))
    if word := _frequent(root, found):
        made.append(offer(_joined(root, Not(Word(word))), f"without “{word}”", "minus"))
    return _useful(query, made)


def helpful_narrower(counted: Iterable[tuple[Variant, float]], week: float, most: int = MOST) -> list[Variant]:
    """Those that help by what share of `week` each brings: a good part goes, something stays."""
    fits = [(one, many) for one, many in counted if WORTHWHILE * week <= many <= NARROWER * week]
    return _best_of_kind(fits)[:most]


def _in_title(leaf: Leaf, wanted: bool) -> Node:
    if not wanted or isinstance(leaf, Field):
        return leaf
    return Within("title", leaf.leaf if isinstance(leaf, Within) else leaf)


def _category(root: Node, found: Sequence[Paper]) -> str:
    """The category most of them stand in, when that is not all; "" when there is none, or the query names one."""
    if len(found) < FEW or any(isinstance(leaf, Field) and leaf.name == "cat" for leaf, _ in leaves(root)):
        return ""
    counts = Counter(name for paper in found for name in dict.fromkeys(paper.categories) if categories.known(name))
    # of equals always the same
    name, many = min(counts.items(), key=lambda one: (-one[1], one[0]), default=("", 0))
    return name if many >= len(found) / 4 else ""


def _frequent(root: Node, found: Sequence[Paper]) -> str:
    """A telling word that many of their titles hold and the query does not; "" when there is none."""
    if len(found) < FEW or not any(wanted and not isinstance(leaf, Field) for leaf, wanted in leaves(root)):
        return ""  # of a whole category any word is as good as another
    own = {FAMILY[word] for leaf, _ in leaves(root) for word in words(str(leaf))}
    counts = Counter(key for paper in found for key in {FAMILY[word] for word in words(paper.title)} - own)
    worth = {
        key: many * rarity(key)
        for key, many in counts.items()
        if len(found) / 20 <= many <= len(found) / 2 and len(key) > 2 and rarity(key) >= TELLING
    }
    if not worth:
        return ""
    chosen = min(worth, key=lambda key: (-worth[key], key))
    # as these titles write it most: “exploiting”, where the family is named after exploitation
    forms = Counter(fold(word) for paper in found for word in words(paper.title) if FAMILY[word] == chosen)
    return min(forms, key=lambda form: (-forms[form], form))


# --------------------------------------------------------------------------------------------------- wider


def wider(query: Query) -> list[Variant]:
    """Variants that match each paper the query matches."""
    root = query.root
    offer = _Offers(query)
    made = [
        offer(changed(root, _anywhere), "also in abstracts", "title"),
        offer(changed(root, _apart), "the words apart", "phrase"),
        offer(changed(root, _in_every_form), "in every form", "exact"),
    ]
    if isinstance(root, And):
        wanted = [part for part in root.parts if not isinstance(part, Not)]
        for part in wanted:
            rest = [other for other in root.parts if other is not part]
            if any(not isinstance(other, Not | Field) for other in rest):
                label = _ANY[part.name] if isinstance(part, Field) else f"drop {offer.quoted(part)}"
                made.append(offer(together(rest), label, f"without {part}"))
        unwanted = [part for part in root.parts if isinstance(part, Not)]
        if unwanted:
            alone = f"with {offer.quoted(unwanted[0].part)} too"
            made.append(offer(together(wanted), alone if len(unwanted) == 1 else "leaving nothing out", "not"))
    made.append(offer(changed(root, _whole_archive), "the whole archive", "archive"))
    made.append(offer(changed(root, _initials), "with the initial alone", "author"))
    strange = unknown(query)
    near = [(leaf, stem) for leaf, want in leaves(root) if want and leaf not in strange and (stem := _stem(leaf))]
    made += [offer(changed(root, _or_this(leaf, stem)), f"also “{stem}”", f"or {stem}") for leaf, stem in near]
    return _useful(query, made)


def helpful_wider(
    counted: Iterable[tuple[Variant, float]], week: float, flood: float, most: int = MOST
) -> list[Variant]:
    """Those that bring clearly more than `week`; the gentlest first, what floods last."""
    fits = [(one, many) for one, many in counted if many > 0 and many >= WIDER * week]
    chosen = _best_of_kind(fits, least=True)
    brings = dict(fits)
    return sorted(chosen, key=lambda one: (brings[one] > flood, brings[one]))[:most]


def _anywhere(leaf: Leaf, wanted: bool) -> Node:
    return leaf.leaf if wanted and isinstance(leaf, Within) else leaf


def _apart(leaf: Leaf, wanted: bool) -> Node:
    inner = leaf.leaf if isinstance(leaf, Within) else leaf
    if not wanted or not isinstance(inner, Phrase):
        return leaf
    apart = dict.fromkeys(inner.words)
    return together([Within(leaf.field, word) if isinstance(leaf, Within) else word for word in apart])


def _in_every_form(leaf: Leaf, wanted: bool) -> Node:
    if wanted and isinstance(leaf, Exact | Word) and (isinstance(leaf, Exact) or unusual(leaf.text)):
        return Word(leaf.text.lower())
    return leaf


def _whole_archive(leaf: Leaf, wanted: bool) -> Node:
    if wanted and isinstance(leaf, Field) and leaf.name == "cat" and "." in leaf.value:
        return Field("cat", categories.spelling(leaf.value.partition(".")[0]))
    return leaf


def _initials(leaf: Leaf, wanted: bool) -> Node:
    if not wanted or not isinstance(leaf, Field) or leaf.name != "author":
        return leaf
    given, *rest = leaf.value.split()
    return Field("author", " ".join((given[0], *rest[-1:]))) if rest and len(given) > 1 else leaf


def _or_this(leaf: Leaf, stem: str) -> Callable[[Leaf, bool], Node]:
    def both(one: Leaf, wanted: bool) -> Node:
        if one != leaf or not wanted:
            return one
        other = Within(one.field, Word(stem)) if isinstance(one, Within) else Word(stem)
        return Or((one, other))

    return both


def _stem(leaf: Leaf) -> str:
    """The shorter word of another family that a word is made of: "token" of "tokenization"; "" when there is none."""
    word = leaf.leaf if isinstance(leaf, Within) else leaf
    if not isinstance(word, Word) or unusual(word.text):
        return ""
    for ending in _ENDINGS:
        stem = word.text.removesuffix(ending)
        if stem != word.text and len(stem) >= _STEM:
            for other in (stem, stem + "e"):
                if other in vocabulary() and family(other) != family(word.text):
                    return members(other)[0]
    return ""


# ----------------------------------------------------------------------------------------- what was meant


def unknown(query: Query) -> list[Leaf]:
    """Words of the query that stand in no recorded paper: perhaps new, perhaps misspelt."""
    return [
        leaf
        for leaf, wanted in leaves(query.root)
        if wanted
        and isinstance(word := leaf.leaf if isinstance(leaf, Within) else leaf, Word)
        and word.text.isalpha()
        and not unusual(word.text)
        and word.text not in vocabulary()
        and FAMILY[word.text] not in vocabulary()
    ]


def text_of(leaf: Leaf) -> str:
    """A word of a query without its field."""
    return str(leaf.leaf if isinstance(leaf, Within) else leaf)


def meant(query: Query, misspelt: Leaf) -> list[Variant]:
    """The query with a known word in the place of one that no paper holds, the nearest first."""
    inner = misspelt.leaf if isinstance(misspelt, Within) else misspelt
    if not isinstance(inner, Word):
        return []

    def other(word: str) -> Callable[[Leaf, bool], Node]:
        right = Within(misspelt.field, Word(word)) if isinstance(misspelt, Within) else Word(word)
        return lambda leaf, _: right if leaf == misspelt else leaf

    near = dict.fromkeys(members(word)[0] for word in _near(inner.text))
    offer = _Offers(query)
    return _useful(query, [offer(changed(query.root, other(word)), f"“{word}”", "meant") for word in near])


def with_field(query: Query, field: Field, value: str) -> list[Variant]:
    """The query with another value in that field."""
    other = Field(field.name, value)
    root = changed(query.root, lambda leaf, _: other if leaf == field else leaf)
    return _useful(query, [_Offers(query)(root, f"{other}", "meant")])


@cache
def _by_first() -> dict[str, list[str]]:
    """Known words by their first letter."""
    found: dict[str, list[str]] = {}
    for word in vocabulary():
        found.setdefault(word[0], []).append(word)
    return found


def _near(word: str) -> list[str]:
    same = [one for one in _by_first().get(word[0], ()) if abs(len(one) - len(word)) < 3]
    return get_close_matches(word, same, n=2, cutoff=0.82)


# ----------------------------------------------------------------------------------------- trees and texts


def _joined(root: Node, more: Node) -> Node:
    return And((*(root.parts if isinstance(root, And) else (root,)), more))


class _Offers:
    """Makes variants of a query in the words it was typed in."""

    def __init__(self, query: Query) -> None:
        self._spelling: dict[Leaf, str] = {}
        for leaf, text in query.spelling.items():
            self._spelling[leaf] = text
        for leaf, text in query.spelling.items():
            inner = leaf.leaf if isinstance(leaf, Within) else leaf
            pieces = re.findall(r"\w+", text)
            if isinstance(inner, Phrase) and len(pieces) == len(inner.words):
                for word, piece in zip(inner.words, pieces, strict=True):
                    if isinstance(word, Word):
                        self._spelling.setdefault(word, piece)

    def __call__(self, root: Node, label: str, kind: str) -> Variant | None:
        query = written(root, self._spelling)
        return Variant(query, label, kind) if query is not None else None

    def quoted(self, node: Node) -> str:
        """A part of the query as a label names it."""
        text = shown(node, self._spelling)
        words_alone = text.strip('"')
        return f"“{words_alone}”" if isinstance(node, Single | Phrase) else text


def _useful(query: Query, made: Iterable[Variant | None]) -> list[Variant]:
    """Those that are other queries, each once."""
    found: dict[str, Variant] = {}
    for one in made:
        if one is not None and one.query != query:
            found.setdefault(one.query.text, one)
    return list(found.values())


def _best_of_kind(counted: Sequence[tuple[Variant, float]], *, least: bool = False) -> list[Variant]:
    """Of each kind the one that brings most (or least), the kinds in the order they came."""
    best: dict[str, tuple[Variant, float]] = {}
    for one, many in counted:
        known = best.get(one.kind)
        if known is None or (many < known[1] if least else many > known[1]):
            best[one.kind] = (one, many)
    return [one for one, _ in best.values()]
