"""What a leaf of a query looks for: sequences of keys. What a paper shows: keys at each place of its words.

A key is the family of a word ("tokenize"), an unusual spelling ("RAG"), a word alone ("=tokenizer") or a prefix
("token*"). Families have no capitals and no signs, so all kinds live in one dictionary.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from bot.query import Exact, Phrase, Prefix, Single, Word
from bot.text import FAMILY, UNUSUAL, Acronyms, family, spellings, unusual

Keys: TypeAlias = tuple[str, ...]

#: a longer phrase is found only as it is, not with gaps closed or with acronyms for its words
CLOSED = 6
#: ways of writing one phrase
WAYS = 256
#: words remembered; names and numbers make ever new ones
REMEMBERED = 300_000


def ways(leaf: Single | Phrase, acronyms: Acronyms) -> list[Keys]:
    """Every sequence of keys that the leaf is found by.

    A phrase is also found without its gaps (fine tuning, finetuning) and with acronyms for its words; an acronym is
    also found by its long forms.
    """
    if not isinstance(leaf, Phrase):
        return [(key,) for key in _keys(leaf)] + _by_acronym(leaf, [_keys(leaf)], acronyms)
    words = leaf.words
    size = len(words)
    if size > CLOSED:
        return [tuple(_keys(word)[0] for word in words)]
    closed = _closed(words)
    plain = _joined(closed, size)
    shorter = {
        (start, end): more
        for (start, end), found in plain.items()
        if (more := _by_acronym(words[start] if end == start + 1 else None, found, acronyms))
    }
    if not shorter:
        return plain[0, size]
    found = _joined({span: closed.get(span, []) + shorter.get(span, []) for span in plain}, size)[0, size]
    return found if len(found) <= WAYS else plain[0, size]


def _by_acronym(alone: Single | None, found: list[Keys], acronyms: Acronyms) -> list[Keys]:
    """Other ways to read words that are read so: the acronyms for them; the long forms of an acronym that is alone."""
    if isinstance(alone, Word) and (odd := unusual(alone.text)):
        return list(acronyms.long_forms(odd))
    if isinstance(alone, (Exact, Prefix)):
        return []
    return [(short,) for keys in found for short in acronyms.short_forms(keys)]


#: ways of reading the words from one place to another
Spans: TypeAlias = dict[tuple[int, int], list[Keys]]


def _closed(words: tuple[Single, ...]) -> Spans:
    """Spans read as one word: a word alone, or several without the gaps between them."""
    spans: Spans = {}
    for start, first in enumerate(words):
        spans[start, start + 1] = [(key,) for key in _keys(first)]
        joined, odd = first.text, isinstance(first, Word) and unusual(first.text)
        for end in range(start + 1, len(words)):
            last = words[end]
            if not isinstance(words[end - 1], Word) or isinstance(last, Exact):
                break
            joined += last.text
            if isinstance(last, Prefix):
                spans[start, end + 1] = [(joined + "*",)]
            else:
                odd = odd or unusual(last.text)
                spans[start, end + 1] = [((odd and unusual(joined)) or family(joined),)]
    return spans


def _joined(spans: Spans, size: int) -> Spans:
    """Every span read in all ways, put together of the given ones; a few more than WAYS at most."""
    whole: Spans = {}
    for length in range(1, size + 1):
        for start in range(size + 1 - length):
            end = start + length
            found = list(spans.get((start, end), ()))
            for middle in range(start + 1, end):
                found += [one + more for one in spans.get((start, middle), ()) for more in whole[middle, end]]
            whole[start, end] = list(dict.fromkeys(found))[: WAYS + 1] if len(found) > 2 else found
    return whole


def _keys(word: Single) -> Keys:
    if isinstance(word, Exact):
        return ("=" + word.text,)
    if isinstance(word, Prefix):
        return (word.text + "*",)
    odd = unusual(word.text)
    if odd:
        return (odd,)
    return (family(word.text),) if word.text.isascii() else tuple(dict.fromkeys(map(family, spellings(word.text))))


@lru_cache(50_000)  # as many as a language has in use; each forecast begins an index of its own
def keys_of(word: str) -> Keys:
    """Keys of a word in a text: its family, its unusual spelling, the families of other spellings (Müller, Mueller)."""
    if word.isascii():
        odd = UNUSUAL[word]
        return (FAMILY[word], odd) if odd else (FAMILY[word],)
    found = [FAMILY[word], *filter(None, (UNUSUAL[word],)), *map(family, spellings(word))]
    return tuple(dict.fromkeys(found))
