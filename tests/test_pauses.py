"""Pauses: their end in words, what comes after them, and the one line that recalls one without an end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text as sql

from storage import engines, migrations
from tests.rigs import postgres
from tests.rigs.house import announce, paper, typed
from tests.rigs.lab import ADA, NLP, VISION, lab, text
from tests.rigs.storage import DATABASES, opened


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("pause 2w", ["Paused until 27 Apr.", "Ada paused the digest until 27 Apr."]),
        ("pause for 3 days", ["Paused until 16 Apr.", "Ada paused the digest until 16 Apr."]),
        ("pause 2026-12-24", ["Paused until 24 Dec.", "Ada paused the digest until 24 Dec."]),
        ("pause until 7 Jan", ["Paused until 7 Jan 2027.", "Ada paused the digest until 7 Jan 2027."]),
        ("pause 3 hours", ["Paused until 10:00.", "Ada paused the digest until 10:00."]),
        ("pause friday", ["Paused until 17 Apr.", "Ada paused the digest until 17 Apr."]),
        ("pause", ["Paused.", "Ada paused the digest."]),
    ],
)
async def test_a_pause_is_answered_with_its_end_as_a_date(tmp_path: Path, words: str, said: list[str]) -> None:
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
        assert answer.title == "Going on: sending 10 papers."
        assert answer.body == "153 papers came meanwhile: these are the best, 143 more are counted below them."
        await here.deliver(minutes=1)

        lead, *thread = here.digests()[1:]
        assert (len(lead.items), len(thread)) == (10, 10)
        assert "143 more tokenization" in [one.label for one in lead.actions]
        await here.deliver(days=1)
        later = [one for one in here.digests()[12:] if one.items]
        assert [len(one.items) for one in later] == [10]  # what was left over fills the next one


async def test_one_paper_of_two_is_the_best_one(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("schedule max 1")
        await here.says("pause")
        await announce(here.house, paper(1), paper(2))

        answer = await here.says("resume")

        assert answer.title == "Going on: sending 1 paper."
        assert answer.body == "2 papers came meanwhile: this is the best one, 1 more is counted below it."


async def test_resuming_what_is_not_paused_sends_nothing_and_says_so_to_nobody_else(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))

        answer = await here.says("resume")
        await here.deliver(minutes=1)

        assert answer.title == "Nothing is paused here."
        assert here.digests() == []
        assert len(here.public()) == 1


async def test_resuming_after_nothing_came_says_so(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause")

        answer = await here.says("resume")

        assert (answer.title, answer.body) == ("Going on.", "Nothing came meanwhile.")
        assert here.public()[-1] == "Ada resumed the digest."


async def test_an_end_that_is_none_is_answered_with_one_that_is(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        answer = await here.says("pause forever")

        assert answer.body == "“forever” is no time to come that I understand: write `pause 2w` or `pause until 7 Jan`."
        assert [one.command for one in answer.actions] == ["pause 2w"]


async def test_a_pause_whose_end_has_come_is_over_though_no_digest_came_yet(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause until 27 Apr")
        here.clock.move(days=13, hours=23)  # Monday 27 April, 06:00

        assert (await here.says("schedule")).note == "Next digest: today 09:00."
        status = await here.says("status")
        assert (status.title, status.actions) == ("All is well.", ())
        assert "`/papers pause 2w`" in (await here.says("settings")).body
        assert (await here.says("resume")).title == "Nothing is paused here."
        assert (await here.says("schedule 05:00")).note == "Next digest: tomorrow 05:00."
        assert (await here.says("schedule 08:00")).note == "Next digest: today 08:00."
        await announce(here.house, paper(1))
        await here.deliver(hours=2, minutes=5)

        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]


async def test_what_is_followed_in_a_pause_where_nothing_was_has_its_digest_after_the_end(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause until 27 Apr")
        await here.says("unfollow 1")
        await here.says("follow mamba")
        here.clock.move(days=14)

        assert (await here.says("schedule")).note == "Next digest: today 09:00."


async def test_another_end_of_a_pause_is_told_to_the_channel(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        for words in ("pause", "pause", "pause 2w", "pause 2w", "pause 3w"):
            await here.says(words)

        assert here.public() == [
            "Ada paused the digest.",
            "Ada paused the digest until 27 Apr.",
            "Ada paused the digest until 4 May.",
        ]


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
        await here.deliver(minutes=1)
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


async def test_nobody_is_reminded_where_nothing_can_be_posted(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        for channel in (NLP, VISION):
            await here.says("follow tokenization", channel=channel)
            await here.says("pause", channel=channel)
        here.clock.move(days=30, hours=3)
        store, now = here.house.store, here.clock()

        await store.trouble(NLP, "It is archived.", now, now + timedelta(days=1))
        assert [one.channel for one in await store.long_paused(now)] == [VISION]
        await store.outage("neutral", "lab", "The token was revoked.", now + timedelta(hours=1))
        assert await store.long_paused(now) == []

        await store.accepted("neutral", "lab")
        assert await here.house.plan.recall_pauses() == 1


async def test_a_pause_from_before_anybody_noted_its_beginning_is_recalled(tmp_path: Path, database: str) -> None:
    url = postgres.database(tmp_path, migrated=False) if database == "postgresql" else DATABASES[database](tmp_path)
    left_by_the_second_release(url)

    async with opened(tmp_path, database) as store:
        now = datetime.now(UTC)
        (paused,) = await store.long_paused(now + timedelta(minutes=1))
        assert await store.long_paused(now - timedelta(minutes=1)) == []

    assert paused.channel.id == "U1"
    assert paused.channel.direct


def left_by_the_second_release(url: str) -> None:
    """A database of the release before, in which somebody follows a topic in their own messages and paused."""
    engine = engines.writing(engines.address(url))
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    words = "INSERT INTO {} VALUES {}"
    with engine.begin() as connection:
        for table, values in (
            ("persons (id, platform, workspace, outside_id, name)", "(1, 'slack', 'T1', 'U1', 'Ada')"),
            (
                "channels (id, platform, workspace, outside_id, name, zone, at, days, most, paused, layout, fresh,"
                " trouble)",
                "(1, 'slack', 'T1', 'U1', '', 'UTC', '09:00:00.000000', '[0]', 10, true, 'auto', true, '')",
            ),
            ("queries (id, text, seq, since)", "(1, 'mamba', 1, '2026-04-13 07:00:00.000000')"),
            (
                "subscriptions (id, channel, number, query, since, person)",
                "(1, 1, 1, 1, '2026-04-13 07:00:00.000000', 1)",
            ),
        ):
            connection.execute(sql(words.format(table, values)))
    engine.dispose()
