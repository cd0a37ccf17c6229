"""The ticks: a few timers that only ask the database what is due.

The only file that knows APScheduler. Its own cron trigger skips and doubles local times at clock changes, and its
stored jobs are lost by a crash in the middle: so it keeps nothing here and knows no local time. What is due is a
column; a missed tick is made up for by the next, and two processes that tick at once claim different things.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.ports import Wake


@dataclass(frozen=True, slots=True)
class Tick:
    """A timer: what it wakes, and how often, seconds."""

    name: str
    wake: Wake
    every: float


def start(ticks: list[Tick]) -> AsyncIOScheduler:
    """Start the timers on the running event loop, each once at once; `shutdown(wait=False)` ends them."""
    # a tick that comes while the last one still runs is nothing to tell anybody
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone=UTC)
    for tick in ticks:
        scheduler.add_job(
            _awaitable(tick.wake),
            "interval",
            seconds=tick.every,
            id=tick.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    return scheduler


def _awaitable(wake: Wake) -> object:
    """Run on the event loop itself: APScheduler hands plain functions to a thread."""

    async def tick() -> None:
        wake()

    return tick
