"""What the platform does wrong, and what comes of it: nothing is lost, nothing comes twice, one fault stops one thing.

The letters are the faults of facts/reliability.md, section 2.1. Everything is read in the platform's own books.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import policy
from bot.models import Channel, Place
from bot.ports import Doubt, Intent
from jobs.deliver import IN_WORKSPACE, Deliver
from jobs.house import House
from jobs.pace import Buckets
from tests.rigs.faults import (
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    UNAVAILABLE,
    Fault,
    Pace,
    limited,
    slow_after,
    slow_before,
)
from tests.rigs.house import ADA, CHANNEL, Hands, announce, opened, paper, typed
from tests.rigs.neutral import GONE, REFUSED, UNAUTHORISED, Neutral, NeutralServer, noticeboard, wire
from tests.test_deliver import morning, reading

EVERY = [Doubt.REPEATS_SAFELY, Doubt.FINDS, Doubt.CONFIRMS, Doubt.NEITHER]
KNOWING = [Doubt.REPEATS_SAFELY, Doubt.FINDS]
PART_1 = "Tokenization, part 1"


async def tended(house: House, clock: Hands, times: int = 8, seconds: float = 40) -> None:
    """Ticks go by."""
    for _ in range(times):
        await morning(house)
        clock.move(seconds=seconds)


async def planned(house: House, clock: Hands, papers: int = 1) -> None:
    """So many papers came, and their digest is planned."""
    await announce(house, *(paper(number) for number in range(1, papers + 1)))
    clock.move(hours=3)
    await house.plan.due()


async def arrived(server: NeutralServer) -> None:
    """Wait until the first message of a digest is there."""
    async with asyncio.timeout(5):
        while not server.digests():  # noqa: ASYNC110 - the server's books tell nobody
            await asyncio.sleep(0.01)


# --------------------------------------------------------------------- D3: taken or not, without an answer


@pytest.mark.parametrize("doubt", EVERY)
@pytest.mark.parametrize("fault", [DROP_AFTER, ERROR_AFTER, slow_after(0.6)], ids=["drop", "500", "slow"])
async def test_a_message_taken_without_an_answer_is_never_doubled(tmp_path: Path, fault: Fault, doubt: Doubt) -> None:
    clock = Hands()
    async with reading(tmp_path, clock, doubt=doubt, request=0.2) as (house, server):
        server.fail(fault)
        await planned(house, clock)
        await tended(house, clock)
        troubles = await house.store.troubles(CHANNEL)

        assert server.titles() == [PART_1]
        assert len(troubles) == (1 if doubt is Doubt.NEITHER else 0)


@pytest.mark.parametrize("doubt", KNOWING)
@pytest.mark.parametrize("fault", [DROP_BEFORE, ERROR_BEFORE], ids=["drop", "500"])
async def test_a_message_lost_without_an_answer_is_posted_after_all(tmp_path: Path, fault: Fault, doubt: Doubt) -> None:
    clock = Hands()
    async with reading(tmp_path, clock, doubt=doubt) as (house, server):
        server.fail(fault)
        await planned(house, clock)
        await tended(house, clock)

        assert server.titles() == [PART_1]


@pytest.mark.parametrize("doubt", KNOWING)
async def test_a_request_still_on_its_way_is_waited_for(tmp_path: Path, doubt: Doubt) -> None:
    """Mistake 3: who looks at once does not find what arrives a moment later."""
    clock = Hands()
    async with reading(tmp_path, clock, doubt=doubt, request=0.1) as (house, server):
        server.fail(slow_before(0.4))
        await planned(house, clock)
        await house.deliver.due()
        assert server.titles() == []
        await house.deliver.due()
        await server.faults.idle()
        await tended(house, clock)

        assert server.titles() == [PART_1]
        assert server.doubled() == []


@pytest.mark.parametrize("doubt", [Doubt.CONFIRMS, Doubt.NEITHER])
async def test_what_nobody_can_know_is_not_repeated_until_a_person_says_so(tmp_path: Path, doubt: Doubt) -> None:
    clock = Hands()
    async with reading(tmp_path, clock, doubt=doubt) as (house, server):
        server.fail(DROP_BEFORE)
        await planned(house, clock)
        await tended(house, clock)
        assert server.titles() == []

        await typed(house, clock.act("status"))
        status = server.books[-1].message
        assert "perhaps posted" in status.body
        await typed(house, clock.act(status.actions[0].command))
        await house.deliver.due()

        assert server.titles() == [PART_1]


@pytest.mark.parametrize("then", [UNAVAILABLE, DROP_BEFORE, REFUSED, GONE], ids=lambda fault: fault.name)
async def test_a_doubt_outlives_a_repeat_that_was_not_taken(tmp_path: Path, then: Fault) -> None:
    """The first attempt was taken and its answer lost; what the repeats are told must not bring a second copy."""
    clock = Hands()
    async with reading(tmp_path, clock, doubt=Doubt.REPEATS_SAFELY, window=timedelta(seconds=120)) as (house, server):
        server.fail(DROP_AFTER)
        await planned(house, clock)
        await house.deliver.due()
        server.fail(then, times=4)
        await tended(house, clock, times=40, seconds=36)

        assert server.titles() == [PART_1]


# ------------------------------------------------------------------- D4: a doubt older than the key's window


async def test_a_key_is_trusted_for_two_minutes_and_then_the_message_is_looked_for(tmp_path: Path) -> None:
    clock = Hands()
    can = [Doubt.REPEATS_SAFELY, Doubt.FINDS]
    async with reading(tmp_path, clock, doubt=can, window=timedelta(seconds=120)) as (house, server):
        server.fail(DROP_AFTER)
        await planned(house, clock)
        await house.deliver.due()
        clock.move(hours=2)
        await tended(house, clock)

        assert server.titles() == [PART_1]
        assert await house.store.troubles(CHANNEL) == []


async def test_a_key_whose_window_is_over_is_not_repeated_where_nobody_can_look(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock, doubt=Doubt.REPEATS_SAFELY, window=timedelta(seconds=120)) as (house, server):
        server.fail(DROP_AFTER)
        await planned(house, clock)
        await house.deliver.due()
        clock.move(hours=2)
        await tended(house, clock)

        assert server.titles() == [PART_1]
        assert len(await house.store.troubles(CHANNEL)) == 1


# --------------------------------------------------------------------------- D7, D8: order, and poison


async def test_what_follows_in_a_channel_waits_for_what_comes_before(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock, doubt=Doubt.FINDS) as (house, server):
        server.fail(UNAVAILABLE, marker="part 4", times=2)
        await planned(house, clock, papers=6)
        await tended(house, clock, times=12)

        lead, *thread = server.digests()
        assert [kept.message.title for kept in thread] == [item.title for item in lead.message.items]
        assert len(thread) == 6


async def test_a_poison_paper_is_set_aside_and_the_rest_delivered(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        server.fail(REFUSED, marker="Poison", times=None)
        await announce(house, paper(1), paper(2, "Poison"), paper(3))
        clock.move(hours=3)
        await tended(house, clock, times=4)
        troubles = await house.store.troubles(CHANNEL)

        assert sorted(server.titles()) == [PART_1, "Tokenization, part 3"]
        assert [trouble.titles for trouble in troubles] == [("Poison",)]


async def test_a_poison_paper_in_a_lead_costs_at_most_six_requests_and_itself(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        server.fail(REFUSED, marker="Poison", times=None)
        await announce(house, *(paper(number) for number in range(1, 10)), paper(10, "Poison"))
        clock.move(hours=3)
        await tended(house, clock, times=6)

        leads = [kept for kept in server.digests() if kept.message.items]
        threads = [kept.message.title for kept in server.digests() if kept.under]
        assert sorted(item.title for lead in leads for item in lead.message.items) == sorted(threads)
        assert len(threads) == 9
        assert sum(arrival.status == 400 for arrival in server.faults.arrivals) <= 6
        assert [trouble.titles for trouble in await house.store.troubles(CHANNEL)] == [("Poison",)]
        await tended(house, clock, times=3, seconds=86_400)
        assert len(server.digests()) == len(leads) + 9


async def test_a_digest_that_breaks_us_is_set_aside_and_the_rest_delivered(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        platform = house.platforms["console"]
        whole = platform.post

        async def broken(place: Place, message: object, key: str) -> object:
            if getattr(message, "title", "") == "Poison":
                raise RuntimeError("a bug of ours")
            return await whole(place, message, key)  # type: ignore[arg-type]

        platform.post = broken  # type: ignore[method-assign, assignment]
        await announce(house, paper(1), paper(2, "Poison"))
        clock.move(hours=3)
        await tended(house, clock, times=6, seconds=300)

        assert server.titles() == [PART_1]


# --------------------------------------------------------------------------------- D9, D10: too fast


@pytest.mark.parametrize("retry_after", ["30", "2.5", ""])
async def test_a_platform_that_says_wait_is_obeyed_to_the_second(tmp_path: Path, retry_after: str) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        server.fail(limited(retry_after))
        await planned(house, clock)
        await house.deliver.due()
        before = len(server.faults.arrivals)
        clock.move(seconds=float(retry_after or 60) - 0.1)
        await house.deliver.due()
        assert len(server.faults.arrivals) == before
        clock.move(seconds=0.1)
        await house.deliver.due()

        assert server.titles() == [PART_1]


async def test_a_workspace_that_is_told_to_wait_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    clock = Hands()
    labs = [Channel("console", workspace, f"c{number}") for workspace in ("slow", "well") for number in range(8)]
    async with (
        noticeboard(clock, per_token=Pace(1000, burst=1000)) as (server, platform),
        opened(tmp_path, {"console": platform}, clock) as house,
    ):
        await typed_in(house, clock, labs)
        clock.move(hours=3)
        await house.plan.due()
        server.fail(limited("3600"), workspace="slow", times=None)
        for _ in range(4):
            await house.deliver.due()
            clock.move(seconds=15)
        assert {kept.workspace for kept in server.digests()} == {"well"}
        assert len(server.digests()) == 8
        assert sum(arrival.status == 429 for arrival in server.faults.arrivals) <= IN_WORKSPACE


async def test_a_sick_workspace_does_not_close_the_platform_for_the_others(tmp_path: Path) -> None:
    clock = Hands()
    labs = [Channel("console", "sick", f"c{number}") for number in range(20)]
    async with noticeboard(clock) as (server, platform), opened(tmp_path, {"console": platform}, clock) as house:
        await typed_in(house, clock, [*labs, Channel("console", "well", "c")])
        clock.move(hours=3)
        await house.plan.due()
        server.fail(UNAVAILABLE, workspace="sick", times=None)
        for _ in range(20):
            await house.deliver.due()
            clock.move(seconds=15)

        assert [kept.workspace for kept in server.digests()] == ["well"]


async def test_a_message_in_flight_for_long_keeps_nobody_waiting(tmp_path: Path) -> None:
    clock = Hands()
    labs = [Channel("console", "lab", f"c{number}") for number in range(2)]
    async with noticeboard(clock) as (server, platform), opened(tmp_path, {"console": platform}, clock) as house:
        await typed_in(house, clock, labs[:1])
        clock.move(hours=3)
        await house.plan.due()
        server.fail(slow_before(1.5), channel="c0")
        delivering = asyncio.create_task(house.deliver.due())
        await asyncio.sleep(0.2)
        await typed(house, clock.act("follow tokenization", channel=labs[1]))
        await announce(house, paper(2))
        await typed(house, clock.act("now", channel=labs[1]))
        house.deliver.nudge("console")
        await arrived(server)
        assert [kept.channel for kept in server.digests()] == ["c1"]
        await delivering
        assert [kept.channel for kept in server.digests()] == ["c1", "c0"]


async def test_a_platform_that_was_done_goes_on_while_another_one_hangs(tmp_path: Path) -> None:
    clock = Hands()
    lab = Channel("other", "lab", "c1")
    async with (
        noticeboard(clock, name="console") as (well, one),
        noticeboard(clock, name="other") as (ill, other),
        opened(tmp_path, {"console": one, "other": other}, clock) as house,
    ):
        await typed_in(house, clock, [lab])
        clock.move(hours=3)
        await house.plan.due()
        ill.fail(slow_before(1.5))
        house.work()
        house.delivering.wake()
        await asyncio.sleep(0.2)
        await typed(house, clock.act("follow tokenization"))
        await announce(house, paper(2))
        await typed(house, clock.act("now"))
        house.delivering.wake()
        await arrived(well)
        assert ill.digests() == []
        await house.delivering.idle()
        assert len(ill.digests()) == 1
        await house.rest()


async def test_a_limit_is_kept_and_not_learned_by_refusals(tmp_path: Path) -> None:
    """Twelve digests and two dozen answers: the platform, which allows some jitter on the way, refuses none."""
    clock = Real()
    async with (
        NeutralServer(name="console", clock=clock, per_token=Pace(20, burst=8)) as server,
        Neutral(server.url, name="console", doubt=(), per_token=Pace(20, burst=2)) as platform,
        opened(tmp_path, {"console": platform}, clock) as house,
    ):
        await typed_in(house, clock, [Channel("console", "terminal", f"c{number}") for number in range(12)])
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()

        assert len(server.digests()) == 12
        assert server.faults.over_pace == 0
        first, *_, last = [arrival.at for arrival in server.faults.arrivals if arrival.key]
        assert last - first > 10 / 20


class Real(Hands):
    """A clock that goes, and can be set forward."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = asyncio.get_running_loop().time()

    def __call__(self) -> datetime:
        return self.moment + timedelta(seconds=asyncio.get_running_loop().time() - self._begun)


