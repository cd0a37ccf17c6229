"""Who delivers, woken platform by platform: whoever waits for one waits for no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from jobs.deliver import Deliver
from jobs.queue import Woken


class Delivering:
    """A `Woken` for each platform."""

    def __init__(self, deliver: Deliver, platforms: Iterable[str]) -> None:
        self._woken = {name: Woken(partial(deliver.on, name), partial(deliver.nudge, name)) for name in platforms}

    def wake(self) -> None:
        """There may be something to post, anywhere; may be called as often as one likes."""
        for woken in self._woken.values():
            woken.wake()

    async def idle(self, platform: str = "") -> None:
        """Wait until nothing is being posted, on one platform or on all."""
        await asyncio.gather(*(woken.idle() for name, woken in self._woken.items() if platform in ("", name)))

    async def run(self) -> None:
        """Post on each platform whenever it is woken, for ever."""
        await asyncio.gather(*(woken.run() for woken in self._woken.values()))
