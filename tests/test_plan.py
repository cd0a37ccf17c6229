"""Planning many channels at once: each gets its own digest, and what is wrong with one holds up no other."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.models import Channel, ChannelState, Digest, Schedule
from bot.ports import Busy, CommandError, Full, Planned, StorageError
from jobs import plan as planning
from jobs.plan import Plan
from storage.schema import channels, deliveries, digests, entries, posted
from storage.store import Store
from tests.rigs.house import Hands
from tests.rigs.storage import (
    ADA,
    DATABASES,
    MONDAY,
    NLP,
    OTHERS,
    TUESDAY,
    VISION,
    at,
    claim,
    follow,
    opened,
    paper,
    set_schedule,
    tell,
    waiting,
)

NINE = at(days=1, hours=2)  # Tuesday 09:00 UTC
DAILY = Schedule(days=tuple(range(7)))


@pytest.fixture(params=sorted(DATABASES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path, request.param) as known:
        yield known


async def lab(store: Store, many: int, papers: int = 2) -> list[Channel]:
    """So many channels that follow one topic and are due on Tuesday at nine, and papers for it."""
    made = [Channel("slack", f"T{number // 3}", f"C{number:03}") for number in range(many)]
    for channel in made:
        await set_schedule(store, channel, DAILY, TUESDAY, NINE)
        query = (await follow(store, channel, "tokenization", at(-1))).query
    await tell(store, *(paper(f"paper {number}") for number in range(papers)), now=at(20), matching=[query])
    return made


async def titles(store: Store) -> dict[str, list[str]]:
    """By channel, the titles of what is planned for it."""
    found: dict[str, list[str]] = {}
    for one in await claim(store, NINE + timedelta(hours=1), limit=1000):
        found.setdefault(one.digest.channel.id, []).extend(entry.paper.title for entry in one.part.entries)
    return found


async def count(store: Store, table: Any) -> int:
    return await store._read(lambda connection: len(connection.execute(select(table)).all()))


# ------------------------------------------------------------------------------------ many at once


async def test_every_due_channel_gets_its_digest_whatever_the_size_of_a_batch(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "TOGETHER", 4)
    made = await lab(store, 11)
    assert await Plan(store, Hands(NINE)).due() == 11
    assert await Plan(store, Hands(NINE)).due() == 0
    assert await titles(store) == {channel.id: ["paper 0", "paper 1"] for channel in made}
    due = {(state.due_date, state.due) for channel in made if (state := await store.channel(channel))}
    assert due == {(date(2026, 4, 15), NINE + timedelta(days=1))}


async def test_a_channel_sees_only_its_own_workspaces_feed_also_among_many(store: Store) -> None:
    for channel in (NLP, OTHERS):
        await set_schedule(store, channel, DAILY, TUESDAY, NINE)
        query = (await follow(store, channel, "tokenization", at(-1))).query
    await tell(store, paper("for all"), now=at(1), matching=[query])
    await tell(store, paper("for slack", "guid:1"), source="feed:1", now=at(1), matching=[query])
    await tell(store, paper("for discord", "guid:2"), source="feed:2", now=at(1), matching=[query])
    many = await store.candidates([NLP, OTHERS, VISION], at(-9))
    found = {channel: {one.paper.id for one in waits.candidates} for channel, waits in many.items()}
    for channel in (NLP, OTHERS):
        assert found[channel] == {one.paper.id for one in await store.waiting(channel)}
        assert len(found[channel]) == 2


async def test_reasons_and_scores_go_into_a_digest_as_they_were_matched(store: Store) -> None:
    await lab(store, 1)
    told = {one.paper.title: one.match for one in await store.waiting(Channel("slack", "T0", "C000"))}
    await Plan(store, Hands(NINE)).due()
    shown = {entry.paper.title: entry.match for one in await claim(store, NINE) for entry in one.part.entries}
    assert shown == told
    assert all(match.reasons for match in shown.values())


# ------------------------------------------------------------------------------- one that is broken


async def planned(store: Store, made: Sequence[Channel]) -> list[Planned]:
    """A digest with the first waiting paper for each of these channels, as somebody planned it a moment ago."""
    plans = []
    for channel in made:
        state = await store.channel(channel)
        assert state is not None
        waits = (await store.candidates([channel], at(-100)))[channel]
        parts = planning.messages(state.schedule, waits, at(-100))
        digest = Digest(channel, TUESDAY, 0, slot=NINE)
        plans.append(Planned(state, digest, planning.keyed(digest, parts), date(2026, 4, 15), NINE + timedelta(days=1)))
    return plans


async def test_a_channel_whose_date_is_taken_is_moved_on_and_the_others_are_planned(store: Store) -> None:
    made = await lab(store, 5)

    def take(connection: Connection) -> None:
        connection.execute(insert(digests).values(channel=3, local_date=TUESDAY, number=0))

    await store._write(take)
    assert await Plan(store, Hands(NINE)).due() == 4
    assert set(await titles(store)) == {channel.id for channel in made} - {"C002"}
    state = await store.channel(made[2])
    assert state is not None
    assert (state.due, state.last_date) == (NINE + timedelta(days=1), None)
    assert await store.due(NINE) == []


async def test_a_paper_posted_in_the_meantime_undoes_that_channels_plan_alone(store: Store) -> None:
    made = await lab(store, 5)
    plans = await planned(store, made)

    def post(connection: Connection) -> None:
        connection.execute(insert(posted).values(channel=2, paper=1, at=NINE))

    await store._write(post)
    assert await store.plan_all(plans, NINE) == [True, False, True, True, True]
    assert [state.channel for state in await store.due(NINE)] == [made[1]]
    assert (await count(store, digests), await count(store, posted)) == (4, 4 * 2 + 1)
    assert await Plan(store, Hands(NINE)).due() == 1
    assert (await titles(store))["C001"] == ["paper 1"]


async def test_a_paper_forgotten_in_the_meantime_undoes_the_plans_that_show_it(store: Store) -> None:
    made = await lab(store, 3)
    plans = await planned(store, made)
    strange = replace(plans[1].parts[0][0].entries[0], paper=paper("never stored"))
    broken = replace(plans[1], parts=[(replace(plans[1].parts[0][0], entries=(strange,)), plans[1].parts[0][1])])
    assert await store.plan_all([plans[0], broken, plans[2]], NINE) == [True, False, True]
    assert await count(store, entries) == 4


async def test_a_channel_that_was_changed_in_the_meantime_is_not_planned_by_what_it_was(store: Store) -> None:
    made = await lab(store, 3)
    plans = await planned(store, made)
    await store.change(made[0], DAILY, lambda state: replace(state, due=None, due_date=None))
    await store.change(made[1], DAILY, lambda state: replace(state, schedule=replace(state.schedule, most=1)))
    before = [await store.channel(channel) for channel in made[:2]]
    assert await store.plan_all(plans, NINE) == [False, False, True]
    assert [await store.channel(channel) for channel in made[:2]] == before
    assert await Plan(store, Hands(NINE)).due() == 1
    assert len((await titles(store))["C001"]) == 1


async def test_a_batch_that_the_database_refuses_is_planned_one_by_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await lab(store, 4)
    asked: list[int] = []
    plan_all = store.plan_all

    async def refusing(plans: Sequence[Planned], now: datetime) -> list[bool]:
        asked.append(len(plans))
        if any(one.state.channel == made[1] for one in plans):
            raise StorageError("It did not do it; nothing changed.")
        return await plan_all(plans, now)

    monkeypatch.setattr(store, "plan_all", refusing, raising=False)
    assert await Plan(store, Hands(NINE)).due() == 3
    assert asked == [4, 1, 1, 1, 1]
    assert [state.channel for state in await store.due(NINE)] == [made[1]]


@pytest.mark.parametrize("error", [Busy("Somebody else is writing."), Full("There is no room left.")])
async def test_while_nothing_can_be_written_planning_waits_for_the_next_tick(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: StorageError
) -> None:
    await lab(store, 4)
    monkeypatch.setattr(planning, "TOGETHER", 2)
    asked = 0

    async def refusing(plans: Sequence[Planned], now: datetime) -> list[bool]:
        nonlocal asked
        asked += 1
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(store, "plan_all", refusing, raising=False)
        assert await Plan(store, Hands(NINE)).due() == 0
    assert asked == 1
    assert await Plan(store, Hands(NINE)).due() == 4


async def test_a_channel_with_an_unknown_zone_is_left_out_and_the_others_are_planned(store: Store) -> None:
    made = await lab(store, 4)

    def spoil(connection: Connection) -> None:
        connection.execute(update(channels).where(channels.c.id == 2).values(zone="Mars/Olympus"))

    await store._write(spoil)
    assert await Plan(store, Hands(NINE)).due() == 3
    assert set(await titles(store)) == {channel.id for channel in made} - {"C001"}


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_planners_at_work_at_once_plan_each_channel_once(tmp_path: Path, database: str) -> None:
    async with contextlib.AsyncExitStack() as houses:
        stores = [await houses.enter_async_context(opened(tmp_path, database))]
        if database == "postgresql":  # as many processes as wanted; on SQLite there is one
            stores += [await houses.enter_async_context(opened(tmp_path, database)) for _ in range(2)]
        made = await lab(stores[0], 24)
        chance = random.Random(4)
        as_read = [await planned(stores[0], chance.sample(made, len(made))) for _ in range(6)]
        for turn in range(0, len(as_read), 3):
            at_once = zip(itertools.cycle(stores), as_read[turn : turn + 3], strict=False)
            got = await asyncio.gather(*(store.plan_all(plans, NINE) for store, plans in at_once))
            assert sum(map(sum, got)) == (0 if turn else len(made))
        assert await count(stores[0], digests) == len(made)
        assert await count(stores[0], deliveries) == 2 * len(made)


# ------------------------------------------------------------------- people and the planner at once


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_two_people_and_the_planner_in_one_moment_lose_nothing(tmp_path: Path, database: str) -> None:
    """Each sets another thing of the channel, hundreds of times, while its digests are planned."""
    rounds = 150
    async with contextlib.AsyncExitStack() as houses:
        stores = [await houses.enter_async_context(opened(tmp_path, database))]
        if database == "postgresql":
            stores += [await houses.enter_async_context(opened(tmp_path, database)) for _ in range(2)]
        await set_schedule(stores[0], NLP, DAILY, TUESDAY, NINE)
        await follow(stores[0], NLP, "tokenization", at(-1))
        clock = Hands(NINE)
        planner = Plan(stores[-1], clock)
        digests_planned = 0

        async def ada(turn: int) -> None:
            most = turn % 10 + 1
            changed = await stores[0].change(
                NLP, DAILY, lambda state: replace(state, schedule=replace(state.schedule, most=most))
            )
            assert changed.schedule.most == most

        async def bob(turn: int) -> None:
            days = (turn % 7, (turn + 1) % 7)
            changed = await stores[len(stores) // 2].change(
                NLP, DAILY, lambda state: replace(state, schedule=replace(state.schedule, days=tuple(sorted(days))))
            )
            assert changed.schedule.days == tuple(sorted(days))

        for turn in range(rounds):
            _, _, one = await asyncio.gather(ada(turn), bob(turn), planner.due())
            digests_planned += one
            state = await stores[0].channel(NLP)
            assert state is not None
            assert (state.schedule.most, state.schedule.days) == (
                turn % 10 + 1,
                tuple(sorted({turn % 7, (turn + 1) % 7})),
            )
            digests_planned += await planner.due()  # perhaps it was changed while it was planned
            state = await stores[0].channel(NLP)
            assert state is not None
            assert state.due is not None
            assert state.due > clock()
            clock.moment = state.due
        assert digests_planned == rounds
        assert await count(stores[0], digests) == rounds


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_a_read_and_a_write_are_one_for_everybody(tmp_path: Path, database: str) -> None:
    async with contextlib.AsyncExitStack() as houses:
        stores = [await houses.enter_async_context(opened(tmp_path, database))]
        if database == "postgresql":
            stores += [await houses.enter_async_context(opened(tmp_path, database)) for _ in range(3)]

        def one_more(state: ChannelState) -> ChannelState:
            until = (state.schedule.until or MONDAY) + timedelta(seconds=1)
            return replace(state, schedule=replace(state.schedule, until=until))

        async def count_up(store: Store) -> None:
            for _ in range(100):
                await store.change(NLP, DAILY, one_more)

        await asyncio.gather(*(count_up(store) for store in stores * (4 // len(stores))))
        state = await stores[0].channel(NLP)
        assert state is not None
        assert state.schedule.until == MONDAY + timedelta(seconds=400)


async def test_a_change_that_is_refused_changes_nothing(store: Store) -> None:
    def refuse(_: ChannelState) -> ChannelState:
        raise CommandError("There is no such hour.")

    with pytest.raises(CommandError):
        await store.change(NLP, DAILY, refuse)
    assert await store.channel(NLP) is None


# -------------------------------------------------------------------------- trouble, outage, backup


async def test_a_channel_in_trouble_is_due_again_at_its_probe(store: Store) -> None:
    made = await lab(store, 2)
    await store.trouble(made[0], "archived", at(0), NINE + timedelta(hours=5))
    assert await Plan(store, Hands(NINE)).due() == 1
    assert await Plan(store, Hands(NINE + timedelta(hours=4))).due() == 0
    assert await Plan(store, Hands(NINE + timedelta(hours=5))).due() == 1
    state = await store.channel(made[0])
    assert state is not None
    assert (state.trouble, state.last_date) == ("archived", TUESDAY)  # only a message that arrives mends it


async def test_who_acts_in_a_channel_in_trouble_mends_it(store: Store) -> None:
    (channel,) = await lab(store, 1)
    assert await store.trouble(channel, "archived", at(0), at(days=9)) == ADA
    await set_schedule(store, channel, DAILY, TUESDAY, NINE)
    assert await Plan(store, Hands(NINE)).due() == 1
    assert await store.trouble(channel, "archived", NINE, at(days=9)) == ADA  # a new trouble is told of anew


@pytest.mark.parametrize(("workspace", "left"), [("T0", ["C003"]), ("", []), ("T7", ["C000", "C001", "C002", "C003"])])
async def test_channels_whose_token_is_not_accepted_wait_until_it_is_tried_again(
    store: Store, workspace: str, left: list[str]
) -> None:
    await lab(store, 4)
    await store.outage("slack", workspace, "The token was revoked.", NINE + timedelta(hours=1))
    assert await Plan(store, Hands(NINE)).due() == len(left)
    assert sorted(await titles(store)) == left
    assert len(await store.waiting(Channel("slack", "T0", "C000"))) == (0 if "C000" in left else 2)
    assert await Plan(store, Hands(NINE + timedelta(hours=1))).due() == 4 - len(left)


async def test_after_a_backup_was_restored_only_what_is_announced_after_that_is_news(store: Store) -> None:
    (channel,) = await lab(store, 1)
    await tell(store, paper("known before"), now=at(-5), news=False, matching=[1])

    def restored(connection: Connection) -> None:
        connection.execute(update(channels).values(floor=at(21)))

    await store._write(restored)
    await tell(store, paper("after it"), paper("known before", published=at(-90)), now=at(22), matching=[1])
    assert await waiting(store, channel) == ["after it"]
    assert await Plan(store, Hands(NINE)).due() == 1
    assert await titles(store) == {channel.id: ["after it"]}
