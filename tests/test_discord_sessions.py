"""Connections to Discord end in every way they can: nothing is missing, and nothing comes twice."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms.discord.client import Shards
from bot.models import Place, Posted
from bot.ports import Ours, SettingError
from tests.rigs.discord.app import NO_INTENT, App, Intent
from tests.rigs.discord.hearing import QUICK, hearing, quiet
from tests.rigs.faults import UNAVAILABLE, now
from tests.rigs.waiting import until


async def test_after_a_lost_connection_nothing_is_missing_and_nothing_comes_twice() -> None:
    async with hearing() as it:
        message = await it.posts()
        it.here.ada.reacts(message, "🔖")
        await it.inbox.until(1)
        await it.here.discord.gateway.drop()
        it.here.ada.reacts(message, "🔖", back=True)
        it.here.ada.says(it.here.papers, "list", mention=True)
        await it.inbox.until(3)

        assert sorted(act.kind for act in await quiet(it)) == ["command", "react", "unreact"]
        assert (it.here.discord.gateway.started, it.here.discord.gateway.resumed) == (1, 1)
        # a session that goes on was told everything: nothing is looked for
        assert it.here.discord.called("get_message") == []


async def test_discord_asks_to_connect_anew() -> None:
    async with hearing() as it:
        await it.here.discord.gateway.reconnect()
        await until(lambda: it.here.discord.gateway.resumed)
        await it.here.discord.gateway.until_connected()
        it.here.ada.types(it.here.papers, "/papers list")

        assert [act.text for act in await it.inbox.until(1)] == ["list"]


async def test_a_session_that_is_worth_nothing_is_begun_anew_and_what_was_missed_is_looked_for() -> None:
    async with hearing() as it:
        message = await it.posts()
        await it.here.discord.gateway.invalidate()
        assert not it.here.ada.reacts(message, "🔖")  # nobody is told
        (act,) = await it.inbox.until(1)

        assert (act.kind, act.emoji, act.message, act.person.id) == ("react", "🔖", message.id, it.here.ada.id)
        assert (it.here.discord.gateway.started, it.here.discord.gateway.resumed) == (2, 0)


async def test_a_dead_token_is_said_and_a_new_one_is_not_waited_for_in_vain(caplog: pytest.LogCaptureFixture) -> None:
    async with hearing() as it:
        good = it.here.discord.app.token
        await it.here.discord.admin.resets_token()
        await until(lambda: "discord_refused" in [getattr(one, "action", "") for one in caplog.records])
        it.here.discord.reconfigure(token=good)
        await it.here.discord.gateway.until_connected()
        it.here.ada.types(it.here.papers, "/papers list")
        await it.inbox.until(1)

        assert good not in caplog.text


async def test_an_intent_that_is_turned_off_is_said_until_it_is_on_again(caplog: pytest.LogCaptureFixture) -> None:
    granted = App(granted=Intent.MESSAGE_CONTENT)
    async with hearing(granted, DISCORD_MESSAGE_CONTENT="on") as it:
        it.here.discord.reconfigure(granted=NO_INTENT)
        await it.here.discord.gateway.invalidate()
        await until(lambda: "discord_refused" in [getattr(one, "action", "") for one in caplog.records])
        it.here.discord.reconfigure(granted=Intent.MESSAGE_CONTENT)
        await it.here.discord.gateway.until_connected()


async def test_discord_may_be_away_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    async with hearing() as it:
        await it.stops()
        it.here.discord.fail(UNAVAILABLE, method="get_bot_gateway")
        await it.starts()
        it.here.ada.types(it.here.papers, "/papers list")
        await it.inbox.until(1)

        assert "discord_away" in [getattr(one, "action", "") for one in caplog.records]


async def test_what_is_being_done_is_finished_before_we_leave() -> None:
    async with hearing() as it:
        it.inbox.open.clear()
        told = it.here.ada.types(it.here.papers, "/papers list")
        await asyncio.sleep(0.1)
        leaving = asyncio.create_task(it.stops())
        await asyncio.sleep(0.1)
        it.inbox.open.set()
        await leaving

        assert told.acknowledged is not None
        assert [act.text for act in it.inbox.acts] == ["list"]


async def test_what_takes_too_long_is_given_up_when_we_leave() -> None:
    async with hearing(patience=replace(QUICK, leaving=0.1)) as it:
        message = await it.posts()
        it.inbox.busy = True
        it.here.ada.reacts(message, "🔖")
        await it.inbox.until_refused(1)
        await it.stops()
        refused = it.inbox.refused
        await asyncio.sleep(0.1)

        assert it.inbox.refused == refused


async def test_leaving_while_a_session_begins_is_leaving(caplog: pytest.LogCaptureFixture) -> None:
    async with hearing(patience=replace(QUICK, leaving=0.3, times=10**6)) as it:
        message = await it.posts()
        it.inbox.busy = True
        it.here.ada.reacts(message, "🔖")
        await it.inbox.until_refused(1)
        # what is found of meanwhile cannot be recorded either
        await asyncio.wait_for(it.stops(), 60)

        assert "Task" not in caplog.text
        assert it.inbox.acts == []


async def test_a_session_that_is_ready_after_we_left_begins_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with hearing(patience=replace(QUICK, ready=0.5)) as it:
        await it.posts()
        await it.stops()
        await asyncio.sleep(1.0)
        gc.collect()

        assert "act_broke" not in [getattr(one, "action", "") for one in caplog.records]
        assert "Task" not in caplog.text


async def test_what_breaks_beside_is_said(caplog: pytest.LogCaptureFixture) -> None:
    async with hearing() as it:
        await it.stops()
        it.memory.posts.append(Ours(Place(it.channel, "thread", under="no thread"), Posted("17"), now()))
        await it.starts()
        await until(lambda: "act_broke" in [getattr(one, "action", "") for one in caplog.records])


async def test_after_what_nobody_understands_a_new_session_is_begun() -> None:
    async with hearing() as it:
        it.here.discord.gateway.tell("MESSAGE_REACTION_ADD", {"guild_id": it.here.guild.id}, it.here.guild.id)
        await until(lambda: it.here.discord.gateway.started == 2)
        it.here.ada.types(it.here.papers, "/papers list")
        await it.inbox.until(1)


# -------------------------------------------------------------------------------------------------- shards


@pytest.mark.parametrize(
    ("text", "ids", "count"),
    [("0-3/8", (0, 1, 2, 3), 8), ("0,2-3 / 4", (0, 2, 3), 4), ("0/1", (0,), 1)],
)
def test_shards_as_operators_write_them(text: str, ids: tuple[int, ...], count: int) -> None:
    assert Shards.of(text) == Shards(ids, count)


@pytest.mark.parametrize("text", ["8", "0-3", "4/4", "3-1/8", "0/0", "a/b", "0-/4", "-1/4"])
def test_shards_that_are_none(text: str) -> None:
    with pytest.raises(SettingError):
        Shards.of(text)


@pytest.mark.parametrize("setting", ["", "0-1/2"])
async def test_every_server_is_heard_over_its_shard(setting: str) -> None:
    async with hearing(DISCORD_SHARDS=setting) as it:
        await it.stops()
        it.here.discord.gateway.shards = 2
        messages = [await it.posts()]
        for name in ("second", "third", "fourth"):
            guild = it.here.discord.guild(name)
            channel = it.here.discord.channel(guild, "papers")
            it.here.discord.join(guild, it.here.ada.account)
            messages.append(await it.here.posts(channel))
        await it.starts()
        await it.here.discord.gateway.until_connected(2)
        for message in messages:
            it.here.ada.reacts(message, "🔖")
        acts = await it.inbox.until(4)

        assert {act.message for act in acts} == {message.id for message in messages}
        assert len({act.person.workspace for act in acts}) == len({act.key for act in acts}) == 4
