"""`paperround doctor` in Discord: each thing broken is named with its remedy, and the token never."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms import discord
from adapters.platforms.discord.invitation import PERMISSIONS
from bot.ports import Doctor, Finding
from tests.rigs.discord import INVITED, App, Intent, May
from tests.rigs.discord.lab import Lab, lab
from tests.rigs.faults import now


async def examined(here: Lab, ahead: float = 0.0, **more: str) -> dict[str, Finding]:
    platform = discord.platform({**here.settings, **more}, clock=lambda: now() + timedelta(seconds=ahead))
    assert isinstance(platform, Doctor)
    several = [one async for one in platform.examine()]
    assert not [one for one in several if here.discord.app.token in one.line or "\n" in one.line]
    return {one.name: one for one in several}


async def test_everything_is_well() -> None:
    async with lab() as here:
        found = await examined(here)

    assert [name.removeprefix("discord ") for name in found] == [
        "token",
        "app",
        "intents",
        "gateway",
        "server",
        "clock",
    ]
    assert [one.line for one in found.values() if not one.ok or one.advice] == []
    assert found["discord app"].detail.startswith(here.discord.app.id)
    assert found["discord server"].detail == f"lab: all {len(PERMISSIONS)} permissions"


async def test_a_wrong_token_ends_it_with_the_way_to_a_new_one() -> None:
    async with lab() as here:
        wrong = "bm90LWE=.dG9rZW4.b2Y-anybody"
        found = await examined(here, DISCORD_TOKEN=wrong)

    assert [(one.name, one.ok) for one in found.values()] == [("discord token", False)]
    assert "Reset Token" in found["discord token"].detail
    assert wrong not in found["discord token"].detail


async def test_message_content_is_missed_only_where_it_was_turned_on() -> None:
    async with lab() as here:
        wanted = (await examined(here, DISCORD_MESSAGE_CONTENT="on"))["discord intents"]
    async with lab(App(granted=Intent.MESSAGE_CONTENT)) as here:
        given = (await examined(here, DISCORD_MESSAGE_CONTENT="on"))["discord intents"]
        needless = (await examined(here))["discord intents"]

    assert (wanted.ok, given.ok, given.advice, needless.ok, needless.advice) == (False, True, False, True, True)
    assert "switch Message Content Intent on" in wanted.detail
    assert "switch it off" in needless.detail


async def test_too_few_sessions_are_left() -> None:
    async with lab() as here:
        here.discord.gateway.starts = 0
        found = (await examined(here))["discord gateway"]

    assert not found.ok
    assert "0 of 0 sessions" in found.detail


@pytest.mark.parametrize("one", PERMISSIONS, ids=[one.name for one in PERMISSIONS])
async def test_a_permission_that_a_server_did_not_give_is_named_with_its_reason(one: object) -> None:
    assert isinstance(one, type(PERMISSIONS[0]))
    async with lab() as here:
        for role in here.guild.roles.values():
            role.permissions &= ~May(one.bit)
        found = (await examined(here))["discord server"]

    assert not found.ok
    assert f"lab: {one.name} ({one.reason}); open the link" in found.detail


async def test_more_than_is_needed_is_told_too() -> None:
    async with lab() as here:
        for role in here.guild.roles.values():
            role.permissions |= May.ADMINISTRATOR
        found = (await examined(here))["discord server"]

    assert (found.ok, found.advice) == (True, True)
    assert "Administrator" in found.detail


async def test_a_channel_that_is_narrower_than_its_server_is_named() -> None:
    async with lab() as here:
        here.discord.admin.denies(here.papers, May.SEND_MESSAGES, May.READ_MESSAGE_HISTORY)
        here.discord.admin.denies(here.discord.channel(here.guild, "hidden"), May.VIEW_CHANNEL)
        found = (await examined(here))["discord server"]

    assert (found.ok, found.advice) == (True, True)
    assert "Send Messages, Read Message History in #papers" in found.detail
    assert "hidden" not in found.detail


async def test_it_is_in_no_server() -> None:
    async with lab() as here:
        here.discord.admin.removes_bot(here.guild)
        found = (await examined(here))["discord server"]
        here.discord.admin.invites_bot(here.guild, INVITED)
        again = (await examined(here))["discord server"]

    assert (found.ok, again.ok) == (False, True)
    assert "paperround invite discord" in found.detail


@pytest.mark.parametrize(("ahead", "way"), [(300, "ahead"), (-300, "behind")])
async def test_a_wrong_clock_is_noticed(ahead: float, way: str) -> None:
    async with lab() as here:
        found = (await examined(here, ahead))["discord clock"]

    assert not found.ok
    assert f"s {way}:" in found.detail
