"""Finding an interactive element by what is read on it, and filling it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.rigs.slack.blocks import TEXTS, size
from tests.rigs.slack.mrkdwn import text_of
from tests.rigs.slack.views import elements, untouched
from tests.rigs.slack.wire import Json

MOST_PROPOSED = 100


def find(
    blocks: list[Json],
    label: str,
    *,
    kinds: Sequence[str] = (),
    without: Sequence[str] = (),
    number: int = 1,
) -> tuple[Json, Json]:
    """The block and element of that label, name for screen readers, placeholder or action id.

    Raises LookupError, which names what there is.
    """
    several = [
        (block, one)
        for block, one in elements(blocks)
        if (not kinds or one["type"] in kinds) and one["type"] not in without
    ]
    found = [(block, one) for block, one in several if label in names(block, one)]
    if len(found) < number:
        there = sorted({name for block, one in several for name in names(block, one)})
        raise LookupError(f"there is no {label!r} number {number}; there are {there}")
    return found[number - 1]


def names(block: Json, element: Json) -> set[str]:
    """Everything by which people could know an element."""
    own = [text_of(element.get("text")), element.get("accessibility_label", ""), text_of(element.get("placeholder"))]
    own += [text_of(block.get("label")), element["action_id"]]
    if block.get("accessory") is element and block.get("text"):
        own.append(text_of(block["text"]))
    return {name for name in own if name}


def filled(element: Json, chosen: Sequence[str], proposed: Mapping[str, Json]) -> Json:
    """The state of a field when that was chosen or typed. Raises LookupError for an option that there is not."""
    state = untouched(element)
    name = next((name for name in state if name != "type"), "selected_option")
    kind = element["type"]
    if name == "selected_options":
        return state | {name: [_option(element, one, proposed) for one in chosen]}
    if kind == "overflow" or name == "selected_option":
        option = _option(element, chosen[0], proposed) if chosen and chosen[0] else None
        return {"type": kind, "selected_option": option}
    if kind.startswith("multi_"):
        return state | {name: list(chosen)}
    return state | {name: chosen[0] or None}


def missing(blocks: list[Json], state: Mapping[str, Mapping[str, Json]]) -> list[str]:
    """Labels of the fields that Slack does not let somebody leave as they are."""
    lacking: list[str] = []
    for block, element in elements(blocks):
        if block["type"] != "input":
            continue
        has = state.get(block["block_id"], {}).get(element["action_id"], {})
        value = next((value for name, value in has.items() if name != "type"), None)
        short = isinstance(value, str) and len(value) < element.get("min_length", 0)
        long = isinstance(value, str) and len(value) > element.get("max_length", 3000)
        if (not value and not block.get("optional")) or (value and (short or long)):
            lacking.append(text_of(block["label"]))
    return lacking


def proposed(answer: Json) -> tuple[list[Json], list[str]]:
    """The options of an answer to somebody who types into a menu, and what is wrong with them."""
    options: list[Json] = list(answer.get("options") or ())
    for group in answer.get("option_groups") or ():
        options += group["options"]
    problems = [f"more than {MOST_PROPOSED} options were proposed"] if len(options) > MOST_PROPOSED else []
    longest = TEXTS["option"]["text"][0]
    for one in options:
        text, value = one.get("text", {}), one.get("value", "")
        well = text.get("type") == "plain_text" and 0 < size(text.get("text", "")) <= longest and 0 < size(value) <= 150
        problems += [] if well else [f"Slack would not show this option: {one}"]
    return options, problems


def _option(element: Json, chosen: str, proposed: Mapping[str, Json]) -> Any:
    offered = [
        *element.get("options", ()),
        *(one for group in element.get("option_groups", ()) for one in group["options"]),
    ]
    if "external" in element["type"]:
        offered = list(proposed.values())
    found = next((one for one in offered if chosen in (text_of(one["text"]), one["value"])), None)
    if found is None:
        raise LookupError(f"there is no {chosen!r}; there are {[text_of(one['text']) for one in offered]}")
    return found
