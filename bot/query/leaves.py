"""Leaves of a query, in their usual spelling, from the words somebody typed."""

from __future__ import annotations

import re
from difflib import get_close_matches

from bot.messages import misreading
from bot.query import categories
from bot.query.errors import QueryError
from bot.query.lexing import Token
from bot.query.tree import EMPTY, Exact, Field, Phrase, Prefix, Single, Word, listed
from bot.text import begun, family, fold, members, name_key, parts, spellings, surname_keys, unusual, words

#: longest word, in letters; the longest chemical names in titles stay below
LONGEST = 100
#: longest phrase, in words
WORDS = 32
#: what `has:` knows
HAS = ("code", "doi", "journal", "pdf")
_HAS = {"github": "code", "repository": "code", "repo": "code"}
#: C++, C#: of these nothing but a letter is a word
_LANGUAGE = re.compile(r"([^\W\d_])[+#]+")
#: small words inside a name
PARTICLES = listed("al bin da de del della den der di el la le van von")
#: surnames with a capital inside, beside Mc…; in others only the first letter is one
_INNER = {
    name.lower(): name
    for name in listed(
        "AlQuraishi DeBrota DeGroot DeLong DeMarzo DeRose DeTone DeVore DiBella DiCarlo DiMarco DiPietro DuBois"
        " FitzGerald LaValle LeCun LeVeque MacAvaney MacDonald MacGregor MacKay MacLaurin MacLellan MacLeod MacNeil"
        " SooHoo VanRullen VanderPlas"
    )
}
_SOURCES = {"hf": "huggingface", "hugging face": "huggingface", "daily papers": "huggingface"}
_KNOWN_SOURCES = ("arxiv", "huggingface", "biorxiv", "medrxiv")


def word_leaf(token: Token) -> Single | Phrase | None:
    """What a word or a quoted phrase looks for; None when it says nothing ("the", "&")."""
    text = token.text
    exact = token.exact
    if token.kind == "word":
        exact = text.startswith("=")
        text = text.lstrip("=")
    if found := _LANGUAGE.fullmatch(text):
        raise QueryError(misreading.language(found[1].lower(), text), token.start, token.end, "cat:cs.PL")
    typed = text.split() if token.kind == "phrase" else [text]
    singles: list[Single] = []
    for piece in typed:
        singles.extend(_singles(piece, exact, token))
    if not singles:
        if token.kind == "phrase":
            raise QueryError(misreading.NO_WORD_IN_QUOTES, token.start, token.end)
        if text != token.text:
            raise QueryError(misreading.LONE_EQUALS, token.start, token.end)
        return None
    if len(singles) > WORDS:
        raise QueryError(misreading.long_phrase(WORDS), token.start, token.end)
    if len(singles) > 1:
        return Phrase(tuple(singles))
    return None if says_nothing(text) else singles[0]


def says_nothing(text: str) -> bool:
    """True for a word that stands in every paper; not for IT or WITH."""
    return all(fold(word) in EMPTY and not unusual(word) for word in words(text)) and "*" not in text


def _singles(piece: str, exact: bool, token: Token) -> list[Single]:
    if piece.startswith("="):
        exact, piece = True, piece.lstrip("=")
    stem = piece.rstrip("*")
    found = words(stem)
    if "*" in stem:
        # of to*ken the beginning is meant; of *ization there is none
        whole = next(iter(words(stem.replace("*", " "))), "")
        raise QueryError(misreading.STAR_INSIDE, token.start, token.end, whole + "*" if len(whole) > 1 else "")
    if piece != stem:
        if not found:
            raise QueryError(misreading.LONE_STAR, token.start, token.end)
        if len(found[-1]) < 2:
            raise QueryError(misreading.short_beginning(found[-1]), token.start, token.end)
    for word in found:
        if len(word) > LONGEST:
            raise QueryError(misreading.long_word(word), token.start, token.end)
    if exact:
        singles: list[Single] = [Exact(word if unusual(word) else _plain(word)) for word in found]
    else:
        # finetuning is read as fine-tuning; what matches that also matches the words without a gap
        last = found[-1] if piece != stem else None
        opened = [each for word in found for each in _opened(word, whole=word is not last)]
        singles = [Word(word) for word in opened]
    if piece != stem:
        beginning = found[-1] if unusual(found[-1]) else _plain(found[-1])
        apart = None if exact else begun(beginning)  # finetun* is also fine-tuning
        singles[-1:] = [Word(usual(apart[0])), Prefix(apart[1])] if apart else [Prefix(beginning)]
    return singles


