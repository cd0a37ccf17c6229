"""Buttons whose command is longer than a button may hold: the house remembers it for that person, under a short name.

    follow … 200 characters …   ->   accept 3f2k7qda

The name is made of the command, so that an act that is worked on again offers the same button. Only the person who got
the button can press it: it is on a private answer.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from bot import commands
from bot.messages import refusing
from bot.models import Act, Action, Message, Person
from bot.ports import AnswerStore, CommandError
from jobs.answer.desk import Desk, Reply

#: what a button may hold
LONGEST = 90
#: commands remembered for one person; the oldest goes first
REMEMBERED = 50
#: a longer command is no button at all; a query has 2,000 characters at most
UTMOST = 4000
#: the fact under which they are kept, of `owner`
FACT = "proposals"
_WORD = "accept"


def owner(person: Person) -> str:
    """Whose facts they are."""
    return f"{person.platform}/{person.workspace}/{person.id}"


async def kept(store: AnswerStore, act: Act, replies: list[Reply]) -> list[Reply]:
    """The replies with short names in the place of commands that are too long for a button."""
    long: dict[str, str] = {}
    fitting = [(place, _fitting(message, long) if place.kind == "private" else message) for place, message in replies]
    if long:
        known = await _known(store, act.person)
        newest = {name: command for name, command in known.items() if name not in long} | long
        some = list(newest.items())[-REMEMBERED:]
        await store.remember(owner(act.person), FACT, json.dumps(dict(some)))
    return fitting


async def spelled_out(store: AnswerStore, act: Act) -> Act:
    """The act with the command that a short name stands for; any other as it is."""
    word, _, name = commands.bare(act.text).partition(" ")
    if act.kind != "command" or word.lower() != _WORD:
        return act
    command = (await _known(store, act.person)).get(name.strip().lower())
    return replace(act, text=command) if command else act


async def accept(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`accept NAME` of a name that stands for nothing any more."""
    raise CommandError(refusing.NO_BUTTON)


async def _known(store: AnswerStore, person: Person) -> Mapping[str, str]:
    found = await store.memory(owner(person), FACT)
    return dict(json.loads(found)) if found else {}


def _fitting(message: Message, long: dict[str, str]) -> Message:
    actions = tuple(_short(action, long) for action in message.actions if len(action.command) <= UTMOST)
    items = tuple(_fitting(item, long) for item in message.items)
    return replace(message, actions=actions, items=items)


def _short(action: Action, long: dict[str, str]) -> Action:
    if len(action.command) <= LONGEST or action.ask:
        return action
    digest = hashlib.sha256(action.command.encode()).digest()[:5]
    name = base64.b32encode(digest).decode().lower()
    long[name] = action.command
    return replace(action, command=f"{_WORD} {name}")
