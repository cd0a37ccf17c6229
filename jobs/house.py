"""The composition: builds the house from its settings, runs it, and takes it down in order.

Started by `jobs.__main__`; with it the only file that imports everything.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.messages.membership import undecryptable
from bot.policy import USUAL
from bot.ports import (
    Clock,
    Keeps,
    Lookup,
    OneToken,
    Openable,
    Platform,
    Routes,
    Sees,
    SettingError,
    Source,
    StorageError,
    Store,
    Summariser,
)
from jobs.answer import Answer, Desk, Door
from jobs.answer.rooms import Neighbourhood
from jobs.attend import attend, begun, end, stopped
from jobs.clock import Agreed, now, uptime
from jobs.deliver import Deliver
from jobs.enrich import Enrich
from jobs.learn import Learn
from jobs.news import News
from jobs.pace import Buckets
from jobs.plan import Plan
from jobs.poll import LEASE as POLL_LEASE
from jobs.poll import Followed, Past, Poll
from jobs.queue import Delivering, Queue, Woken
from jobs.queue import migrate as migrate_queue
from jobs.schedule import Tick, start
from jobs.settings import Settings
from jobs.web import pages
from storage.opening import open_store

log = logging.getLogger(__name__)

#: how long the message in flight may take after SIGTERM, seconds; a platform's own limit for us is 10
FAREWELL = 8.0
#: seconds between two rounds of housekeeping
HOUSEKEEPING = 3600.0
#: and between two looks for what happened to papers that people saved
NEWS = 600.0


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
    enrich: Enrich
    #: wakes whoever sees to what was planned, and then whoever delivers
    enriching: Woken
    deliver: Deliver
    #: wakes whoever delivers
    delivering: Delivering
    answer: Answer
    past: Past
    #: between this process and the others; None where there are none
    queue: Queue | None = None
    #: the clock of all processes; None where one is alone
    agreed: Agreed | None = None
    #: every time limit is divided by it
    shrink: float = 1.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def work(self) -> None:
        """Start what works inside: the inbox, the summaries and the deliveries."""
        works = {"answer": self.answer.run(), "enrich": self.enriching.run(), "deliver": self.delivering.run()}
        self._tasks |= {begun(run, name) for name, run in works.items()}

    async def rest(self) -> None:
        """Finish the messages and acts in hand and end what works inside."""
        self.deliver.stop()
        await self.enrich.stop()
        delivered = asyncio.wait_for(self.delivering.idle(), FAREWELL)
        await asyncio.gather(self.answer.stop(), delivered, return_exceptions=True)
        await end(self._tasks)


@contextlib.asynccontextmanager
async def build(
    settings: Settings,
    platforms: Mapping[str, Platform],
    sources: Mapping[str, Source | Openable],
    clock: Clock = now,
    summariser: Summariser | None = None,
) -> AsyncIterator[House]:
    """Open the database and connect the rooms; gives everything back in the end. Raises StorageError."""
    limits = USUAL.divided(settings.shrink)
    store = await open_store(settings.database_url, keys=settings.secret_keys)
    try:
        await _keep_in(store, platforms)
        agreed = None if alone(settings) or clock is not now else Agreed()
        if agreed is not None:
            await agreed.ask(store)
            clock = agreed
        for name, source in sources.items():
            if not isinstance(source, Openable):
                await store.add_source(name, name)
        followed = Followed(store)
        await followed.renew()
        every = timedelta(minutes=settings.poll_minutes)
        poll = Poll(store, sources, followed, clock, every, lease=POLL_LEASE / settings.shrink)
        rates = {name: one.rate for name, one in platforms.items() if isinstance(one, OneToken)}
        pace = Buckets(store)
        deliver = Deliver(store, platforms, clock, pace, limits, uptime=uptime)
        delivering = Delivering(platforms, deliver.on, deliver.nudge)
        enrich = Enrich(store, summariser, clock, delivering.wake, shrink=settings.shrink)
        enriching = Woken(enrich.due)
        plan = Plan(store, clock, list(sources), rates, enrich.patience)
        by_an_act: set[str] = set()

        def set_going(platform: str) -> None:
            by_an_act.add(platform)
            enriching.wake()

        lookups = {name: source for name, source in sources.items() if isinstance(source, Lookup)}
        rooms = Neighbourhood(platforms, limits)
        sights = {name: one.sight for name, one in platforms.items() if isinstance(one, Sees)}
        desk = Desk(
            store, lookups, clock, plan.now, poll.one, set_going, lambda: followed.acronyms, sights, rooms, limits.probe
        )

        async def posted(platform: str) -> None:
            # a model that is slow with a scheduled digest holds up no answer
            if platform in by_an_act:
                by_an_act.discard(platform)
                await enriching.idle()
            await delivering.idle(platform)

        answer = Answer(desk, platforms, posted, pace, limits)
        past = Past(store, sources, followed, clock)
        queue = None
        if not alone(settings):
            queue = Queue(settings.database_url, {"answer": answer.wake, "deliver": delivering.wake})
        yield House(
            store=store,
            platforms=platforms,
            sources=sources,
            followed=followed,
            clock=clock,
            poll=poll,
            plan=plan,
            enrich=enrich,
            enriching=enriching,
            deliver=deliver,
            delivering=delivering,
            answer=answer,
            past=past,
            queue=queue,
            agreed=agreed,
            shrink=settings.shrink,
        )
    finally:
        if summariser:
            await summariser.close()
        await store.close()


async def _keep_in(store: Store, platforms: Mapping[str, Platform]) -> None:
    """Give platforms that keep something their place, and say what cannot be read any more."""
    for platform in platforms.values():
        if isinstance(platform, Keeps):
            platform.keep_in(memory=store, vault=store)
    if lost := await store.undecryptable():
        log.warning(undecryptable(lost), extra={"action": "undecryptable"})


def alone(settings: Settings) -> bool:
    """True where one process has the database for itself: a SQLite file."""
    return settings.database_url.startswith("sqlite")


def among_others(settings: Settings, command: str) -> None:
    """Raises SettingError where the database can have one process alone."""
    if alone(settings):
        raise SettingError(
            f"`paperround {command}` needs DATABASE_URL to name a PostgreSQL: a SQLite file has one process, "
            "and `paperround run` is all in one."
        )


def beyond_the_terminal(settings: Settings, command: str, purpose: str) -> None:
    """Raises SettingError where the terminal is the only platform: people at it share one process with the bot."""
    if settings.platforms == ("console",):
        instead = "Try `paperround listen slack`" if command == "listen" else "Set PLATFORMS, for example to slack"
        raise SettingError(
            f"`{command}` has no platform to {purpose}: the terminal belongs to `paperround run`. {instead}."
        )


@dataclass(frozen=True, slots=True)
class Porch:
    """A process that only takes what people do; workers do the rest."""

    store: Store
    inbox: Door


@contextlib.asynccontextmanager
async def porch(settings: Settings, platforms: Mapping[str, Platform]) -> AsyncIterator[Porch]:
    """Open the database and wake workers for what is taken; gives everything back in the end. Raises StorageError."""
    store = await open_store(settings.database_url, keys=settings.secret_keys)
    try:
        await _keep_in(store, platforms)
        queue = Queue(settings.database_url)
        async with _carrying(queue, settings.database_url):
            yield Porch(store, Door(store, partial(queue.wake, "answer")))
    finally:
        await store.close()


def settle() -> None:
    """What was built stays: a full collection need not walk it again and again."""
    gc.collect()
    gc.freeze()


async def serve(house: House, settings: Settings, *, listening: bool = True) -> None:
    """Run the bot: the ticks, the past in the background, and, unless others do, whoever there is to listen to."""
    settle()
    # a restart is how a repaired token comes in: each one is tried again
    for platform in house.platforms:
        await house.store.accepted(platform)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(_ticking(house))
        if house.queue:
            await stack.enter_async_context(_carrying(house.queue, settings.database_url))
        if not listening:
            house.work()
            stack.push_async_callback(house.rest)
            await stopped()
            return
        if any(isinstance(platform, Routes) for platform in house.platforms.values()):
            there = house.platforms.values()
            await stack.enter_async_context(pages(house.store, there, house.answer, settings.port, house.clock))
        await listen(house)


async def listen(house: House) -> bool:
    """Work on what people do, until a signal comes (False) or no platform has anybody left to listen to (True)."""
    house.work()
    try:
        return await attend(house.platforms, house.answer, shrink=house.shrink)
    finally:
        await house.rest()


@contextlib.asynccontextmanager
async def _ticking(house: House) -> AsyncIterator[None]:
    """The ticks, and what they wake. The table decides what is due, so any number of processes may tick."""

    async def plan() -> None:
        planned = await house.plan.due()
        house.enriching.wake()
        if house.queue and planned:
            house.queue.wake("deliver", planned)

    polling, planning = Woken(house.poll.due), Woken(plan)
    learn = Learn(house.store, house.clock)

    async def tidy() -> None:
        """By one of all processes, once in the time between two ticks."""
        ours, taken = await house.store.take_turn("housekeeping", HOUSEKEEPING)
        if not ours:
            return
        try:
            await house.store.tidy(house.clock())
            if await house.plan.recall_pauses():
                house.delivering.wake()
            await learn.daily()
        finally:
            await house.store.end_turn("housekeeping", taken, 0.9 * HOUSEKEEPING / house.shrink)

    async def set_clock() -> None:
        if house.agreed is not None:
            await house.agreed.ask(house.store)

    news = News(house.store, house.clock)

    async def tell() -> None:
        told = await news.due()
        house.delivering.wake()
        if house.queue and told:
            house.queue.wake("deliver", told)

    tidying, setting, telling = Woken(tidy), Woken(set_clock), Woken(tell)
    named = {"poll": polling, "plan": planning, "housekeeping": tidying, "clock": setting, "news": telling}
    background = [begun(woken.run(), name) for name, woken in named.items()]
    background.append(begun(_past(house), "past"))
    ticks = start(
        [
            Tick("poll", polling.wake, 60 / house.shrink),
            Tick("plan", planning.wake, 15 / house.shrink),
            Tick("deliver", house.delivering.wake, 10 / house.shrink),
            Tick("answer", house.answer.wake, 5 / house.shrink),
            Tick("clock", setting.wake, 60 / house.shrink),
            Tick("news", telling.wake, NEWS / house.shrink),
            Tick("housekeeping", tidying.wake, HOUSEKEEPING / house.shrink),
        ]
    )
    try:
        yield
    finally:
        ticks.shutdown(wait=False)
        await end(background)


@contextlib.asynccontextmanager
async def _carrying(queue: Queue, database: str) -> AsyncIterator[None]:
    """Hints between processes; without them there are the ticks."""
    try:
        await migrate_queue(database)
    except StorageError as error:
        log.warning("%s Workers are woken by their ticks alone.", error, extra={"action": "queue_lost"})
    carrying = begun(queue.run(), "queue")
    try:
        yield
    finally:
        carrying.cancel()
        # a database that is gone is not waited for
        await asyncio.wait([carrying], timeout=1)


async def _past(house: House) -> None:
    """Fetch the last 30 days once, in the background, until every source that can has told them."""
    while True:
        try:
            if await house.past.fetch():
                return
        except StorageError as error:
            log.warning("The past was not kept: %s", error, extra={"action": "past_not_kept"})
        await asyncio.sleep(3600)
