"""Weeks in which people, clocks and machines do what they like: a digest a date, never two in 20 hours, none lost."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot import calendar
from bot.models import Channel, ChannelState, Schedule
from jobs.house import House
from storage.reading import at
from storage.schema import channels, digests
from storage.store import Store
from tests.rigs.channel import Noticeboard
from tests.rigs.house import Hands, announce, opened, paper, typed

#: before the clocks of Europe and America change
BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Crash(BaseException):
    """The process ends here."""


class Weeks:
    """One channel, the clock it lives by, and what became of it."""

    def __init__(self, house: House, channel: Channel) -> None:
        assert isinstance(house.clock, Hands)
        assert isinstance(house.store, Store)
        self.house, self.clock, self.store, self.channel = house, house.clock, house.store, channel

    async def says(self, text: str) -> None:
        """Somebody types a command."""
        await typed(self.house, self.clock.act(text, channel=self.channel))

    async def state(self) -> ChannelState:
        known = await self.store.channel(self.channel)
        assert known is not None
        return known

    async def digests(self) -> list[Any]:
        """Its scheduled digests, in the order in which they were planned."""

        def rows(connection: Connection) -> list[Any]:
            question = select(digests).join(channels, channels.c.id == digests.c.channel).where(at(self.channel))
            return list(connection.execute(question.where(digests.c.number == 0).order_by(digests.c.id)))

        return await self.store._read(rows)

    async def ticks(self) -> int:
        """Plan what is due; a second tick in the same moment finds nothing, and the next date is ahead."""
        planned = await self.house.plan.due()
        assert planned <= 1, "one late digest, not one for each date that was slept through"
        assert await self.house.plan.due() == 0
        state = await self.state()
        assert state.due is None or state.due > self.clock()
        return planned

    async def wait(self, time: timedelta) -> None:
        """So much time goes by on a machine that runs: every digest comes at its slot, none is left out."""
        until, state = self.clock() + time, await self.state()
        expected: list[tuple[date, datetime]] = []
        paused, day, due = state.schedule.paused, state.due_date, state.due
        while day is not None and due is not None and due <= until:
            expected.append((day, due))
            day, due = calendar.next_slot(state.schedule, due, day, due)
        before = len(await self.digests())
        while (state := await self.state()).due is not None and state.due <= until:
            self.clock.moment = max(self.clock(), state.due)
            await self.ticks()
        self.clock.moment = until
        await self.ticks()
        came = [(row.local_date, row.slot) for row in (await self.digests())[before:]]
        assert came == expected or paused, f"{came} instead of {expected}"

    async def dies(self, recorded: bool) -> None:
        """The process dies as it plans, before or after the commit, at the next slot; another one begins."""
        state = await self.state()
        if state.due is None:
            return
        self.clock.moment = max(self.clock(), state.due)
        plan_all = self.store.plan_all

        async def dying(*args: Any) -> list[bool]:
            if recorded:
                await plan_all(*args)
            raise Crash

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(self.store, "plan_all", dying, raising=False)
            with contextlib.suppress(Crash):
                await self.house.plan.due()
        before = len(await self.digests())
        assert await self.ticks() == (0 if recorded else 1)
        assert len(await self.digests()) == before + (0 if recorded else 1)

    async def changes_at_its_hour(self, text: str) -> None:
        """Somebody types when the digest is due and not yet planned: it is not lost."""
        state = await self.state()
        if state.due is None or state.due_date is None or state.schedule.paused:
            return
        self.clock.moment = max(self.clock(), state.due)
        await self.says(text)
        await self.ticks()
        assert (await self.digests())[-1].local_date >= state.due_date

    async def do(self, name: str, what: Any) -> None:
        """One step."""
        match name:
            case "sleep" | "clock":
                self.clock.moment += what
                await self.ticks()
            case "says":
                await self.says(what)
                await self.ticks()
            case _:
                step: Callable[[Any], Any] = getattr(self, name)
                await step(what)

    async def over(self) -> None:
        """Nothing came twice, whatever was done."""
        came = await self.digests()
        assert all(later.local_date > earlier.local_date for earlier, later in pairwise(came))
        assert all(later.slot - earlier.slot >= calendar.APART for earlier, later in pairwise(came))
        # at its own moment too, by the clock of the machine, unless it was late or the clock was put back
        for earlier, later in pairwise(came):
            if not earlier.late and later.planned > earlier.planned:
                assert later.planned - earlier.planned >= calendar.APART - HOUR / 2
        state = await self.state()
        if not state.schedule.paused:
            assert state.due is not None
            assert state.due - self.clock() < 10 * DAY
        await self.says("unfollow 1")
        assert (await self.state()).due is None


HOURS = st.times().map(lambda time: f"schedule {time:%H:%M}")
ZONES = st.sampled_from(
    [*("Berlin", "New York", "Honolulu", "Kiritimati", "Kathmandu", "Sydney", "Nuuk", "UTC", "Chatham"), "Lord Howe"]
).map(lambda zone: f"schedule {zone}")
DAYS = st.sampled_from(["daily", "weekdays", "mon,thu", "sun", "sat,sun,mon"]).map(lambda days: f"schedule {days}")
COMMANDS = HOURS | ZONES | DAYS | st.sampled_from(["now", "pause", "pause 3 days", "pause 1 day", "resume"])
Step = tuple[str, Any]
STEPS = (
    st.tuples(st.just("says"), COMMANDS)
    | st.tuples(st.just("changes_at_its_hour"), HOURS | ZONES | DAYS)
    | st.tuples(st.just("wait"), st.integers(1, 24 * 9).map(lambda hours: hours * HOUR))
    | st.tuples(st.just("sleep"), st.sampled_from([8 * HOUR, DAY, 3 * DAY, 9 * DAY]))
    | st.tuples(st.just("clock"), st.sampled_from([HOUR, -HOUR, DAY, -DAY]))
    | st.tuples(st.just("dies"), st.booleans())
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, House]]:
    """One house for all examples; nothing in it outlives a power cut, which none of them has."""
    folder: Path = tmp_path_factory.mktemp("weeks")
    with asyncio.Runner() as runner:
        opening = opened(folder, {"console": Noticeboard()}, Hands(BEGIN), database="sqlite")
        known = runner.run(opening.__aenter__())
        assert isinstance(known.store, Store)
        with known.store._writing.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA synchronous = OFF")
        yield runner, known
        runner.run(opening.__aexit__(None, None, None))


numbers = itertools.count()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=25))
@example(steps=[("wait", 28 * DAY)])
@example(steps=[("sleep", 9 * DAY), ("wait", 3 * DAY)])
@example(steps=[("says", "schedule Kiritimati"), ("changes_at_its_hour", "schedule Honolulu"), ("wait", 3 * DAY)])
@example(steps=[("wait", 2 * DAY), ("clock", -DAY), ("says", "schedule 05:00"), ("wait", 3 * DAY)])
def test_whatever_people_clocks_and_machines_do(house: tuple[asyncio.Runner, House], steps: list[Step]) -> None:
    runner, known = house
    runner.run(lived(known, steps))


async def lived(house: House, steps: list[Step]) -> None:
    """The steps, one after the other, in the life of a new channel."""
    weeks = Weeks(house, Channel("console", "terminal", f"c{next(numbers)}"))
    weeks.clock.moment = BEGIN
    try:
        # one house for all examples: by and by its papers are more than anybody follows unasked
        await weeks.says("follow! tokenization")
        await announce(house, paper(next(numbers)))
        for name, what in steps:
            await weeks.do(name, what)
        await weeks.over()
    finally:  # the house goes on without it
        await weeks.store.change(weeks.channel, Schedule(), lambda state: replace(state, due=None, due_date=None))
