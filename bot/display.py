"""What may be displayed of somebody else's text: what can be seen, and no more of it than there is room for.

What is mark-up in it differs from place to place, and is each platform's own business.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: invisible, and needed to write some emoji and scripts: the zero width joiner and non-joiner
_JOINERS: Final = "\u200c\u200d"
#: marks on one letter; more are no writing
_MARKS: Final = 3
_FLOOD: Final = re.compile(r"(?:[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f])+")


def seen(char: str) -> bool:
    """False for a control character, a line or paragraph separator, a lone surrogate, or a mark that shows nothing."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _JOINERS


def visible(text: str) -> str:
    """Text of several lines, kept as it is but for what is not text.

    Control characters (so every escape sequence), marks that change the direction of writing and other invisible
    format characters, and lone surrogates are dropped; every kind of line end is a newline, a tab is spaces.
    """
    if text.isprintable():
        return text
    return "".join(char for char in "\n".join(text.splitlines()).expandtabs() if char == "\n" or seen(char))


def lines(text: str) -> str:
    """The same, and a letter bears three marks at most."""
    return _FLOOD.sub(lambda marks: marks[0][:_MARKS], visible(text))


def line(text: str) -> str:
    """Text of one line."""
    return " ".join(lines(text).split())


def size(text: str) -> int:
    """The length of a text in UTF-16 units: the longest that a platform could count."""
    return len(text) + sum(char > "\uffff" for char in text)


def trimmed(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis, in so many UTF-16 units; no character is cut in two."""
    if size(text) <= most:
        return text
    kept, room = 0, most - 1
    for char in text:
        room -= 2 if char > "\uffff" else 1
        if room < 0:
            break
        kept += 1
    # a mark or a joiner belongs to what stands before it, which it may turn into something else
    while kept and (unicodedata.combining(text[kept]) or text[kept] in _JOINERS or text[kept - 1] in _JOINERS):
        kept -= 1
    return text[:kept].rstrip() + "…"
