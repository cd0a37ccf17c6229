"""Leaves of a query, in their usual spelling, from the words somebody typed."""

from __future__ import annotations

import re
from difflib import get_close_matches

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
        message = f'I can only look for “{found[1].lower()}”, which is not {text}. Try "{text} code", or cat:cs.PL.'
        raise QueryError(message, token.start, token.end, "cat:cs.PL")
    typed = text.split() if token.kind == "phrase" else [text]
    singles: list[Single] = []
    for piece in typed:
        singles.extend(_singles(piece, exact, token))
    if not singles:
        if token.kind == "phrase":
            raise QueryError("There is no word between the quotation marks.", token.start, token.end)
        if text != token.text:
            raise QueryError("= goes right before a word: =tokenizer.", token.start, token.end)
        return None
    if len(singles) > WORDS:
        raise QueryError(f"A phrase can have {WORDS} words at most.", token.start, token.end)
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
        message = "* goes at the end of a word: token* is every word that begins with “token”."
        raise QueryError(message, token.start, token.end, whole + "*" if len(whole) > 1 else "")
    if piece != stem:
        if not found:
            raise QueryError("* alone would match every paper; write the beginning: token*.", token.start, token.end)
        if len(found[-1]) < 2:
            message = f"“{found[-1]}*” would match nearly every paper; write at least two letters before the star."
            raise QueryError(message, token.start, token.end)
    for word in found:
        if len(word) > LONGEST:
            raise QueryError(f"“{word[:20]}…” is too long for a word.", token.start, token.end)
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
        raise QueryError('A name takes no star; an initial is enough: author:"Y. LeCun".', token.start, token.end)
    *particles_and_surname, given = _name_parts(text)
    if not any(particles_and_surname):
        raise QueryError('Which author? Write author:"Yann LeCun".', token.start, token.end)
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
        raise QueryError("Which category? Write cat:cs.CL, or cat:cs.* for all of cs.", token.start, token.end)
    whole = text.lower().partition(".")[0].rstrip("*") + ".*"
    if "*" in text and not categories.known(text) and not text.endswith(".*"):
        raise QueryError("A star stands for all subjects of an archive: cat:cs.*.", token.start, token.end, whole)
    near = categories.nearest(text)
    if near is not None:
        asked = f"; did you mean {near}?" if near else "."
        raise QueryError(f"arXiv has no category {text[:20]}{asked}", token.start, token.end, near or whole)
    return Field("cat", categories.spelling(text))


def source_leaf(text: str, token: Token) -> Field:
    """A source by its name."""
    low = " ".join(text.lower().split())
    name = _SOURCES.get(low, low)
    if not name:
        raise QueryError("Which source? Write source:arxiv.", token.start, token.end)
    near = get_close_matches(name, _KNOWN_SOURCES, n=1, cutoff=0.75)
    if near and name not in _KNOWN_SOURCES:
        message = f"There is no source “{name[:40]}”; did you mean {near[0]}?"
        raise QueryError(message, token.start, token.end, near[0])
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
        message = f"has: knows {', '.join(HAS[:-1])} and {HAS[-1]}."
        raise QueryError(message, token.start, token.end, near)
    return Field("has", name)
