"""How fast one family of hosts may be asked, by this process and by all that share a database."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from bot.models import Condition, Health
from bot.ports import SourceError, StorageError, Turns

#: seconds after which a turn is over whose process died: longer than any question with its redirects
HOLD = 40.0
#: seconds between two looks at the least
LOOK = 0.05


class Pace:
    """One request at a time, and `gap` seconds from the end of one to the start of the next.

    Hosts that share a limit share a pace. arXiv asks for 3 seconds and one connection for all of its interfaces
    together (https://info.arxiv.org/help/api/tou.html); counted from the end, so that no delay on the way can bring
    two requests closer together.
    """

    def __init__(self, gap: float = 3.0, *, name: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """`name` is what the processes of one deployment know it by; without one it is this process's own."""
        self._gap = gap
        self._name = f"turn/{name}" if name else ""
        self._clock = clock
        self._lock = asyncio.Lock()
        self._free = float("-inf")
        self._rest = 0.0

    @contextlib.asynccontextmanager
    async def turn(self, turns: Turns | None = None) -> AsyncIterator[None]:
        """Wait for a turn, here and among all processes. Raises SourceError when nobody is to ask for a long time."""
        async with self._lock:
            await self._wait()
            taken = await self._take(turns) if turns and self._name else 0.0
            try:
                yield
            finally:
                self._free = self._clock() + self._gap
                if turns and taken:
                    with contextlib.suppress(StorageError):  # else it is over after `HOLD`
                        await turns.end_turn(self._name, taken, max(self._gap, self._rest))
                self._rest = 0.0

    def rest(self, seconds: float) -> None:
        """The host asks to be left alone for so long after this turn."""
        self._rest = seconds

    async def again(self) -> None:
        """Wait for one more request within the same turn: a redirect."""
        self._free = self._clock() + self._gap
        await self._wait()

    async def _wait(self) -> None:
        rest = self._free - self._clock()
        if rest > 0:
            await asyncio.sleep(rest)

    async def _take(self, turns: Turns) -> float:
        """Take a turn among all processes; what it is ended by."""
        while True:
            try:
                ours, moment = await turns.take_turn(self._name, HOLD)
            except StorageError as error:
                raise SourceError(
                    Health(Condition.REFUSED, f"It could not be asked whose turn it is. {error}")
                ) from error
            if ours:
                return moment
            if moment > HOLD + self._gap:
                raise SourceError(Health(Condition.THROTTLED, "The site asked us to come back later.", moment))
            # whoever has it may end it long before it is over; in the pause that follows we look once
            await asyncio.sleep(min(moment, max(self._gap, LOOK)))
