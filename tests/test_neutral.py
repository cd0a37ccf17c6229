"""The neutral platform: what it can say in doubt, what its books notice, and how its people are heard."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.models import Act, Action, Message, Place
from bot.ports import (
    Doubt,
    Doubtful,
    NotSent,
    Refused,
)
from tests.rigs.faults import (
    DROP_AFTER,
    DROP_BEFORE,
    GARBAGE_AFTER,
    UNAVAILABLE,
    Arrival,
    slow_before,
)
from tests.rigs.house import Hands
from tests.rigs.neutral import Neutral, NeutralServer, noticeboard
from tests.rigs.neutral.attempts import ADA, ELSEWHERE, HERE, KEY, PAPER, attempt
from tests.rigs.platform import RecordingInbox

ROOT = Path(__file__).parents[1]


# ------------------------------------------------------------------------------------------------ in doubt


async def test_one_that_repeats_safely_gives_the_first_message_back_until_its_window_ends() -> None:
    clock = Hands()
    async with noticeboard(clock, doubt=Doubt.REPEATS_SAFELY, window=timedelta(seconds=120)) as (server, platform):
        first = await platform.post(HERE, PAPER, KEY)
        clock.move(seconds=119)
        again = await platform.post(HERE, PAPER, KEY)
        clock.move(seconds=1)
        late = await platform.post(HERE, PAPER, KEY)

    assert first == again != late
    assert server.titles() == ["On tokens", "On tokens"]
    assert server.doubled() == [KEY]
    assert server.violations == []


async def test_a_slow_first_attempt_and_its_repeat_are_one_message_where_repeats_are_safe() -> None:
    async with noticeboard(doubt=Doubt.REPEATS_SAFELY, request=0.4) as (server, platform):
        server.fail(slow_before(0.7))
        assert await attempt(platform, HERE, KEY) is Doubtful
        await platform.post(HERE, PAPER, KEY)
        await server.faults.idle()

    assert server.titles() == ["On tokens"]


async def test_one_that_finds_finds_all_that_is_there_in_its_channel_and_nothing_else() -> None:
    clock = Hands()
    async with noticeboard(clock, doubt=Doubt.FINDS) as (server, platform):
        begun = clock()
        server.fail(DROP_AFTER)
        assert await attempt(platform, HERE, KEY) is Doubtful
        found = await platform.find(HERE, KEY, begun)
        missing = [
            await platform.find(HERE, "another", begun),
            await platform.find(ELSEWHERE, KEY, begun),
            await platform.find(HERE, KEY, begun + timedelta(minutes=1)),
        ]
        server.forget()
        still = await platform.find(HERE, KEY, begun)

    assert found is not None
    assert found.id == server.books[0].id
    assert missing == [None, None, None]
    assert still == found


async def test_one_that_confirms_may_have_forgotten() -> None:
    clock = Hands()
    async with noticeboard(clock, doubt=Doubt.CONFIRMS, forgetful=0.5) as (server, platform):
        for number in range(40):
            await platform.post(HERE, PAPER, f"key {number}")
        found = [await platform.find(HERE, f"key {number}", clock()) for number in range(40)]
        remembered = [one for one in found if one]
        server.forget()
        nothing = await platform.find(HERE, "key 0", clock())

    assert 10 <= len(remembered) <= 30
    assert {one.id for one in remembered} <= {kept.id for kept in server.books}
    assert nothing is None


async def test_one_that_does_neither_says_so_and_doubles_what_is_repeated() -> None:
    async with NeutralServer() as server, Neutral(server.url, doubt=[Doubt.FINDS]) as deceived:
        await deceived.post(HERE, PAPER, KEY)
        await deceived.post(HERE, PAPER, KEY)
        with pytest.raises(NotSent, match="not_supported"):
            await deceived.find(HERE, KEY, server.books[0].at)

    assert server.doubled() == [KEY]


async def test_looking_for_a_message_has_faults_of_its_own() -> None:
    async with noticeboard(doubt=Doubt.FINDS) as (server, platform):
        await platform.post(HERE, PAPER, KEY)
        since = server.books[0].at
        # aiohttp repeats a question by itself, once, where the connection was an old one
        server.fail(DROP_BEFORE, path="/history", times=2)
        server.fail(GARBAGE_AFTER, path="/history")
        server.fail(UNAVAILABLE)
        for _ in range(2):
            with pytest.raises(Doubtful):
                await platform.find(HERE, KEY, since)
        found = await platform.find(HERE, KEY, since)

    assert found is not None
    assert [arrival.committed for arrival in server.faults.arrivals] == [
        True,
        *[False] * (len(server.faults.arrivals) - 1),
    ]


# --------------------------------------------------------------------------------------------- its own books


async def test_a_key_with_two_payloads_is_noticed_even_where_nothing_was_committed() -> None:
    async with noticeboard(doubt=Doubt.REPEATS_SAFELY) as (server, platform):
        server.fail(DROP_BEFORE)
        assert await attempt(platform, HERE, KEY) is Doubtful
        await platform.post(HERE, Message(title="Something else"), KEY)
        await platform.post(HERE, PAPER, "")
        await platform.post(HERE, Message(title="An answer"), "")

    assert server.violations == [f"{KEY} carries two payloads"]


async def test_a_thread_hangs_under_a_message_that_is_there() -> None:
    async with noticeboard() as (server, platform):
        lead = await platform.post(HERE, PAPER, "lead")
        below = await platform.post(Place(HERE.channel, "thread", under=lead.thread), PAPER, "below")
        nowhere = await attempt(platform, Place(HERE.channel, "thread", under="t99"), "nowhere")

    assert lead.thread not in ("", lead.id)
    assert [(kept.key, kept.kind, kept.under) for kept in server.books] == [
        ("lead", "channel", ""),
        ("below", "thread", lead.thread),
    ]
    assert below.id == "m2"
    assert nowhere is Refused
    assert server.violations == ["nowhere is to stand under t99, which is not there"]


def broken(arrival: Arrival) -> None:
    raise KeyError(arrival.key)


async def test_a_rig_that_breaks_fails_its_test() -> None:
    with pytest.raises(KeyError):
        async with noticeboard() as (server, platform):
            server.faults.on_commit = broken
            assert await attempt(platform, HERE, KEY) is Doubtful


async def test_a_message_arrives_as_it_was_said() -> None:
    message = Message(
        title="List \U0001f516 \ud800",
        note="3 more",
        items=(Message(title="One", url="https://papers.example/1", facts=("Ada", "arXiv"), group="tokens"),),
        actions=(Action("Save", "save p17"), Action("Bad", url="javascript:alert(1)")),
        notice="1 new paper",
    )
    async with noticeboard() as (server, platform):
        await platform.post(HERE, message, KEY)

    arrived = server.books[0].message
    assert arrived.items == message.items
    assert (arrived.title, arrived.note, arrived.notice) == (message.title, message.note, message.notice)
    assert arrived.actions == (Action("Save", "save p17"), Action("Bad"))


# ------------------------------------------------------------------------------------------------ its people


@contextlib.asynccontextmanager
async def listening(platform: Neutral, inbox: RecordingInbox) -> AsyncIterator[None]:
    running = asyncio.create_task(platform.run(inbox))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_act_is_acknowledged_once_it_is_recorded_and_the_score_is_kept() -> None:
    inbox = RecordingInbox()
    async with noticeboard() as (server, platform), listening(platform, inbox):
        act = server.people.types(HERE.channel, ADA, "follow tokens")
        await server.people.until_acknowledged()
        await server.faults.idle()

    assert inbox.acts == [act]
    assert inbox.acts[0].person.name == "Ada"
    assert server.people.told[act.key].times == 1
    assert all(0 < latency < 5000 for latency in server.people.latencies())
    assert len(server.people.latencies()) == 1


async def test_an_act_that_was_turned_away_is_told_again_until_it_is_taken() -> None:
    inbox = RecordingInbox()
    inbox.busy = True
    async with noticeboard(repeat_acts=0.05) as (server, platform), listening(platform, inbox):
        act = server.people.types(HERE.channel, ADA, "follow tokens")
        await inbox.until_refused(2)
        assert server.people.unacknowledged() == [act]
        inbox.busy = False
        await server.people.until_acknowledged()

    assert inbox.acts == [act]
    assert server.people.told[act.key].busy


async def test_an_inbox_that_breaks_acknowledges_nothing_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(RecordingInbox):
        async def take(self, act: Act) -> None:
            if act.text == "break" and not caplog.records:
                raise ZeroDivisionError
            await super().take(act)

    inbox = Broken()
    async with noticeboard(repeat_acts=0.05) as (server, platform), listening(platform, inbox):
        broke = server.people.types(HERE.channel, ADA, "break")
        other = server.people.types(HERE.channel, ADA, "list")
        await server.people.until_acknowledged()

    assert {act.key for act in inbox.acts} == {broke.key, other.key}
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_acts_told_in_disorder_and_repeatedly_arrive_so() -> None:
    inbox = RecordingInbox()
    async with noticeboard() as (server, platform), listening(platform, inbox):
        people = server.people
        acts = [people.reaction(HERE.channel, ADA, "m1", "🔖", back=bool(number % 2)) for number in range(10)]
        told = random.Random(3).sample(acts * 4, 40)
        people.tell(*told)
        came = await inbox.until(40)

    assert came == told
    assert [act.kind for act in sorted(acts, key=lambda act: act.order)] == ["react", "unreact"] * 5
    assert set(Counter(act.key for act in came).values()) == {4}


async def test_a_lost_connection_comes_back_and_brings_what_was_not_acknowledged() -> None:
    inbox = RecordingInbox()
    inbox.busy = True
    async with noticeboard(repeat_acts=60.0) as (server, platform), listening(platform, inbox):
        first = server.people.types(HERE.channel, ADA, "before")
        await inbox.until_refused(1)
        inbox.busy = False
        await server.people.disconnect()
        second = server.people.types(HERE.channel, ADA, "while nobody listened")
        await server.people.until_acknowledged()

    assert {act.key for act in inbox.acts} == {first.key, second.key}


async def test_two_programs_that_listen_share_the_acts() -> None:
    inboxes = RecordingInbox(), RecordingInbox()
    async with (
        noticeboard() as (server, one),
        Neutral(server.url, name="console") as two,
        listening(one, inboxes[0]),
        listening(two, inboxes[1]),
    ):
        await server.people.until_connected(2)
        for number in range(20):
            server.people.types(HERE.channel, ADA, f"list {number}")
        await server.people.until_acknowledged()

    assert [len(inbox.acts) for inbox in inboxes] == [10, 10]


async def test_what_is_being_typed_is_completed_and_a_form_is_filled_in() -> None:
    inbox = RecordingInbox()
    async with noticeboard() as (server, platform), listening(platform, inbox):
        await server.people.until_connected()
        words = await server.people.asks(HERE.channel, ADA, "fo")
        posted = await platform.post(HERE, Message(items=(Message(actions=(Action("Note", "note p1 {a} {b}"),)),)), KEY)
        server.people.presses(HERE.channel, ADA, posted.id, server.button(posted.id, "Note"), answers={"a": "x"})
        await server.people.until_acknowledged()

    assert words == ["follow", "help", "list"]
    assert (inbox.acts[0].text, inbox.acts[0].message) == ("note p1 x ", posted.id)
