"""Actions as buttons and menus: at most five rows, a menu fills one.

What a button or an option carries is all that is needed to act on it; see `custom_id`.
https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from adapters.platforms.discord import custom_id, harmless, limits
from bot.messages import windows
from bot.models import Action, Message

Json = dict[str, Any]
ROW, BUTTON, MENU = 1, 2, 3
GREY, LINK = 2, 5
#: what a button without a label says
NAMELESS: Final = "…"
#: the one that a message gets which has none, and has to be found again
STATUS: Final = Action(windows.STATUS, "status")


def rows(message: Message, key: str = "") -> list[Json]:
    """The rows of a message, of which one button or menu carries its key."""
    made = _Rows().of(message)
    if key and not _marked(made, key):
        made = _Rows().of(message, STATUS)
        _marked(made, key)
    return made


class _Rows:
    """The rows of one message."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def of(self, message: Message, *more: Action) -> list[Json]:
        """All rows: menus in place of the buttons that items have alike, then what is `more`, and the message's own."""
        several = [*more, *(one for one in message.actions if not one.more)]
        folded = [one for one in message.actions if one.more]
        labels = list(
            dict.fromkeys(action.label for item in message.items for action in item.actions if action.command)
        )
        least = min(len(labels), 1) + bool(folded)
        rows = list(self._rows(several))[: limits.ROWS - least]
        free = limits.ROWS - len(rows) - bool(folded)
        menus = [made for label in labels[:free] if (made := self._menu(label, message))]
        last = self._folded(folded)
        return [*menus, *rows, *([last] if last else [])]

    def _rows(self, actions: Sequence[Action]) -> Iterator[Json]:
        made = [button for one in actions if (button := self._button(one))]
        for start in range(0, len(made), limits.ROW):
            yield {"type": ROW, "components": made[start : start + limits.ROW]}

    def _button(self, action: Action) -> Json | None:
        """One button; None for one that can lead nowhere."""
        made: Json = {"type": BUTTON, "label": _text(action.label, limits.BUTTON)}
        if not action.command:
            url = harmless.link(action.url, limits.BUTTON_URL)
            return made | {"style": LINK, "url": url} if url else None
        name = self._named(action)
        return made | {"style": GREY, "custom_id": name} if name else None

    def _menu(self, label: str, message: Message) -> Json | None:
        """One menu for what can be done with each item: "Save…"."""
        options: list[Json] = [
            {"label": _text(f"{number}. {item.title or label}", limits.OPTION), "value": value}
            for number, item in enumerate(message.items, start=message.first)
            for one in item.actions
            if one.command and one.label == label and (value := custom_id.packed(one.command, one.ask))
        ]
        return self._select(f"{harmless.line(label) or NAMELESS}…", options)

    def _folded(self, actions: Sequence[Action]) -> Json | None:
        """What is seldom wanted."""
        values = [(one, custom_id.packed(one.command, one.ask)) for one in actions if one.command]
        options = [{"label": _text(one.label, limits.OPTION), "value": value} for one, value in values if value]
        return self._select(windows.MORE, options)

    def _select(self, placeholder: str, options: Sequence[Json]) -> Json | None:
        known = {one["value"]: one for one in reversed(options)}  # Discord takes no two alike
        several = [one for one in options if known[one["value"]] is one][: limits.OPTIONS]
        if not several:
            return None
        menu = {"type": MENU, "placeholder": _text(placeholder, limits.PLACEHOLDER), "options": several}
        return {"type": ROW, "components": [menu | {"custom_id": self._named(Action(""))}]}

    # ----------------------------------------------------------------------------------------------- names

    def _named(self, action: Action) -> str:
        """A name that no other one here has; "" where there is no room for one."""
        name, number = custom_id.packed(action.command, action.ask), 1
        while name in self._used:
            number += 1
            name = custom_id.packed(action.command, action.ask, str(number))
        if name:
            self._used.add(name)
        return name


def _marked(rows: Sequence[Json], key: str) -> bool:
    """Put the key into the first of them that has room for it; False where none has."""
    for element in (one for row in rows for one in row["components"] if one.get("custom_id")):
        if name := custom_id.marked(element["custom_id"], key):
            element["custom_id"] = name
            return True
    return False


def key_of(components: object) -> str:
    """The key that the components of a message carry, or ""."""
    rows = components if isinstance(components, list) else []
    names = [one.get("custom_id") or "" for row in rows for one in row.get("components") or ()]
    return next((key for name in names if (key := custom_id.key(name))), "")


def _text(text: str, most: int) -> str:
    made = harmless.line(text)
    return NAMELESS if harmless.blank(made) else harmless.trimmed(made, most)
