"""Turns: several processes keep one pace. Two processes are two `Buckets` on one database.

What must not happen would happen in a thousand seconds here, so that no slow machine makes a difference.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import pace
from bot.models import Channel, Place, Schedule
from bot.ports import Busy, Limit, Rank
from jobs.pace import AHEAD, STALE, Buckets
from jobs.plan import TICK, Plan
from storage import buckets
from storage.schema import buckets as bucket_rows
from storage.store import Store
from tests.rigs.faults import Pace
from tests.rigs.house import CHANNEL, Hands
from tests.rigs.house import opened as house_opened
from tests.rigs.neutral import Neutral, NeutralServer
from tests.rigs.storage import DATABASES, MONDAY, follow, opened, paper, set_schedule, tell

#: one in a thousand seconds
SLOW = Limit("slack/T1/C1", 0.001)
STEP = 1 / (SLOW.rate * pace.SHARE)


class Asked:
    """A process's way to the database, and what it was told: how many it asked for, and the wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.answers: list[tuple[int, float]] = []
        self.trouble: Exception | None = None

    async def reserve(self, limit: Limit, number: int, early: float = 0.0) -> float:
        if self.trouble is not None:
            raise self.trouble
        wait = await self._store.reserve(limit, number, early)
        self.answers.append((number, wait))
        return wait

    async def close_bucket(self, name: str, wait: float) -> None:
        await self._store.close_bucket(name, wait)

    async def told(self, least: float) -> float:
        """Wait until it was told to wait at least so long; what it was told."""
        async with asyncio.timeout(60):
            while not self.answers or self.answers[-1][1] < least:  # noqa: ASYNC110 - a record tells nobody
                await asyncio.sleep(0.01)
        return self.answers[-1][1]


