"""What people do on Discord becomes acts: recorded before it is acknowledged, once, and no more than concerns us."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms.discord.acts import ALONE
from adapters.platforms.discord.handle import Handle
from bot.messages.windows import CHANGED
from tests.rigs.discord.hearing import Hearing, hearing, quiet
from tests.rigs.discord.permissions import May
from tests.rigs.faults import UNAVAILABLE
from tests.rigs.platform import BUSY
from tests.rigs.waiting import until


def tell_again(it: Hearing) -> None:
    """What every session was told last is told once more."""
    for session in it.here.discord.gateway.sessions.values():
        assert session.connection is not None
        session.connection.send(session.log[-1])


# -------------------------------------------------------------------------------- recorded, then acknowledged


async def test_nothing_is_acknowledged_before_it_is_recorded() -> None:
    async with hearing() as it:
        message = await it.posts()
        it.inbox.open.clear()
        told = [
            it.here.ada.types(it.here.papers, "/papers list"),
            it.here.ada.presses(message, "Save"),
            it.here.ada.uses("Save paper", message),
        ]
        await asyncio.sleep(0.2)
        assert [one.acknowledged for one in told] == [None] * 3
        it.inbox.open.set()
        await it.inbox.until(3)
        await until(lambda: all(one.acknowledged for one in told))


@pytest.mark.parametrize("how", ["types", "presses", "chooses from the menu"])
async def test_only_who_did_it_is_told_when_it_could_not_be_recorded(how: str) -> None:
    async with hearing() as it:
        message = await it.posts()
        it.inbox.busy = True
        match how:
            case "types":
                it.here.ada.types(it.here.papers, "/papers list")
            case "presses":
                it.here.ada.presses(message, "Save")
            case _:
                it.here.ada.uses("Save paper", message)
        await it.here.ada.until_reads(BUSY)

        assert BUSY not in it.here.bob.reads()
        assert (it.inbox.refused, it.inbox.acts) == (1, [])
        assert not it.here.ada.errors


async def test_what_discord_tells_only_once_is_tried_until_it_is_recorded() -> None:
    async with hearing() as it:
        message = await it.posts()
        it.inbox.busy = True
        it.here.ada.reacts(message, "🔖")
        it.here.ada.reacts(message, "🔖", back=True)
        it.here.ada.says(it.here.papers, "list", mention=True)
        await it.inbox.until_refused(9)
        it.inbox.busy = False
        acts = await it.inbox.until(3)

        by_order = sorted(acts, key=lambda act: act.order)
        assert [act.kind for act in by_order] == ["react", "unreact", "command"]
        assert BUSY not in it.here.ada.reads()


async def test_what_could_not_be_acknowledged_is_recorded_all_the_same() -> None:
    async with hearing() as it:
        it.here.discord.fail(UNAVAILABLE, method="create_interaction_response")
        it.here.ada.types(it.here.papers, "/papers list")

        assert [act.text for act in await it.inbox.until(1)] == ["list"]
        assert len(await quiet(it)) == 1


async def test_what_is_told_twice_has_one_key() -> None:
    async with hearing() as it:
        message = await it.posts()
        it.here.ada.reacts(message, "🔖")
        tell_again(it)
        await it.inbox.until(2)
        it.here.ada.says(it.here.papers, "list", mention=True)
        tell_again(it)
        await it.inbox.until(4)
        it.here.ada.presses(message, "Save")
        tell_again(it)
        await it.inbox.until(6)
        await it.here.discord.telling.settled()

        assert len({act.key for act in await quiet(it)}) == 3


async def test_a_command_that_we_no_longer_have_says_so() -> None:
    async with hearing() as it:
        group = it.here.discord.commands.kept[""][0]
        group["options"][0]["name"] = "gone"
        told = it.here.ada.types(it.here.papers, "/papers gone query:mamba")
        await told.done()

        await it.here.ada.until_reads(CHANGED)
        assert it.inbox.acts == []


# -------------------------------------------------------------------------------------- messages that mention us


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("<@{me}> follow mamba OR jamba", "follow mamba OR jamba"),
        ("<@!{me}>: list", "list"),
        ("hey <@{me}> list", "list"),
        ("status <@{me}>", "status"),
        ("<@{me}>", "help"),
    ],
)
async def test_a_command_stands_behind_our_name(said: str, heard: str) -> None:
    async with hearing() as it:
        it.here.ada.says(it.here.papers, said.format(me=it.here.discord.bot.id))
        (act,) = await it.inbox.until(1)

        assert (act.text, act.channel, act.person.name) == (heard, it.channel, "Ada")


async def test_who_manages_a_channel_is_known_of_whoever_speaks_there() -> None:
    async with hearing() as it:
        it.here.ada.says(it.here.papers, "list", mention=True)
        it.here.bob.says(it.here.papers, "list", mention=True)
        it.here.ada.types(it.here.papers, "/papers list")
        it.here.bob.types(it.here.papers, "/papers list")
        acts = await it.inbox.until(4)

        assert {(act.person.name, act.manager) for act in acts} == {("Ada", True), ("Bob", False)}


async def test_who_may_write_in_a_channel_is_known_of_whoever_types_there() -> None:
    async with hearing() as it:
        it.here.discord.admin.denies(it.here.papers, May.SEND_MESSAGES, whom=it.here.bob.account)
        it.here.ada.types(it.here.papers, "/papers list")
        it.here.bob.types(it.here.papers, "/papers list")
        it.here.bob.types(it.here.bob.direct, "/papers list")
        acts = await it.inbox.until(3)

        assert [act.writes for act in acts] == [True, False, True]


async def test_in_a_thread_we_are_answered_there() -> None:
    async with hearing() as it:
        thread = it.here.ada.opens(await it.posts(), "On tokens")
        it.here.ada.says(thread, "list", mention=True)
        it.here.ada.types(thread, "/papers status")
        acts = await it.inbox.until(2)

        assert {act.channel for act in acts} == {it.channel}
        assert {act.message for act in acts} == {thread.id}
        assert {Handle.of(act.reply).thread for act in acts} == {thread.id}


async def test_what_people_say_to_each_other_is_no_act() -> None:
    async with hearing() as it:
        it.here.ada.says(it.here.papers, "good morning")
        it.here.ada.says(it.here.papers, f"<@{it.here.bob.id}> papers?")
        await it.posts()

        assert await quiet(it) == []


async def test_direct_messages_belong_to_the_server_where_somebody_was_last() -> None:
    async with hearing() as it:
        it.here.ada.writes("list")
        (stranger,) = await it.inbox.until(1)
        it.here.ada.types(it.here.papers, "/papers list")
        await it.inbox.until(2)
        await it.until_remembered("home")
        it.here.ada.writes(f"follow mamba <@{it.here.discord.bot.id}>")
        await it.inbox.until(3)
        it.here.ada.types(it.here.ada.direct, "/papers list")
        *_, said, typed = await it.inbox.until(4)

        assert stranger.person.workspace == ALONE
        assert [act.person.workspace for act in (said, typed)] == [it.here.guild.id] * 2
        assert [act.channel for act in (said, typed)] == [said.person.direct] * 2
        assert (said.channel.direct, said.text, said.manager, typed.manager) == (True, "follow mamba", None, None)


async def test_blanks_before_our_name_in_a_direct_message_say_nothing() -> None:
    async with hearing() as it:
        it.here.ada.writes(f"  <@{it.here.discord.bot.id}> follow mamba")
        (act,) = await it.inbox.until(1)

        assert act.text == "follow mamba"


async def test_whoever_was_forgotten_is_met_anew() -> None:
    async with hearing() as it:
        for number in (1, 2):
            it.here.ada.types(it.here.papers, "/papers list")
            await it.inbox.until(number)
            assert await it.until_remembered("home") == it.here.guild.id
            it.memory.values.clear()


# ------------------------------------------------------------------------------------------- menus of messages


@pytest.mark.parametrize(("name", "command"), [("Save paper", "save"), ("Why this paper?", "why")])
async def test_the_menu_of_our_message_is_about_its_paper(name: str, command: str) -> None:
    async with hearing() as it:
        message = await it.posts()
        it.here.bob.uses(name, message)
        (act,) = await it.inbox.until(1)

        assert (act.text, act.message, act.person.name) == (command, message.id, "Bob")


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("see (https://arxiv.org/abs/2604.1).", "save https://arxiv.org/abs/2604.1"),
        ("<https://arxiv.org/abs/2604.1> and https://example.org", "save https://arxiv.org/abs/2604.1"),
        ("lunch?", "save"),
    ],
)
async def test_the_menu_of_somebody_elses_message_is_about_the_link_in_it(said: str, typed: str) -> None:
    async with hearing() as it:
        theirs = it.here.bob.says(it.here.papers, said)
        it.here.ada.uses("Save paper", theirs)

        assert [act.text for act in await it.inbox.until(1)] == [typed]


# ------------------------------------------------------------------------------------------------- servers


async def test_we_are_removed_from_a_server_and_invited_again() -> None:
    async with hearing() as it:
        other = it.here.discord.guild("other")
        await it.inbox.until(1)
        it.here.discord.admin.removes_bot(other)
        it.here.discord.admin.invites_bot(other)
        acts = await it.inbox.until(3)

        assert {(act.channel.workspace, act.channel.id, act.person.id) for act in acts} == {(other.id, "", "")}
        by_order = sorted(acts, key=lambda act: act.order)
        assert [act.kind for act in by_order] == ["joined", "left", "joined"]
        assert len({act.key for act in acts}) == 3


async def test_an_invitation_while_a_session_begins_is_heard() -> None:
    async with hearing() as it:
        await it.here.discord.gateway.invalidate()
        await until(lambda: it.here.discord.gateway.started == 2)
        other = it.here.discord.guild("other")
        (act,) = await it.inbox.until(1)

        assert (act.kind, act.person.workspace) == ("joined", other.id)


async def test_a_server_that_is_unavailable_for_a_while_is_neither_left_nor_joined() -> None:
    async with hearing() as it:
        it.here.discord.admin.loses(it.here.guild)
        it.here.discord.admin.restores(it.here.guild)
        assert await quiet(it) == []

        it.here.discord.admin.loses(it.here.guild)
        await it.stops()
        await it.starts()
        it.here.discord.admin.restores(it.here.guild)
        assert await quiet(it) == []


async def test_channels_come_and_go_without_an_act() -> None:
    async with hearing() as it:
        birds = it.here.discord.channel(it.here.guild, "birds")
        it.here.discord.admin.renames(birds, "fish")
        it.here.discord.admin.denies(birds, May.VIEW_CHANNEL)
        it.here.discord.admin.deletes(birds)

        assert await quiet(it) == []
