"""The rig that misbehaves does what it says: what its books hold, and which of our errors an adapter makes of it."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.models import Channel, Message, Place
from bot.ports import (
    ChannelGone,
    Doubt,
    Doubtful,
    NotSent,
    PostError,
    Refused,
    Unauthorised,
)
from tests.rigs.faults import (
    CUT_AFTER,
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    GARBAGE_AFTER,
    GARBAGE_BEFORE,
    LIMITED,
    UNAVAILABLE,
    Answer,
    Arrival,
    Fault,
    Pace,
    limited,
    slow_after,
    slow_before,
)
from tests.rigs.house import Hands
from tests.rigs.neutral import FORBIDDEN, GONE, REFUSED, UNAUTHORISED, Neutral, NeutralServer, noticeboard
from tests.rigs.neutral.attempts import ABROAD, ELSEWHERE, HERE, KEY, PAPER, attempt
from tests.rigs.neutral.client import MEANINGS, meaning

ROOT = Path(__file__).parents[1]


# ------------------------------------------------------------------------------------------------- each fault


@pytest.mark.parametrize(
    ("fault", "error", "there"),
    [
        (DROP_BEFORE, Doubtful, False),
        (DROP_AFTER, Doubtful, True),
        (CUT_AFTER, Doubtful, True),
        (slow_before(0.8), Doubtful, True),
        (slow_after(0.8), Doubtful, True),
        (ERROR_BEFORE, Doubtful, False),
        (ERROR_AFTER, Doubtful, True),
        (GARBAGE_BEFORE, Doubtful, False),
        (GARBAGE_AFTER, Doubtful, True),
        (Fault("a list", instead=Answer(200, "[]")), Doubtful, True),
        (Fault("no id", instead=Answer(200, "{}")), Doubtful, True),
        (Fault("502", instead=Answer(502)), Doubtful, True),
        (UNAVAILABLE, NotSent, False),
        (Fault("elsewhere", commits=False, instead=Answer(302, headers={"Location": "/"})), NotSent, False),
        (Fault("no such page", commits=False, instead=Answer(404)), NotSent, False),
        (REFUSED, Refused, False),
        (GONE, ChannelGone, False),
        (FORBIDDEN, ChannelGone, False),
        (UNAUTHORISED, Unauthorised, False),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
async def test_a_fault_is_one_of_our_errors_and_the_books_say_what_is_true(
    fault: Fault, error: type[PostError], there: bool
) -> None:
    async with noticeboard(request=0.5) as (server, platform):
        server.fail(fault)
        with pytest.raises(error) as caught:
            await platform.post(HERE, PAPER, KEY)
        await server.faults.idle()
        posted = await platform.post(ELSEWHERE, PAPER, "another")

    first, second = server.faults.arrivals
    assert type(caught.value) is error
    assert server.titles() == ["On tokens"] * (1 + there)
    assert (first.fault, first.committed, first.key, first.channel) == (fault.name, there, KEY, "papers")
    assert (second.fault, second.committed, second.status) == ("", True, 200)
    assert posted.id == server.books[-1].id


@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize(("retry_after", "seconds"), [("30", 30.0), ("2.5", 2.5), ("", 0.0)])
async def test_every_form_of_too_many_is_surely_not_sent_and_says_how_long_to_wait(
    retry_after: str, seconds: float, html: bool
) -> None:
    async with noticeboard() as (server, platform):
        server.fail(limited(retry_after, html=html))
        with pytest.raises(NotSent) as caught:
            await platform.post(HERE, PAPER, KEY)

    assert caught.value.retry_after == seconds
    assert caught.value.limit == "console/lab"
    assert server.books == []
    assert [arrival.status for arrival in server.faults.arrivals] == [429]


async def test_waits_of_a_range_differ_and_lie_in_it() -> None:
    async with noticeboard(seed=3) as (server, platform):
        server.fail(Fault("slow", before=(0.0, 0.02), after=(0.01, 0.02)), times=None)
        for number in range(10):
            await platform.post(HERE, PAPER, f"key {number}")

    waits = [arrival.ended - arrival.at for arrival in server.faults.arrivals if arrival.ended]
    assert len(waits) == 10
    assert min(waits) >= 0.01
    assert max(waits) - min(waits) > 0.005


async def test_nobody_at_the_address_is_surely_not_sent_and_who_comes_back_takes_posts_again() -> None:
    async with noticeboard() as (server, platform):
        await platform.post(HERE, PAPER, "before")
        async with server.away():
            # a connection of the pool may not know yet that it is dead
            with pytest.raises((NotSent, Doubtful)):
                await platform.post(HERE, PAPER, "first")
            with pytest.raises(NotSent):
                await platform.post(HERE, PAPER, "second")
        await platform.post(HERE, PAPER, "after")

    assert [kept.key for kept in server.books] == ["before", "after"]


def test_every_error_of_aiohttp_is_one_of_ours() -> None:
    errors = [
        error
        for _, error in inspect.getmembers(aiohttp, inspect.isclass)
        if issubclass(error, Exception) and not issubclass(error, Warning)
    ]
    server_side = {aiohttp.WebSocketError, aiohttp.EofStream, aiohttp.ClientError}

    assert aiohttp.ServerDisconnectedError in errors
    assert [error for error in errors if meaning(error) is None and error not in server_side] == []
    assert {kind for _, kind in MEANINGS} == {NotSent, Doubtful}


async def test_what_the_adapter_is_sure_of_is_true_whatever_happens_to_many_posts_at_once() -> None:
    faults = (DROP_BEFORE, DROP_AFTER, CUT_AFTER, ERROR_BEFORE, ERROR_AFTER, GARBAGE_AFTER, UNAVAILABLE, *LIMITED)
    async with noticeboard(seed=5) as (server, platform):
        for fault in (*faults, GONE, REFUSED, UNAUTHORISED, Fault("slow", before=(0, 0.01), after=(0, 0.01))):
            server.fail(fault, times=None, chance=0.05)
        keys = [f"key {number}" for number in range(400)]
        answers = await asyncio.gather(*(attempt(platform, HERE, key) for key in keys))
        await server.faults.idle()

    there = {kept.key for kept in server.books}
    told = dict(zip(keys, answers, strict=True))
    assert {NotSent, Doubtful, Refused, ChannelGone, Unauthorised, None} == set(answers)
    assert [key for key, error in told.items() if error is None and key not in there] == []
    assert [key for key, error in told.items() if error not in (None, Doubtful) and key in there] == []
    assert {key in there for key, error in told.items() if error is Doubtful} == {True, False}
    assert server.doubled() == []


# -------------------------------------------------------------------------- what is on the wire is committed


async def test_what_was_on_the_wire_is_committed_although_its_sender_gave_up() -> None:
    async with noticeboard() as (server, platform):
        server.fail(slow_before(0.2))
        posting = asyncio.create_task(platform.post(HERE, PAPER, KEY))
        await server.faults.until_arrived()
        posting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await posting
        assert server.books == []
        await server.faults.idle()

    (arrival,) = server.faults.arrivals
    assert arrival.committed
    assert arrival.ended is not None
    assert arrival.ended - arrival.at >= 0.2
    assert server.titles() == ["On tokens"]


PROGRAM = """
import asyncio, sys
from bot.models import Channel, Message, Place
from tests.rigs.neutral import Neutral

