"""Where in a text something is wrong: the text on one line, and marks under the place."""

from __future__ import annotations

import unicodedata

#: cells of a line, and how much of it may stand before the place
WIDE, BEFORE = 72, 40


def marked(text: str, start: int, end: int) -> str:
    """Two lines in letters of one width, the second with ^ under text[start:end]; "" when that is no place in it."""
    if not 0 <= start < end <= len(text):
        return ""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    first = max(0, start - BEFORE) if _cells(line) > WIDE else 0
    last = first
    while last < len(line) and _cells(line[first : last + 1]) <= WIDE:
        last += 1
    head, tail = "…" if first else "", "…" if last < len(line) else ""
    marks = "^" * max(_cells(line[start : min(end, last)]), 1)
    return f"{head}{line[first:last]}{tail}\n{' ' * _cells(head + line[first:start])}{marks}"


def _cells(text: str) -> int:
    """How wide it is in a terminal: two cells for a Chinese character, none for an accent that is put on a letter."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