async def typed_in(house: House, clock: Hands, channels: list[Channel]) -> None:
    """The topic is followed in each of the channels, and one paper came."""
    for channel in channels:
        await typed(house, clock.act("follow tokenization", channel=channel))
    await announce(house, paper(1))


# ------------------------------------------------------------------------- D11, D12: a platform is down


async def test_a_platform_that_is_down_gets_the_digest_later_and_once(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await planned(house, clock)
        async with server.away():
            await tended(house, clock, times=6, seconds=3600)
        await tended(house, clock, times=3, seconds=3600)

        assert server.titles() == [PART_1]


async def test_a_platform_that_is_down_is_asked_about_once_a_minute_and_not_for_every_channel(tmp_path: Path) -> None:
    clock = Hands()
    async with noticeboard(clock) as (server, platform), opened(tmp_path, {"console": platform}, clock) as house:
        await typed_in(house, clock, [Channel("console", "terminal", f"c{number}") for number in range(30)])
        clock.move(hours=3)
        await house.plan.due()
        server.fail(UNAVAILABLE, times=None)
        for _ in range(4 * 30):
            await house.deliver.due()
            clock.move(seconds=15)
        down = sum(bool(arrival.key) for arrival in server.faults.arrivals)
        server.behave()
        await tended(house, clock, times=90, seconds=60)

        assert down <= 30 + policy.DOWN
        assert len(server.digests()) == 30
        assert server.doubled() == []


async def test_what_could_not_be_posted_for_a_day_comes_with_the_next_digest_and_once(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await planned(house, clock)
        async with server.away():
            await tended(house, clock, times=22, seconds=3600)
        await announce(house, paper(2))
        await tended(house, clock, times=48, seconds=3600)

        assert sorted(server.titles()) == [PART_1, "Tokenization, part 2"]
        assert len({kept.at.date() for kept in server.digests()}) == 1


async def test_a_dead_platform_delays_nobody_else(tmp_path: Path) -> None:
    clock = Hands()
    async with (
        noticeboard(clock, name="console") as (server, well),
        noticeboard(clock, name="other", request=2) as (dead, ill),
        opened(tmp_path, {"console": well, "other": ill}, clock) as house,
    ):
        await typed_in(house, clock, [CHANNEL, *(Channel("other", "lab", f"c{number}") for number in range(5))])
        clock.move(hours=3)
        await house.plan.due()
        dead.fail(slow_before(1.9), times=None)
        delivering = asyncio.create_task(house.deliver.due())
        await arrived(server)
        meanwhile = dead.titles()
        await delivering

        assert meanwhile == [], "nobody waited for it"
        assert server.titles() == [PART_1]


# -------------------------------------------------------------------------------- D13: a channel is gone


async def test_a_dead_channel_is_paused_told_of_once_tried_daily_and_never_deleted(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        server.fail(GONE, times=None, marker="Tokenization, part")
        await planned(house, clock)
        for _ in range(5 * 24):
            await morning(house)
            clock.move(hours=1)
        tries = [arrival for arrival in server.faults.arrivals if arrival.key]
        topics = await house.store.subscriptions(CHANNEL)
        notices = [kept for kept in server.books if kept.kind == "direct"]
        await typed(house, clock.act("status"))

        assert 3 <= len(tries) <= 5
        assert [topic.text for topic in topics] == ["tokenization"]
        assert [(kept.person, kept.channel) for kept in notices] == [(ADA.id, CHANNEL.id)]
        assert "Set aside" in server.books[-1].message.body

        server.behave()
        clock.move(days=2)  # it is Saturday
        await morning(house)
        assert server.titles() == [PART_1]
        await typed(house, clock.act("status"))
        assert "Set aside" not in server.books[-1].message.body


async def test_a_dead_channel_starts_at_once_when_somebody_resumes_it(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        server.fail(GONE)
        await planned(house, clock)
        await house.deliver.due()
        await typed(house, clock.act("resume"))
        clock.move(minutes=1)
        await house.deliver.due()

        assert server.titles() == [PART_1]


# --------------------------------------------------------------------------------- D14: a token is dead


async def test_a_dead_token_stops_its_workspace_at_once_and_nobody_else(tmp_path: Path) -> None:
    clock = Hands()
    labs = [Channel("console", workspace, f"c{number}") for workspace in ("one", "two") for number in range(12)]
    async with noticeboard(clock) as (server, platform), opened(tmp_path, {"console": platform}, clock) as house:
        await typed_in(house, clock, labs)
        clock.move(hours=3)
        await house.plan.due()
        server.revoke("one")
        for _ in range(20):
            await house.deliver.due()
            clock.move(minutes=10)
        refused = [arrival for arrival in server.faults.arrivals if arrival.status == 401]

        assert 1 <= len(refused) <= IN_WORKSPACE
        assert {kept.workspace for kept in server.digests()} == {"two"}
        assert len(server.digests()) == 12
        await typed(house, clock.act("status", channel=labs[0]))
        assert await house.store.troubles(labs[0]) == []
        assert await house.store.outage_of(labs[0]) != ""

        server.restore("one")
        await announce(house, paper(2))
        await tended(house, clock, times=30, seconds=3600)
        assert len(server.digests()) == 12 * 4
        assert server.doubled() == []


@pytest.mark.parametrize("fault", [GONE, UNAUTHORISED, limited("3600")], ids=lambda fault: fault.name)
async def test_looking_for_a_message_hammers_nobody(tmp_path: Path, fault: Fault) -> None:
    """What a platform answers to a search counts as much as what it answers to a post."""
    clock = Hands()
    async with reading(tmp_path, clock, doubt=Doubt.FINDS) as (house, server):
        server.fail(DROP_AFTER)
        await planned(house, clock)
        await house.deliver.due()
        server.fail(fault, path=wire.FIND, times=None)
        await tended(house, clock, times=24 * 12, seconds=300)
        looked = sum(arrival.path == wire.FIND for arrival in server.faults.arrivals)

        assert 1 <= looked <= 24
        assert server.doubled() == []


async def test_what_hangs_under_a_lead_that_is_there_comes_however_late(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await planned(house, clock, papers=5)
        server.faults.on_answer = lambda _arrival: down(server)
        await tended(house, clock, times=22, seconds=3600)
        assert len(server.digests()) == 1
        server.faults.on_answer = lambda _arrival: None
        server.behave()
        await tended(house, clock, times=4, seconds=3600)

        assert len(server.digests()) == 6
        assert server.doubled() == []


def down(server: NeutralServer) -> None:
    """From now on it takes nothing."""
    server.fail(UNAVAILABLE, times=None)


async def test_a_message_of_unknown_fate_is_sent_again_after_days_under_a_key_of_its_own(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock, doubt=Doubt.NEITHER) as (house, server):
        server.fail(DROP_AFTER)
        await planned(house, clock)
        await tended(house, clock)
        clock.move(days=3)
        await house.store.tidy(clock())
        (trouble,) = await house.store.troubles(CHANNEL)
        await typed(house, clock.act(f"again {trouble.id}"))
        await house.deliver.due()

        assert len(server.digests()) == 2
        assert len({kept.key for kept in server.digests()}) == 2
        assert server.violations == []


async def test_a_process_that_stood_still_sends_nothing_late(tmp_path: Path) -> None:
    """It is stopped between its promise and the first byte; when it goes on, others may have looked already."""
    clock = Hands()
    async with reading(tmp_path, clock, doubt=Doubt.FINDS) as (house, server):
        await planned(house, clock)
        sending = house.store.sending
        hours = [0.0]
        house.deliver._uptime = lambda: time.monotonic() + hours[0]

        async def stop(intent: Intent) -> bool:
            meant = await sending(intent)
            hours[0] += 60
            return meant

        house.store.sending = stop  # type: ignore[method-assign]
        await house.deliver.due()
        assert not any(arrival.key for arrival in server.faults.arrivals)  # nothing left this machine
        house.store.sending = sending  # type: ignore[method-assign]
        await tended(house, clock)

        assert server.titles() == [PART_1]


# -------------------------------------------------------------------- D16, D17: two workers, and stopping


async def test_two_workers_post_every_message_once(tmp_path: Path) -> None:
    clock = Hands()
    labs = [Channel("console", "lab", f"c{number}") for number in range(20)]
    async with noticeboard(clock) as (server, platform), opened(tmp_path, {"console": platform}, clock) as house:
        await typed_in(house, clock, labs)
        await announce(house, *(paper(number) for number in range(2, 7)))
        clock.move(hours=3)
        await house.plan.due()
        server.fail(slow_after((0, 0.02)), times=None)
        async with second(house) as other:
            await asyncio.gather(house.deliver.due(), other.due())
            await asyncio.gather(house.deliver.due(), other.due())

        assert len(server.digests()) == 20 * 7
        assert server.doubled() == []
        for lab in labs:
            lead, *thread = [kept for kept in server.digests() if kept.channel == lab.id]
            assert [kept.message.title for kept in thread] == [item.title for item in lead.message.items]


@contextlib.asynccontextmanager
async def second(house: House) -> AsyncIterator[Deliver]:
    """Another worker on the same database."""
    yield Deliver(house.store, house.platforms, house.clock, Buckets(house.store))


async def test_a_program_that_is_told_to_stop_finishes_what_is_in_flight_and_begins_nothing(tmp_path: Path) -> None:
    clock = Hands()
    async with reading(tmp_path, clock) as (house, server):
        await planned(house, clock, papers=6)
        server.fail(slow_after(0.2), times=None)
        delivering = asyncio.create_task(house.deliver.due())
        await arrived(server)
        house.deliver.stop()
        await delivering
        stopped = len(server.digests())
        open_now = await house.store.claim(clock(), policy.USUAL.lease, ["console"])

        assert stopped == 1
        assert [delivery.state for delivery in open_now] == ["planned"] * 6
