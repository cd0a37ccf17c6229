"""Reactions made while nobody listened are caught up; receipts are shared; and we notice where we were invited."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms import slack
from adapters.platforms.slack import reactions
from adapters.platforms.slack.app_manifest import made
from adapters.platforms.slack.platform import Slack
from adapters.platforms.slack.reactions import Rhythm
from bot.models import Act, Channel, Message, Place
from bot.ports import Ours, Vault, effaced
from tests.rigs.faults import limited, now
from tests.rigs.memory import SharedMemory
from tests.rigs.platform import RecordingInbox
from tests.rigs.slack import App, refusing
from tests.rigs.slack.exam import settings
from tests.rigs.slack.lab import Lab, lab
from tests.rigs.slack.world import Said
from tests.rigs.waiting import until

MADE = App.of(made("/papers", history=False))
PAPER = Message("On tokens", "https://arxiv.org/abs/2604.1")
#: everything as soon as it can be, and a note that we listen far more often than a test takes
HASTY = Rhythm(apart=0.0, again=0.02, times=5, beat=0.02)
NOBODY: Vault = cast(Any, None)


def made_of(here: Lab, memory: SharedMemory, rhythm: Rhythm = HASTY) -> Slack:
    """A process's own adapter; what it remembers is everybody's."""
    platform = slack.platform(settings(here), clock=now)
    platform.keep_in(memory=memory, vault=NOBODY)
    platform._reactions.rhythm = rhythm
    return platform


async def posted(here: Lab, memory: SharedMemory, *, direct: bool = False) -> Said:
    """A message of ours that shows a paper, in the channel or in Ada's direct messages."""
    platform = made_of(here, memory)
    channel = Channel("slack", here.workspace.id, here.ada.id if direct else here.papers.id, direct=direct)
    place = Place(channel)
    came = await platform.post(place, PAPER, "k" * 24)
    await platform.close()
    memory.posts.append(Ours(place, came, now()))
    return here.slack.message(came.id)


@contextlib.asynccontextmanager
async def listening(here: Lab, memory: SharedMemory) -> AsyncIterator[RecordingInbox]:
    """A process listens; when this begins it has caught up."""
    platform, inbox = made_of(here, memory), RecordingInbox()
    before = memory.values.get(("slack", reactions.HEARD))
    running = asyncio.create_task(platform.run(inbox))
    try:
        await here.slack.sockets.until_connected()
        await noted(memory, before)
        yield inbox
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await platform.close()


async def noted(memory: SharedMemory, before: str | None) -> None:
    """Wait until it is noted that we listen, which comes after the catching up."""
    await until(lambda: memory.values.get(("slack", reactions.HEARD)) not in (None, before))


def words(acts: list[Act]) -> list[tuple[str, str, str]]:
    return [(act.kind, act.person.id, act.emoji) for act in acts]


async def test_what_was_reacted_while_nobody_listened_is_caught_up_and_only_once() -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        message = await posted(here, memory)
        here.ada.reacts(message, "bookmark::skin-tone-3")
        here.bob.reacts(message, "two")
        here.bob.reacts(message, "eyes")

        async with listening(here, memory) as inbox:
            assert words(inbox.acts) == [("react", here.ada.id, "🔖"), ("react", here.bob.id, "2️⃣")]
            assert {(act.message, act.channel.id) for act in inbox.acts} == {(message.ts, here.papers.id)}
        async with listening(here, memory) as inbox:
            assert inbox.acts == []


async def test_what_was_taken_back_meanwhile_is_taken_back() -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        message = await posted(here, memory)
        async with listening(here, memory) as inbox:
            told = here.ada.reacts(message, "bookmark")
            assert told is not None
            await told.done()
            (live,) = inbox.acts
        here.ada.reacts(message, "bookmark", back=True)

        async with listening(here, memory) as inbox:
            (caught,) = inbox.acts
            assert (caught.kind, caught.person.id, caught.emoji) == ("unreact", here.ada.id, "🔖")
            assert caught.order > live.order
            # whatever comes now is later
            told = here.ada.reacts(message, "bookmark")
            assert told is not None
            await told.done()
            assert inbox.acts[-1].order > caught.order


async def test_what_was_said_before_the_gap_loses_and_what_is_said_after_it_wins() -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        message = await posted(here, memory)
        async with listening(here, memory) as inbox:
            await here.ada.types(here.papers, "/papers unsave p1").done()
            (before,) = inbox.acts
            await noted(memory, memory.values["slack", reactions.HEARD])
        here.ada.reacts(message, "bookmark")
        async with listening(here, memory) as inbox:
            await here.ada.types(here.papers, "/papers unsave p1").done()
            caught, after = inbox.acts

        assert before.order < caught.order < after.order


async def test_what_two_processes_find_is_the_same_act() -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        message = await posted(here, memory)
        here.ada.reacts(message, "bookmark")
        found: list[Act] = []
        for _ in range(2):
            # each with what was known when both began
            platform, inbox = made_of(here, SharedMemory()), RecordingInbox()
            cast(SharedMemory, platform._reactions.memory).posts = memory.posts
            await platform._reactions.catch_up(inbox)
            platform._people.close()  # as `run` does in the end
            await platform.close()
            found += inbox.acts

        assert len(found) == 2
        assert len({(act.key, act.order) for act in found}) == 1


