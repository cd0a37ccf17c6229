"""Turns: who may post now, so that a platform's limits are kept and never learned by a refusal.

A bucket that processes share is a row, and its sends are taken ten at a time; answers to people go before leads, leads
before threads. A bucket of one channel, where one worker posts at a time, is kept in memory.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Sequence
from itertools import count

from bot import pace
from bot.ports import Clock, DeliverStore, Limit, Rank, StorageError

#: sends taken from a shared bucket at a time
AT_ONCE = 10
#: or as many as go in so many seconds: an answer to a person waits no longer for what was taken before it
AHEAD = 0.2
#: the finest step of waiting, seconds: turns that come due meanwhile are given together
STEP = 0.005
#: so many buckets in memory are looked through for those that are full again
MANY = 10_000


class Buckets:
    """Gives turns: `bot.ports.Pace`."""

    def __init__(self, store: DeliverStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._shared: dict[str, _Shared] = {}
        self._own: dict[str, float] = {}

    async def turn(self, limits: Sequence[Limit], rank: Rank) -> None:
        """Wait until a post may go that takes from all of these buckets.

        The narrowest comes first, so that no send of a wide bucket is taken by who waits for a narrow one. When the
        database cannot say, the turn is given: the platform's own refusal is obeyed then.
        """
        for limit in sorted(limits, key=lambda limit: limit.rate):
            if not limit.shared:
                await self._own_turn(limit)
                continue
            bucket = self._shared.setdefault(limit.name, _Shared(self._store, self._clock))
            await bucket.turn(limit, rank)

    async def close(self, name: str, seconds: float) -> None:
        """The platform says that nothing may be taken from that bucket for so long."""
        until = self._clock().timestamp() + seconds
        if name in self._own:
            self._own[name] = max(self._own[name], until)
            return
        if name in self._shared:
            self._shared[name].close(until)
        await self._store.close_bucket(name, until)

    async def _own_turn(self, limit: Limit) -> None:
        now = self._clock().timestamp()
        if len(self._own) > MANY:
            self._own = {name: free for name, free in self._own.items() if free > now}
        first, self._own[limit.name] = pace.taken(self._own.get(limit.name, 0.0), 1, limit, now)
        if first > now:
            await asyncio.sleep(first - now)


class _Shared:
    """One bucket that processes share, and who waits for it here."""

    def __init__(self, store: DeliverStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._order = count()
        self._waiting: list[tuple[Rank, int, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._closed = 0.0
        #: moments of sends that were taken and not yet used, soonest last
        self._taken: list[float] = []
        #: when the next turn is free by what was given here: after a standstill they are not given all at once
        self._free = 0.0

    async def turn(self, limit: Limit, rank: Rank) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        if self._task is None:
            self._task = asyncio.create_task(self._run(limit))
        await turn

    def close(self, until: float) -> None:
        """Sends that were taken for a moment before then are lost."""
        self._closed = until
        self._taken.clear()

    async def _run(self, limit: Limit) -> None:
        try:
            while self._waiting:
                if not self._taken:
                    await self._take(limit)
                now = self._clock().timestamp()
                first, free = pace.taken(self._free, 1, limit, now)
                wait = max(self._taken[-1], self._closed, first) - now
                if wait > 0:
                    # in the meantime somebody of a better rank may come, or the bucket be closed
                    await asyncio.sleep(max(wait, STEP))
                    continue
                _, _, turn = heapq.heappop(self._waiting)
                if not turn.done():  # else it was given up
                    self._taken.pop()
                    self._free = free
                    turn.set_result(None)
        finally:
            self._task = None

    async def _take(self, limit: Limit) -> None:
        number = min(max(AT_ONCE, int(limit.rate * AHEAD)), len(self._waiting))
        now = self._clock().timestamp()
        try:
            first = await self._store.reserve(limit, number, now)
        except StorageError:
            first = now
        self._taken = [first + place / (limit.rate * pace.SHARE) for place in reversed(range(number))]
