"""Text out of HTML, read by a parser as a browser would: what feeds hold, whatever they declare it to be."""

from __future__ import annotations

import re
from html.parser import HTMLParser


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _names(
    "address article aside blockquote br caption center dd div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul"
)
#: nothing in them is meant to be read
_SILENT = _names("applet iframe noscript object script select style svg template textarea title")
_INLINE = _names(
    "a abbr acronym audio b base basefont bdi bdo big body button canvas cite code col colgroup data datalist del"
    " details dfn dialog em embed font frame frameset head html i img input ins kbd label legend link map mark menu"
    " meta meter nobr optgroup option output param picture progress q ruby rp rt s samp small source span strike"
    " strong sub summary sup time track tt u var video wbr math mi mn mo mrow msub msup mtext semantics annotation"
)
_KNOWN = _BLOCKS | _SILENT | _INLINE
#: what shows that a text is HTML although it was declared as plain, or escaped twice: an end of some element, or an
#: element that does something. "x<a and b>c" is neither.
_MARKUP = re.compile(
    r"</[a-z]|<!--|<(?:applet|base|br|embed|form|frame|hr|iframe|img|input|link|meta|object|p|script|style|svg|video)"
    r"\b[^<]*>?",
    re.IGNORECASE,
)
_AT_MOST = 3


def plain(text: str, *, markup: bool) -> str:
    """The text without tags; paragraphs are parted by an empty line. `markup` False: tags only where they are plain."""
    for _ in range(_AT_MOST):
        if not markup and not _MARKUP.search(text):
            break
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.pieces)
        markup = False
    return text


class _Reader(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n\n")
        elif tag not in _KNOWN and not attrs and not self._silent:
            # "List<int>" is no markup
            self.pieces.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in _BLOCKS:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)
