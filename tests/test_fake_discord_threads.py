"""Threads and forums on the fake Discord: opened once, resting, posts of forums, and what cannot be done there."""

from __future__ import annotations

import importlib.util

import pytest

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import May, Said, lines
from tests.rigs.discord.lab import EMBED, ROW, Lab, discord, lab, running


async def opens(here: Lab, said: Said, name: str = "All papers") -> tuple[int, int]:
    """Open the thread of a message; status and code."""
    status, answer = await here.asks(
        "POST", f"/channels/{here.papers.id}/messages/{said.id}/threads", {"name": name, "auto_archive_duration": 1440}
    )
    return status, answer.get("code", 0)


async def test_a_thread_is_opened_once_and_written_in() -> None:
    async with lab() as here:
        lead = await here.posts()
        first, second = await opens(here, lead), await opens(here, lead)
        assert lead.thread is not None
        paper = await here.posts(lead.thread, embeds=[EMBED], nonce="paper-1", enforce_nonce=True)
        shown = (await here.asks("GET", f"/channels/{here.papers.id}/messages/{lead.id}"))[1]

    assert (first, second) == ((200, 0), (400, 160004))
    # a message's thread has the message's id
    assert lead.thread.id == lead.id == shown["thread"]["id"]
    assert here.bob.thread(lead) == [paper]
    assert here.bob.sees(here.papers) == [lead]


async def test_somebody_may_have_opened_it_before() -> None:
    async with lab() as here:
        lead = await here.posts()
        here.ada.opens(lead, "What do we think?")
        assert await opens(here, lead) == (400, 160004)


async def test_a_thread_needs_a_message_a_name_and_the_permission() -> None:
    async with lab() as here:
        lead = await here.posts()
        unnamed = await opens(here, lead, ""), await opens(here, lead, "x" * 101)
        here.discord.admin.denies(here.papers, May.CREATE_PUBLIC_THREADS)
        denied = await opens(here, lead)
        here.discord.admin.allows(here.papers, May.CREATE_PUBLIC_THREADS)
        here.discord.admin.deletes(lead)
        gone = await opens(here, lead)
        direct = await here.posts(here.ada.direct)
        nested = await here.asks("POST", f"/channels/{direct.channel.id}/messages/{direct.id}/threads", {"name": "x"})

    assert unnamed == ((400, 50035), (400, 50035))
    assert (denied, gone, nested[1]["code"]) == ((403, 50013), (404, 10008), 50024)


async def test_writing_in_a_thread_is_a_permission_of_its_own() -> None:
    async with lab() as here:
        lead = await here.posts()
        await opens(here, lead)
        assert lead.thread is not None
        here.discord.admin.denies(here.papers, May.SEND_MESSAGES_IN_THREADS)
        assert await here.refused(lead.thread) == 50013
        await here.posts()
        here.discord.admin.denies(here.papers, May.SEND_MESSAGES)
        here.discord.admin.allows(here.papers, May.SEND_MESSAGES_IN_THREADS)
        await here.posts(lead.thread)
        assert await here.refused() == 50013


async def test_a_resting_thread_takes_no_reactions_and_wakes_when_somebody_writes() -> None:
    async with lab() as here:
        lead = await here.posts()
        await opens(here, lead)
        thread = lead.thread
        assert thread is not None
        paper = await here.posts(thread, content="paper", components=[ROW])
        here.discord.admin.archives(thread)
        place = f"/channels/{thread.id}/messages/{paper.id}"
        with pytest.raises(LookupError, match="nobody can react to that"):
            here.ada.reacts(paper, "🔖")
        codes = [
            (await here.asks("PUT", f"{place}/reactions/🔖/@me"))[1]["code"],
            (await here.asks("DELETE", f"{place}/reactions/🔖/@me"))[1]["code"],
            (await here.asks("PATCH", place, {"content": "x"}))[1]["code"],
            (await here.asks("DELETE", place))[1]["code"],
            (await here.asks("PUT", f"/channels/{thread.id}/thread-members/@me"))[1]["code"],
        ]
        active = (await here.asks("GET", f"/guilds/{here.guild.id}/threads/active"))[1]["threads"]
        resting = (await here.asks("GET", f"/channels/{here.papers.id}/threads/archived/public"))[1]["threads"]
        await here.posts(thread)
        woken = not thread.archived
        here.ada.reacts(paper, "🔖")
        here.discord.admin.archives(thread, locked=True)
        locked = await here.refused(thread)

    assert codes == [50083] * 5
    assert (active, [one["id"] for one in resting]) == ([], [thread.id])
    assert (woken, locked) == (True, 160005)


