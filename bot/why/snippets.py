"""The words that matched, as they stand."""

from __future__ import annotations

from collections.abc import Iterable

from bot.models import Paper, Reason
from bot.text import words

#: letters that are shown before and after a word that matched
BEFORE, AFTER = 90, 140


def snippet(paper: Paper, reasons: Iterable[Reason]) -> str:
    """What of title and abstract holds the words that matched, these in “quotes”; "" when no word did."""
    said = list(reasons)
    found = [_marked(text, [reason for reason in said if reason.field == field]) for field, text in _fields(paper)]
    return "\n".join(filter(None, found))


def _fields(paper: Paper) -> tuple[tuple[str, str], ...]:
    return ("title", paper.title), ("abstract", " ".join(paper.abstract.split()))


def _marked(text: str, reasons: list[Reason]) -> str:
    """The text around the first of these words, all of them in quotes that stand there."""
    spans = sorted({span for reason in reasons if (span := _span(text, reason))})
    if not spans:
        return ""
    start, end = _window(text, *spans[0])
    said, at = "… " if start else "", start
    for first, last in spans:
        if at <= first and last <= end:
            said += f"{text[at:first]}“{text[first:last]}”"
            at = last
    return said + text[at:end] + (" …" if end < len(text) else "")


def _window(text: str, first: int, last: int) -> tuple[int, int]:
    """A piece of the text with some words before and after, none of them cut."""
    start, end = max(0, first - BEFORE), min(len(text), last + AFTER)
    if start:
        start = text.find(" ", start, first) + 1 or first
    if end < len(text):
        end = max(text.rfind(" ", last, end), last)
    return start, end


def _span(text: str, reason: Reason) -> tuple[int, int] | None:
    """Where the words of a reason stand in a text; they begin with the word of its position."""
    at = 0
    for number, word in enumerate(words(text)):
        at = text.find(word, at)
        if at < 0:
            return None
        if number == reason.position:
            return (at, at + len(reason.word)) if text.startswith(reason.word, at) else None
        at += len(word)
    return None
