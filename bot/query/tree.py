"""The tree of a query. `str()` of a node is its canonical text, and parsing that text gives the node again.

A leaf is a Word, Exact, Prefix or Phrase (looked for in title and abstract), the same Within one of the two, or a
Field of the paper. And, Or and Not join leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.text import parts, words


def listed(text: str) -> frozenset[str]:
    """A set of words, written in one line."""
    return frozenset(text.split())


#: words between a plain English opening and its topic: "papers about"
ABOUT = listed("about on regarding concerning covering around discussing mentioning involving using with")
#: words that outside quotation marks are read as operators or as plain English
RESERVED = ABOUT | listed("and or not but except excluding in by from at")
#: words that stand in nearly every paper, and therefore say nothing outside a phrase
EMPTY = listed(
    "a an and are as at be been by for from in into is it its of on or our that the these this those to via was we were"
    " with"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its family; in unusual case that spelling and its plural only."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"' if self.text.casefold() in RESERVED else self.text


@dataclass(frozen=True, slots=True)
class Exact:
    """A word and nothing else of its family; in any case, unless its own is unusual."""

    text: str

    def __str__(self) -> str:
        return "=" + self.text


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every word that begins so; in any case, unless its own is unusual."""

    text: str

    def __str__(self) -> str:
        return self.text + "*"


Single: TypeAlias = Word | Exact | Prefix


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order with nothing but space or punctuation between them; at least two."""

    words: tuple[Single, ...]

    def __str__(self) -> str:
        inside = [word.text if isinstance(word, Word) else str(word) for word in self.words]
        # fine-tuning and data-set read better than "fine tuning" and "data set"
        if all(isinstance(word, Word) for word in self.words) and tuple(inside) in parts("".join(inside)):
            hyphened = "-".join(inside)
            if words(hyphened) == inside:
                return hyphened
        return '"' + " ".join(inside) + '"'


@dataclass(frozen=True, slots=True)
class Within:
    """Words looked for in the title alone, or in the abstract alone."""

    field: Literal["title", "abstract"]
    leaf: Single | Phrase

    def __str__(self) -> str:
        return f"{self.field}:{self.leaf}"


@dataclass(frozen=True, slots=True)
class Field:
    """Something known of the paper: its author, category, source, or that it has code."""

    name: Literal["author", "cat", "source", "has"]
    value: str

    def __str__(self) -> str:
        plain = self.value and not any(c.isspace() or c in '()",;|' for c in self.value)
        return f"{self.name}:{self.value}" if plain else f'{self.name}:"{self.value}"'


Leaf: TypeAlias = Single | Phrase | Within | Field


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, And) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but the part."""

    part: Node

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, And | Or) else f"-{self.part}"


Node: TypeAlias = Leaf | And | Or | Not
#: for isinstance(): tuples are three times as quick as And | Or, and this is asked for every leaf of every query
JOINTS = (And, Or)
NO_LEAF = (And, Or, Not)


def holds(node: Node, found: Callable[[Leaf], bool]) -> bool:
    """True when the query holds, given which leaves do."""
    if isinstance(node, And):
        return all(holds(part, found) for part in node.parts)
    if isinstance(node, Or):
        return any(holds(part, found) for part in node.parts)
    if isinstance(node, Not):
        return not holds(node.part, found)
    return found(node)


def leaves(node: Node, *, negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Every leaf from left to right, and True with it where it is wanted, False where it is left out."""
    if isinstance(node, JOINTS):
        for part in node.parts:
            yield from leaves(part, negated=negated)
    elif isinstance(node, Not):
        yield from leaves(node.part, negated=not negated)
    else:
        yield node, not negated