async def test_the_bot_wakes_its_own_thread() -> None:
    async with lab() as here:
        lead = await here.posts()
        await opens(here, lead)
        assert lead.thread is not None
        here.discord.admin.archives(lead.thread)
        renamed = (await here.asks("PATCH", f"/channels/{lead.thread.id}", {"name": "x"}))[1]["code"]
        status, said = await here.asks("PATCH", f"/channels/{lead.thread.id}", {"archived": False})
        hers = here.ada.says(here.papers, "mine")
        here.ada.opens(hers, "mine")
        denied = (await here.asks("PATCH", f"/channels/{hers.id}", {"archived": True}))[1]["code"]

    assert (renamed, status, said["thread_metadata"]["archived"], denied) == (50083, 200, False, 50013)


async def test_a_forum_takes_posts_and_no_messages() -> None:
    async with lab() as here:
        forum = here.discord.channel(here.guild, "reading", kind="forum")
        forum.tags["cs.CL"] = here.discord.snowflake()
        place = f"/channels/{forum.id}/threads"
        post = {"name": "Monday", "message": {"content": "3 papers", "embeds": [EMBED]}}
        status, said = await here.asks("POST", place, post | {"applied_tags": [forum.tags["cs.CL"]]})
        again = (await here.asks("POST", place, post))[0]
        codes = [
            await here.refused(forum),
            (await here.asks("POST", place, {"name": "Monday"}))[1]["code"],
            (await here.asks("POST", place, post | {"message": {"content": ""}}))[1]["code"],
            (await here.asks("POST", place, post | {"applied_tags": ["1"]}))[1]["code"],
            (await here.asks("POST", place, {"message": {"content": "x"}}))[1]["code"],
        ]
        forum.needs_tag = True
        codes.append((await here.asks("POST", place, post))[1]["code"])
        forum.needs_tag = False
        here.discord.admin.denies(forum, May.SEND_MESSAGES)
        codes.append((await here.asks("POST", place, post))[1]["code"])

    # a post is no message with a nonce: sent twice, it is there twice
    assert (status, again, len(here.discord.threads(forum))) == (200, 200, 2)
    assert said["message"]["id"] == said["id"]
    assert lines(here.discord.message(said["id"])) == ["3 papers", "On tokens", "A paper."]
    assert codes == [50008, 50035, 50006, 50035, 50035, 40067, 50013]


async def test_the_sdk_opens_threads_and_posts() -> None:
    async with lab() as here, running(here.discord) as bot:
        forum = here.discord.channel(here.guild, "reading", kind="forum")
        await bot.until("guild_channel_create")
        channel = bot.get_channel(int(here.papers.id))
        assert isinstance(channel, discord.TextChannel)
        lead = await channel.send("lead")
        thread = await lead.create_thread(name="All papers", auto_archive_duration=1440)
        paper = await thread.send("paper")
        posts = bot.get_channel(int(forum.id))
        assert isinstance(posts, discord.ForumChannel)
        made = await posts.create_thread(name="Monday", content="3 papers")
        here.ada.reacts(here.discord.message(str(paper.id)), "🔖")
        raw = (await bot.until("raw_reaction_add"))[0]
        with pytest.raises(discord.HTTPException) as again:
            await lead.create_thread(name="All papers")

    assert (raw.channel_id, raw.guild_id) == (thread.id, int(here.guild.id))
    assert again.value.code == 160004
    assert [one.name for one in here.discord.threads(forum)] == ["Monday"]
    assert made.message.content == "3 papers"
    assert here.discord.violations == []
