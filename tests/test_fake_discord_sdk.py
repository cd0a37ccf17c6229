"""The real discord.py on the fake Discord: it connects, posts, is told, and comes back after every end."""

from __future__ import annotations

import asyncio
import importlib.util
from datetime import timedelta

import aiohttp
import pytest

from tests.rigs.faults import DROP_AFTER, UNAVAILABLE
from tests.rigs.house import Hands

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import App, Intent, May, banned, limited, lines
from tests.rigs.discord.lab import INTENTS, Bot, Lab, discord, lab, pointed, running


def channel(bot: Bot, here: Lab) -> discord.TextChannel:
    """The channel as the SDK has it."""
    found = bot.get_channel(int(here.papers.id))
    assert isinstance(found, discord.TextChannel)
    return found


async def test_a_client_connects_and_sees_its_servers_and_channels() -> None:
    async with lab() as here, running(here.discord) as bot:
        hidden = here.discord.channel(here.guild, "hidden", private=True)
        new = here.discord.channel(here.guild, "new")
        await bot.until("guild_channel_create")
        guild = bot.guilds[0]
        names = {one.name for one in guild.text_channels}
        may = channel(bot, here).permissions_for(guild.me)

    assert (guild.name, str(guild.id)) == ("lab", here.guild.id)
    assert names == {"papers", new.name}
    assert hidden.name not in names
    assert (may.send_messages, may.embed_links, may.manage_channels) == (True, True, False)
    # ids are above 2^53, and no digit is lost
    assert int(here.guild.id) > 2**53
    assert here.discord.violations == []
    assert here.discord.refused() == []


async def test_posts_silently_with_embeds_buttons_and_files() -> None:
    async with lab() as here, running(here.discord) as bot:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Save", emoji="🔖", custom_id="save p17"))
        view.add_item(discord.ui.Button(label="Open", url="https://arxiv.org/abs/2604.10005"))
        embed = discord.Embed(title="On tokens", url="https://arxiv.org/abs/2604.10005", description="**A** paper")
        embed.set_footer(text="cs.CL")
        file = discord.File(__file__, filename="papers.bib")
        sent = await channel(bot, here).send(embed=embed, view=view, file=file, silent=True)
        read = await sent.attachments[0].read()
        await sent.edit(content="changed")
        found = await channel(bot, here).fetch_message(sent.id)

    said = here.discord.message(str(sent.id))
    assert said.silent
    assert lines(said)[:6] == ["changed", "On tokens", "A paper", "cs.CL", "🔖 Save", "Open"]
    assert b"test_posts_silently" in read == said.files[0].content
    assert (found.content, len(found.components), found.embeds[0].title) == ("changed", 1, "On tokens")
    assert here.discord.refused() == []


async def test_the_sdk_sends_its_own_nonce_and_a_retry_finds_the_message() -> None:
    async with lab() as here, running(here.discord) as bot:
        here.discord.fail(DROP_AFTER)
        # it lets the disconnection through, as it is
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel(bot, here).send("x", nonce="digest-1")
        sent = await channel(bot, here).send("x", nonce="digest-1")

    assert [said.id for said in here.discord.digests()] == [str(sent.id)]
    assert here.discord.doubled() == []


async def test_reactions_are_told_raw_with_their_type_and_skin_tone() -> None:
    async with lab() as here, running(here.discord) as bot:
        said = await here.posts()
        here.ada.reacts(said, "👍🏽")
        here.ada.reacts(said, "🔖", burst=True)
        here.ada.reacts(said, "🔖", burst=True, back=True)
        added = await bot.until("raw_reaction_add", 2)
        removed = await bot.until("raw_reaction_remove")
        message = await channel(bot, here).fetch_message(int(said.id))
        await message.add_reaction("🔖")
        who = [user.name async for user in message.reactions[0].users()]
        await message.remove_reaction("🔖", bot.user)  # type: ignore[arg-type]  # it is who it is

    assert [(one.emoji.name, one.burst, one.type.name) for one in added[:2]] == [
        ("👍🏽", False, "normal"),
        ("🔖", True, "burst"),
    ]
    assert (removed[0].emoji.name, removed[0].burst, removed[0].user_id) == ("🔖", True, int(here.ada.id))
    assert added[0].member.name == "ada"
    assert who == ["ada"]
    assert set(said.reactions) == {"👍🏽"}


