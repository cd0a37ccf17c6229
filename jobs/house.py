"""The composition: builds the house from its settings, runs it, and takes it down in order.

Started by `jobs.__main__`; with it the only file that imports everything.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import pkgutil
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import adapters.platforms
import adapters.sources
from adapters.http import Http
from bot.ports import Clock, Lookup, Openable, Platform, SettingError, Source, StorageError, Store
from jobs.answer import Answer, Desk
from jobs.deliver import Deliver
from jobs.learn import Learn
from jobs.plan import Plan
from jobs.poll import Followed, Past, Poll
from jobs.queue import Woken
from jobs.schedule import Tick, start
from jobs.settings import Settings, texts
from storage.store import open_store

log = logging.getLogger(__name__)

#: how long the message in flight may take after SIGTERM, seconds; a platform's own limit for us is 10
FAREWELL = 8.0


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def modules(package: ModuleType) -> list[str]:
    """The adapters there are, by file name."""
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def adapter(package: ModuleType, variable: str, name: str) -> ModuleType:
    """One adapter by its file name. Raises SettingError listing the known ones."""
    known = modules(package)
    if name not in known:
        raise SettingError(f"{variable} names “{name}”, which there is not; known are: {', '.join(known)}.")
    try:
        return importlib.import_module(f"{package.__name__}.{name}")
    except ModuleNotFoundError as error:
        raise SettingError(f"{variable} names “{name}”, which needs: pip install 'paperround[{name}]'.") from error


@dataclass(slots=True)
class House:
    """Everything, built and connected."""

    store: Store
    platforms: Mapping[str, Platform]
    sources: Mapping[str, Source | Openable]
    followed: Followed
    clock: Clock
    poll: Poll
    plan: Plan
    deliver: Deliver
    #: wakes whoever delivers
    delivering: Woken
    answer: Answer
    past: Past
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def work(self) -> None:
        """Start what works inside: the inbox and the deliveries."""
        for name, run in (("answer", self.answer.run()), ("deliver", self.delivering.run())):
            task = asyncio.create_task(run, name=name)
            self._tasks.add(task)
            task.add_done_callback(_tell)

    async def rest(self) -> None:
        """Finish the message in flight and end what works inside."""
        self.deliver.stop()
        await self.answer.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.delivering.idle(), FAREWELL)
        await _end(list(self._tasks))


def _tell(task: asyncio.Task[None]) -> None:
    """Tell of a part of the house that ended by itself."""
    if not task.cancelled() and task.exception() is not None:
        log.error("%s broke and stands still", task.get_name(), exc_info=task.exception(), extra={"action": "broke"})


def load_sources(
    settings: Settings, http: Http, given: Mapping[str, str] | None = None
) -> dict[str, Source | Openable]:
    """The adapters that `SOURCES` names. Raises SettingError."""
    loaded: dict[str, Source | Openable] = {}
    for name in settings.sources:
        module = adapter(adapters.sources, "SOURCES", name)
        loaded[name] = module.source(http, texts(module.SETTINGS, os.environ) if given is None else given)
    return loaded


def load_platforms(settings: Settings, clock: Clock, **more: object) -> dict[str, Platform]:
    """The adapters that `PLATFORMS` names. Raises SettingError."""
    loaded: dict[str, Platform] = {}
    for name in settings.platforms:
        module = adapter(adapters.platforms, "PLATFORMS", name)
        loaded[name] = module.platform(texts(module.SETTINGS, os.environ), clock=clock, **more)
    return loaded


@contextlib.asynccontextmanager
async def build(
    settings: Settings,
    platforms: Mapping[str, Platform],
    sources: Mapping[str, Source | Openable],
    clock: Clock = now,
) -> AsyncIterator[House]:
    """Open the database and connect the rooms; gives everything back in the end. Raises StorageError."""
    store = await open_store(settings.database_url)
    try:
        for name, source in sources.items():
            if not isinstance(source, Openable):
                await store.add_source(name, name)
        followed = Followed(store)
        await followed.renew()
        poll = Poll(store, sources, followed, clock, timedelta(minutes=settings.poll_minutes))
        plan = Plan(store, clock)
        deliver = Deliver(store, platforms, clock)
        delivering = Woken(deliver.due)
        lookups = {name: source for name, source in sources.items() if isinstance(source, Lookup)}
        desk = Desk(store, lookups, clock, plan.now, poll.one, delivering.wake, lambda: followed.acronyms)
        answer = Answer(desk, platforms, delivering.idle)
        past = Past(store, sources, followed, clock)
        yield House(store, platforms, sources, followed, clock, poll, plan, deliver, delivering, answer, past)
    finally:
        await store.close()


async def serve(house: House) -> None:
    """Run the bot: the ticks, the past in the background, and whoever there is to listen to."""

    async def plan() -> None:
        await house.plan.due()
        house.delivering.wake()

    polling, planning = Woken(house.poll.due), Woken(plan)
    learn = Learn(house.store, house.clock)

    async def tidy() -> None:
        await house.store.tidy(house.clock())
        await learn.daily()

    tidying = Woken(tidy)
    background = [asyncio.create_task(woken.run()) for woken in (polling, planning, tidying)]
    background.append(asyncio.create_task(_past(house), name="past"))
    for task in background:
        task.add_done_callback(_tell)
    ticks = start(
        [
            Tick("poll", polling.wake, 60),
            Tick("plan", planning.wake, 15),
            Tick("deliver", house.delivering.wake, 15),
            Tick("housekeeping", tidying.wake, 3600),
        ]
    )
    try:
        await listen(house)
    finally:
        ticks.shutdown(wait=False)
        await _end(background)


async def listen(house: House) -> bool:
    """Work on what people do, until a signal comes (False) or no platform has anybody left to listen to (True)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    house.work()
    listening = [asyncio.create_task(one.run(house.answer), name=name) for name, one in house.platforms.items()]
    for task in listening:
        task.add_done_callback(_tell)
    stopped = asyncio.create_task(stop.wait())
    everybody = asyncio.create_task(_all(listening))
    try:
        await asyncio.wait([stopped, everybody], return_when=asyncio.FIRST_COMPLETED)
        return not stop.is_set()
    finally:
        await _end([stopped, everybody, *listening])
        await house.rest()


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel and wait."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _past(house: House) -> None:
    """Fetch the last 30 days once, in the background, until every source that can has told them."""
    while True:
        try:
            if await house.past.fetch():
                return
        except StorageError as error:
            log.warning("The past was not kept: %s", error, extra={"action": "past_not_kept"})
        await asyncio.sleep(3600)
