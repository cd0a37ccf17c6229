"""How a message looks: something you would like to read at breakfast.

Lines are made here, never by the terminal, so that a number, a title and what stands under it stay aligned. Colours
are the terminal's own, so that they suit a dark and a light one; in a pipe the same lines come without any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from adapters.platforms.console import harmless
from adapters.platforms.console.screen import Spot, is_paper, numbered
from bot.messages.terminal import LABELS
from bot.models import Action, File, Message, Place

#: lines longer than this are tiring to read
WIDEST = 100
#: and below this nothing can be laid out
NARROWEST = 30
#: a column narrower than this is not worth having
COLUMN = 12

TITLE = "bold"
GROUP = "bold magenta"
NUMBER = "bold cyan"
QUIET = "dim"
WHY = "green"
LABEL = "dim italic"

#: what stands before a column: the margin of a line, or two spaces or more
_GAP = re.compile(r"^ +|(?<!·) {2,}(?!·)")
#: a command as it is typed elsewhere: here it stands alone
_SLASH = re.compile(r"(^|`)/papers (?=\w)", re.MULTILINE)
#: a last column narrower than this stands below the first one, indented
ROOM, INDENT = 36, "    "


class Page:
    """Lays out messages for one console."""

    def __init__(self, console: Console, *, links: bool) -> None:
        self._console = console
        #: titles are links (OSC 8); otherwise the address stands on a line of its own
        self._links = links

    @property
    def width(self) -> int:
        """Cells of a line."""
        return max(NARROWEST, min(self._console.width, WIDEST))

    def message(self, message: Message, place: Place, spot: Spot) -> Text:
        """The whole message, with an empty line before it."""
        thread = place.kind == "thread"
        width = self.width - (2 if thread else 0)
        direct = place.kind == "channel" and place.channel.direct
        label = LABELS.get("direct" if direct else place.kind, "")
        laid = [Text(label, LABEL)] if label else []
        laid += self._message(message, width, spot.number)
        if thread:
            return _joined([Text("│", QUIET), *(_beside(Text("│ ", QUIET), line) for line in laid)])
        return _joined([Text(), *laid])

    def typed(self, prompt: str, text: str) -> Text:
        """A line somebody typed, where the terminal does not show it itself."""
        return _joined([Text(), Text.assemble((prompt, QUIET), (harmless.line(text), TITLE))])

    def said(self, sentence: str) -> Text:
        """A sentence of the terminal's own."""
        return _joined(self._wrapped(harmless.lines(sentence), self.width))

    def link(self, label: str, url: str) -> Text:
        """Where a button leads."""
        clean = harmless.link(url)
        return Text.assemble(f"{harmless.line(label)}: ", (clean, self._linked("", clean)))

    # ------------------------------------------------------------------------------------------ a message

    def _message(self, message: Message, width: int, number: int | None) -> list[Text]:
        # elsewhere a command is typed with "/papers" before it
        message = replace(message, note=_SLASH.sub(r"\1", message.note))
        if is_paper(message):
            return self._paper(message, width, number, actions=True)
        facts = tuple(_SLASH.sub(r"\1", fact) for fact in message.facts)
        title, body = _SLASH.sub(r"\1", message.title), _SLASH.sub(r"\1", message.body)
        message = replace(message, title=title, facts=facts, body=body)
        laid = self._heading(message, width)
        for fact in message.facts:
            laid += self._wrapped(harmless.lines(fact), width)
        body = harmless.lines(message.body)
        # a table or a list needs air around it
        apart = bool(message.items) or any(mark in body.strip() for mark in ("\n", "  "))
        if body.strip():
            laid += [Text()] * bool(laid and apart) + self._aligned(body, width)
        laid += (Text(f"  {line}") for line in harmless.lines(message.code).splitlines())
        laid += self._items(message.items, width, message.first, numbers=numbered(message))
        return laid + self._foot(message, width, apart=apart)

    def _heading(self, message: Message, width: int) -> list[Text]:
        title = harmless.line(message.title) or ("" if message.body or message.items else harmless.line(message.notice))
        return self._titled(title, harmless.link(message.url), width)

    def _titled(self, title: str, url: str, width: int) -> list[Text]:
        """A title that leads somewhere; where it cannot be a link, the address is told."""
        laid = self._wrapped(title, width, self._linked(TITLE, url)) if title else []
        return [*laid, Text(url)] if url and not (laid and self._links) else laid

    def _items(self, items: Sequence[Message], width: int, first: int, *, numbers: bool) -> Iterator[Text]:
        """Items under the headings of their groups, numbered from `first` on."""
        for group, members in groupby(enumerate(items, start=first), key=lambda item: item[1].group):
            yield Text()
            if group:
                yield from self._wrapped(harmless.line(group), width, GROUP)
            for number, item in members:
                yield from self._paper(item, width, number if numbers else None, actions=False)

    def _paper(self, paper: Message, width: int, number: int | None, *, actions: bool) -> list[Text]:
        """A paper, or another item of a list: everything stands to the right of its number."""
        margin = 0 if number is None else max(4, len(str(number)) + 2)
        inner = width - margin
        laid = self._titled(harmless.line(paper.title), harmless.link(paper.url), inner) or [Text()]
        facts = [harmless.line(fact) for fact in paper.facts]
        why = facts.pop() if actions and len(facts) > 1 else ""
        # a whole sentence stands on a line of its own, and so does what follows one
        for whole, together in groupby(filter(None, facts), key=lambda fact: fact if fact.endswith(".") else ""):
            row = [Text(whole)] if whole else [Text(fact) for fact in together]
            laid += (_styled(line, QUIET) for line in self._filled(row, inner, " · "))
        laid += self._wrapped(why, inner, WHY) if why else []
        body = harmless.lines(paper.body)
        laid += self._wrapped(body, inner) if body.strip() else []
        laid += self._foot(paper if actions else Message(note=paper.note), inner)
        first = Text(f"{number:>{margin - 2}}  ", NUMBER) if number is not None else Text()
        return [_beside(first if n == 0 else Text(" " * margin), line) for n, line in enumerate(laid)]

    def _foot(self, message: Message, width: int, *, apart: bool = False) -> list[Text]:
        """What stands under a message: a note, buttons, a file."""
        laid = self._wrapped(harmless.lines(message.note), width, QUIET) if message.note.strip() else []
        each = dict.fromkeys(action for item in message.items for action in map(_label, item.actions))
        if each:
            row = [Text("each:"), *(Text(f"[{label}]") for label in each)]
            row += [Text(f"(press {message.first} {next(iter(each))})")] if numbered(message) else []
            laid += (_styled(line, QUIET) for line in self._filled(row, width, " "))
        laid += self._buttons(message.actions, width)
        if laid and apart:
            laid.insert(0, Text())
        return laid + (self._file(message.file) if message.file else [])

    def _buttons(self, actions: Iterable[Action], width: int) -> list[Text]:
        row = []
        # what is seldom wanted comes last, behind a word that says so
        for more, group in groupby(sorted(actions, key=attrgetter("more")), key=attrgetter("more")):
            row += [Text("more:")] * more
            for action in group:
                url = "" if action.command else harmless.link(action.url)
                row.append(Text(f"[{_label(action)}]", self._linked("", url)))
        return [_styled(line, QUIET) for line in self._filled(row, width, " ")]

    def _file(self, file: File) -> list[Text]:
        """The content as it is between two rules, to be copied: no margin, no line broken."""
        name = f"── {harmless.line(file.name)} "
        content = harmless.lines(file.content).split("\n")
        head = Text(name + "─" * max(2, self.width - cell_len(name)), QUIET)
        return [Text(), head, *map(Text, content), Text("─" * self.width, QUIET)]

    # -------------------------------------------------------------------------------------------- lines

    def _wrapped(self, text: str, width: int, style: str | Style = "") -> list[Text]:
        """Lines broken between words; spaces and empty lines stay as they are."""
        return [part for line in text.split("\n") for part in self._broken(Text(line, style), width)]

    def _aligned(self, text: str, width: int) -> list[Text]:
        """As `_wrapped`, and what is too long goes on under its own column: a table stays a table.

        Where that column is too narrow for one of its lines, all of them stand below their first column.
        """
        lines = text.split("\n")
        left = [_column(line, width) if cell_len(line) > width else "" for line in lines]
        below = {len(one) for one in left if one.strip() and width - cell_len(one) < ROOM}
        laid = []
        for line, column in zip(lines, left, strict=True):
            if moved := below & {gap.end() for gap in _GAP.finditer(line)}:
                at = min(moved)
                laid.append(Text(line[:at].rstrip()))
                laid += [Text.assemble(INDENT, part) for part in self._broken(Text(line[at:]), width - len(INDENT))]
                continue
            right = self._broken(Text(line[len(column) :]), width - cell_len(column))
            laid += [Text.assemble(" " * cell_len(column) if n else column, part) for n, part in enumerate(right)]
        return laid

    def _broken(self, line: Text, width: int) -> list[Text]:
        line.highlight_regex(r"`[^`]+`", TITLE)
        laid = list(line.wrap(self._console, width, overflow="fold"))
        for part in laid:
            part.rstrip()
        return laid

    def _filled(self, parts: Sequence[Text], width: int, between: str) -> list[Text]:
        """Parts side by side, broken between parts; a part wider than a line is broken too."""
        rows: list[Text] = []
        for part in parts:
            if rows and rows[-1].cell_len + cell_len(between) + part.cell_len <= width:
                rows[-1] = Text.assemble(rows[-1], between, part)
            else:
                rows.append(part)
        return [line for row in rows for line in self._broken(row, width)]

    def _linked(self, style: str, url: str) -> Style:
        return Style.parse(style) + Style(link=url if url and self._links else None)


def _column(line: str, width: int) -> str:
    """What stands left of the last column that has some room."""
    columns = (line[: gap.end()] for gap in _GAP.finditer(line))
    return max((one for one in columns if width - cell_len(one) >= COLUMN), key=len, default="")


def _label(action: Action) -> str:
    return harmless.line(action.label)


def _beside(margin: Text, line: Text) -> Text:
    whole = Text.assemble(margin, line)
    if not line:
        whole.rstrip()
    return whole


def _styled(line: Text, style: str) -> Text:
    return Text.assemble(line, style=style)


def _joined(laid: Iterable[Text]) -> Text:
    return Text("\n").join(laid)


def svg(console: Console, title: str = "Paperround") -> str:
    """What a recording console has shown, as an SVG in the colours of a light page; the record is emptied."""
    return console.export_svg(title=title, theme=DEFAULT_TERMINAL_THEME)
