"""Reactions in Discord become acts, and so does what happened to them while nobody listened."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms.discord.handle import Handle
from bot.models import Act, Place, Posted
from bot.ports import REACTIONS, Ours
from tests.rigs.discord.app import App, Intent
from tests.rigs.discord.hearing import Hearing, hearing
from tests.rigs.discord.said import Said
from tests.rigs.faults import now
from tests.rigs.waiting import until

LINKED = "worth a look: <https://arxiv.org/abs/2604.10005>."
READS = App(granted=Intent.MESSAGE_CONTENT)


async def heard(it: Hearing) -> list[Act]:
    """Everything that was told so far is an act by now: one that comes later is there."""
    end = await it.posts()
    it.here.bob.reacts(end, "🔟")
    await until(lambda: any(act.message == end.id for act in it.inbox.acts))
    return [act for act in it.inbox.acts if act.message != end.id]


async def in_forum(it: Hearing) -> Said:
    """A post in a forum, with its first message."""
    forum = it.here.discord.channel(it.here.guild, "forum", kind="forum")
    body = {"name": "On tokens", "message": {"content": "On tokens"}}
    status, made = await it.here.asks("POST", f"/channels/{forum.id}/threads", body)
    assert status in (200, 201), made
    return it.here.discord.message(made["message"]["id"])


def remember(it: Hearing, place: Place, said: Said, *, thread: str = "", ago: timedelta = timedelta()) -> None:
    """It is known as ours."""
    it.memory.posts.append(Ours(place, Posted(said.id, thread), now() - ago))


# ------------------------------------------------------------------------------------------ as they are told


async def test_a_reaction_and_its_end() -> None:
    async with hearing() as it:
        said = await it.posts()
        it.here.ada.reacts(said, "🔖")
        it.here.ada.reacts(said, "🔖", back=True)
        first, second = await it.inbox.until(2)

        assert [(act.kind, act.emoji, act.message) for act in (first, second)] == [
            ("react", "🔖", said.id),
            ("unreact", "🔖", said.id),
        ]
        assert first.order < second.order
        assert first.key != second.key
        assert (first.channel, first.person.id, first.person.name) == (it.channel, it.here.ada.id, "Ada")


async def test_a_super_reaction_is_a_reaction() -> None:
    async with hearing() as it:
        said = await it.posts()
        it.here.ada.reacts(said, "🔖", burst=True)

        assert [(act.kind, act.emoji) for act in await heard(it)] == [("react", "🔖")]


async def test_numbers_count_and_other_emoji_do_not() -> None:
    async with hearing() as it:
        said = await it.posts()
        for emoji in ("1️⃣", "9\u20e3", "🔟", "👍🏽", "🔖:1234567890123456789", "bookmark:1234567890123456789"):
            it.here.ada.reacts(said, emoji)

        assert [act.emoji for act in await heard(it)] == ["1️⃣", "9️⃣", "🔟"]


async def test_in_direct_messages_a_reaction_belongs_to_the_server_where_somebody_was_last() -> None:
    async with hearing() as it:
        said = await it.here.posts(it.here.ada.direct, content="On tokens")
        it.here.ada.reacts(await it.posts(), "🔖")
        await it.until_remembered("home")
        it.here.ada.reacts(said, "🔖")
        _, act = await it.inbox.until(2)

        assert act.channel == act.person.direct
        assert (act.channel.direct, act.person.workspace) == (True, it.here.guild.id)


async def test_in_a_thread_it_is_the_channels_and_an_answer_finds_the_thread() -> None:
    async with hearing() as it:
        thread = it.here.bob.opens(await it.posts(), "On tokens")
        said = await it.here.posts(thread, content="In the thread")
        it.here.ada.reacts(said, "🔖")
        (act,) = await it.inbox.until(1)

        assert (act.channel, act.message) == (it.channel, said.id)
        assert Handle.of(act.reply).thread == thread.id


async def test_a_post_in_a_forum_is_the_forums() -> None:
    async with hearing() as it:
        said = await in_forum(it)
        it.here.ada.reacts(said, "🔖")
        (act,) = await it.inbox.until(1)

        assert said.channel.parent is not None
        assert (act.channel.id, act.channel.name, act.message) == (said.channel.parent.id, "forum", said.id)


async def test_a_reaction_that_cannot_be_recorded_is_tried_again() -> None:
    async with hearing() as it:
        said = await it.posts()
        it.inbox.busy = True
        it.here.ada.reacts(said, "🔖")
        await it.inbox.until_refused(2)
        it.inbox.busy = False

        assert [act.kind for act in await it.inbox.until(1)] == ["react"]


# ------------------------------------------------------------------------------------ other people's messages


async def test_somebody_elses_message_is_none_of_our_business() -> None:
    async with hearing() as it:
        it.here.ada.reacts(it.here.bob.says(it.here.papers, LINKED), "🔖")

        assert await heard(it) == []


async def test_with_the_content_intent_a_linked_paper_is_saved_and_unsaved() -> None:
    async with hearing(READS, DISCORD_MESSAGE_CONTENT="on") as it:
        theirs = it.here.bob.says(it.here.papers, LINKED)
        it.here.ada.reacts(theirs, "🔖")
        it.here.ada.reacts(theirs, "🔖", back=True)
        it.here.ada.reacts(it.here.bob.says(it.here.papers, "lunch?"), "🔖")

        link = "https://arxiv.org/abs/2604.10005"
        assert [(act.kind, act.text) for act in await heard(it)] == [
            ("command", f"save {link}"),
            ("command", f"unsave {link}"),
        ]


async def test_with_the_content_intent_our_own_messages_are_still_ours() -> None:
    async with hearing(READS, DISCORD_MESSAGE_CONTENT="on") as it:
        said = await it.posts()
        it.here.ada.reacts(said, "🔖")
        it.here.ada.reacts(said, "🔖", back=True)

        assert [(act.kind, act.message) for act in await heard(it)] == [("react", said.id), ("unreact", said.id)]


# ------------------------------------------------------------------------------------------- while we were away


async def test_what_was_added_and_taken_back_while_away_is_an_act() -> None:
    async with hearing() as it:
        said = await it.posts()
        it.here.ada.reacts(said, "🔖")
        await it.until_remembered("reactions")
        await it.stops()
        it.here.ada.reacts(said, "🔖", back=True)
        it.here.bob.reacts(said, "🔖", burst=True)
        it.here.bob.reacts(said, "👍")
        await it.starts()
        _, *missed = await it.inbox.until(3)

        assert {(act.kind, act.person.id, act.emoji) for act in missed} == {
            ("unreact", it.here.ada.id, "🔖"),
            ("react", it.here.bob.id, "🔖"),
        }
        assert {(act.message, act.channel) for act in missed} == {(said.id, it.channel)}


async def test_what_was_caught_up_is_not_told_again() -> None:
    async with hearing() as it:
        said = await it.posts()
        await it.stops()
        it.here.ada.reacts(said, "🔖")
        await it.starts()
        await it.inbox.until(1)
        await it.until_remembered("reactions")
        await it.stops()
        it.here.bob.reacts(said, "1️⃣")
        await it.starts()

        assert [(act.person.id, act.emoji) for act in await it.inbox.until(2)] == [
            (it.here.ada.id, "🔖"),
            (it.here.bob.id, "1️⃣"),
        ]


async def test_only_the_kinds_of_reactions_that_are_there_are_asked_for() -> None:
    async with hearing() as it:
        said = await it.posts()
        await it.stops()
        it.here.ada.reacts(said, "🔖")
        it.here.bob.reacts(said, "1️⃣", burst=True)
        await it.starts()
        await it.inbox.until(2)

        asked = it.here.discord.called("list_message_reactions_by_emoji")
        assert {(call.path["emoji_name"], call.query.get("type", "0")) for call in asked} == {("🔖", "0"), ("1️⃣", "1")}


async def test_what_stands_is_kept_under_the_day_of_its_message_and_gone_when_nothing_does() -> None:
    async with hearing() as it:
        said = await it.posts()
        it.here.ada.reacts(said, "🔖")
        await it.until_remembered("reactions")
        assert [name for _, name in it.memory.values if name.startswith(REACTIONS)] == [
            f"{REACTIONS}{said.at:%Y-%m-%d} {it.here.papers.id}"
        ]
        it.here.ada.reacts(said, "🔖", back=True)
        await until(lambda: not [name for _, name in it.memory.values if name.startswith(REACTIONS)])


async def test_the_newest_message_is_looked_at_first() -> None:
    async with hearing() as it:
        await it.stops()
        several = [await it.here.posts(content=f"Paper {number}") for number in range(3)]
        for said, hours in zip(several, (2, 1, 3), strict=True):
            remember(it, Place(it.channel), said, ago=timedelta(hours=hours))
            it.here.ada.reacts(said, "🔖")
        await it.starts()
        acts = await it.inbox.until(3)

        assert [act.message for act in acts] == [several[1].id, several[0].id, several[2].id]


async def test_threads_and_posts_of_forums_are_caught_up_too() -> None:
    async with hearing() as it:
        await it.stops()
        lead = await it.here.posts(content="Papers")
        thread = it.here.bob.opens(lead, "Papers")
        under, post = await it.here.posts(thread, content="On tokens"), await in_forum(it)
        remember(it, Place(it.channel, "thread", under=thread.id), under)
        assert post.channel.parent is not None
        forum = Place(type(it.channel)("discord", it.here.guild.id, post.channel.parent.id, "forum"))
        remember(it, forum, post, thread=post.channel.id, ago=timedelta(minutes=1))
        for said in (under, post):
            it.here.ada.reacts(said, "🔖")
        await it.starts()
        acts = await it.inbox.until(2)

        assert [(act.message, act.channel.id) for act in acts] == [
            (under.id, it.channel.id),
            (post.id, post.channel.parent.id),
        ]
        assert [Handle.of(act.reply).thread for act in acts] == [thread.id, post.channel.id]


async def test_a_message_that_is_gone_keeps_nobody_from_the_next_one() -> None:
    async with hearing() as it:
        kept, gone = await it.posts(), await it.posts()
        it.memory.posts.append(Ours(Place(it.channel), Posted("mfrggzdfmztwq2lknnwg23tp"), now()))
        await it.stops()
        it.here.discord.delete(gone)
        it.here.ada.reacts(kept, "🔖")
        await it.starts()

        assert [act.message for act in await it.inbox.until(1)] == [kept.id]
