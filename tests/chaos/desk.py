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
#: seconds that an answer may take
PATIENCE: Final = 30.0
Shown = dict[Expected, Kept]


async def read(server: NeutralServer, asked: Sequence[Expected]) -> Shown:
    """What `status` answers in each of the channels. Raises TimeoutError."""
    mark = len(server.books)
    for one in asked:
        server.people.types(one.channel, one.person, "status")
    until = time.monotonic() + PATIENCE
    while True:
        came = {(kept.workspace, kept.channel): kept for kept in server.books[mark:] if kept.kind == "private"}
        if len(came) == len(asked):
            return {one: came[one.channel.workspace, one.channel.id] for one in asked}
        if time.monotonic() > until:
            raise TimeoutError(f"`status` was answered in {len(came)} of {len(asked)} channels.")
        await asyncio.sleep(0.1)


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
