"""Digests planned and posted: on their morning, once, in order."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot import policy
from jobs.house import House
from tests.rigs.house import Hands, announce, opened, paper, typed
from tests.rigs.neutral import NeutralServer, noticeboard


@contextlib.asynccontextmanager
async def reading(folder: Path, clock: Hands, **rig: Any) -> AsyncIterator[tuple[House, NeutralServer]]:
    """A house whose channel follows tokenization, on a platform of that kind."""
    async with noticeboard(clock, **rig) as (server, platform), opened(folder, {"console": platform}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        yield house, server


async def morning(house: House) -> None:
    """Plan what is due and post it."""
    await house.plan.due()
    await house.deliver.due()


async def test_a_digest_comes_once_on_its_morning(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        clock.move(days=1)
        await announce(house, paper(1), paper(2), paper(3, "On birds", "We watch birds."))
        clock.move(hours=2, minutes=1)

        for _ in range(3):
            await morning(house)

        assert sorted(server.titles()) == ["Tokenization, part 1", "Tokenization, part 2"]


async def test_the_first_digest_is_never_silent_and_later_quiet_ones_are(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await announce(house, paper(3, "On birds", "We watch birds."))
        for _ in range(3):
            clock.move(days=1)
            await morning(house)

        said = [kept.message.body for kept in server.digests()]
        assert len(said) == 1
        assert said[0].startswith("Nothing new for tokenization today (1 paper read).")


async def test_many_papers_come_as_a_lead_with_a_thread_and_what_is_left_over_is_said(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await typed(house, clock.act("schedule max 5"))
        await announce(house, *(paper(number) for number in range(1, 9)))
        clock.move(hours=3)
        await morning(house)

        lead, *thread = server.digests()
        assert len(lead.message.items) == 5
        assert [action.label for action in lead.message.actions] == ["3 more tokenization"]
        assert [kept.kind for kept in thread] == ["thread"] * 5
        assert {kept.under for kept in thread} == {lead.thread}
        assert [kept.message.title for kept in thread] == [item.title for item in lead.message.items]


async def test_what_was_left_over_comes_next_after_what_is_new(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await typed(house, clock.act("schedule max 2"))
        await announce(house, *(paper(number) for number in range(1, 5)))
        clock.move(hours=3)
        await morning(house)
        clock.move(hours=20)
        await announce(house, paper(9))
        clock.move(hours=4)
        await morning(house)

        digests = [[item.title for item in kept.message.items] for kept in server.digests() if kept.message.items]
        assert digests[1][0] == "Tokenization, part 9"
        shown = [title for digest in digests for title in digest]
        assert len(shown) == len(set(shown)) == 4


async def test_a_machine_that_slept_catches_up_once_and_says_that_it_is_late(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await announce(house, *(paper(number) for number in range(1, 6)))
        clock.move(days=3, hours=9)
        for _ in range(3):
            await morning(house)

        leads = [kept.message for kept in server.digests() if kept.message.items]
        assert len(leads) == 1
        assert "Late" in leads[0].note


async def test_a_restart_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    clock = Hands()
    async with noticeboard(clock) as (server, platform):
        async with opened(tmp_path, {"console": platform}, clock) as house:
            await typed(house, clock.act("follow tokenization"))
            await announce(house, *(paper(number) for number in range(1, 7)))
            clock.move(hours=3)
            await house.plan.due()
            first = await house.store.claim(clock(), policy.USUAL.lease, ["console"], limit=1)
            await house.deliver.one(first[0])
        clock.move(minutes=10)
        async with opened(tmp_path, {"console": platform}, clock) as house:
            await morning(house)

        posted = [kept.message.title for kept in server.digests()]
        assert len(posted) == len(set(posted)) == 7
