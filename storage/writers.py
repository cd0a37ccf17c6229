"""Who writes next: one at a time, and whoever a platform waits for goes first."""

from __future__ import annotations

import asyncio
from collections import deque


class Writers:
    """A lock with two rows: who is in a hurry, and everybody else, each first come first served."""

    def __init__(self) -> None:
        self._taken = False
        self._hurried: deque[asyncio.Future[None]] = deque()
        self._patient: deque[asyncio.Future[None]] = deque()

    async def take(self, *, hurried: bool = False) -> None:
        """Wait for it."""
        if not self._taken:
            self._taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        (self._hurried if hurried else self._patient).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was given in the same moment
                self.give_back()
            raise

    def give_back(self) -> None:
        """The next one's turn."""
        for row in (self._hurried, self._patient):
            while row:
                turn = row.popleft()
                if not turn.done():  # else it was given up
                    turn.set_result(None)
                    return
        self._taken = False
