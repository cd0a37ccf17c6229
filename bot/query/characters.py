"""What people type, one character for one: typographic quotes, dashes, full width, invisible marks."""

from __future__ import annotations

import re

from bot.text import readable

_QUOTES = "“”„‟«»‹›「」『』〝〞〟＂″❝❞"
_DASHES = "–—―−‒‐‑﹣－"
_APOSTROPHES = "‘’‚‛ʼ＇"
_ONE = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}  # full-width ASCII
    | dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys("、،﹐", ",")
    | dict.fromkeys("؛﹔;", ";")
    | dict.fromkeys("：﹕", ":")
    | dict.fromkeys("（﹙", "(")
    | dict.fromkeys("）﹚", ")")
    | dict.fromkeys("｜∣", "|")
    | {"。": ".", "∗": "*", "＊": "*", "\u3000": " ", "\u00a0": " ", "\u2028": "\n", "\u2029": "\n"}
)
#: direction marks, joiners, soft hyphens, control characters, halves of broken characters: they say nothing
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\ud800-\udfff]"
)


#: LaTeX commands that are read in one query; reading them takes time
COMMANDS = 16


class Typed:
    """A typed text in plain characters, and where each of them stood."""

    def __init__(self, typed: str) -> None:
        self.typed = typed
        self._origin: list[int] | None = None
        text = typed.translate(_ONE)
        if 0 < text.count("\\") <= COMMANDS:
            # Erd\H{o}s; the places are lost, so an error marks the whole
            self.text = readable(text).translate(_ONE)
            self._origin = []
        elif _INVISIBLE.search(text):
            gone = {match.start() for match in _INVISIBLE.finditer(text)}
            self._origin = [i for i in range(len(text)) if i not in gone]
            self.text = _INVISIBLE.sub("", text)
        else:
            self.text = text

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the plain text stands in the typed one."""
        if self._origin is None:
            return start, end
        if not self._origin or start >= end or end > len(self._origin):
            return 0, len(self.typed)
        return self._origin[start], self._origin[end - 1] + 1
