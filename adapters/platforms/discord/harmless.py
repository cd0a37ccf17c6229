"""What somebody else's text may do to Discord: nothing but be read.

Titles and footers of embeds, buttons and menus are text. All else is Discord's own markup: there it is escaped, once,
and last; what a backslash stands before is read as it is.
https://support.discord.com/hc/en-us/articles/210298617
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from bot.display import line, lines, seen, size, trimmed

__all__ = ["blank", "code", "escaped", "heading", "line", "lines", "link", "size", "trimmed", "unstyled"]

#: what a link may hold besides letters and digits (RFC 3986); everything else is percent-encoded
_URL: Final = ":/?#[]@!$&'*+,;=%-._~"
#: what begins anything in Discord's markup: style, a mention, a link, an address, a time, an emoji
_MARKUP: Final = re.compile(r"[\\*_~|`<>\[\]()@#:]")
#: what begins a list, a quotation, a heading, a small line, at the start of a line
_STARTS: Final = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([-+.)])", re.MULTILINE)
#: what the title of an embed would be styled by, and what then needs a backslash
_STYLED: Final = re.compile(r"(\*|_|~~|\|\||`).+\1|\\[^\w\s]|<a?:\w+:\d+>", re.DOTALL)
_STYLING: Final = re.compile(r"[\\*_~|`<]")
_ESCAPED: Final = re.compile(rf"\\({_STYLING.pattern})")
#: letters that are drawn as nothing
_EMPTY: Final = "\u115f\u1160\u2800\u3164\uffa0"
_HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]|[0-9.]{7,15}")


def link(url: str, most: int) -> str:
    """A web address that Discord takes, or "" for anything else or a longer one: one bad link would cost a message."""
    try:
        parts = urlsplit("".join(char for char in url if seen(char)).strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # of which what idna raises is one
        return ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    rest = quote(urlunsplit(("", "", parts.path, parts.query, parts.fragment)), safe=_URL, errors="ignore")
    made = f"{parts.scheme}://{host}{port}{rest}"
    return made if len(made) <= most else ""


def escaped(text: str) -> str:
    """Text in Discord's markup: nothing in it is styled, rings, or leads anywhere."""
    return _STARTS.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", text))


def code(text: str) -> str:
    """Text between backticks, where nothing but a backtick acts: it is shown as its likeness."""
    return text.replace("`", "\u02cb")


def heading(text: str) -> str:
    """Text in the title of an embed, where people see style, and nothing rings or leads anywhere.

    Most titles are left as they are: a backslash stands only before what would be taken for style.
    """
    return _STYLING.sub(r"\\\g<0>", text) if _STYLED.search(text) else text


def unstyled(title: str) -> str:
    """The text that `heading` made such a title of."""
    text = _ESCAPED.sub(r"\1", title)
    return text if heading(text) == title else title


def blank(text: str) -> bool:
    """Nothing in it is seen; Discord takes no such text."""
    return all(unicodedata.category(char)[0] in "ZCM" or char in _EMPTY for char in text)