class Process:
    """One of several processes."""

    def __init__(self, store: Store, patience: float = math.inf) -> None:
        self.asked = Asked(store)
        self.buckets = Buckets(self.asked, patience)  # type: ignore[arg-type]  # all of the store that it asks
        self.given: list[Rank] = []
        #: what the last one who asked was told
        self.closed = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    async def turn(self, limit: Limit, rank: Rank = Rank.LEAD) -> None:
        self.closed = await self.buckets.turn([limit], rank)
        if not self.closed:
            self.given.append(rank)

    def wants(self, limit: Limit, rank: Rank = Rank.LEAD, times: int = 1) -> list[asyncio.Task[None]]:
        begun = [asyncio.create_task(self.turn(limit, rank)) for _ in range(times)]
        self._tasks += begun
        return begun

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture(params=sorted(DATABASES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path, request.param) as known:
        yield known


@pytest.fixture
async def one(store: Store) -> AsyncIterator[Process]:
    process = Process(store)
    yield process
    await process.end()


@pytest.fixture
async def other(store: Store) -> AsyncIterator[Process]:
    process = Process(store)
    yield process
    await process.end()


# ------------------------------------------------------------------------------------- several processes


async def test_two_processes_keep_the_pace_of_one_channel(one: Process, other: Process) -> None:
    await one.turn(SLOW)
    other.wants(SLOW, Rank.THREAD)
    assert await other.asked.told(STEP - 60) <= STEP
    assert other.given == []


@pytest.mark.parametrize("limit", [SLOW, Limit("discord", 50.0, burst=50)], ids=["channel", "token"])
async def test_what_one_process_is_told_to_wait_all_processes_wait(one: Process, other: Process, limit: Limit) -> None:
    await one.buckets.close(limit.name, 5000)
    other.wants(limit, Rank.ANSWER)
    assert 4900 < await other.asked.told(4900) <= 5000
    assert other.given == []


async def test_a_process_uses_few_posts_after_another_one_was_told_to_wait(one: Process, other: Process) -> None:
    limit = Limit("discord", 20.0)
    few = int(limit.rate * AHEAD)
    other.wants(limit, times=200)
    while not other.given:  # noqa: ASYNC110 - whoever waits for one turn would be one more
        await asyncio.sleep(0.001)
    await one.buckets.close(limit.name, 5000)
    before = len(other.given)
    await other.asked.told(4900)
    assert len(other.given) - before <= few
    assert max(number for number, _ in other.asked.answers) <= few


async def test_a_process_that_hears_it_itself_uses_nothing_more(one: Process) -> None:
    limit = Limit("discord", 20.0)
    one.wants(limit, times=200)
    while not one.given:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    closing = asyncio.create_task(one.buckets.close(limit.name, 5000))
    await asyncio.sleep(0)
    before = len(one.given)
    await closing
    for _ in range(3):
        await asyncio.sleep(AHEAD)
    assert len(one.given) == before


async def test_nobody_waits_for_a_bucket_that_is_closed_for_long(store: Store) -> None:
    """Whoever waits holds a lease: he is told how long it is closed, at the first refusal and ever after."""
    limit = Limit("slack/T1", 5.0)
    one, other = Process(store, patience=20.0), Process(store, patience=20.0)
    waiting = one.wants(limit, times=30)
    while not one.given:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    await one.buckets.close(limit.name, 5000)
    async with asyncio.timeout(10):
        await asyncio.gather(*waiting)
        await other.turn(limit)
    assert len(one.given) < 5
    assert other.given == []
    assert 4900 < min(one.closed, other.closed) <= max(one.closed, other.closed) <= 5000


async def test_an_answer_waits_for_none_of_another_process_s_leads(one: Process, other: Process) -> None:
    leads = one.wants(SLOW, times=12)
    await asyncio.wait(leads, return_when=asyncio.FIRST_COMPLETED)
    other.wants(SLOW, Rank.ANSWER)
    assert await other.asked.told(STEP - 60) <= STEP  # and not eleven of them
    assert one.given == [Rank.LEAD]


async def test_an_answer_takes_its_turn_before_a_lead_of_another_process_may(store: Store) -> None:
    """The next post is free in a thousand seconds: early enough for who may take it earlier, and not for the other."""
    await store.reserve(SLOW, 1)
    assert await store.reserve(SLOW, 1, early=STEP / 2) > STEP / 2
    assert await store.reserve(SLOW, 1, early=STEP) <= STEP
    assert await store.reserve(SLOW, 1, early=STEP) > STEP


async def test_answers_go_first_then_leads_then_threads(one: Process) -> None:
    limit = Limit("slack/T1", 20.0)
    tasks = [task for rank in reversed(Rank) for task in one.wants(limit, rank, 2)]
    await asyncio.gather(*tasks)
    assert one.given == sorted(one.given)


# -------------------------------------------------------------------------------------- what goes wrong


async def test_the_clock_of_a_process_has_no_say_in_a_bucket(tmp_path: Path) -> None:
    """Its house lives months away from the database's clock; the next process waits for one post, not for months."""
    for moment in (datetime(2021, 4, 13, 7, tzinfo=UTC), datetime(2051, 4, 11, 7, tzinfo=UTC)):
        clock, folder = Hands(moment), tmp_path / str(moment.year)
        folder.mkdir()
        async with (
            NeutralServer(name="console", clock=clock) as server,
            Neutral(server.url, name="console", per_token=Pace(SLOW.rate)) as platform,
            house_opened(folder, {"console": platform}, clock) as house,
        ):
            (limit,) = platform.limits(Place(CHANNEL, "channel"))
            await Buckets(house.store).turn([limit], Rank.LEAD)
            wait = await house.store.reserve(limit, 1)
            assert STEP - 60 < wait <= STEP


async def test_a_bucket_that_was_not_used_in_a_standstill_is_asked_anew(one: Process) -> None:
    limit = Limit("discord", 25.0)
    turns = one.wants(limit, times=int(limit.rate * AHEAD))
    await asyncio.wait(turns, return_when=asyncio.FIRST_COMPLETED)
    assert len(one.asked.answers) == 1
    time.sleep(STALE + 0.1)  # noqa: ASYNC251 - a standstill
    await asyncio.gather(*turns)
    assert len(one.asked.answers) > 1


async def test_a_turn_is_given_when_the_database_cannot_say(one: Process) -> None:
    one.asked.trouble = Busy("Somebody else is writing.")
    await one.turn(SLOW)
    assert one.given == [Rank.LEAD]


async def test_what_breaks_the_question_is_told_to_who_asked(one: Process) -> None:
    one.asked.trouble = RuntimeError("broken")
    with pytest.raises(RuntimeError, match="broken"):
        await one.turn(SLOW)
    one.asked.trouble = None
    await one.turn(SLOW)


async def test_nobody_waits_on_for_a_turn_that_was_given_up(one: Process) -> None:
    await one.turn(SLOW)
    before = asyncio.all_tasks()
    (waiting,) = one.wants(SLOW)
    await asyncio.sleep(0.01)
    waiting.cancel()
    async with asyncio.timeout(60):
        while asyncio.all_tasks() - before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert one.given == [Rank.LEAD]


# ---------------------------------------------------------------------------------------- a crowded hour


async def test_all_first_messages_of_a_crowd_of_single_papers_arrive_by_the_hour(store: Store) -> None:
    """Three papers are three messages of their own, and those of one channel go before the next one's."""
    rate, hour, many = 2.0, datetime(2026, 4, 14, 9, tzinfo=UTC), 20
    for number in range(many):
        channel = Channel("discord", "G1", f"C{number}")
        await set_schedule(store, channel, Schedule(days=tuple(range(7))), hour.date(), hour)
        await follow(store, channel, "tokenization", hour - timedelta(days=2))
    found = [paper(f"paper {number}") for number in range(3)]
    await tell(store, *found, now=hour - timedelta(hours=5), matching=[1])
    needed = 3 * many / (rate * pace.SHARE)  # 30.9 seconds
    begins = hour - timedelta(seconds=needed) - TICK
    early, on_time = begins - timedelta(milliseconds=1), begins + timedelta(milliseconds=1)
    assert await Plan(store, lambda: early, (), {"discord": rate}).due() == 0
    assert await Plan(store, lambda: on_time, (), {"discord": rate}).due() == many
    leads = 0
    while run := await store.claim(on_time, timedelta(hours=5), ["discord"], 100):
        leads += len(run)
    assert leads == 3 * many
    # who plans perhaps looks a tick later, and the last message still comes by the hour
    assert on_time + TICK + timedelta(seconds=leads / (rate * pace.SHARE)) <= hour + timedelta(milliseconds=2)


async def test_buckets_that_nobody_takes_from_are_forgotten_and_the_others_kept(store: Store) -> None:
    await store.close_bucket("rested", -buckets.RESTED - 1)
    await store.close_bucket("closed", 60.0)
    await store.tidy(MONDAY)

    kept = await store._read(lambda connection: connection.execute(select(bucket_rows.c.name)).scalars().all())
    assert kept == ["closed"]
    assert await store.reserve(Limit("rested", 1.0, 1), 1) <= 0
