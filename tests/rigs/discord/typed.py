"""A command as somebody types it, made what Discord makes of it: "/papers follow query:tokenization when:daily"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from tests.rigs.discord.commands import BOOLEAN, CHANNEL, GROUP, INTEGER, NUMBER, PERSON, ROLE, STRING, SUBCOMMAND
from tests.rigs.discord.wire import Json, size
from tests.rigs.discord.world import Guild

TRUTH: Final = {"true": True, "false": False}


def options(command: Json, text: str, guild: Guild | None, *, focused: bool = False) -> list[Json]:
    """The options of a command from what was typed after its name; with `focused` the last is still being typed.

    Raises LookupError for what Discord's own screen would not send.
    """
    wanted: list[Json] = command.get("options") or []
    if any(one["type"] in (SUBCOMMAND, GROUP) for one in wanted):
        name, _, rest = text.strip().partition(" ")
        found = next((one for one in wanted if one["name"] == name), None)
        if found is None:
            raise LookupError(f"there is no {name!r}; there are {[one['name'] for one in wanted]}")
        inside = options(found, rest, guild, focused=focused)
        return [{"name": name, "type": found["type"], "options": inside}]
    return _values(wanted, text.strip(), guild, focused=focused)


def focus(several: Sequence[Json]) -> Json:
    """The option that is being typed."""
    last = several[-1]
    return focus(last["options"]) if last.get("options") else last


def _values(wanted: list[Json], text: str, guild: Guild | None, *, focused: bool) -> list[Json]:
    names = "|".join(re.escape(one["name"]) for one in wanted)
    found = list(re.finditer(rf"(?:^|(?<=\s))({names}):", text)) if names else []
    if text[: found[0].start() if found else len(text)].strip():
        raise LookupError(f"{text!r} names no option; there are {[one['name'] for one in wanted]}")
    ends = [*(one.start() for one in found[1:]), len(text)]
    # what follows a name belongs to it, up to the next one
    given = {one[1]: text[one.end() : end].strip() for one, end in zip(found, ends, strict=False)}
    made: list[Json] = []
    for name, value in given.items():
        option = next(one for one in wanted if one["name"] == name)
        typing = focused and name == found[-1][1]
        said = {"name": name, "type": option["type"], "value": value if typing else _value(option, value, guild)}
        made.append(said | ({"focused": True} if typing else {}))
    if focused and not made:
        raise LookupError("nothing is being typed")
    missing = [one["name"] for one in wanted if one.get("required") and one["name"] not in given]
    if missing and not focused:
        raise LookupError(f"Discord asks for {', '.join(missing)}")
    return made


def _value(option: Json, text: str, guild: Guild | None) -> Any:
    if choices := option.get("choices"):
        found = next((one for one in choices if text in (one["name"], str(one["value"]))), None)
        if found is None:
            raise LookupError(f"{text!r} is no choice; there are {[one['name'] for one in choices]}")
        return found["value"]
    try:
        return _of_type(option, text, guild)
    except (KeyError, ValueError):
        raise LookupError(f"{option['name']} cannot be {text!r}") from None


def _of_type(option: Json, text: str, guild: Guild | None) -> Any:
    match option["type"]:
        case kind if kind == STRING:
            if not option.get("min_length", 0) <= size(text) <= option.get("max_length", 6000) or not text:
                raise ValueError(text)
            return text
        case kind if kind in (INTEGER, NUMBER):
            number = int(text) if kind == INTEGER else float(text)
            if not option.get("min_value", -(2**53)) <= number <= option.get("max_value", 2**53):
                raise ValueError(text)
            return number
        case kind if kind == BOOLEAN:
            return TRUTH[text.lower()]
        case kind if kind in (PERSON, CHANNEL, ROLE):
            if guild is None:
                raise ValueError(text)
            places: dict[int, dict[str, str]] = {
                PERSON: {one.account.name: one.account.id for one in guild.members.values()},
                CHANNEL: {one.name: one.id for one in guild.channels.values()},
                ROLE: {one.name: one.id for one in guild.roles.values()},
            }
            return places[kind][text.lstrip("@#")]
    raise ValueError(text)
