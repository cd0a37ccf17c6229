"""What is stored of a paper for search: words so that a search over them misses nothing the matcher would find."""

from __future__ import annotations

import re
from typing import Literal

from bot.models import Paper
from bot.text.families import FAMILY
from bot.text.names import surname_keys
from bot.text.words import fold, spellings, words

#: raised whenever the features of some paper change, so that the index is built anew: with `families.tsv` too
FEATURES_VERSION = 2

_NOT_LETTER = re.compile(r"[\W_]+")
_HYPHENATED = re.compile(r"([^\W_]+)[-‐‑](?=([^\W_]+))")


def feature(field: Literal["author", "cat", "source", "has"], value: str) -> str:
    """The index word of a field's value: ("cat", "cs.CL") is "xcatcscl"; for an author the value is a surname key.

    One word of letters and digits alone, because full-text search splits at everything else; a prefix of a category
    gives a prefix of its feature.
    """
    return f"x{field}{_NOT_LETTER.sub('', fold(value))}"


def source_names(source: str) -> tuple[str, ...]:
    """What a source may be called in a query: a feed that somebody added ("feed:17") is also "feed"."""
    name = source.lower()
    return (name, name.partition(":")[0]) if ":" in name else (name,)


def features(paper: Paper) -> tuple[str, ...]:
    """Distinct index words of a paper, in no particular order but always the same one.

    Family keys of the words of title and abstract; the words themselves where they differ from the key; hyphenated
    pairs in one; and with `feature` the surnames, categories, sources and whether there is code.
    """
    found: dict[str, None] = {}
    for text in (paper.title, paper.abstract):
        for word in words(text):
            ways = (fold(word),) if word.isascii() else spellings(word)
            for way in ways:
                found[way] = None
                found[FAMILY[way]] = None
        for first, last in _HYPHENATED.findall(text):
            found[FAMILY[first + last]] = None
    for author in paper.authors:
        found.update(dict.fromkeys(feature("author", key) for key in surname_keys(author)))
    found.update(dict.fromkeys(feature("cat", category) for category in paper.categories))
    found.update(dict.fromkeys(feature("source", name) for source in paper.sources for name in source_names(source)))
    if paper.code:
        found[feature("has", "code")] = None
    found.pop("", None)
    return tuple(found)
