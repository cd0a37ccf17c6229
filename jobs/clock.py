"""The time, as all processes on one database agree on it.

Leases and doubts compare what one machine wrote with what another one reads. Two clocks that differ by more than a
lease lets run would let both post the same message: so where several processes may run, the database's clock is
everybody's, asked now and then and carried on by this machine's uptime, which nobody sets.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from bot.ports import DeliverStore


def uptime() -> float:
    """Seconds since the machine began, its sleep included where the system counts that."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class Agreed:
    """The database's time."""

    def __init__(self) -> None:
        self._ahead = time.time() - uptime()

    def __call__(self) -> datetime:
        """The time."""
        return datetime.fromtimestamp(self._ahead + uptime(), UTC)

    async def ask(self, store: DeliverStore) -> None:
        """Ask the database again. Raises StorageError, and then goes on as before."""
        before = uptime()
        moment = await store.seconds_now()
        # it was that time somewhere in between
        self._ahead = moment - (before + uptime()) / 2
