"""Somebody types `status` in every channel and presses every *Send it again*."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from tests.chaos.morning import Expected
from tests.rigs.neutral import Kept, NeutralServer

#: how `status` says what it says of a delivery
UNKNOWN: Final = "perhaps posted, perhaps not"
ASIDE: Final = "set aside"
#: so many people type at the same time; who gets no answer in so many seconds types again, so many times
AT_ONCE: Final = 25
PATIENCE: Final = 10.0
TIMES: Final = 3
Shown = dict[Expected, Kept]


async def read(server: NeutralServer, asked: Sequence[Expected]) -> Shown:
    """What `status` answers in each of the channels. Raises TimeoutError."""
    shown: Shown = {}
    for begin in range(0, len(asked), AT_ONCE):
        some = asked[begin : begin + AT_ONCE]
        for _ in range(TIMES):
            shown |= await _answers(server, [one for one in some if one not in shown])
        if unanswered := [one.channel.id for one in some if one not in shown]:
            raise TimeoutError(f"`status` is not answered in {', '.join(unanswered)}.")
    return shown


async def _answers(server: NeutralServer, asked: Sequence[Expected]) -> Shown:
    """The answers that come in time."""
    mark, until = len(server.books), time.monotonic() + PATIENCE
    for one in asked:
        server.people.types(one.channel, one.person, "status")
    while True:
        came = {(kept.workspace, kept.channel): kept for kept in server.books[mark:] if kept.kind == "private"}
        shown = {one: came[place] for one in asked if (place := (one.channel.workspace, one.channel.id)) in came}
        if len(shown) == len(asked) or time.monotonic() > until:
            return shown
        await asyncio.sleep(0.05)


def said(shown: Shown, words: str) -> int:
    """How many deliveries it says that of."""
    return sum(kept.message.body.count(words) for kept in shown.values())


def press(server: NeutralServer, shown: Shown) -> int:
    """Press every button that sends something again; how many."""
    pressed = 0
    for one, kept in shown.items():
        for action in kept.message.actions:
            if action.command.startswith("again "):
                server.people.presses(one.channel, one.person, kept.id, action)
                pressed += 1
    return pressed
