"""Stored papers -> acronyms they define -> a new version of the learned acronyms.

Once a day, a page of papers at a time. Every process loads the same version before it polls; old matches stay.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

from bot.ports import Clock, Store
from bot.text import Definition, established, learn

log = logging.getLogger(__name__)

#: the fact that tells the day; "done" told it while long forms were kept as stems: those are learned anew at once
DAY = "day"


class Learn:
    """Learns acronyms."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def daily(self) -> None:
        """Learn, unless that was done today."""
        today = self._clock().date().isoformat()
        if await self._store.memory("learn", DAY) != today:
            await self.now()
            await self._store.remember("learn", DAY, today)

    async def now(self) -> int:
        """Learn from every stored paper; the version in force."""
        evidence: dict[tuple[str, str], list[Definition]] = defaultdict(list)
        last = ""
        while papers := await self._store.papers_after(last):
            for paper in papers:
                for pair, found in learn([paper]).items():
                    evidence[pair].extend(found)
                await asyncio.sleep(0)
            last = papers[-1].id
        version = await self._store.learn(established(evidence), self._clock())
        log.info("Acronyms: version %d", version, extra={"action": "learned", "version": version})
        return version