async def main():
    async with Neutral(sys.argv[1]) as platform:
        await platform.post(Place(Channel("neutral", "lab", "papers")), Message(title="On tokens"), "k")
    print("posted", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("moment", "fault"),
    [
        ("on_first_byte", slow_before(0.2)),
        ("on_commit", slow_after(0.2)),
        ("on_answer", slow_after(0.0)),
    ],
)
async def test_a_program_is_killed_at_a_named_moment_and_its_message_is_there_all_the_same(
    moment: str, fault: Fault
) -> None:
    async with NeutralServer() as server:
        server.fail(fault)
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, server.url, stdout=subprocess.PIPE, cwd=ROOT
        )
        moments: list[Arrival] = []

        def kill(arrival: Arrival) -> None:
            moments.append(arrival)
            with contextlib.suppress(ProcessLookupError):
                program.kill()

        setattr(server.faults, moment, kill)
        said, _ = await program.communicate()
        await server.faults.idle()

    assert len(moments) == 1
    assert server.titles() == ["On tokens"]
    assert said == b"" or moment == "on_answer"


# -------------------------------------------------------------------------------------------- ordering faults


async def test_a_fault_is_met_as_often_as_it_was_ordered() -> None:
    async with noticeboard() as (server, platform):
        order = server.fail(UNAVAILABLE, times=2)
        answers = [await attempt(platform, HERE, f"key {number}") for number in range(4)]

    assert answers == [NotSent, NotSent, None, None]
    assert order.met == 2


