"""Pauses: their end in words, what comes after them, and the one line that recalls one without an end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.rigs.house import announce, paper, typed
from tests.rigs.lab import ADA, NLP, VISION, lab, text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("pause 2w", ["Paused for 2w.", "Ada paused the digest for 2w (until 27 Apr)."]),
        ("pause for 3 days", ["Paused for 3 days.", "Ada paused the digest for 3 days (until 16 Apr)."]),
        ("pause until 7 Jan", ["Paused until 7 Jan.", "Ada paused the digest until 7 Jan."]),
        ("pause friday", ["Paused until friday.", "Ada paused the digest until friday."]),
        ("pause", ["Paused.", "Ada paused the digest."]),
    ],
)
async def test_a_pause_is_answered_with_its_end_as_it_was_typed(tmp_path: Path, words: str, said: list[str]) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")

        answer = await here.says(words)

        assert [answer.title, here.public()[-1]] == said


async def test_resuming_sends_one_digest_the_best_ten_and_how_many_more(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("schedule daily")
        await here.deliver(hours=2)
        await here.says("pause")
        for day in range(9):
            await announce(here.house, *(paper(100 * day + number) for number in range(1, 18)))
            await here.deliver(days=1)
        assert len(here.digests()) == 1  # the line of the first day

        answer = await here.says("resume")
        assert "153 papers came meanwhile: the best 10 are shown, 143 more are counted below them." in answer.body
        await here.deliver(days=1)

        lead, *thread = here.digests()[1:]
        assert (len(lead.items), len(thread)) == (10, 10)
        assert "143 more tokenization" in [one.label for one in lead.actions]
        await here.deliver(days=1)
        later = [one for one in here.digests()[12:] if one.items]
        assert [len(one.items) for one in later] == [10]  # what was left over fills the next one


async def test_a_pause_without_an_end_is_recalled_once_at_the_hour_of_the_digest(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization", channel=VISION)
        await here.says("pause", channel=VISION)  # another one, recalled on its own
        await here.says("follow tokenization")
        await here.says("schedule 9am daily")
        await here.deliver(hours=2)
        before = len(here.digests())
        await here.says("pause")

        async def hours(number: int) -> None:
            for _ in range(number):
                here.clock.move(hours=1)
                await here.house.plan.recall_pauses()
                await here.house.plan.due()
                await here.house.deliver.due()

        here.clock.move(days=29)
        await hours(20)
        assert len(here.digests()) == before
        await hours(24)
        assert [text(one) for one in here.digests()[before:]] == [
            "The digest has been paused here for 30 days. Topics and what waits are kept: `/papers resume` goes on, "
            "`/papers pause until 7 Jan` sets an end."
        ]
        lines = [one for one in here.server.digests() if one.channel == NLP.id]
        assert 9 <= lines[-1].at.hour < 12
        await hours(72)
        assert len(here.digests()) == before + 1

        # nothing of the time before was lost by it, and a new pause is recalled anew
        await announce(here.house, paper(1))
        await here.says("resume")
        await here.deliver(days=1)
        assert here.digests()[-1].title == "Tokenization, part 1"
        await here.says("pause")
        here.clock.move(days=30)
        await hours(24)
        assert len(here.digests()) == before + 3


async def test_a_recall_interrupted_or_made_twice_is_said_once(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause")
        here.clock.move(days=30, hours=3)

        done = await asyncio.gather(*(here.house.plan.recall_pauses() for _ in range(3)))
        assert sum(done) == 1
        await here.house.deliver.due()
        await here.house.deliver.due()

        assert len(here.digests()) == 1


@pytest.mark.parametrize("words", ["resume", "pause 2w", "unfollow 1"])
async def test_what_is_not_paused_for_ever_or_follows_nothing_is_not_recalled(tmp_path: Path, words: str) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause")
        await here.says(words)
        here.clock.move(days=30, hours=3)

        assert await here.house.plan.recall_pauses() == 0


async def test_a_channel_resumed_in_the_same_moment_is_not_told_that_it_is_paused(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause")
        here.clock.move(days=30, hours=3)
        long_paused = here.house.store.long_paused

        async def meanwhile(before: object) -> object:
            known = await long_paused(here.clock() - timedelta(days=30))
            await typed(here.house, here.clock.act("resume", ADA, NLP))
            return known

        here.house.store.long_paused = meanwhile  # type: ignore[method-assign,assignment]

        assert await here.house.plan.recall_pauses() == 0
