"""A message as Block Kit: what reads well on a phone and by a screen reader.

Everything that is said stands in rich text, where Slack parses nothing: no mention, no address made of `cs.AI`, no
mark-up; a title alone is a link, because we say so. A list of papers is a numbered list. What is too long is cut, text
before papers; a message that is cut to its limits is never refused.
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from adapters.platforms.slack import harmless, limits, typed
from adapters.platforms.slack.buttons import Buttons
from bot.models import Message
from bot.ports import Refused

Json = dict[str, Any]

#: between columns that letters of one width would align: on a phone they are not, and a line is read as a sentence
_COLUMNS: Final = re.compile(r"(?<=\S) {2,}(?=\S)")
#: so much of everything is kept, until it fits
_PARTS: Final = (1.0, 0.6, 0.35, 0.2, 0.1, 0.05)
#: papers shown when even that is too much
_FEW: Final = 10


@dataclass(frozen=True, slots=True)
class _Room:
    """Characters for each part of a message."""

    title: int
    fact: int
    body: int
    note: int
    item: int

    @classmethod
    def part(cls, part: float) -> _Room:
        return cls(*(max(int(most * part), 12) for most in (300, 200, 2900, 600, 220)))


class Layout:
    """Lays messages out; `command` is what people type in this workspace: "/papers"."""

    def __init__(self, command: str = "/papers") -> None:
        self._command = command

    def blocks(
        self, message: Message, *, most: int = limits.BLOCKS, buttons: bool = True, above: bool = False
    ) -> list[Json]:
        """The blocks of a message, within every limit; `buttons` False leaves out what types.

        `above`: its own buttons stand over its items, on a page that is long. Raises Refused.
        """
        for part in _PARTS:
            laid = list(self._message(message, _Room.part(part), Buttons(typing=buttons), above=above))
            if len(laid) <= most and characters(laid) <= limits.ALL:
                break
        else:
            few = replace(message, facts=(), items=message.items[:_FEW], actions=(), group="")
            laid = list(self._message(few, _Room.part(_PARTS[-1]), Buttons(typing=buttons)))[:most]
        if not laid:
            raise Refused("There is nothing in the message.")
        return laid

    def sentence(self, message: Message) -> str:
        """What a notification and a screen reader say: one line, escaped. See `harmless`."""
        said = message.notice or message.title or message.body or (message.items[0].title if message.items else "")
        plain = harmless.line(self._typed(said)) or harmless.line(message.body) or "…"
        return harmless.escaped(harmless.trimmed(plain, limits.TEXT // 8))

    # ------------------------------------------------------------------------------------------- the parts

    def _message(self, message: Message, room: _Room, buttons: Buttons, *, above: bool = False) -> Iterator[Json]:
        title = harmless.line(message.title)
        if not title and not message.body.strip() and not message.items:
            title = harmless.line(message.notice)
        url = harmless.link(message.url, limits.URL)
        if message.items and title and not url and harmless.size(title) <= limits.HEADER:
            yield {"type": "header", "text": _plain(title)}
            title = ""
        yield from _rich(_section(self._paragraph(title, url, message.facts, room.title, room.fact)))
        yield from _rich(_section(self._text(_COLUMNS.sub(" – ", harmless.lines(message.body).strip("\n")), room.body)))
        if code := harmless.trimmed(harmless.lines(message.code).strip("\n"), room.note):
            yield from _rich([{"type": "rich_text_preformatted", "elements": [_text(code)]}])
        if above:
            yield from self._own(message, room, buttons)
        yield from self._items(message, room, buttons)
        if not above:
            yield from self._own(message, room, buttons)

    def _own(self, message: Message, room: _Room, buttons: Buttons) -> Iterator[Json]:
        """The note and the buttons that are the message's own, not its items'."""
        if note := harmless.trimmed(harmless.lines(self._typed(message.note)).strip(), room.note):
            yield {"type": "context", "elements": [_plain(note.replace("`", ""))]}
        yield from buttons.rows(message.actions, about=message.title if message.url else "")

    def _items(self, message: Message, room: _Room, buttons: Buttons) -> Iterator[Json]:
        """Items under the headings of their groups; buttons that all, or all of a group, have alike become one menu."""
        menu = buttons.menu(message.items, first=message.first)
        for group, several in groupby(enumerate(message.items, start=message.first), key=lambda item: item[1].group):
            members = list(several)
            of_group = None if menu else buttons.menu([item for _, item in members], first=members[0][0])
            numbers = any(item.title and item.url for _, item in members)
            heading = self._styled(harmless.trimmed(harmless.line(group), room.item), bold=True)
            run: list[Json] = _section(heading)
            for number, item in members:
                said = self._item(item, room)
                run += [_numbered(number, said)] if numbers else _section(said)
                if item.actions and not menu and not of_group:
                    yield from _rich(_joined(run))
                    run = []
                    yield from buttons.rows(item.actions, about=item.title)
            yield from _rich(_joined(run))
            if of_group:
                yield of_group
        if menu:
            yield menu

    def _item(self, item: Message, room: _Room) -> list[Json]:
        facts = [" · ".join(filter(None, map(harmless.line, item.facts)))]
        parts = self._paragraph(
            harmless.line(item.title), harmless.link(item.url, limits.URL), facts, *(room.item,) * 2
        )
        for more in (item.body, item.note):
            if text := self._text(harmless.lines(more).strip("\n"), room.item):
                parts += [*([_text("\n")] if parts else []), *text]
        return parts or [_text("–")]

    def _paragraph(self, title: str, url: str, facts: Sequence[str], most: int, fact: int) -> list[Json]:
        """A title that leads somewhere, and short lines under it."""
        parts: list[Json] = []
        if title or url:
            label = harmless.trimmed(title or url, most)
            parts = [_text(label, bold=True) if not url else _link(label, url)]
        for one in facts:
            if line := harmless.trimmed(harmless.line(one), fact):
                parts += [*([_text("\n")] if parts else []), *self._styled(line)]
        return parts

    def _text(self, text: str, most: int) -> list[Json]:
        return self._styled(harmless.trimmed(text, most))

    def _styled(self, text: str, *, bold: bool = False) -> list[Json]:
        """Text, with commands of ours as people see what is to be typed."""
        parts, end = [], 0
        for found in typed.COMMAND.finditer(text):
            parts += [(text[end : found.start()], ""), (self._command + found[1], "code")]
            end = found.end()
        parts.append((text[end:], ""))
        return [_text(said, bold=bold, code=bool(style)) for said, style in parts if said]

    def _typed(self, text: str) -> str:
        return typed.here(text, self._command)


def characters(blocks: Sequence[Json]) -> int:
    """All characters that people read in blocks, in UTF-16 units."""
    return sum(harmless.size(text) for block in blocks for text in _read(block))


def _read(said: object) -> Iterator[str]:
    if isinstance(said, list):
        for one in said:
            yield from _read(one)
    elif isinstance(said, dict):
        for name, value in said.items():
            if isinstance(value, str) and name in ("text", "alt_text", "initial_value"):
                yield value
            else:
                yield from _read(value)


def _rich(elements: Sequence[Json]) -> Iterator[Json]:
    if elements:
        yield {"type": "rich_text", "elements": list(elements)}


def _section(parts: Sequence[Json]) -> list[Json]:
    return [{"type": "rich_text_section", "elements": list(parts)}] if parts else []


def _numbered(number: int, parts: Sequence[Json]) -> Json:
    return {"type": "rich_text_list", "style": "ordered", "offset": number - 1, "elements": _section(parts)}


def _joined(elements: Sequence[Json]) -> list[Json]:
    """Neighbouring lists made one."""
    made: list[Json] = []
    for one in elements:
        if made and one["type"] == made[-1]["type"] == "rich_text_list":
            made[-1] = made[-1] | {"elements": [*made[-1]["elements"], *one["elements"]]}
        else:
            made.append(one)
    return made


def _text(text: str, *, bold: bool = False, code: bool = False) -> Json:
    style = {name: True for name, wanted in (("bold", bold), ("code", code)) if wanted}
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def _link(text: str, url: str) -> Json:
    return {"type": "link", "url": url, "text": text, "style": {"bold": True}}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
