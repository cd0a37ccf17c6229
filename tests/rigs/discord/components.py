"""Whether Discord would take these components, of a message or of a form.

https://discord.com/developers/docs/components/reference.
The newer layout of messages (components v2) is not known here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, TypeGuard

from tests.rigs.discord.embeds import of_url
from tests.rigs.discord.wire import Json, Problem, length

ROW, BUTTON, MENU, TEXT, USERS, ROLES, MENTIONABLES, CHANNELS, DISPLAY, LABEL = 1, 2, 3, 4, 5, 6, 7, 8, 10, 18
MENUS: Final = (MENU, USERS, ROLES, MENTIONABLES, CHANNELS)
LINK: Final = 5
#: something that is drawn: no emoji is made of letters and digits alone
DRAWN: Final = re.compile(r"[^\x00-\x7f]")


def of_message(components: Any) -> list[Problem]:
    """What is wrong with the components of a message."""
    if not _listed(components):
        return [_bad("components", "Only lists of components are accepted.")]
    found = [_bad("components", "Must be 5 or fewer in length.")] if len(components) > 5 else []
    for number, row in enumerate(components):
        found += [one.inside(f"components.{number}") for one in _of_row(row)]
    return found + _duplicates(components)


def of_modal(said: Json) -> list[Problem]:
    """What is wrong with a form."""
    components = said.get("components")
    if not _listed(components) or not components:
        return [_bad("components", "Must be between 1 and 5 in length.")]
    found = length("title", said.get("title") or "", 45, 1) + length("custom_id", said.get("custom_id") or "", 100, 1)
    if len(components) > 5:
        found.append(_bad("components", "Must be between 1 and 5 in length."))
    for number, one in enumerate(components):
        inside: list[Problem] = []
        if one.get("type") == LABEL:
            inside = length("label", one.get("label") or "", 45, 1) + length("description", one.get("description"), 100)
            inside += [each.inside("component") for each in _of_field(one.get("component") or {}, labelled=True)]
        elif one.get("type") == ROW and _listed(one.get("components")) and len(one["components"]) == 1:
            inside = [each.inside("components.0") for each in _of_field(one["components"][0], labelled=False)]
        elif one.get("type") != DISPLAY:
            inside = [_bad("type", "A form holds rows of one text input, labels and texts.")]
        found += [each.inside(f"components.{number}") for each in inside]
    return found + _duplicates(components)


def elements(components: list[Json]) -> Iterator[Json]:
    """Every button, menu and field, in order."""
    for one in components:
        if one.get("type") == LABEL:
            yield one.get("component") or {}
        elif one.get("type") == ROW:
            yield from one["components"]


def drawn(emoji: Any) -> bool:
    """True for an emoji: a character, or one of a server's own, by name and id."""
    if not isinstance(emoji, dict):
        return False
    return bool(emoji.get("id")) or bool(DRAWN.search(emoji.get("name") or ""))


def _of_row(row: Json) -> list[Problem]:
    if row.get("type") != ROW:
        return [Problem("type", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')]
    inside = row.get("components")
    if not _listed(inside) or not 1 <= len(inside) <= 5:
        return [_bad("components", "Must be between 1 and 5 in length.")]
    if len(inside) > 1 and any(one.get("type") != BUTTON for one in inside):
        return [Problem("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A menu fills its row.")]
    found: list[Problem] = []
    for number, one in enumerate(inside):
        if one.get("type") == BUTTON:
            problems = _of_button(one)
        elif one.get("type") in MENUS:
            problems = _of_menu(one)
        else:
            problems = [Problem("type", "UNION_TYPE_CHOICES", "A row holds buttons or a menu.")]
        found += [each.inside(f"components.{number}") for each in problems]
    return found


def _of_button(said: Json) -> list[Problem]:
    found = length("label", said.get("label"), 80)
    if not said.get("label") and not said.get("emoji"):
        found.append(Problem("label", "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji."))
    if said.get("emoji") and not drawn(said["emoji"]):
        found.append(Problem("emoji.name", "COMPONENT_INVALID_EMOJI", "Invalid emoji"))
    if said.get("style") == LINK:
        found += of_url("url", said.get("url") or "", longest=512)
        if said.get("custom_id"):
            found.append(Problem("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A link has none."))
        return found
    if said.get("style") not in (1, 2, 3, 4):
        found.append(Problem("style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6)."))
    if said.get("url"):
        found.append(Problem("url", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "Only a link has one."))
    return found + length("custom_id", said.get("custom_id") or "", 100, 1)


def _of_menu(said: Json) -> list[Problem]:
    found = length("custom_id", said.get("custom_id") or "", 100, 1)
    found += length("placeholder", said.get("placeholder"), 150)
    options = said.get("options") or []
    least, most = said.get("min_values", 1), said.get("max_values", 1)
    if said.get("type") == MENU:
        if not 1 <= len(options) <= 25:
            found.append(_bad("options", "Must be between 1 and 25 in length."))
        values = Counter(one.get("value") for one in options)
        for number, one in enumerate(options):
            inside = length("label", one.get("label") or "", 100, 1) + length("value", one.get("value") or "", 100, 1)
            inside += length("description", one.get("description"), 100)
            if one.get("emoji") and not drawn(one["emoji"]):
                inside.append(Problem("emoji.name", "COMPONENT_INVALID_EMOJI", "Invalid emoji"))
            if values[one.get("value")] > 1:
                inside.append(
                    Problem("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The value is already used.")
                )
            found += [each.inside(f"options.{number}") for each in inside]
        if most is not None and most > len(options):
            found.append(Problem("max_values", "BASE_TYPE_MAX", "There are not so many options."))
    if least is not None and most is not None and not 0 <= least <= most <= 25:
        found.append(Problem("min_values", "BASE_TYPE_MIN", "Must be at most max_values."))
    return found


def _of_field(said: Json, *, labelled: bool) -> list[Problem]:
    if said.get("type") in MENUS and labelled:
        return _of_menu(said)
    if said.get("type") != TEXT:
        return [Problem("type", "UNION_TYPE_CHOICES", "A form asks for text, or lets choose under a label.")]
    found = length("custom_id", said.get("custom_id") or "", 100, 1) + length(
        "placeholder", said.get("placeholder"), 100
    )
    if not labelled:
        found += length("label", said.get("label") or "", 45, 1)
    if said.get("style") not in (1, 2):
        found.append(Problem("style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2)."))
    least, most = said.get("min_length") or 0, said.get("max_length") or 4000
    if not 0 <= least <= most <= 4000:
        found.append(Problem("max_length", "BASE_TYPE_MAX", "Must be between min_length and 4000."))
    return found + length("value", said.get("value"), most)


def _duplicates(components: list[Json]) -> list[Problem]:
    names = Counter(one.get("custom_id") for one in elements(components) if isinstance(one, dict))
    again = [name for name, times in names.items() if name and times > 1]
    return [Problem("components", "COMPONENT_CUSTOM_ID_DUPLICATED", f"Used more than once: {name}") for name in again]


def _listed(said: Any) -> TypeGuard[list[Json]]:
    return isinstance(said, list) and all(isinstance(one, dict) for one in said)


def _bad(where: str, message: str) -> Problem:
    return Problem(where, "BASE_TYPE_BAD_LENGTH", message)
