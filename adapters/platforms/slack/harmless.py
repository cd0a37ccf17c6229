"""What somebody else's text may do to Slack: nothing but be read.

What is shown stands in rich text and plain text, where Slack parses nothing. Only the fallback text of a message, which
notifications and screen readers take, is Slack's own markup: there it is escaped, once, and last.
https://docs.slack.dev/messaging/formatting-message-text/#escaping
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

from bot.display import line, lines, seen, size, trimmed

__all__ = ["escaped", "line", "lines", "link", "size", "trimmed"]

#: what a link may hold besides letters and digits (RFC 3986); everything else is percent-encoded
_URL: Final = ":/?#[]@!$&'()*+,;=%-._~"
#: where Slack would begin to make an address, or a name that rings for everybody, out of plain text
_BETWEEN: Final = re.compile(r"(?<=\w)\.(?=\w)|(?<=:)//|@(?=\w)")
#: invisible, and no part of any address
_WORD_JOINER: Final = "\u2060"


def link(url: str, most: int) -> str:
    """A web address that can stand in a link, or "" for anything else or a longer one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    made = quote("".join(char for char in url if seen(char)), safe=_URL, errors="ignore")
    return made if len(made) <= most else ""


def escaped(text: str) -> str:
    """Text in Slack's own markup: nothing in it rings, leads anywhere, or is made an address."""
    apart = _BETWEEN.sub(lambda found: found[0][0] + _WORD_JOINER + found[0][1:], text)
    return apart.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