async def test_after_a_gap_of_the_connection_it_is_caught_up_too() -> None:
    async with lab(MADE, patience=0.1, again=()) as here:
        memory = SharedMemory()
        message = await posted(here, memory)
        async with listening(here, memory) as inbox:
            await here.slack.sockets.drop()
            here.ada.reacts(message, "bookmark")  # told to nobody, and never again

            assert words(await inbox.until(1)) == [("react", here.ada.id, "🔖")]


async def test_direct_messages_are_looked_at_where_slack_has_them() -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        message = await posted(here, memory, direct=True)
        here.ada.reacts(message, "bookmark")

        async with listening(here, memory) as inbox:
            (act,) = inbox.acts
            assert act.channel == Channel("slack", here.workspace.id, here.ada.id, direct=True)


async def test_newest_first_with_patience_past_what_is_gone_and_it_is_said_how_far_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        several = [await posted(here, memory) for _ in range(4)]
        for message in several:
            here.ada.reacts(message, "bookmark")
        several[1].deleted = True
        # longer ago than is looked back
        old = memory.posts.pop(0)
        memory.posts.insert(0, Ours(old.place, old.posted, now() - reactions.HORIZON - timedelta(hours=1)))
        here.slack.fail(limited("0.1"), method="reactions.get", times=1)
        here.slack.fail(refusing("internal_error"), method="reactions.get", times=1)

        with caplog.at_level(logging.INFO, "adapters.platforms.slack.reactions"):
            async with listening(here, memory) as inbox:
                assert [act.message for act in inbox.acts] == [several[3].ts, several[2].ts]

        (said,) = [one.getMessage() for one in caplog.records if getattr(one, "action", "") == "reactions_caught_up"]
        assert f"2 messages were looked at, back to {memory.posts[1].at:%Y-%m-%d %H:%M} UTC, 1 not" in said
        assert here.ada.id not in caplog.text


async def test_a_database_that_is_busy_loses_no_reaction() -> None:
    async with lab(MADE, patience=0.2, again=(0.1, 0.1, 0.1)) as here:
        memory = SharedMemory()
        message = await posted(here, memory)
        async with listening(here, memory) as inbox:
            memory.busy = True
            told = here.ada.reacts(message, "bookmark")
            assert told is not None
            await inbox.until(1)
            memory.busy = False
            await told.done()
            assert {act.key for act in inbox.acts} == {inbox.acts[0].key}
        async with listening(here, memory) as inbox:
            assert inbox.acts == []


# --------------------------------------------------------------------------------------------- receipts


async def test_what_one_process_is_told_confirms_to_another() -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        async with listening(here, memory):
            worker = made_of(here, memory)
            place = Place(Channel("slack", here.workspace.id, here.papers.id))
            since = now()
            came = await worker.post(place, PAPER, "w" * 24)

            assert await worker.find(place, "w" * 24, since) == came
            await worker.close()


# ------------------------------------------------------------------------------------- invited and removed


async def test_being_invited_and_removed_are_acts_and_other_people_coming_is_none() -> None:
    async with lab(MADE, again=()) as here:
        lounge = here.slack.channel(here.workspace, "lounge", here.ada.member, bot=False)
        hidden = here.slack.channel(here.workspace, "hidden", here.ada.member, kind="private", bot=False)
        async with listening(here, SharedMemory()) as inbox:
            admin = here.slack.admin
            admin.invites_bot(lounge, by=here.ada.id)
            admin.invites_bot(hidden)
            event = {"type": "member_joined_channel", "user": here.bob.id, "channel": lounge.id, "channel_type": "C"}
            here.slack.event("member_joined_channel", event, lounge)
            await here.slack.telling.settled()
            admin.removes_bot(lounge)
            admin.removes_bot(hidden)
            await here.slack.telling.settled()

            assert here.slack.telling.unacknowledged() == []
            moved = [(act.kind, act.channel.id, act.person.id) for act in inbox.acts]
            assert sorted(moved[:2]) == [("joined", lounge.id, here.ada.id), ("joined", hidden.id, "")]
            assert {(kind, channel) for kind, channel, _ in moved[2:]} == {("left", lounge.id), ("left", hidden.id)}


@pytest.mark.parametrize("direct", [False, True])
async def test_who_asked_to_be_forgotten_is_not_remembered_by_a_reaction_that_still_stands(*, direct: bool) -> None:
    async with lab(MADE, again=()) as here:
        memory = SharedMemory()
        paper = await posted(here, memory, direct=direct)
        async with listening(here, memory):
            here.ada.reacts(paper, "bookmark")
            await until(lambda: here.ada.id in str(memory.values))
        for name, value in memory.values.items():
            memory.values[name] = value.replace(f'"{here.ada.id} ', f'"{effaced(here.ada.id)} ')
        async with listening(here, memory) as inbox:
            assert inbox.acts == []
        here.ada.reacts(paper, "bookmark", back=True)
        async with listening(here, memory) as inbox:
            assert inbox.acts == []
        assert here.ada.id not in str(memory.values)