async def test_faults_come_in_the_order_they_were_ordered_and_lasting_ones_last() -> None:
    async with noticeboard() as (server, platform):
        lasting = server.fail(UNAVAILABLE, times=None)
        server.fail(DROP_BEFORE)
        server.fail(REFUSED)
        answers = [await attempt(platform, HERE, f"key {number}") for number in range(4)]
        lasting.cancel()
        answers.append(await attempt(platform, HERE, "key 4"))

    assert answers == [Doubtful, Refused, NotSent, NotSent, None]


async def test_a_fault_by_chance_comes_about_as_often_and_the_same_for_the_same_seed() -> None:
    runs: list[list[int]] = []
    for seed in (7, 7, 8):
        async with noticeboard(seed=seed) as (server, platform):
            server.fail(UNAVAILABLE, times=None, chance=0.3)
            missing = [number for number in range(200) if await attempt(platform, HERE, f"key {number}")]
        runs.append(missing)

    assert runs[0] == runs[1] != runs[2]
    assert all(30 <= len(run) <= 90 for run in runs)


async def test_a_fault_is_met_by_its_channel_its_workspace_or_its_words_alone() -> None:
    async with noticeboard() as (server, platform):
        server.fail(GONE, times=None, channel="birds")
        server.fail(UNAVAILABLE, times=None, workspace="other")
        server.fail(REFUSED, times=None, marker='Poison “ü” "q"')
        poison = Message(title="List", items=(PAPER, Message(title='Poison “ü” "q"')))

        assert await attempt(platform, ELSEWHERE, "1") is ChannelGone
        assert await attempt(platform, ABROAD, "2") is NotSent
        assert await attempt(platform, HERE, "3", poison) is Refused
        assert await attempt(platform, HERE, "4") is None
        server.behave()
        assert await attempt(platform, ELSEWHERE, "5") is None

    assert [kept.key for kept in server.books] == ["4", "5"]


async def test_a_token_that_was_revoked_is_good_for_nothing() -> None:
    async with noticeboard(doubt=Doubt.FINDS) as (server, platform):
        server.revoke("lab")
        refused = await attempt(platform, HERE, KEY)
        with pytest.raises(Unauthorised):
            await platform.find(HERE, KEY, server.faults.arrivals[0].wall)
        other = await attempt(platform, ABROAD, "other")
        server.restore("lab")
        again = await attempt(platform, HERE, KEY)

    assert (refused, other, again) == (Unauthorised, None, None)
    assert [kept.workspace for kept in server.books] == ["other", "lab"]


# -------------------------------------------------------------------------------------------------- its pace


async def test_more_than_the_allowed_pace_is_refused_with_the_time_to_wait_and_counted() -> None:
    clock = Hands()
    async with noticeboard(clock, per_token=Pace(2.0, burst=3), per_channel=Pace(1.0)) as (server, platform):
        assert await attempt(platform, HERE, "1") is None
        with pytest.raises(NotSent) as channel_full:
            await platform.post(HERE, PAPER, "2")
        assert [await attempt(platform, Place(Channel("console", "lab", name)), name) for name in "ab"] == [None, None]
        with pytest.raises(NotSent) as token_full:
            await platform.post(Place(Channel("console", "lab", "c")), PAPER, "3")
        assert await attempt(platform, ABROAD, "4") is None
        clock.move(seconds=channel_full.value.retry_after)
        assert await attempt(platform, HERE, "2") is None

    assert (channel_full.value.limit, token_full.value.limit) == ("console/lab/papers", "console/lab")
    assert channel_full.value.retry_after == pytest.approx(1.0, abs=0.01)
    assert token_full.value.retry_after == pytest.approx(0.5, abs=0.01)
    assert server.faults.over_pace == 2
    assert len(server.books) == 5


async def test_the_adapter_names_the_buckets_of_a_place() -> None:
    platform = Neutral("http://127.0.0.1:1", name="console", per_token=Pace(50, burst=50), per_channel=Pace(1))

    limits = platform.limits(HERE)

    assert [(limit.name, limit.rate, limit.burst) for limit in limits] == [
        ("console/lab", 50, 50),
        ("console/lab/papers", 1, 1),
    ]
