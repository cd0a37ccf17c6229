"""What somebody else's text may do to a terminal: nothing but be read."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urlsplit

#: invisible, and needed to write some emoji and scripts: the zero width joiner and non-joiner
_JOINERS = "\u200c\u200d"
#: what a link may hold besides letters and digits (RFC 3986); everything else is percent-encoded
_URL = ":/?#[]@!$&'()*+,;=%-._~"


def lines(text: str) -> str:
    """Text of several lines, kept as it is but for what is not text.

    Control characters (so every escape sequence), marks that change the direction of writing and other invisible
    format characters, and lone surrogates are dropped; every kind of line end is a newline, a tab is spaces.
    """
    return "".join(char for char in "\n".join(text.splitlines()).expandtabs() if char == "\n" or _seen(char))


def line(text: str) -> str:
    """Text of one line."""
    return " ".join(lines(text).split())


def link(url: str) -> str:
    """An address that can stand in an OSC 8 sequence (only 32 to 126 may), or "" when it is not a web address.

    Source: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda, "Encodings".
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return quote("".join(char for char in url if _seen(char)), safe=_URL, errors="ignore")


def _seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _JOINERS
