"""What is stored of a paper for search: words so that a search over them misses nothing the matcher would find."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from bot.models import Paper
from bot.text.families import FAMILY
from bot.text.names import name_keys
from bot.text.pairs import pairs
from bot.text.words import fold, spellings, words

#: raised whenever the features of some paper change, so that the index is built anew: with `families.tsv` too
FEATURES_VERSION = 3

_NOT_LETTER = re.compile(r"[\W_]+")
_HYPHENATED = re.compile(r"([^\W_]+)[-‐‑](?=([^\W_]+))")


def feature(field: Literal["author", "cat", "source", "has"], value: str) -> str:
    """The index word of a field's value: ("cat", "cs.CL") is "xcatcscl"; for an author the value is a surname key.

    One word of letters and digits alone, because full-text search splits at everything else; a prefix of a category
    gives a prefix of its feature.
    """
    return f"x{field}{_NOT_LETTER.sub('', fold(value))}"


def author_features(keys: Iterable[str]) -> tuple[str, ...]:
    """The index words of keys of an author's name: surname, and surname with an initial where a key has more.

    As with the keys: one of those of `asked_keys` is among those of `name_keys` whenever the names may be the same.
    """
    parts = (key.partition(" ") for key in keys)
    return tuple(dict.fromkeys(feature("author", surname + given[:1]) for surname, _, given in parts))


def source_names(source: str) -> tuple[str, ...]:
    """What a source may be called in a query: a feed that somebody added ("feed:17") is also "feed"."""
    name = source.lower()
    return (name, name.partition(":")[0]) if ":" in name else (name,)


def features(paper: Paper) -> tuple[str, ...]:
    """Distinct index words of a paper, in no particular order but always the same one.

    Family keys of the words of title and abstract; the words themselves where they differ from the key; hyphenated
    words in one; pairs of frequent words; and with `feature` surnames, also with an initial, categories, sources and
    whether there is code.
    """
    found: dict[str, None] = {}
    for text in (paper.title, paper.abstract):
        families = []
        for word in words(text):
            ways = (fold(word),) if word.isascii() else spellings(word)
            here = [FAMILY[way] for way in ways]
            found.update(dict.fromkeys((*ways, *here)))
            families.append(here)
        found.update(dict.fromkeys(pairs(families)))
        for first, last in _HYPHENATED.findall(text):
            found[FAMILY[first + last]] = None
    for author in paper.authors:
        found.update(dict.fromkeys(author_features(name_keys(author))))
    found.update(dict.fromkeys(feature("cat", category) for category in paper.categories))
    found.update(dict.fromkeys(feature("source", name) for source in paper.sources for name in source_names(source)))
    if paper.code:
        found[feature("has", "code")] = None
    found.pop("", None)
    return tuple(found)
