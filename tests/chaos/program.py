"""The child: the program's own composition on one platform, with a fuse at every named point.

Nothing in the program knows of it: the doors that it is given have the fuses, the store's and the platform's.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

# imported once, before children are forked: the program itself imports them when it meets a PostgreSQL
import procrastinate  # noqa: F401
import psycopg  # noqa: F401

from bot.models import Message, Place, Posted, State
from bot.ports import Intent, Outcome, Planned, Platform
from jobs import house
from jobs.clock import now
from jobs.settings import Settings
from storage.opening import open_store
from storage.store import Store
from tests.chaos.orders import ORDERS
from tests.chaos.scenes import ADAPTERS

#: in the order in which a delivery passes them
POINTS = ("planned", "sending", "posting", "answered", "recording", "recorded")


@dataclass(frozen=True, slots=True)
class Fuse:
    """Kill or stop the process when it passes that point for the n-th time; "" is none."""

    point: str = ""
    times: int = 1
    signal: int = signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Orders:
    """What a child is told."""

    settings: Settings
    #: the platform's adapter, and its settings
    platform: str
    given: Mapping[str, str]
    log: Path
    #: see `tests.chaos.orders`
    order: str = ""
    fuse: Fuse = Fuse()


class Burning:
    """A fuse in the process; says when the process asks for work, and where it was when the fuse had burnt."""

    def __init__(self, fuse: Fuse, said: Connection) -> None:
        self._fuse = fuse
        self._left = fuse.times
        self._said = said
        self._ready = False

    def ready(self) -> None:
        """The process asks for work."""
        if not self._ready:
            self._ready = True
            self._said.send("ready")

    def passed(self, point: str) -> None:
        """The process is at that point."""
        if point == self._fuse.point:
            self._left -= 1
            if self._left == 0:
                self._said.send(point)
                os.kill(os.getpid(), self._fuse.signal)


class FusedStore:
    """The store."""

    def __init__(self, store: Store, burning: Burning) -> None:
        self._store = store
        self._burning = burning

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def claim(self, *words: Any, **more: Any) -> Any:
        claimed = await self._store.claim(*words, **more)
        self._burning.ready()
        return claimed

    async def plan_all(self, plans: Sequence[Planned], *words: Any) -> list[bool]:
        planned = await self._store.plan_all(plans, *words)
        if any(planned):
            self._burning.passed("planned")
        return planned

    async def sending(self, intent: Intent) -> bool:
        ours = await self._store.sending(intent)
        self._burning.passed("sending")
        return ours

    async def settle(self, outcome: Outcome) -> None:
        if outcome.state is not State.SENT:
            await self._store.settle(outcome)
            return
        self._burning.passed("recording")
        await self._store.settle(outcome)
        self._burning.passed("recorded")


def fuse_platform(platform: Platform, burning: Burning) -> None:
    """The platform, which stays what it is: the house asks what else it can do."""
    unfused = platform.post

    async def post(place: Place, message: Message, key: str) -> Posted:
        burning.passed("posting")
        posted = await unfused(place, message, key)
        burning.passed("answered")
        return posted

    platform.post = post  # type: ignore[method-assign]


def main(orders: Orders, said: Connection) -> None:
    """Run the program until somebody ends it; it ends with whoever started it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    form = "%(asctime)s %(process)d %(levelname)s %(message)s"
    logging.basicConfig(filename=orders.log, level=orders.settings.log_level, format=form)
    burning = Burning(orders.fuse, said)

    async def opened(url: str, *, keys: Sequence[str]) -> FusedStore:
        return FusedStore(await open_store(url, keys=keys), burning)

    with patch.object(house, "open_store", opened), patch.object(house, "Deliver", ORDERS[orders.order]):
        asyncio.run(_run(orders, burning))


async def _run(orders: Orders, burning: Burning) -> None:
    platform = ADAPTERS[orders.platform](orders.given, clock=now, shrink=orders.settings.shrink)
    fuse_platform(platform, burning)
    try:
        async with house.build(orders.settings, {orders.platform: platform}, {}) as built:
            await house.serve(built, orders.settings)
    finally:
        await platform.close()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
