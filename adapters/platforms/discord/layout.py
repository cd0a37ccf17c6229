"""A message as Discord shows it: one embed, which reads well on a phone, with buttons and menus under it.

A paper is an embed whose title is its link; a list is numbered links in the text of one, for Discord shows only one of
two embeds that lead to the same place. A sentence of ours without a title is plain text. What is too long is cut, text
before papers: trimmed first, escaped last. Moments are shown to each reader in their own zone, where Discord can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from adapters.platforms.discord import harmless, limits
from adapters.platforms.discord.buttons import rows
from adapters.platforms.discord.stamps import STAMP, Stamps
from bot.models import Message
from bot.ports import Refused

Json = dict[str, Any]

#: a command to be typed, as sentences of ours show it
_COMMAND: Final = re.compile(r"`(/papers\b[^`\n]*)`")
#: between columns that letters of one width would align: a line is read as a sentence
_COLUMNS: Final = re.compile(r"(?<=\S) {2,}(?=\S)")
#: so much of everything is kept, until it fits
_PARTS: Final = (1.0, 0.6, 0.35, 0.2, 0.1, 0.05)
#: papers shown when even that is too much
_FEW: Final = 10
#: characters of the sentence that a notification shows
_NOTICE: Final = 300
#: nobody is ever rung for
NOBODY: Final[Json] = {"parse": []}


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
        return cls(*(max(int(most * part), 12) for most in (limits.TITLE, 200, 3500, 600, 220)))


def laid(message: Message, key: str = "", *, notice: bool = False) -> Json:
    """The body of a message, within every limit. Raises Refused for one that says nothing.

    `key` is hidden in a button or menu; `notice` lets its sentence for notifications stand above it.
    """
    content = _text(message)
    embed = {} if content else _embed(message)
    if not content and not embed:
        raise Refused("There is nothing in the message.")
    said = harmless.trimmed(harmless.line(message.notice), _NOTICE)
    if notice and embed and not harmless.blank(said):
        content = harmless.escaped(said)
    return {
        "content": content,
        "embeds": [embed] if embed else [],
        "components": rows(message, key),
        "allowed_mentions": NOBODY,
    }


def heading(message: Message, most: int) -> str:
    """What a message is called: the name of a post in a forum."""
    several = (message.title, message.notice, message.body, *(item.title for item in message.items))
    said = next((one for one in map(harmless.line, several) if not harmless.blank(one)), "")
    return harmless.trimmed(said, most)


def _text(message: Message) -> str:
    """A message that is a sentence and no more, as plain text; "" for any other one."""
    if message.title or message.url or message.facts or message.items or message.code or message.note:
        return ""
    said = harmless.lines(_COLUMNS.sub(" – ", message.body or message.notice)).strip()
    if harmless.blank(said) or harmless.size(said) + STAMP * len(message.moments) > limits.CONTENT // 2:
        return ""
    return _styled(said, Stamps(message.moments))


def _embed(message: Message) -> Json:
    """The embed of a message; an empty one where nothing in it is seen."""
    for part in _PARTS:
        made = _made(message, _Room.part(part), message.items)
        if _fits(made):
            return made
    made = _made(message, _Room.part(_PARTS[-1]), message.items[:_FEW])
    return made if _fits(made) else {}


def _made(message: Message, room: _Room, items: Sequence[Message]) -> Json:
    title = harmless.line(message.title)
    if harmless.blank(title) and not message.body.strip() and not items:
        title = harmless.line(message.notice)
    url = harmless.link(message.url, limits.URL)
    # a link without a title is its own title
    title = _title(url if harmless.blank(title) else title, room.title)
    stamps = Stamps(message.moments)
    blocks = [
        "\n".join(filter(None, (_line(fact, room.fact, stamps) for fact in message.facts))),
        _lines(message.body, room.body, stamps),
        _code(message.code, room.body),
        *_items(message, room, items),
    ]
    note = message.note
    if stamps.has(note):
        # the footer is only text, and would show them in the channel's zone
        blocks, note = [*blocks, _lines(note, room.note, stamps)], ""
    description = "\n\n".join(block for block in blocks if not harmless.blank(block))
    note = harmless.trimmed(harmless.lines(note).strip().replace("`", ""), room.note)
    made: Json = {"title": title} if title else {}
    made |= {"url": url} if title and url else {}
    made |= {"description": description} if description else {}
    made |= {} if harmless.blank(note) else {"footer": {"text": note}}
    return made


def _title(text: str, most: int) -> str:
    """The title of an embed; few need backslashes, and those that do may become twice as long."""
    made = harmless.heading(harmless.trimmed(text, most))
    return made if harmless.size(made) <= most else harmless.heading(harmless.trimmed(text, most // 2))


def _items(message: Message, room: _Room, items: Sequence[Message]) -> Iterator[str]:
    """Items under the headings of their groups, each with its number."""
    numbers = any(item.title and item.url for item in items)
    for group, members in groupby(enumerate(items, start=message.first), key=lambda item: item[1].group):
        run = [f"**{name}**"] if (name := _line(group, room.item)) else []
        run += [_item(item, room, number if numbers else 0) for number, item in members]
        yield "\n".join(run)


def _item(item: Message, room: _Room, number: int) -> str:
    title, url = harmless.line(item.title), harmless.link(item.url, limits.URL)
    shown = "" if harmless.blank(title) else _line(title, room.item)
    if url:
        shown = f"[{shown or harmless.escaped(harmless.trimmed(url, room.item))}]({url})"
    first = " ".join(filter(None, (f"**{number}.**" if number else "", shown)))
    facts = [fact for one in item.facts if (fact := _line(one, room.item))]
    # its links stand in its text: only what types has a menu
    links = ((action.label, harmless.link(action.url, limits.URL)) for action in item.actions if not action.command)
    facts += [f"[{_line(label, limits.BUTTON) or '…'}]({link})" for label, link in links if link]
    several = (first, " · ".join(facts), _lines(item.body, room.item), _lines(item.note, room.item))
    return "\n".join(filter(None, several)) or "–"


def _line(text: str, most: int, stamps: Stamps | None = None) -> str:
    made = harmless.trimmed(harmless.line(text), most)
    return "" if harmless.blank(made) else _styled(made, stamps)


def _lines(text: str, most: int, stamps: Stamps | None = None) -> str:
    made = harmless.trimmed(_COLUMNS.sub(" – ", harmless.lines(text)).strip("\n"), most)
    return "" if harmless.blank(made) else _styled(made, stamps)


def _code(text: str, most: int) -> str:
    made = harmless.code(harmless.trimmed(harmless.lines(text).strip("\n"), most))
    return "" if harmless.blank(made) else f"```\n{made}\n```"


def _styled(text: str, stamps: Stamps | None = None) -> str:
    """Text as markup that says nothing but itself, with commands of ours as what is to be typed, and `stamps`."""
    shown = stamps.shown if stamps else harmless.escaped
    parts, end = [], 0
    for found in _COMMAND.finditer(text):
        parts += [shown(text[end : found.start()]), f"`{found[1]}`"]
        end = found.end()
    return "".join([*parts, shown(text[end:])])


def _fits(embed: Json) -> bool:
    texts = (embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", ""))
    sizes = [harmless.size(text) for text in texts]
    most = (limits.TITLE, limits.DESCRIPTION, limits.FOOTER)
    return all(size <= one for size, one in zip(sizes, most, strict=True)) and sum(sizes) <= limits.ALL
