"""A button that asks first: its form, and the command that the answers fill.

What is asked travels in the button and in the form itself: any process can open it and take it back.
https://docs.slack.dev/surfaces/modals/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from adapters.platforms.slack import harmless, limits, typed
from bot.forms import FIELD
from bot.messages import windows
from bot.models import Action, Ask
from bot.ports import Packed

Json = dict[str, Any]
#: what our forms are called when they come back, and our other windows
FORM: Final = "form"
WINDOW: Final = "window"
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Origin(Packed):
    """Where a window was opened from: it travels in the window and comes back with it."""

    channel: str = ""
    #: the channel's name, and the message and the thread it was opened from
    name: str = ""
    message: str = ""
    thread: str = ""
    #: an address for answers
    url: str = field(default="", repr=False)
    #: opened from the person's home
    home: bool = False
    #: of a form: the command that it fills
    command: str = ""
    #: of a home: the command that it shows
    shows: str = ""


def packed(action: Action) -> str:
    """All that opens the form of an action, as a button carries it.

    What stands in a field is left out where it is asked for when the form opens.
    """
    asks = [_brief(replace(one, value="") if one.current else one) for one in action.ask]
    said = {"label": action.label, "command": action.command, "ask": asks}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def unpacked(value: str) -> Action:
    """The action that a button carries."""
    said = json.loads(value)
    asks = tuple(Ask(**(one | {"choices": tuple(one.get("choices", ()))})) for one in said["ask"])
    return Action(said["label"], said["command"], ask=asks)


def view(action: Action, origin: Origin, command: str = "/papers") -> Json:
    """The form of an action; `command` is what people type in this workspace."""
    label = harmless.line(action.label) or windows.FORM
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": origin.packed(),
        "title": _plain(label, limits.TITLE),
        "submit": _plain(label, limits.TITLE),
        "close": _plain(windows.CANCEL, limits.TITLE),
        "blocks": [_input(ask, command) for ask in action.ask],
    }


def answers(values: Mapping[str, Mapping[str, Json]]) -> dict[str, str]:
    """What somebody filled in, by the names of the fields."""
    return {name: _answer(state) for fields in values.values() for name, state in fields.items()}


def asked(command: str, name: str, words: str) -> str:
    """What the house is asked when somebody types into one field of a command."""
    before = FIELD.sub("", command.partition(f"{{{name}}}")[0])
    return " ".join((*before.split(), words))


def proposals(several: list[tuple[str, str]]) -> Json:
    """What a menu proposes: (what is typed, what is shown)."""
    fitting = [(value, shown) for value, shown in several if 0 < harmless.size(value) <= limits.OPTION_VALUE]
    return {"options": [_option(shown or value, value) for value, shown in fitting[: limits.OPTIONS]]}


def _input(ask: Ask, command: str) -> Json:
    hint = harmless.line(typed.here(ask.hint, command).replace("`", ""))
    return {
        "type": "input",
        "block_id": ask.name,
        "optional": ask.optional,
        "label": _plain(harmless.line(ask.label) or ask.name, limits.LABEL),
        "element": {"action_id": ask.name} | _element(ask),
    } | ({"hint": _plain(hint, limits.LABEL)} if hint else {})


def _element(ask: Ask) -> Json:
    match ask.kind:
        case "choice":
            options = [_option(one, one) for one in ask.choices if harmless.line(one)][: limits.OPTIONS]
            chosen = next((one for one in options if one["value"] == ask.value), None)
            return {"type": "static_select", "options": options} | ({"initial_option": chosen} if chosen else {})
        case "time":
            return {"type": "timepicker"} | ({"initial_time": ask.value} if _TIME.fullmatch(ask.value) else {})
        case "completion":
            chosen = _option(ask.value, ask.value) if ask.value else None
            menu = {"type": "external_select", "min_query_length": 0}
            return menu | ({"initial_option": chosen} if chosen else {})
        case _:
            value = harmless.trimmed(harmless.line(ask.value), limits.FIELD)
            return {"type": "plain_text_input"} | ({"initial_value": value} if value else {})


def _answer(state: Json) -> str:
    """What somebody filled in; "" for nothing."""
    option = state.get("selected_option")
    if isinstance(option, dict):
        return str(option.get("value", ""))
    return str(state.get("selected_time") or state.get("value") or "").strip()


def _option(shown: str, typed: str) -> Json:
    return {"text": _plain(harmless.line(shown) or typed, limits.OPTION), "value": typed[: limits.OPTION_VALUE]}


def _brief(ask: Ask) -> Json:
    """A field without what is as usual."""
    usual = asdict(Ask("", ""))
    return {name: value for name, value in asdict(ask).items() if value != usual[name] or name in ("name", "label")}


def _plain(text: str, most: int) -> Json:
    return {"type": "plain_text", "text": harmless.trimmed(text, most), "emoji": False}