async def test_others_words_are_hidden_without_the_intent_and_not_where_the_bot_is_named() -> None:
    async with lab() as here, running(here.discord) as bot:
        here.ada.says(here.papers, "among ourselves")
        here.ada.says(here.papers, "why?", mention=True)
        here.ada.writes("list")
        came = await bot.until("message", 3)

    mention = f"<@{here.discord.app.id}> why?"
    assert [one.content for one in came] == ["", mention, "list"]
    assert [one.guild is None for one in came] == [False, False, True]


async def test_words_are_read_where_the_intent_was_turned_on() -> None:
    intents = discord.Intents(INTENTS.value | discord.Intents.message_content.flag)
    async with lab(App(granted=Intent.MESSAGE_CONTENT)) as here, running(here.discord, Bot(intents=intents)) as bot:
        here.ada.says(here.papers, "among ourselves")
        came = await bot.until("message")

    assert came[0].content == "among ourselves"


async def test_an_intent_that_was_not_turned_on_ends_the_client_for_good() -> None:
    async with lab() as here:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(here.discord, Bot(intents=discord.Intents.all())):
                pass

    assert here.discord.gateway.codes == [4014]


async def test_a_dead_token_ends_it_before_and_after_it_connected() -> None:
    async with lab() as here:
        with pointed(here.discord):
            bot = Bot()
            with pytest.raises(discord.LoginFailure):
                await bot.start("nobody")
            await bot.close()
        async with running(here.discord) as bot:
            await here.discord.admin.resets_token()
            await bot.until("disconnect")
            status, said = await here.asks("GET", "/users/@me", headers={"Authorization": "Bot nobody"})

    assert (status, said) == (401, {"message": "401: Unauthorized", "code": 0})
    assert bot.is_closed()
    assert here.discord.gateway.codes == [4004]


@pytest.mark.parametrize("how", ["dropped", "asked to reconnect", "closed with 4000", "invalid but resumable"])
async def test_a_connection_that_ends_is_resumed_and_nothing_is_missed(how: str) -> None:
    async with lab() as here, running(here.discord) as bot:
        said = await here.posts()
        gateway = here.discord.gateway
        if how == "asked to reconnect":
            await gateway.reconnect()
        elif how == "closed with 4000":
            await gateway.close(4000)
        elif how == "dropped":
            await gateway.drop()
        else:
            await gateway.invalidate(resumable=True)
        here.ada.reacts(said, "🔖")
        raw = (await bot.until("raw_reaction_add"))[0]
        await bot.until("resumed")

    assert raw.message_id == int(said.id)
    assert (gateway.started, gateway.resumed) == (1, 1)


async def test_an_invalid_session_begins_anew_and_what_happened_meanwhile_is_lost() -> None:
    async with lab() as here, running(here.discord) as bot:
        said = await here.posts()
        await here.discord.gateway.invalidate()
        here.ada.reacts(said, "🔖")
        await bot.until("ready", 2)
        here.bob.reacts(said, "🔖")
        came = await bot.until("raw_reaction_add")

    assert [one.user_id for one in came] == [int(here.bob.id)]
    assert here.discord.gateway.started == 2


@pytest.mark.parametrize("forgotten", [False, True])
async def test_a_session_is_not_resumed_when_it_was_left_too_long_or_forgotten(forgotten: bool) -> None:
    clock = Hands()
    async with lab(clock=clock) as here, running(here.discord) as bot:
        await here.discord.gateway.drop()
        if forgotten:
            here.discord.gateway.forget()
        else:
            clock.move(minutes=4)
        await bot.until("ready", 2)

    assert (here.discord.gateway.started, here.discord.gateway.resumed) == (2, 0)


async def test_a_silent_connection_is_noticed_by_its_heartbeats() -> None:
    async with lab() as here:
        here.discord.gateway.beat = 0.2
        async with running(here.discord, Bot(heartbeat_timeout=0.5)) as bot:
            here.discord.gateway.freeze()
            await bot.until("resumed")

    assert here.discord.gateway.resumed == 1