def _opened(word: str, *, whole: bool) -> tuple[str, ...]:
    spelled = usual(word)
    ways = parts(spelled) if whole else ()
    # a part may be written apart itself: what is read must be what its own text is read as
    return tuple(each for part in ways[0] for each in _opened(part, whole=True)) if ways else (spelled,)


def usual(word: str) -> str:
    """The spelling that stands for all words that mean the same: "Tokenisers" -> "tokenization", "LLMs" -> "LLM"."""
    odd = unusual(word)
    if odd:
        return odd if words(odd) == [odd] else word
    if not word.isascii() and len(spellings(word)) > 1:
        lower = word.lower()  # Müller is also Mueller; muller is not
        return lower if words(lower) == [lower] else word
    first = next(iter(members(word)), "")
    fits = first and first not in EMPTY and family(first) == family(word) and words(first) == [first]
    return first if fits else _plain(word)


def _plain(word: str) -> str:
    """The word without case and accents, as long as that leaves it one word ("¼" would be "1⁄4")."""
    return next((form for form in (fold(word), word.lower()) if words(form) == [form]), word)


def name_leaf(text: str, token: Token) -> Field:
    """An author in reading order: "LeCun, Yann" and "Yann LeCun" are one, "Wang Xiaoming" and "Xiaoming Wang" too."""
    if "*" in text:
        raise QueryError(misreading.NAME_WITH_STAR, token.start, token.end)
    *particles_and_surname, given = _name_parts(text)
    if not any(particles_and_surname):
        raise QueryError(misreading.WHICH_AUTHOR, token.start, token.end)
    particles, surname = particles_and_surname
    name = [*map(_capitals, given), *particles, *map(_capitals, surname)]
    return Field("author", " ".join(name))


def _capitals(word: str) -> str:
    """A name as people print it, however it was typed: Yann, LeCun, McAuley."""
    if word in _INNER:
        return _INNER[word]
    if word.startswith("mc") and len(word) > 4:
        return "Mc" + word[2:].capitalize()
    return word.capitalize()


def _name_parts(text: str) -> tuple[list[str], list[str], list[str]]:
    """Particles, surname and given names, folded."""
    surname = next(iter(surname_keys(text)), "")
    known = name_key(text).split()
    place = known.index(surname) if surname in known else 0
    return known[:place], known[place : place + 1], known[place + 1 :]


def category_leaf(text: str, token: Token) -> Field:
    """A category under its first name."""
    if not words(text):
        raise QueryError(misreading.WHICH_CATEGORY, token.start, token.end)
    whole = text.lower().partition(".")[0].rstrip("*") + ".*"
    if "*" in text and not categories.known(text) and not text.endswith(".*"):
        raise QueryError(misreading.CATEGORY_WITH_STAR, token.start, token.end, whole)
    near = categories.nearest(text)
    if near is not None:
        raise QueryError(misreading.no_category(text, near), token.start, token.end, near or whole)
    return Field("cat", categories.spelling(text))


def source_leaf(text: str, token: Token) -> Field:
    """A source by its name."""
    low = " ".join(text.lower().split())
    name = _SOURCES.get(low, low)
    if not name:
        raise QueryError(misreading.WHICH_SOURCE, token.start, token.end)
    near = get_close_matches(name, _KNOWN_SOURCES, n=1, cutoff=0.75)
    if near and name not in _KNOWN_SOURCES:
        raise QueryError(misreading.no_source(name, near[0]), token.start, token.end, near[0])
    return Field("source", name)


def like_a_name(word: str) -> bool:
    """True for `Yann` and `Y.`; not for `RAG`, and not for `robotics`."""
    return word[:1].isupper() and not (len(word) > 2 and word.isupper())


def is_source(text: str) -> bool:
    """True for the name of a source that everybody has."""
    low = text.lower()
    return _SOURCES.get(low, low) in _KNOWN_SOURCES


def has_leaf(text: str, token: Token) -> Field:
    """Something a paper has."""
    low = text.casefold()
    name = _HAS.get(low, low)
    if name not in HAS:
        near = next(iter(get_close_matches(name, HAS, n=1)), "code")
        raise QueryError(misreading.has(*HAS), token.start, token.end, near)
    return Field("has", name)
