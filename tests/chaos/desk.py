"""Somebody types `status` in every channel and presses every *Send it again*."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from tests.chaos.morning import Expected
from tests.chaos.scenes import Answered, Scene

#: how `status` says what it says of a delivery
UNKNOWN: Final = "perhaps posted, perhaps not"
ASIDE: Final = "set aside"
#: so many people type at the same time; who gets no answer in so many seconds types again, so many times
AT_ONCE: Final = 25
PATIENCE: Final = 10.0
TIMES: Final = 3
Shown = dict[Expected, Answered]


async def read(scene: Scene, asked: Sequence[Expected]) -> Shown:
    """What `status` answers in each of the channels. Raises TimeoutError."""
    shown: Shown = {}
    for begin in range(0, len(asked), AT_ONCE):
        some = asked[begin : begin + AT_ONCE]
        for _ in range(TIMES):
            shown |= await _answers(scene, [one for one in some if one not in shown])
        if unanswered := [one.channel.id for one in some if one not in shown]:
            raise TimeoutError(f"`status` is not answered in {', '.join(unanswered)}.")
    return shown


async def _answers(scene: Scene, asked: Sequence[Expected]) -> Shown:
    """The answers that come in time."""
    mark, until = scene.mark(), time.monotonic() + PATIENCE
    for one in asked:
        scene.types(one.channel, one.person, "status")
    while True:
        came = scene.answers(mark)
        shown = {one: came[place] for one in asked if (place := (one.channel.workspace, one.channel.id)) in came}
        if len(shown) == len(asked) or time.monotonic() > until:
            return shown
        await asyncio.sleep(0.05)


def said(shown: Shown, words: str) -> int:
    """How many deliveries it says that of."""
    return sum(answered.text.count(words) for answered in shown.values())


def press(shown: Shown) -> int:
    """Press every button that sends something again; how many."""
    buttons = [button for answered in shown.values() for button in answered.again]
    for press_it in buttons:
        press_it()
    return len(buttons)
