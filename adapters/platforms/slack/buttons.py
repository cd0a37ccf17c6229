"""Actions as buttons and menus. A button's value is the command it types, a form's is all that opens it.

Elements are told apart by what their `action_id` begins with: `type`, `ask`, `link`, `choose`.
https://docs.slack.dev/reference/block-kit/block-elements/button-element
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

from adapters.platforms.slack import forms, harmless, limits
from bot.models import Action, Message

Json = dict[str, Any]
TYPE: Final = "type"
ASK: Final = "ask"
LINK: Final = "link"
CHOOSE: Final = "choose"
#: what a button without a label says
NAMELESS: Final = "…"


class Buttons:
    """The buttons of one message; `typing` False leaves out those that type."""

    def __init__(self, *, typing: bool = True) -> None:
        self._typing = typing
        self._names = count(1)

    def rows(self, actions: Sequence[Action], *, about: str = "") -> Iterator[Json]:
        """Rows of buttons; what is seldom wanted is folded into a menu. `about` is the paper that they act on."""
        several = [one for one in actions if not one.more]
        folded = [one for one in actions if one.more]
        made = [button for one in several if (button := self._button(one, about))]
        options = [one for one in folded if self._foldable(one)][: limits.OVERFLOW]
        made += [button for one in folded if one not in options and (button := self._button(one, about))]
        made = made[: limits.ELEMENTS - bool(options)]
        if options:
            menu = {"type": "overflow", "action_id": self._name(CHOOSE), "options": [_option(one) for one in options]}
            made.append(menu)
        if made:
            yield {"type": "actions", "elements": made}

    def menu(self, items: Sequence[Message], *, first: int = 1) -> Json | None:
        """One menu in place of the one button that every item has; None where items have none or several."""
        labels = {one.label for item in items for one in item.actions}
        if not self._typing or len(items) < 2 or len(labels) != 1:
            return None
        # as they are read above; see `layout`
        numbered = any(item.title and item.url for item in items)
        options = [
            {"text": _text(_listed(number if numbered else 0, item), limits.OPTION), "value": item.actions[0].command}
            for number, item in enumerate(items, start=first)
            if len(item.actions) == 1 and self._foldable(item.actions[0]) and not item.actions[0].url
        ]
        if not options or any(len(item.actions) > 1 for item in items):
            return None
        placeholder = _text(f"{harmless.line(labels.pop()) or NAMELESS}…", limits.PLACEHOLDER)
        select = {
            "type": "static_select",
            "action_id": self._name(CHOOSE),
            "placeholder": placeholder,
            "options": options[: limits.OPTIONS],
        }
        return {"type": "actions", "elements": [select]}

    def _button(self, action: Action, about: str) -> Json | None:
        """One button; None for one that can lead nowhere."""
        label = harmless.line(action.label) or NAMELESS
        made: Json = {"type": "button", "text": _text(label, limits.BUTTON)}
        if name := harmless.line(about):
            made["accessibility_label"] = harmless.trimmed(f"{label}: {name}", limits.ACCESSIBLE)
        if action.command and self._typing:
            value = forms.packed(action) if action.ask else action.command
            if harmless.size(value) > limits.VALUE:
                return None
            return made | {"action_id": self._name(ASK if action.ask else TYPE), "value": value}
        url = "" if action.command else harmless.link(action.url, limits.URL)
        return made | {"action_id": self._name(LINK), "url": url} if url else None

    def _foldable(self, action: Action) -> bool:
        if action.command:
            return self._typing and not action.ask and harmless.size(action.command) <= limits.OPTION_VALUE
        return bool(harmless.link(action.url, limits.URL))

    def _name(self, kind: str) -> str:
        return f"{kind}:{next(self._names)}"


def _listed(number: int, item: Message) -> str:
    title = harmless.line(item.title)
    return f"{number}. {title}" if number else title or NAMELESS


def _option(action: Action) -> Json:
    made: Json = {"text": _text(harmless.line(action.label) or NAMELESS, limits.OPTION)}
    if action.command:
        return made | {"value": action.command}
    return made | {"value": LINK, "url": harmless.link(action.url, limits.URL)}


def _text(text: str, most: int) -> Json:
    return {"type": "plain_text", "text": harmless.trimmed(text, most), "emoji": False}
