"""Turns: who may post now, so that a platform's limits are kept and never learned by a refusal.

A bucket is a row, by the database's clock: it is one for all processes, whatever theirs say. What is taken from it is
due in a moment, so that nobody waits long behind another process, and all know soon that the platform closed it.
Answers to people go before leads, leads before threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
from collections.abc import Sequence
from itertools import count

from bot import pace
from bot.ports import DeliverStore, Limit, Rank, StorageError

#: as many posts as go in so many seconds are taken at a time, at least one
AHEAD = 0.2
#: a post is taken at most so many seconds before it is due: the better the rank, the earlier, so that of several
#: processes the one with the answer is first
EARLY = {Rank.ANSWER: AHEAD, Rank.LEAD: AHEAD / 2, Rank.THREAD: AHEAD / 4}
#: what was taken so many seconds ago and not used, in a standstill, is lost: the bucket may be closed by now
STALE = 2 * AHEAD
#: the finest step of waiting, seconds: turns that come due meanwhile are given together
STEP = 0.005
#: nobody waits longer for a bucket that is closed: whoever holds a lease gives it back meanwhile
PATIENCE = 10.0
#: with so many buckets at hand, those that nobody waits for are let go
MANY = 10_000


class Buckets:
    """Gives turns: `bot.ports.Pace`."""

    def __init__(self, store: DeliverStore, patience: float = PATIENCE) -> None:
        self._store = store
        self._patience = patience
        self._buckets: dict[str, _Bucket] = {}

    async def turn(self, limits: Sequence[Limit], rank: Rank) -> float:
        """Wait until a post may go that takes from all of these buckets; or the seconds for which one is closed.

        The narrowest comes first, so that no send of a wide bucket is taken by who waits for a narrow one. When the
        database cannot say, the turn is given: the platform's own refusal is obeyed then.
        """
        for limit in sorted(limits, key=lambda limit: limit.rate):
            if limit.name not in self._buckets:
                if len(self._buckets) >= MANY:
                    self._buckets = {name: bucket for name, bucket in self._buckets.items() if bucket.awaited}
                self._buckets[limit.name] = _Bucket(self._store, limit, self._patience)
            if closed := await self._buckets[limit.name].turn(rank):
                return closed
        return 0.0

    async def close(self, name: str, seconds: float) -> None:
        """The platform says that nothing may be taken from that bucket for so long."""
        if name in self._buckets:
            self._buckets[name].close(seconds)
        await self._store.close_bucket(name, seconds)


class _Bucket:
    """One bucket, and who waits for it here. Moments are the event loop's, which no setting of a clock moves."""

    def __init__(self, store: DeliverStore, limit: Limit, patience: float) -> None:
        self._store = store
        self._limit = limit
        self._patience = patience
        self._now = asyncio.get_running_loop().time
        self._order = count()
        self._waiting: list[tuple[Rank, int, asyncio.Future[float]]] = []
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        #: nothing is free before then, as the row said
        self._next = 0.0
        #: nothing is free before then, as the platform said
        self._closed = 0.0
        #: when posts that were taken and not yet used are due, soonest last; and when they were taken
        self._taken: list[float] = []
        self._taken_at = 0.0
        #: when the next turn is free by what was given here: after a standstill they are not given all at once
        self._free = 0.0

    @property
    def awaited(self) -> bool:
        """Somebody waits for it."""
        return self._task is not None

    async def turn(self, rank: Rank) -> float:
        """Wait for one post: 0, or the seconds until there is one when that is too long to wait."""
        turn: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        elif self._waiting[0][2] is turn:
            self._changed.set()
        try:
            return await turn
        finally:
            if turn.cancelled():
                self._changed.set()

    def close(self, seconds: float) -> None:
        """Posts that were taken and not yet used are lost; who waits is told when that is too long to wait."""
        self._closed = max(self._closed, self._now() + seconds)
        self._taken.clear()
        self._changed.set()

    async def _run(self) -> None:
        try:
            while self._waiting:
                rank, _, turn = self._waiting[0]
                wait = self._wait(rank)
                if turn.done():  # it was given up
                    heapq.heappop(self._waiting)
                elif wait > self._patience:
                    heapq.heappop(self._waiting)
                    turn.set_result(wait)
                elif wait > 0:
                    await self._pause(wait)
                elif not self._taken:
                    await self._take(rank)
                else:
                    heapq.heappop(self._waiting)
                    self._taken.pop()
                    _, self._free = pace.taken(self._free, 1, self._limit, self._now())
                    turn.set_result(0.0)
        except Exception as error:
            for _, _, turn in self._waiting:
                if not turn.done():
                    turn.set_exception(error)
            self._waiting.clear()
        finally:
            self._task = None

    def _wait(self, rank: Rank) -> float:
        """Seconds until the first in the row gets his turn or, when nothing is taken, until it is to be asked for."""
        now = self._now()
        if now - self._taken_at > STALE:
            self._taken.clear()
        if not self._taken:
            return max(self._closed, self._next - EARLY[rank]) - now
        first, _ = pace.taken(self._free, 1, self._limit, now)
        return max(self._taken[-1], self._closed, first) - now

    async def _pause(self, wait: float) -> None:
        """In the meantime somebody of a better rank may come, or the first in the row give up."""
        self._changed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(wait, STEP)):
                await self._changed.wait()

    async def _take(self, rank: Rank) -> None:
        number = min(max(1, int(self._limit.rate * AHEAD)), len(self._waiting))
        try:
            wait = await self._store.reserve(self._limit, number, EARLY[rank])
        except StorageError:
            wait = 0.0
        now = self._now()
        self._next = now + wait
        if wait <= EARLY[rank]:
            step = 1 / (self._limit.rate * pace.SHARE)
            self._taken = [self._next + place * step for place in reversed(range(number))]
            self._taken_at = now
            self._next += number * step
