"""What somebody else's text may do to a terminal: nothing but be read."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from bot.display import seen
from bot.display import visible as lines

__all__ = ["line", "lines", "link"]

#: what a link may hold besides letters and digits (RFC 3986); everything else is percent-encoded
_URL = ":/?#[]@!$&'()*+,;=%-._~"


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
    return quote("".join(char for char in url if seen(char)), safe=_URL, errors="ignore")
