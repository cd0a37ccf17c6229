"""When digests are planned: a late batch is waited for, a crowded hour begins early."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot import calendar
from bot.models import Channel, Health, Schedule, SourceState
from jobs.plan import Plan
from storage.reading import at
from storage.schema import channels, deliveries, digests, entries, papers
from storage.store import Store
from tests.rigs.house import Hands
from tests.rigs.storage import DATABASES, claim, follow, opened, paper, set_schedule, tell

DAY = timedelta(days=1)
DAILY = Schedule(days=tuple(range(7)))
#: Tuesday 14 April 2026, when its batch turns over in arXiv's feeds, and 09:00 UTC
TURNOVER = datetime(2026, 4, 14, 4, tzinfo=UTC)
NINE = datetime(2026, 4, 14, 9, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(params=sorted(DATABASES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """One channel follows one topic; arXiv brought Monday's batch and has answered ever since."""
    async with opened(tmp_path, request.param) as known:
        await due_at(known, "C1", NINE)
        await batch(known, "2026-04-13", NINE - timedelta(days=1, hours=4))
        await answers(known, NINE - HOUR)
        yield known


async def due_at(store: Store, name: str, moment: datetime, platform: str = "slack") -> None:
    channel = Channel(platform, "T1", name)
    await set_schedule(store, channel, DAILY, moment.date(), moment)
    await follow(store, channel, "tokenization", NINE - timedelta(days=2))


async def batch(store: Store, name: str, now: datetime, source: str = "arxiv") -> None:
    """arXiv announces a batch of one paper."""
    await tell(store, paper(f"paper of {name}"), source=source, now=now, batch=name, matching=[1])


async def answers(store: Store, now: datetime) -> None:
    await store.asked("arxiv", "", Health(), now, now + HOUR)


async def planned(
    store: Store, now: datetime, sources: Collection[str] = ("arxiv",), rates: Mapping[str, float] | None = None
) -> dict[str, tuple[bool, list[str]]]:
    """Who gets a digest now: by channel, whether it says that it is late, and its papers."""
    await Plan(store, Hands(now), sources, rates).due()
    found: dict[str, tuple[bool, list[str]]] = {}
    for one in await claim(store, now, limit=1000):
        _, titles = found.setdefault(one.digest.channel.id, (one.digest.late, []))
        titles.extend(entry.paper.title for entry in one.part.entries)
    return found


# ------------------------------------------------------------------------------------- a late batch


async def test_a_late_batch_is_waited_for_and_the_digest_is_not_called_late(store: Store) -> None:
    for minutes in range(0, 105, 15):
        assert await planned(store, NINE + minutes * MINUTE) == {}
    await batch(store, "2026-04-14", NINE + 105 * MINUTE)
    assert await planned(store, NINE + 106 * MINUTE) == {"C1": (False, ["paper of 2026-04-14", "paper of 2026-04-13"])}


async def test_after_three_hours_the_digest_comes_without_the_batch(store: Store) -> None:
    assert await planned(store, NINE + 3 * HOUR - timedelta(seconds=1)) == {}
    assert await planned(store, NINE + 3 * HOUR) == {"C1": (False, ["paper of 2026-04-13"])}
    state = await store.channel(Channel("slack", "T1", "C1"))
    assert state is not None
    assert (state.last_at, state.due) == (NINE, NINE + timedelta(days=1))  # its slot, its date, its key


async def test_a_batch_that_is_there_is_not_waited_for_and_a_machine_that_slept_says_so(store: Store) -> None:
    await batch(store, "2026-04-14", TURNOVER + HOUR)
    await due_at(store, "C2", NINE + HOUR)
    both = ["paper of 2026-04-14", "paper of 2026-04-13"]
    assert await planned(store, NINE) == {"C1": (False, both)}
    assert (await planned(store, NINE + 2 * HOUR))["C2"] == (True, both)


async def test_a_slot_before_the_batch_counts_on_the_one_before(store: Store) -> None:
    await due_at(store, "early", TURNOVER - HOUR)
    await due_at(store, "too soon", TURNOVER + 29 * MINUTE)
    await due_at(store, "half an hour later", TURNOVER + 30 * MINUTE)
    assert set(await planned(store, TURNOVER + 31 * MINUTE)) == {"early", "too soon"}


async def test_nobody_waits_for_a_source_that_is_switched_off(store: Store) -> None:
    assert len(await planned(store, NINE, ["huggingface"])) == 1


async def test_nobody_waits_for_a_source_that_has_not_answered_for_a_day(store: Store) -> None:
    assert await planned(store, NINE + 22 * HOUR) == {"C1": (True, ["paper of 2026-04-13"])}
    assert len(await planned(store, NINE + 24 * HOUR)) == 1


