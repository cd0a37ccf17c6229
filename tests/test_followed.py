"""A follow that comes in the middle of a poll: no paper falls between the index and the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.models import Announcement, Fetched, Health, Kind, Paper
from jobs.house import House
from tests.rigs.channel import Noticeboard
from tests.rigs.house import CHANNEL, Hands, opened, paper, typed


class Slow:
    """A source whose next page comes when it is let."""

    name = "arxiv"

    def __init__(self) -> None:
        self.page: list[Paper] = []
        self.asked = asyncio.Event()
        self.let = asyncio.Event()

    async def fetch(self, cursor: str) -> Fetched:
        """The page, once."""
        self.asked.set()
        await self.let.wait()
        told = tuple(Announcement(one, Kind.NEW, "") for one in self.page)
        return Fetched(told, str(len(told)), Health(), baseline=not cursor)


@pytest.mark.parametrize(
    "moment", ["before the page", "after matching", "after matching, and another source refreshes"]
)
async def test_a_follow_in_the_middle_of_a_poll_misses_nothing(tmp_path: Path, moment: str) -> None:
    clock, source = Hands(), Slow()
    async with opened(tmp_path, {"console": Noticeboard()}, clock, {"arxiv": source}) as house:
        source.let.set()
        await house.poll.every_one()  # the first, silent page
        await typed(house, clock.act("follow birds"))
        source.page, source.let, source.asked = [paper(1)], asyncio.Event(), asyncio.Event()
        polling = asyncio.create_task(house.poll.every_one())
        await source.asked.wait()
        if moment == "before the page":
            await typed(house, clock.act("follow tokenization"))
        else:
            follow_after_matching(house, clock, refresh=moment.endswith("refreshes"))
        clock.move(seconds=1)
        source.let.set()
        await polling
        if moment == "after matching":
            await house.followed.refresh()  # as before the next page
        waiting = await house.store.waiting(CHANNEL)

    assert [one.paper.title for one in waiting] == ["Tokenization, part 1"]


def follow_after_matching(house: House, clock: Hands, *, refresh: bool) -> None:
    """Somebody follows between the index and the store."""
    keep = house.store.keep

    async def later(*args: object, **kwargs: object) -> int:
        house.store.keep = keep  # type: ignore[method-assign]
        await typed(house, clock.act("follow tokenization"))
        if refresh:
            await house.followed.refresh()
        clock.move(seconds=1)
        return await keep(*args, **{**kwargs, "now": clock()})  # type: ignore[arg-type]

    house.store.keep = later  # type: ignore[method-assign]
