"""How fast one family of hosts may be asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Pace:
    """One request at a time, and `gap` seconds from the end of one to the start of the next.

    Hosts that share a limit share a pace. arXiv asks for 3 seconds and one connection for all of its interfaces
    together (https://info.arxiv.org/help/api/tou.html); counted from the end, so that no delay on the way can bring
    two requests closer together.
    """

    def __init__(self, gap: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = gap
        self._clock = clock
        self._lock = asyncio.Lock()
        self._free = float("-inf")

    async def __aenter__(self) -> Self:
        await self._lock.acquire()
        try:
            await self._wait()
        except BaseException:
            self._lock.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free = self._clock() + self._gap
        self._lock.release()

    async def again(self) -> None:
        """Wait for one more request within the same turn: a redirect."""
        self._free = self._clock() + self._gap
        await self._wait()

    async def _wait(self) -> None:
        rest = self._free - self._clock()
        if rest > 0:
            await asyncio.sleep(rest)