async def test_on_a_day_without_a_batch_nobody_waits(store: Store) -> None:
    sunday = datetime(2026, 4, 19, 9, tzinfo=UTC)
    await batch(store, "2026-04-17", sunday - timedelta(days=2))
    await answers(store, sunday - HOUR)
    assert len(await planned(store, sunday)) == 1


def test_a_source_that_never_brought_a_batch_is_not_waited_for() -> None:
    assert calendar.awaited(SourceState("arxiv", "arxiv", answered=NINE), NINE) is None
    assert calendar.awaited(SourceState("arxiv", "arxiv", batch="2026-04-13"), NINE) is None
    assert calendar.awaited(SourceState("arxiv", "arxiv", batch="no date", answered=NINE), NINE) is None


def test_the_batch_after_a_holiday_is_waited_for_when_it_is_due() -> None:
    juneteenth = datetime(2026, 6, 19, 12, tzinfo=UTC)  # a Friday: nothing that evening, nor on Sunday
    assert calendar.awaited(SourceState("arxiv", "arxiv", batch="2026-06-19", answered=juneteenth), juneteenth) == (
        datetime(2026, 6, 23, 4, 30, tzinfo=UTC)
    )


# ---------------------------------------------------------------------------------- a crowded hour


async def crowd(store: Store, many: int, platform: str = "discord") -> None:
    for number in range(many):
        await due_at(store, f"D{number}", NINE, platform)


async def test_a_crowd_begins_early_enough_to_arrive_by_the_hour(store: Store) -> None:
    await crowd(store, 6)  # three messages each at 0.97 in ten seconds, and until somebody looks: 186 and 15 seconds
    rates = {"discord": 0.1}
    assert await planned(store, NINE - timedelta(seconds=201), (), rates) == {}
    assert set(await planned(store, NINE - timedelta(seconds=200), (), rates)) == {f"D{n}" for n in range(6)}
    state = await store.channel(Channel("discord", "T1", "D0"))
    assert state is not None
    assert (state.last_date, state.last_at) == (NINE.date(), NINE)
    assert (state.due_date, state.due) == ((NINE + DAY).date(), NINE + DAY)
    # the other one is on a platform without a limit for all of it
    assert set(await planned(store, NINE, (), rates)) - {f"D{n}" for n in range(6)} == {"C1"}


async def test_few_seconds_are_not_worth_beginning_early(store: Store) -> None:
    await crowd(store, 6)
    assert await planned(store, NINE - timedelta(seconds=1), (), {"discord": 1.25}) == {}


async def test_no_crowd_begins_more_than_an_hour_early_nor_takes_others_along(store: Store) -> None:
    await crowd(store, 6)
    await due_at(store, "alone", NINE - 30 * MINUTE, "discord")
    rates = {"discord": 0.003}  # a hundred minutes for six, seventeen for one
    assert await planned(store, NINE - HOUR - timedelta(seconds=1), (), rates) == {}
    assert set(await planned(store, NINE - HOUR, (), rates)) == {f"D{n}" for n in range(6)}


async def test_no_crowd_begins_early_while_its_batch_is_missing(store: Store) -> None:
    await crowd(store, 6)
    rates = {"discord": 0.1}
    assert await planned(store, NINE - timedelta(seconds=30), ["arxiv"], rates) == {}
    await batch(store, "2026-04-14", NINE - timedelta(seconds=30))
    assert len(await planned(store, NINE - timedelta(seconds=29), ["arxiv"], rates)) == 6


async def test_what_came_between_an_early_start_and_its_hour_is_new_the_next_day(store: Store) -> None:
    """What is left over waits behind what is new; what nobody looked at yet was not left over."""
    await crowd(store, 6)
    rates = {"discord": 0.1}
    await planned(store, NINE - MINUTE, (), rates)
    await tell(store, paper("left over"), now=NINE - 5 * HOUR, matching=[1])
    await tell(store, paper("at 08:59:30"), now=NINE - MINUTE / 2, matching=[1])
    first = Channel("discord", "T1", "D0")
    await store.change(first, DAILY, lambda state: replace(state, schedule=replace(state.schedule, most=1)))
    await Plan(store, Hands(NINE + DAY), (), rates).due()

    def shown(connection: Connection) -> list[tuple[str, object]]:
        question = select(papers.c.title, deliveries.c.leftover).select_from(entries).join(deliveries).join(papers)
        question = question.join(digests).join(channels, channels.c.id == digests.c.channel)
        that_day = digests.c.local_date == (NINE + DAY).date()
        return [(row.title, row.leftover) for row in connection.execute(question.where(that_day, at(first)))]

    assert await store._read(shown) == [("at 08:59:30", [])]
