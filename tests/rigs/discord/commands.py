"""The app's commands as Discord keeps them, and whether it would take them.

https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bot.ports import Clock
from tests.rigs.discord.wire import Json, Problem, Refusal, length, malformed, size

CHAT, USER, MESSAGE = 1, 2, 3
#: how many of each kind an app may have in one place
MOST: Final = {CHAT: 100, USER: 15, MESSAGE: 15}
MOST_A_DAY: Final = 200
LARGEST: Final = 8000
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, PERSON, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(1, 12)
NAME: Final = re.compile(r"[-_'\w]{1,32}")


class Commands:
    """What is registered: everywhere, and in single servers."""

    def __init__(self, app: str, number: Callable[[], str], clock: Clock) -> None:
        self._app, self._number, self._clock = app, number, clock
        #: "" for everywhere, or a server's id -> its commands
        self.kept: dict[str, list[Json]] = {"": []}
        #: how often a whole set was written
        self.written = 0
        self._made: list[datetime] = []

    def write(self, several: Any, guild: str = "") -> list[Json]:
        """These and no others are registered there. Raises Refusal."""
        if not isinstance(several, list):
            raise malformed([Problem("", "BASE_TYPE_BAD_TYPE", "Only lists are accepted.")])
        if found := [each.inside(number) for number, one in enumerate(several) for each in problems(one)]:
            raise malformed(found)
        names = Counter((one.get("type") or CHAT, one["name"]) for one in several)
        if again := [name for name, times in names.items() if times > 1]:
            raise malformed([Problem("", "APPLICATION_COMMANDS_DUPLICATE_NAME", f"Used more than once: {again}")])
        kinds = Counter(kind for kind, _ in names)
        if any(kinds[kind] > most for kind, most in MOST.items()):
            raise Refusal(30032)
        old = {(one["type"], one["name"]): one for one in self.kept.get(guild, ())}
        since = self._clock() - timedelta(days=1)
        self._made = [one for one in self._made if one > since]
        self._made += [self._clock()] * sum(name not in old for name in names)
        if len(self._made) > MOST_A_DAY:
            raise Refusal(30034)
        self.kept[guild] = [self._keep(one, old.get((one.get("type") or CHAT, one["name"])), guild) for one in several]
        self.written += 1
        return self.kept[guild]

    def find(self, name: str, guild: str, kind: int = CHAT) -> Json:
        """What people find under that name in a server, or in direct messages (""). Raises LookupError."""
        for place in dict.fromkeys((guild, "")):
            for one in self.kept.get(place, ()):
                if (one["name"], one["type"]) == (name, kind) and (guild or one["dm_permission"]):
                    return one
        there = sorted(one["name"] for place in {guild, ""} for one in self.kept.get(place, ()))
        raise LookupError(f"there is no {name!r}; there are {there}")

    def _keep(self, one: Json, old: Json | None, guild: str) -> Json:
        contexts = one.get("contexts")
        kept = {
            "type": CHAT,
            "description": "",
            "options": [],
            "nsfw": False,
            "integration_types": [0],
            **{name: value for name, value in one.items() if value is not None},
            "id": old["id"] if old else self._number(),
            "application_id": self._app,
            "version": self._number(),
            "contexts": contexts,
            "dm_permission": 1 in contexts if contexts is not None else one.get("dm_permission") is not False,
        }
        needs = one.get("default_member_permissions")
        kept["default_member_permissions"] = None if needs is None else str(needs)
        return kept | ({"guild_id": guild} if guild else {})


def problems(one: Any) -> list[Problem]:
    """What is wrong with one command."""
    if not isinstance(one, dict):
        return [Problem("", "BASE_TYPE_BAD_TYPE", "Only commands are accepted.")]
    kind = one.get("type") or CHAT
    if kind != CHAT:
        found = length("name", one.get("name") or "", 32, 1)
        if one.get("description") or one.get("options"):
            found.append(Problem("description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "It has none."))
        return found
    found = _named(one) + _options(one.get("options") or [], (SUBCOMMAND, GROUP))
    if weight(one) > LARGEST:
        found.append(
            Problem("", "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({LARGEST}): {weight(one)}")
        )
    return found


def weight(one: Json) -> int:
    """What counts of a command, its options and choices: names, descriptions and values; the longest translation."""
    total = 0
    for name in ("name", "description", "value"):
        texts = [str(one[name])] if name in one else []
        texts += (one.get(f"{name}_localizations") or {}).values()
        total += max((size(text) for text in texts), default=0)
    return total + sum(weight(each) for name in ("options", "choices") for each in one.get(name) or ())


def _named(one: Json) -> list[Problem]:
    name = one.get("name") or ""
    found = length("description", one.get("description") or "", 100, 1)
    if not NAME.fullmatch(name) or name != name.lower():
        found.append(Problem("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"))
    return found


def _options(several: list[Json], nested: tuple[int, ...]) -> list[Problem]:
    found = [] if len(several) <= 25 else [Problem("options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")]
    kinds = [one.get("type") for one in several]
    if any(kind in (SUBCOMMAND, GROUP) for kind in kinds) and any(kind not in (SUBCOMMAND, GROUP) for kind in kinds):
        found.append(Problem("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Either subcommands or options."))
    if len({one.get("name") for one in several}) < len(several):
        found.append(Problem("options", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique"))
    wanted = [bool(one.get("required")) for one in several]
    if sorted(wanted, reverse=True) != wanted:
        found.append(
            Problem("options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed first")
        )
    for number, one in enumerate(several):
        inside = _named(one)
        if one.get("type") in (SUBCOMMAND, GROUP):
            if one["type"] not in nested:
                inside.append(Problem("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "It cannot stand there."))
            inside += _options(one.get("options") or [], (SUBCOMMAND,) if one["type"] == GROUP else ())
        else:
            inside += _value(one)
        found += [each.inside(f"options.{number}") for each in inside]
    return found


def _value(one: Json) -> list[Problem]:
    choices = one.get("choices") or []
    found: list[Problem] = []
    if one.get("type") not in range(STRING, FILE + 1):
        found.append(Problem("type", "BASE_TYPE_CHOICES", "There is no such type of option."))
    if choices and one.get("autocomplete"):
        found.append(
            Problem("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Either proposals or choices.")
        )
    if len(choices) > 25:
        found.append(Problem("choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."))
    for number, choice in enumerate(choices):
        found += length(f"choices.{number}.name", choice.get("name") or "", 100, 1)
        if one.get("type") == STRING:
            found += length(f"choices.{number}.value", choice.get("value"), 100)
    return found