async def test_servers_are_lost_and_come_back_are_left_and_joined_again() -> None:
    async with lab() as here, running(here.discord) as bot:
        other = here.discord.guild("other")
        await bot.until("guild_join")
        here.discord.admin.loses(here.guild)
        await bot.until("guild_unavailable")
        status = await here.asks("GET", f"/channels/{here.papers.id}")
        here.discord.admin.restores(here.guild)
        await bot.until("guild_available")
        here.discord.admin.removes_bot(other)
        removed = await bot.until("guild_remove")
        here.discord.admin.invites_bot(other)
        await bot.until("guild_join", 2)
        here.discord.admin.renames(here.papers, "reading")
        await bot.until("guild_channel_update")

    assert status[0] == 503
    assert [str(one.id) for one in removed] == [other.id]
    assert {str(one.id) for one in bot.guilds} == {here.guild.id, other.id}
    assert channel(bot, here).name == "reading"


async def test_shards_are_told_of_their_own_servers_and_the_first_of_direct_messages() -> None:
    async with lab() as here:
        here.discord.gateway.shards = 2
        second = here.discord.guild("second")
        while (int(second.id) >> 22) % 2 == (int(here.guild.id) >> 22) % 2:
            await asyncio.sleep(0.001)
            second = here.discord.guild("second")
        with pointed(here.discord):
            one = Bot(shard_id=0, shard_count=2)
            two = Bot(shard_id=1, shard_count=2)
            tasks = [asyncio.create_task(bot.start(here.discord.app.token)) for bot in (one, two)]
            await one.until("ready")
            await two.until("ready")
            here.ada.writes("hello")
            await one.until("message")
            seen = [{str(guild.id) for guild in bot.guilds} for bot in (one, two)]
            for bot in (one, two):
                await bot.close()
            await asyncio.gather(*tasks, return_exceptions=True)

    assert two.heard("message") == []
    assert seen[0].isdisjoint(seen[1])
    assert {here.guild.id, second.id} <= seen[0] | seen[1]


async def test_the_sdk_shards_itself_as_discord_says() -> None:
    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """No five seconds between two sessions: the rig does not ask for them."""

    async with lab() as here:
        here.discord.gateway.shards = 3
        with pointed(here.discord):
            bot = Sharded(intents=INTENTS, guild_ready_timeout=0.05)
            task = asyncio.create_task(bot.start(here.discord.app.token))
            await here.discord.gateway.until_connected(3)
            latencies = [number for number, _ in bot.latencies]
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)

    assert latencies == [0, 1, 2]
    assert here.discord.called("get_bot_gateway")


async def test_the_sdk_waits_where_discord_says_so_and_raises_what_cloudflare_says() -> None:
    async with lab() as here, running(here.discord, Bot(max_ratelimit_timeout=60.0)) as bot:
        post = channel(bot, here).send
        here.discord.fail(limited("0.05"))
        await post("a moment later")
        errors: list[BaseException] = []
        for fault in (limited("3600"), limited("3600", scope="shared"), banned(), UNAVAILABLE):
            here.discord.fail(fault)
            with pytest.raises((discord.DiscordException, aiohttp.ClientError)) as raised:
                await post("never")
            errors.append(raised.value)

    assert [said.content for said in here.discord.books] == ["a moment later"]
    assert [type(error).__name__ for error in errors] == [
        *("RateLimited", "RateLimited", "HTTPException", "DiscordServerError")
    ]
    assert isinstance(errors[2], discord.HTTPException)
    assert (errors[2].status, errors[2].code) == (429, 0)


async def test_codes_of_errors_reach_the_caller() -> None:
    async with lab() as here, running(here.discord) as bot:
        here.discord.admin.denies(here.papers, May.SEND_MESSAGES)
        with pytest.raises(discord.Forbidden) as forbidden:
            await channel(bot, here).send("x")
        partial = bot.get_partial_messageable(1)
        with pytest.raises(discord.NotFound) as gone:
            await partial.send("x")

    assert (forbidden.value.code, gone.value.code) == (50013, 10003)


async def test_a_nonce_is_known_for_two_minutes() -> None:
    clock = Hands()
    async with lab(clock=clock) as here, running(here.discord) as bot:
        first = await channel(bot, here).send("x", nonce="digest-1")
        clock.move(seconds=119)
        same = await channel(bot, here).send("x", nonce="digest-1")
        clock.move(seconds=1)
        other = await channel(bot, here).send("x", nonce="digest-1")

    assert first.id == same.id != other.id
    assert here.discord.doubled() == ["digest-1"]
    assert other.created_at - first.created_at == timedelta(minutes=2)
