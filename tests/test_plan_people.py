"""Two people act in one channel in the same moment: what each of them said holds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.models import ChannelState
from jobs.house import House
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper, typed
from tests.rigs.storage import DATABASES

ROUNDS = 15


@pytest.fixture(params=sorted(DATABASES))
async def houses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[House, House]]:
    """Two processes on one PostgreSQL; on SQLite, which has one, it twice."""
    board, clock = {"console": Noticeboard()}, Hands()
    async with contextlib.AsyncExitStack() as stack:
        first = await stack.enter_async_context(opened(tmp_path, board, clock, database=request.param))
        second = first
        if request.param == "postgresql":
            second = await stack.enter_async_context(opened(tmp_path, board, clock, database=request.param))
        yield first, second


async def says(house: House, text: str) -> None:
    """Ada types, alone."""
    assert isinstance(house.clock, Hands)
    await typed(house, house.clock.act(text, ADA))


async def at_once(houses: tuple[House, House], ada: str, bob: str) -> ChannelState:
    """Ada and Bob type in the same moment; the channel after that."""
    clock = houses[0].clock
    assert isinstance(clock, Hands)
    await asyncio.gather(typed(houses[0], clock.act(ada, ADA)), typed(houses[1], clock.act(bob, BOB)))
    known = await houses[0].store.channel(CHANNEL)
    assert known is not None
    return known


async def test_one_sets_the_hour_and_the_other_how_many(houses: tuple[House, House]) -> None:
    for turn in range(ROUNDS):
        known = await at_once(houses, f"schedule {turn % 24}:00", f"schedule max {turn % 10 + 1}")
        assert (known.schedule.at, known.schedule.most) == (time(turn % 24), turn % 10 + 1)


async def test_one_stops_following_and_the_other_begins(houses: tuple[House, House]) -> None:
    for turn in range(ROUNDS):
        await says(houses[0], "follow tokenization")
        known = await at_once(houses, "unfollow tokenization", f"follow topic{turn}")
        assert known.due is not None, "it follows something, and no digest would ever come"
        await says(houses[0], f"unfollow topic{turn}")
        gone = await houses[0].store.channel(CHANNEL)
        assert gone is not None
        assert gone.due is None


async def test_one_resumes_and_the_other_begins_to_follow(houses: tuple[House, House]) -> None:
    for turn in range(ROUNDS):
        await says(houses[0], "pause")
        known = await at_once(houses, "resume", f"follow topic{turn}")
        assert not known.schedule.paused
        assert known.due is not None
        await says(houses[0], f"unfollow topic{turn}")


@pytest.mark.parametrize("command", ["schedule 11:00", "resume", "now", "follow vision"])
async def test_whoever_acts_in_a_channel_in_trouble_has_it_tried_again(
    houses: tuple[House, House], command: str
) -> None:
    house, clock = houses[0], houses[0].clock
    assert isinstance(clock, Hands)
    await typed(house, clock.act("follow tokenization"))
    await announce(house, paper(1))
    clock.move(days=1)
    await house.store.trouble(CHANNEL, "archived", clock(), clock() + timedelta(days=9))
    assert await house.plan.due() == 0
    await typed(house, clock.act(command))
    known = await house.store.channel(CHANNEL)
    assert known is not None
    assert known.trouble == ""
    clock.move(days=1)
    assert await house.plan.due() == 1
