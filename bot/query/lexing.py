"""Tokens of a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from bot.identity import identifier
from bot.messages import misreading
from bot.query.errors import QueryError
from bot.text import words

#: a query holds so many words and phrases at most, and so many characters
TERMS = 64
LENGTH = 2_000
#: parentheses stand in each other so deep at most
DEPTH = 20

FieldName: TypeAlias = Literal["title", "abstract", "author", "cat", "source", "has"]
FIELDS: dict[str, FieldName] = {
    "title": "title",
    "abstract": "abstract",
    "author": "author",
    "cat": "cat",
    "source": "source",
    "has": "has",
    # other words for the same; ti, abs, au and cat are those of arXiv's own search
    "ti": "title",
    "titles": "title",
    "abs": "abstract",
    "summary": "abstract",
    "au": "author",
    "authors": "author",
    "by": "author",
    "category": "cat",
    "categories": "cat",
    "from": "source",
}

Kind: TypeAlias = Literal["word", "phrase", "open", "close", "or", "and", "not", "field", "comma"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query and where it stands. A phrase's text is what is between the quotation marks."""

    kind: Kind
    text: str
    start: int
    end: int
    #: a phrase that is meant word for word
    exact: bool = False


_TOKEN = re.compile(
    r"""
    (?P<space>[^\S\n]+)
  | (?P<comma>[,;\n](?:[,;\n]|[^\S\n])*)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<or>\|+)
  | (?P<phrase>=?"[^"]*"\*?)
  | (?P<quote>=?")
  | (?P<not>-(?=[^\s)|,;])|!(?=[\w"(=]))
  | (?P<field>[^\W\d_]+):
  | (?P<word>(?:[^\s()",;|]|(?<=\d),(?=\d))+)
    """,
    re.VERBOSE,
)
_VALUE = re.compile(r"(?:[^\s()\",;|]|,(?=[^\W\d]))+")
_OPERATORS: dict[str, Kind] = {"or": "or", "and": "and", "not": "not"}
_LINK = re.compile(r"(?i)(?:https?|doi|arxiv):\S+")


def tokens(text: str) -> list[Token]:
    """Tokens of a plain text (see `characters`) in order."""
    found: list[Token] = []
    at = terms = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:  # a comma between digits and the like: nothing that means anything
            at += 1
            continue
        token = _token(match, text, behind_field=bool(found) and found[-1].kind == "field" and found[-1].end == at)
        at = token.end if token else match.end()
        if token is None:
            continue
        found.append(token)
        if token.kind in ("word", "phrase"):
            terms += 1
            if terms > TERMS:
                raise QueryError(misreading.too_many(TERMS), token.start, len(text))
    _check_balance(text, found)
    return found


def _check_balance(text: str, found: list[Token]) -> None:
    opened: list[Token] = []
    for token in found:
        if token.kind == "open":
            opened.append(token)
            if len(opened) > DEPTH:
                raise QueryError(misreading.too_deep(DEPTH), token.start, len(text))
        elif token.kind == "close":
            if not opened:
                without = f"{text[: token.start]} {text[token.end :]}"
                raise QueryError(misreading.CLOSED, token.start, token.end, without)
            opened.pop()
    if opened:
        closed = text.rstrip() + ")" * len(opened)
        raise QueryError(misreading.OPENED, opened[-1].start, len(text), closed)


def _token(match: re.Match[str], text: str, *, behind_field: bool) -> Token | None:
    start, end = match.span()
    if behind_field and (value := _VALUE.match(text, start)):
        return Token("word", value[0], *value.span())
    kind = match.lastgroup
    if kind == "space":
        return None
    if kind == "quote":
        raise _one_quote(text, start)
    if kind == "phrase":
        inside = match["phrase"].lstrip("=").rstrip("*").strip('"').strip()
        star = "*" if match["phrase"].endswith("*") else ""
        if not inside:
            without = " ".join((text[:start] + " " + text[end:]).split())
            raise QueryError(misreading.NOTHING_IN_QUOTES, start, end, without)
        return Token("phrase", inside + star, start, end, exact=match["phrase"].startswith("="))
    if kind == "field":
        return _field(match, text)
    if kind == "word":
        word = match["word"].rstrip(".:!?'")
        operator = _OPERATORS.get(word.casefold())
        if operator:
            return Token(operator, word, start, end)
        if word.strip("-") == "" and word:
            raise _lone_dash(text, start, end)
        return Token("word", word, start, end) if words(word) or "*" in word or word.startswith("=") else None
    if kind in ("comma", "open", "close", "or", "not"):
        return Token(kind, match[0], start, end)  # type: ignore[arg-type]  # the kinds named just above
    return None


def _field(match: re.Match[str], text: str) -> Token | None:
    start, end = match.span()
    name = match["field"].casefold()
    if name in FIELDS:
        return Token("field", FIELDS[name], start, end)
    link = _LINK.match(text, start)
    if link:
        paper = bool(identifier(link[0]))
        raise QueryError(misreading.PAPER if paper else misreading.ADDRESS, start, link.end())
    if end == len(text) or text[end].isspace():
        return Token("word", match["field"], start, end)  # "Mamba: linear-time sequence modelling"
    near = get_close_matches(name, FIELDS, n=1, cutoff=0.6)
    if near:
        better = FIELDS[near[0]]
        raise QueryError(misreading.no_field(name, better), start, end, f"{text[:start]}{better}:{text[end:]}")
    raise QueryError(misreading.no_field(name), start, end)


def _one_quote(text: str, start: int) -> QueryError:
    closed = text.rstrip() + '"' if text[start + 1 :].strip() else text[:start].rstrip()
    return QueryError(misreading.ONE_QUOTE, start, len(text), closed)


def _lone_dash(text: str, start: int, end: int) -> QueryError:
    suggestion = f"{text[:start]}-{text[end:].lstrip()}" if text[end:].strip() else text[:start].strip()
    return QueryError(misreading.LONE_DASH, start, end, suggestion)
