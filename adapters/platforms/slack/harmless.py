"""What somebody else's text may do to Slack: nothing but be read.

What is shown stands in rich text and plain text, where Slack parses nothing. Only the fallback text of a message, which
notifications and screen readers take, is Slack's own markup: there it is escaped, once, and last.
https://docs.slack.dev/messaging/formatting-message-text/#escaping
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote, urlsplit

#: invisible, and needed to write some emoji and scripts: the zero width joiner and non-joiner
_JOINERS: Final = "\u200c\u200d"
#: marks on one letter; more are no writing
_MARKS: Final = 3
_FLOOD: Final = re.compile(r"(?:[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f])+")
#: what a link may hold besides letters and digits (RFC 3986); everything else is percent-encoded
_URL: Final = ":/?#[]@!$&'()*+,;=%-._~"
#: where Slack would begin to make an address, or a name that rings for everybody, out of plain text
_BETWEEN: Final = re.compile(r"(?<=\w)\.(?=\w)|(?<=:)//|@(?=\w)")
#: invisible, and no part of any address
_WORD_JOINER: Final = "\u2060"


def lines(text: str) -> str:
    """Text of several lines, kept as it is but for what is not text.

    Control characters, marks that change the direction of writing and other invisible format characters, and lone
    surrogates are dropped; every kind of line end is a newline; a letter bears three marks at most.
    """
    seen = text
    if not text.isprintable():
        seen = "".join(char for char in "\n".join(text.splitlines()).expandtabs() if char == "\n" or _seen(char))
    return _FLOOD.sub(lambda marks: marks[0][:_MARKS], seen)


def line(text: str) -> str:
    """Text of one line."""
    return " ".join(lines(text).split())


def link(url: str, most: int) -> str:
    """A web address that can stand in a link, or "" for anything else or a longer one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    made = quote("".join(char for char in url if _seen(char)), safe=_URL, errors="ignore")
    return made if len(made) <= most else ""


def size(text: str) -> int:
    """The length of a text in UTF-16 units: the longest that Slack could count."""
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


def escaped(text: str) -> str:
    """Text in Slack's own markup: nothing in it rings, leads anywhere, or is made an address."""
    apart = _BETWEEN.sub(lambda found: found[0][0] + _WORD_JOINER + found[0][1:], text)
    return apart.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _JOINERS
