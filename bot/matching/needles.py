"""What a leaf of a query looks for: sequences of keys. What a paper shows: keys at each place of its words.

A key is the family of a word ("tokenize"), an unusual spelling ("RAG"), a word alone ("=tokenizer") or a prefix
("token*"). Families have no capitals and no signs, so all kinds live in one dictionary.
"""

from __future__ import annotations

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
        return _readings((leaf,), acronyms)
    if len(leaf.words) <= CLOSED:
        for known in (acronyms, None):
            found = _paths(leaf.words, known)
            if len(found) <= WAYS:
                return found
    return [tuple(_keys(word)[0] for word in leaf.words)]


def _paths(words: tuple[Single, ...], acronyms: Acronyms | None) -> list[Keys]:
    """All readings from each place to the end, built from the end; a few more than WAYS at most."""
    rest: list[list[Keys]] = [[] for _ in words] + [[()]]
    for start in reversed(range(len(words))):
        found: dict[Keys, None] = {}
        for end in range(start + 1, len(words) + 1):
            for keys in _readings(words[start:end], acronyms):
                for more in rest[end]:
                    found[keys + more] = None
        rest[start] = list(found)[: WAYS + 1]
    return rest[0]


def _readings(words: tuple[Single, ...], acronyms: Acronyms | None) -> list[Keys]:
    """Ways of reading these words as one: a word itself or its long forms, or several without gaps or by an acronym."""
    last = words[-1]
    found: list[Keys]
    if len(words) == 1:
        found = [(key,) for key in _keys(last)]
        odd = unusual(last.text) if isinstance(last, Word) else None
        return found + list(acronyms.long_forms(odd)) if odd and acronyms else found
    found = []
    if all(isinstance(word, Word) for word in words[:-1]) and not isinstance(last, Exact):
        joined = "".join(word.text for word in words)
        if isinstance(last, Prefix):
            found.append((joined + "*",))
        else:
            odd = unusual(joined) if any(unusual(word.text) for word in words) else None
            found.append((odd or family(joined),))
            if acronyms:
                spelled = _paths(words, None) if len(words) > 2 else [(*_keys(words[0])[:1], *_keys(last)[:1])]
                for keys in spelled:
                    found += [(short,) for short in acronyms.short_forms(keys)]
    return found


def _keys(word: Single) -> Keys:
    if isinstance(word, Exact):
        return ("=" + word.text,)
    if isinstance(word, Prefix):
        return (word.text + "*",)
    odd = unusual(word.text)
    if odd:
        return (odd,)
    return (family(word.text),) if word.text.isascii() else tuple(dict.fromkeys(map(family, spellings(word.text))))


def keys_of(word: str) -> Keys:
    """Keys of a word in a text: its family, its unusual spelling, the families of other spellings (Müller, Mueller)."""
    if word.isascii():
        odd = UNUSUAL[word]
        return (FAMILY[word], odd) if odd else (FAMILY[word],)
    found = [FAMILY[word], *filter(None, (UNUSUAL[word],)), *map(family, spellings(word))]
    return tuple(dict.fromkeys(found))
