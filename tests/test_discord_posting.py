"""Posting in Discord: never twice, never too late, silently, and every refusal in our words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms import discord
from adapters.platforms.discord.handle import Handle
from adapters.platforms.discord.limits import INVALID, INVALID_SAID
from adapters.platforms.discord.platform import Discord
from adapters.platforms.discord.web import Budget
from bot.models import Action, Channel, File, Message, Place
from bot.ports import (
    ChannelGone,
    Doubt,
    Doubtful,
    NotSent,
    PostError,
    Refused,
    SettingError,
    Unauthorised,
    begun_by,
)
from jobs.outside import by_tokens
from jobs.settings import load
from tests.rigs.discord import May, banned, limited, lines, refusing
from tests.rigs.discord.exam import DiscordRig, discord_rig
from tests.rigs.discord.said import SUPPRESS_NOTIFICATIONS
from tests.rigs.faults import DROP_AFTER, ERROR_AFTER, UNAVAILABLE, Fault, now

KEY = "k" * 24
LINE = Message(body="Ada follows tokenization here.")
PAPER = Message(
    "On tokens", "https://arxiv.org/abs/2604.1", "What it says.", actions=(Action("Save", "save p1"),), notice="1 paper"
)
LEAD = Message("2 new papers", items=(PAPER, replace(PAPER, title="On more")), notice="2 new papers: On tokens")


def platform(rig: DiscordRig) -> Discord:
    assert isinstance(rig.platform, Discord)
    return rig.platform


async def error(post: Awaitable[object]) -> PostError:
    with pytest.raises(PostError) as caught:
        await post
    return caught.value


@pytest.fixture
async def rig() -> AsyncIterator[DiscordRig]:
    async with discord_rig(listening=False) as posting:
        yield posting


# ------------------------------------------------------------------------------------- never twice, never late


async def test_a_keyed_message_is_silent_and_carries_its_key_as_nonce_and_in_a_button(rig: DiscordRig) -> None:
    for number, message in enumerate((PAPER, LEAD, LINE)):
        posted = await rig.platform.post(Place(rig.channel), message, f"{KEY[:-1]}{number}")
        said = rig.said(posted)
        assert (said.nonce, said.key) == (f"{KEY[:-1]}{number}",) * 2
        assert said.flags & SUPPRESS_NOTIFICATIONS


async def test_a_post_that_broke_off_is_repeated_without_a_second_message(rig: DiscordRig) -> None:
    here = Place(rig.channel)
    for number, fault in enumerate((DROP_AFTER, ERROR_AFTER)):
        rig.here.discord.fail(fault)
        assert isinstance(await error(rig.platform.post(here, PAPER, f"{KEY[:-1]}{number}")), Doubtful)
        await rig.platform.post(here, PAPER, f"{KEY[:-1]}{number}")

    assert len(rig.here.papers.said) == 2
    assert len(rig.here.discord.called("create_message")) == 4  # discord.py repeated none


async def test_what_broke_off_is_found_by_its_button(rig: DiscordRig) -> None:
    since = now() - timedelta(minutes=1)
    rig.here.discord.fail(DROP_AFTER)
    await error(rig.platform.post(Place(rig.channel), PAPER, KEY))

    assert await rig.platform.find(Place(rig.channel), KEY, since)
    assert await rig.platform.find(Place(rig.channel), "n" * 24, since) is None


async def test_an_empty_history_that_may_not_be_read_proves_nothing_and_names_the_permission(rig: DiscordRig) -> None:
    since = now() - timedelta(minutes=1)
    await rig.platform.post(Place(rig.channel), PAPER, KEY)
    rig.here.discord.admin.denies(rig.here.papers, May.READ_MESSAGE_HISTORY)

    gone = await error(rig.platform.find(Place(rig.channel), KEY, since))
    assert isinstance(gone, ChannelGone)
    assert "Read Message History" in str(gone)


async def test_a_message_that_somebody_deleted_was_delivered(rig: DiscordRig) -> None:
    here = Place(rig.channel)
    posted = await rig.platform.post(here, PAPER, KEY)
    rig.here.discord.delete(rig.said(posted))

    assert await rig.platform.post(here, PAPER, KEY)
    assert len(rig.here.papers.said) == 1


async def test_what_is_late_is_not_sent(rig: DiscordRig) -> None:
    with begun_by(lambda: 2.0, 1.0):
        assert isinstance(await error(rig.platform.post(Place(rig.channel), PAPER, KEY)), NotSent)

    assert rig.here.discord.calls == []


# ---------------------------------------------------------------------------------------------- threads, forums


async def test_a_thread_is_opened_once_and_bears_the_title_of_its_lead(rig: DiscordRig) -> None:
    lead = await rig.platform.post(Place(rig.channel), LEAD, KEY)
    under = Place(rig.channel, "thread", under=lead.id)
    await rig.platform.post(under, PAPER, f"{KEY[:-1]}1")
    platform(rig).posting._threads.clear()  # another process knows of none
    await rig.platform.post(under, PAPER, f"{KEY[:-1]}2")

    thread = rig.said(lead).thread
    assert thread is not None
    assert (thread.name, len(thread.said)) == ("2 new papers", 2)


async def test_a_thread_bears_a_styled_title_as_it_was_written(rig: DiscordRig) -> None:
    written = r"2 *new* papers on \mathbf{x} and snake_case_names"
    lead = await rig.platform.post(Place(rig.channel), replace(LEAD, title=written), KEY)
    await rig.platform.post(Place(rig.channel, "thread", under=lead.id), PAPER, f"{KEY[:-1]}1")

    said = rig.said(lead)
    assert said.thread is not None
    assert said.embeds[0]["title"] != written
    assert said.thread.name == written


async def test_in_a_forum_a_digest_is_a_post_and_never_two(rig: DiscordRig) -> None:
    forum = rig.here.discord.channel(rig.here.guild, "reading", kind="forum", tags={"papers": "77"}, needs_tag=True)
    there = Place(Channel("discord", rig.here.guild.id, forum.id))
    first = await error(rig.platform.post(there, LEAD, KEY))
    assert isinstance(first, NotSent)
    assert first.retry_after > 0
    assert rig.platform.doubt(there) == (Doubt.FINDS,)

    rig.here.discord.fail(DROP_AFTER, method="create_thread", times=1)
    await error(rig.platform.post(there, LEAD, KEY))
    posted = await rig.platform.post(there, LEAD, KEY)
    await rig.platform.post(Place(there.channel, "thread", under=posted.thread), PAPER, f"{KEY[:-1]}1")

    assert await rig.platform.find(there, KEY, now() - timedelta(minutes=1)) == posted
    (post,) = rig.here.discord.threads(forum)
    assert (post.name, len(post.said)) == ("2 new papers", 2)


async def test_in_a_forum_only_posts_of_ours_are_looked_through(rig: DiscordRig) -> None:
    forum = rig.here.discord.channel(rig.here.guild, "reading", kind="forum")
    there = Place(Channel("discord", rig.here.guild.id, forum.id))
    for number in range(3):
        rig.here.ada.begins(forum, f"Question {number}")
    await error(rig.platform.post(there, LEAD, KEY))
    posted = await rig.platform.post(there, LEAD, KEY)
    asked = len(rig.here.discord.called("get_message"))

    assert await rig.platform.find(there, KEY, now() - timedelta(minutes=1)) == posted
    assert (asked, len(rig.here.discord.called("get_message"))) == (0, 1)


async def test_a_forum_whose_posts_may_not_be_read_is_at_fault_and_not_the_paper(rig: DiscordRig) -> None:
    forum = rig.here.discord.channel(rig.here.guild, "reading", kind="forum")
    there = Place(Channel("discord", rig.here.guild.id, forum.id))
    rig.here.discord.admin.denies(forum, May.READ_MESSAGE_HISTORY)
    await error(rig.platform.post(there, LEAD, KEY))
    refused = await error(rig.platform.post(there, LEAD, KEY))

    assert isinstance(refused, ChannelGone)
    assert "Read Message History" in str(refused)
    assert rig.here.discord.threads(forum) == []


# ------------------------------------------------------------------------------------------- one person alone


async def test_an_answer_whose_token_is_spent_goes_to_the_direct_messages(rig: DiscordRig) -> None:
    old = Handle(rig.here.discord.app.id, "spent", (now() - timedelta(minutes=14)).timestamp())
    place = Place(rig.channel, "private", person=rig.person, reply=old.packed())
    await rig.platform.post(place, LINE, "")

    assert not rig.here.discord.called("execute_webhook")
    assert [lines(said) for said in rig.here.ada.direct.said] == [["Ada follows tokenization here."]]


async def test_a_file_for_somebody_who_cannot_be_answered_comes_in_a_direct_message(rig: DiscordRig) -> None:
    place = Place(rig.channel, "private", person=rig.person)
    await rig.platform.post(place, Message("1 paper", file=File("papers.bib", "@article{x}")), "")

    assert "@article{x}" in await rig.shown()


# ---------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refusing(10003), ChannelGone),
        (refusing(50001), ChannelGone),
        (refusing(50013), ChannelGone),
        (refusing(50035), Refused),
        (refusing(0, status=401), Unauthorised),
        (UNAVAILABLE, Doubtful),
    ],
    ids=lambda one: getattr(one, "name", one.__name__ if isinstance(one, type) else ""),
)
async def test_every_refusal_means_something(rig: DiscordRig, fault: Fault, kind: type[PostError]) -> None:
    rig.here.discord.fail(fault)

    assert type(await error(rig.platform.post(Place(rig.channel), PAPER, KEY))) is kind


async def test_a_full_bucket_waits_as_long_as_discord_says_and_is_asked_once(rig: DiscordRig) -> None:
    rig.here.discord.fail(limited("2.5"))
    rig.here.discord.fail(limited("3600", scope="global"))
    first = await error(rig.platform.post(Place(rig.channel), PAPER, KEY))
    second = await error(rig.platform.post(Place(rig.channel), PAPER, KEY))

    assert (first.retry_after, first.limit) == (2.5, f"discord/{rig.channel.id}")
    assert (second.retry_after, second.limit) == (3600, "discord")
    assert len(rig.here.discord.calls) == 2


async def test_during_a_ban_nothing_is_asked(rig: DiscordRig) -> None:
    rig.here.discord.fail(banned())
    first = await error(rig.platform.post(Place(rig.channel), PAPER, KEY))
    second = await error(rig.platform.post(Place(rig.channel), PAPER, KEY))

    assert first.retry_after >= 600
    assert (first.limit, second.limit) == ("discord", "discord")
    assert len(rig.here.discord.calls) == 1


def test_so_much_asked_in_vain_is_said_once_and_then_stops(caplog: pytest.LogCaptureFixture) -> None:
    moment = [0.0]
    budget = Budget(lambda: moment[0])
    for _ in range(INVALID):
        budget.check()
        budget.heard(403, {})
    budget.heard(429, {"X-RateLimit-Scope": "shared"})

    assert [str(INVALID_SAID) in one.getMessage() for one in caplog.records] == [True]
    with pytest.raises(NotSent) as caught:
        budget.check()
    assert caught.value.limit == "discord"
    moment[0] = caught.value.retry_after + 1
    budget.check()


# ---------------------------------------------------------------------------------------------- rooms, settings


async def test_a_room_is_known_with_who_manages_it(rig: DiscordRig) -> None:
    room = await platform(rig).room(rig.channel, rig.person)
    bob = await platform(rig).room(rig.channel, replace(rig.person, id=rig.here.bob.id))

    assert (room.name, room.inside, room.posts, room.reads, room.manager) == ("papers", True, True, True, True)
    assert (bob.reads, bob.manager) == (True, False)
    rig.here.discord.admin.denies(rig.here.papers, May.SEND_MESSAGES)
    assert (await platform(rig).room(rig.channel, rig.person)).posts is False
    with pytest.raises(ChannelGone):
        await platform(rig).room(replace(rig.channel, id="1"), rig.person)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is missing"),
        ({"DISCORD_TOKEN": "secret"}, "DISCORD_TOKEN is not right"),
        ({"DISCORD_MESSAGE_CONTENT": "maybe"}, "on or off"),
        ({"DISCORD_SHARDS": "4/4"}, "DISCORD_SHARDS"),
        ({"DISCORD_API_URL": "ftp://x"}, "DISCORD_API_URL"),
        ({"DISCORD_GATEWAY_URL": "http://x"}, "DISCORD_GATEWAY_URL"),
    ],
)
def test_a_wrong_setting_is_one_sentence_without_its_value(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingError, match=says) as caught:
        discord.platform({"DISCORD_TOKEN": "a.b.secret"} | given, clock=now)
    assert "secret" not in str(caught.value)


def test_a_token_is_enough_to_be_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PLATFORMS", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")

    assert by_tokens(load()).platforms == ("discord",)
