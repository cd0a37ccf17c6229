"""What is said of a query that is not understood: one sentence; whoever raises it knows the place and the remedy.

The query language itself speaks through this file, so it imports nothing.
"""

from __future__ import annotations

# ------------------------------------------------------------------------------------------------- the whole

NO_TOPIC = "Name a topic, for example: tokenization."
NO_WORD = "There is no word in this; name a topic, for example: tokenization."
NO_PAPER = "This asks for something and leaves it out again, so no paper can match."
WRITTEN_OUT = "This query is too long when every word is written out."


def too_long(length: int, most: int, terms: int) -> str:
    """More characters than are read."""
    limits = f"{most:,} characters and {terms} words and phrases"
    return f"A query can have {limits} at most; this one has {length:,} characters."


def too_many(terms: int) -> str:
    """More words than are read."""
    return f"A query can have {terms} words and phrases at most; this one has more."


def says_nothing(word: str) -> str:
    """A word like “the”, alone."""
    return f"“{word[:40]}” is in nearly every paper; name a topic, for example: tokenization."


def only_leaves_out(unwanted: object) -> str:
    """A query that wants nothing."""
    return f"This only leaves papers out; say also which to bring, for example: tokenization -{unwanted}."


def one_only_leaves_out(unwanted: object) -> str:
    """An alternative that wants nothing."""
    return f"One of the alternatives only leaves out {unwanted}, which nearly every paper does; add a word to it."


# ---------------------------------------------------------------------------------------------- punctuation

CLOSED = "This parenthesis is closed but was never opened."
OPENED = "A parenthesis is opened here and never closed."
NOTHING_IN_PARENTHESES = "There is nothing between the parentheses."
NOTHING_IN_QUOTES = "There is nothing between the quotation marks."
NO_WORD_IN_QUOTES = "There is no word between the quotation marks."
ONE_QUOTE = "A quotation mark is opened here and never closed."
LONE_DASH = "A minus goes right before the word it leaves out: -survey."
LONE_OR = "OR goes between two words: LoRA OR QLoRA."
LONE_NOT = "NOT goes before the word it leaves out: NOT survey."
LONE_EQUALS = "= goes right before a word: =tokenizer."
LONE_STAR = "* alone would match every paper; write the beginning: token*."
STAR_INSIDE = "* goes at the end of a word: token* is every word that begins with “token”."


def too_deep(depth: int) -> str:
    """Parentheses in parentheses."""
    return f"Parentheses can stand {depth} deep at most."


def short_beginning(word: str) -> str:
    """One letter and a star."""
    return f"“{word}*” would match nearly every paper; write at least two letters before the star."


def long_word(word: str) -> str:
    """A word longer than any."""
    return f"“{word[:20]}…” is too long for a word."


def long_phrase(words: int) -> str:
    """A phrase longer than is read."""
    return f"A phrase can have {words} words at most."


def language(letter: str, name: str) -> str:
    """C++ and the like, of which only a letter is a word."""
    return f'I can only look for “{letter}”, which is not {name}. Try "{name} code", or cat:cs.PL.'


# --------------------------------------------------------------------------------------------------- fields

PAPER = "This is a link to a paper, not a topic; “show” opens it."
ADDRESS = "This is a web address, not a topic."
WHICH_AUTHOR = 'Which author? Write author:"Yann LeCun".'
NAME_WITH_STAR = 'A name takes no star; an initial is enough: author:"Y. LeCun".'
WHICH_CATEGORY = "Which category? Write cat:cs.CL, or cat:cs.* for all of cs."
CATEGORY_WITH_STAR = "A star stands for all subjects of an archive: cat:cs.*."
WHICH_SOURCE = "Which source? Write source:arxiv."


def no_field(name: str, near: str = "") -> str:
    """A field there is not, and the one that was perhaps meant."""
    if near:
        return f"There is no field “{name}:”; did you mean “{near}:”?"
    return f"There is no field “{name[:40]}:”; the fields are title, abstract, author, cat, source and has."


def field_inside(inner: str, outer: str) -> str:
    """A field in another's parentheses."""
    return f"{inner}: cannot stand inside {outer}:."


def empty_field(field: str) -> str:
    """A field without a value."""
    return f"Nothing follows {field}:."


def called(word: str, name: str, category: str) -> str:
    """A category by what it is called."""
    return f"There is no category “{word}”. {name[:1].upper()}{name[1:].lower()} is {category}."


def no_category(text: str, near: str) -> str:
    """A category that arXiv has not, and the nearest or ""."""
    asked = f"; did you mean {near}?" if near else "."
    return f"arXiv has no category {text[:20]}{asked}"


def no_source(name: str, near: str) -> str:
    """A source nobody has, and the nearest."""
    return f"There is no source “{name[:40]}”; did you mean {near}?"


def has(*known: str) -> str:
    """What `has:` can ask for."""
    return f"has: knows {', '.join(known[:-1])} and {known[-1]}."
