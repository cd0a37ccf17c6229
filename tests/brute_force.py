"""The meaning of a query, read straight from its tree over the words of a paper: slow, simple and without an index.

Written from product.md section 3 and not from `bot.matching`, so that the two can be compared.
"""

from __future__ import annotations

from functools import lru_cache

from bot.models import Paper
from bot.query import And, Exact, Field, Node, Not, Or, Phrase, Prefix, Single, Within, Word
from bot.text import KEPT, Acronyms, family, fold, same_name, spellings, surname_keys, unusual, words

#: a longer phrase is not found with gaps closed or by acronyms
LONGEST = 6
ALIASES = {
    "cs.na": "math.na",
    "math.it": "cs.it",
    "cs.sy": "eess.sy",
    "math.mp": "math-ph",
    "q-fin.ec": "econ.gn",
    "stat.th": "math.st",
}


def holds(node: Node, paper: Paper, acronyms: Acronyms = KEPT) -> bool:
    """True when the paper matches the query."""
    if isinstance(node, And):
        return all(holds(part, paper, acronyms) for part in node.parts)
    if isinstance(node, Or):
        return any(holds(part, paper, acronyms) for part in node.parts)
    if isinstance(node, Not):
        return not holds(node.part, paper, acronyms)
    if isinstance(node, Field):
        return _known(node, paper)
    if isinstance(node, Within):
        return _stands(node.leaf, paper.title if node.field == "title" else paper.abstract, acronyms)
    return any(_stands(node, text, acronyms) for text in (paper.title, paper.abstract))


def _known(field: Field, paper: Paper) -> bool:
    if field.name == "author":
        shared = set(surname_keys(field.value))
        return any(shared & set(surname_keys(name)) and same_name(field.value, name) for name in paper.authors)
    if field.name == "source":
        return any(field.value in (name.lower(), name.lower().split(":")[0]) for name in paper.sources)
    if field.name == "has":
        have = {"code": paper.code, "pdf": paper.pdf, "journal": paper.journal, "doi": paper.identifier("doi")}
        return bool(have[field.value])
    asked = field.value.lower()
    names = [name for low in map(str.lower, paper.categories) for name in (low, ALIASES.get(low, low))]
    if asked.endswith(".*"):
        return any(name == asked[:-2] or name.startswith(asked[:-1]) for name in names)
    return asked in names


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[list[str], dict[str, list[int]]]:
    """Words of a text, and the places of each family and each unusual spelling in it."""
    found = words(text)
    places: dict[str, list[int]] = {}
    for place, word in enumerate(found):
        keys = {family(word), *map(family, spellings(word)), unusual(word) or family(word)}
        for key in keys:
            places.setdefault(key, []).append(place)
    return found, places


def _stands(leaf: Single | Phrase, text: str, acronyms: Acronyms) -> bool:
    asked = leaf.words if isinstance(leaf, Phrase) else (leaf,)
    found, places = _read(text)
    if len(asked) > LONGEST:
        ends = range(len(asked), len(found) + 1)
        return any(all(map(_is, asked, found[end - len(asked) : end])) for end in ends)
    firsts = _firsts(asked) if acronyms is KEPT else None
    starts = range(len(found)) if firsts is None else {place for key in firsts for place in places.get(key, ())}
    short = {place for place, word in enumerate(found) if unusual(word)}
    return any(_begins(asked, found[place:], acronyms) for place in short.union(starts))


@lru_cache(maxsize=100_000)
def _firsts(asked: tuple[Single, ...]) -> set[str] | None:
    """Keys one of which the first word of a hit has, acronyms aside; None when they cannot be told."""
    if not all(isinstance(each, Word) for each in asked):
        return None
    keys: set[str] = set()
    for count in range(1, len(asked) + 1):
        joined = "".join(each.text for each in asked[:count])
        keys |= {family(joined), *map(family, spellings(joined)), unusual(joined) or family(joined)}
    for long in KEPT.long_forms(unusual(asked[0].text) or ""):
        keys.add(long[0])
    return keys


def _begins(asked: tuple[Single, ...], found: list[str], acronyms: Acronyms) -> bool:
    """True when the words begin with what is asked, one word for one, closed up, or by acronym."""
    if not asked:
        return True
    if not found:
        return False
    if _is(asked[0], found[0]) and _begins(asked[1:], found[1:], acronyms):
        return True
    first = asked[0]
    if isinstance(first, Word) and (odd := unusual(first.text)):
        for long in acronyms.long_forms(odd):
            if _are(long, found) and _begins(asked[1:], found[len(long) :], acronyms):
                return True
    for count in range(1, len(asked) + 1):
        if count > 1 and _closed(asked[:count], found[0]) and _begins(asked[count:], found[1:], acronyms):
            return True
        longs = acronyms.long_forms(unusual(found[0]) or "")
        if any(_spells(asked[:count], long) for long in longs) and _begins(asked[count:], found[1:], acronyms):
            return True
    return False


def _is(asked: Single, word: str) -> bool:
    if isinstance(asked, Exact):
        return asked.text in (word, fold(word))
    if isinstance(asked, Prefix):
        return word.startswith(asked.text) or fold(word).startswith(asked.text)
    odd = unusual(asked.text)
    if odd:
        return unusual(word) == odd
    spelled = (asked.text,) if asked.text.isascii() else spellings(asked.text)
    return any(_of_family(family(each), word) for each in spelled)


def _of_family(key: str, word: str) -> bool:
    return key == family(word) or (not word.isascii() and key in map(family, spellings(word)))


def _are(keys: tuple[str, ...], found: list[str]) -> bool:
    return len(keys) <= len(found) and all(_of_family(key, word) for key, word in zip(keys, found, strict=False))


def _closed(asked: tuple[Single, ...], word: str) -> bool:
    """True when a word is several of those asked for without the gaps between them."""
    if not all(isinstance(each, Word) for each in asked[:-1]) or isinstance(asked[-1], Exact):
        return False
    joined = "".join(each.text for each in asked)
    if isinstance(asked[-1], Prefix):
        return _is(Prefix(joined), word)
    if any(unusual(each.text) for each in asked) and unusual(joined):
        return unusual(word) == unusual(joined)
    return _of_family(family(joined), word)


def _spells(asked: tuple[Single, ...], long: tuple[str, ...]) -> bool:
    """True when the words asked for are those of a long form, some of them closed up perhaps."""
    if not asked or not long:
        return not asked and not long
    for count in range(1, len(asked) + 1):
        head = asked[:count]
        if not all(isinstance(each, Word) for each in head):
            return False
        joined = "".join(each.text for each in head)
        if any(unusual(each.text) for each in head):
            keys = {unusual(joined) or family(joined)}
        else:
            keys = {family(joined)} if count > 1 or joined.isascii() else set(map(family, spellings(joined)))
        if long[0] in keys and _spells(asked[count:], long[1:]):
            return True
    return False
