"""The fake Discord speaks Discord: messages, nonces, reactions, permissions, direct messages, and what it refuses."""

from __future__ import annotations

import importlib.util

import aiohttp
import pytest

from tests.rigs.house import Hands

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import App, Intent, May, acting, lines
from tests.rigs.discord.lab import EMBED, ROW, SAVE, lab
from tests.rigs.discord.wire import Json

AGAIN: Json = {"content": "x", "nonce": "n" * 25, "enforce_nonce": True}


async def test_errors_have_exactly_the_type_that_the_sdk_reads_and_answers_come_through_proxies() -> None:
    async with lab() as here:
        headers = {"Authorization": f"Bot {here.discord.app.token}"}
        async with here.http.get(f"{here.discord.api}/channels/1", headers=headers) as answer:
            said = await answer.json()

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Via"] == "1.1 google"
    assert said == {"message": "Unknown Channel", "code": 10003}
    assert {"X-RateLimit-Bucket", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-After"} <= set(
        answer.headers
    )


async def test_an_enforced_nonce_gives_the_message_that_is_there() -> None:
    async with lab() as here:
        first, second = await here.posts(**AGAIN), await here.posts(**AGAIN)
        elsewhere = await here.posts(here.discord.channel(here.guild, "other"), **AGAIN)
        loose = await here.posts(**AGAIN | {"enforce_nonce": False})

    # per author: another channel gets the first message too
    assert first is second is elsewhere
    assert loose is not first
    assert here.discord.doubled() == ["n" * 25]


async def test_a_nonce_whose_message_was_deleted_is_an_unknown_message() -> None:
    async with lab() as here:
        here.discord.admin.deletes(await here.posts(**AGAIN))
        code = await here.refused(**AGAIN)
        here.discord.admin.forgets_nonces()
        await here.posts(**AGAIN)

    assert code == 10008
    assert len(here.discord.digests()) == 2


async def test_a_marker_in_a_component_is_our_own_name_of_a_message() -> None:
    async with lab(marker=r"^(k\d+) ") as here:
        button = SAVE | {"custom_id": "k17 save p17"}
        said = await here.posts(content="x", components=[{"type": 1, "components": [button]}])

    assert (said.key, here.discord.digests()) == ("k17", [said])


async def test_changes_and_deletes_only_what_is_ones_own() -> None:
    async with lab() as here:
        mine, hers = await here.posts(embeds=[EMBED], components=[ROW]), here.ada.says(here.papers, "Mine")
        place = f"/channels/{here.papers.id}/messages"
        await here.asks("PATCH", f"{place}/{mine.id}", {"content": "Changed", "components": []})
        codes = [
            (await here.asks("PATCH", f"{place}/{hers.id}", {"content": "No"}))[1]["code"],
            (await here.asks("DELETE", f"{place}/{hers.id}"))[1]["code"],
            (await here.asks("PATCH", f"{place}/1", {"content": "No"}))[1]["code"],
            (await here.asks("PATCH", f"{place}/{mine.id}", {"content": "", "embeds": []}))[1]["code"],
        ]
        before = lines(mine), bool(mine.edited)
        status = await here.asks("DELETE", f"{place}/{mine.id}")

    assert before == (["Changed", "On tokens", "A paper."], True)
    assert codes == [50005, 50013, 10008, 50006]
    assert status == (204, "")
    assert here.bob.sees(here.papers) == [hers]


async def test_history_is_newest_first_and_empty_for_whoever_may_not_read_it() -> None:
    async with lab() as here:
        first, hers, last = await here.posts(content="1"), here.ada.says(here.papers, "secret"), await here.posts()
        place = f"/channels/{here.papers.id}/messages"
        after = (await here.asks("GET", f"{place}?after={first.id}&limit=100"))[1]
        newest = (await here.asks("GET", f"{place}?limit=1"))[1]
        before = (await here.asks("GET", f"{place}?before={last.id}&limit=1"))[1]
        around = (await here.asks("GET", f"{place}?around={hers.id}&limit=1"))[1]
        both = (await here.asks("GET", f"{place}?around=1&after=1"))[1]["code"]
        here.discord.admin.denies(here.papers, May.READ_MESSAGE_HISTORY)
        none = await here.asks("GET", place)
        one = (await here.asks("GET", f"{place}/{first.id}"))[1]["code"]

    assert [said["id"] for said in after] == [last.id, hers.id]
    assert [said["id"] for said in newest] == [last.id]
    assert [said["id"] for said in before] == [said["id"] for said in around] == [hers.id]
    # others' words are not for an app without the intent
    assert after[1]["content"] == ""
    assert (both, none, one) == (50035, (200, []), 50013)


async def test_words_of_others_are_read_by_an_app_with_the_intent() -> None:
    async with lab(App(granted=Intent.MESSAGE_CONTENT)) as here:
        hers = here.ada.says(here.papers, "read this")
        said = (await here.asks("GET", f"/channels/{here.papers.id}/messages/{hers.id}"))[1]

    assert said["content"] == "read this"


async def test_a_channel_says_why_nothing_can_be_posted_there() -> None:
    async with lab() as here:
        discord, admin = here.discord, here.discord.admin
        hidden = discord.channel(here.guild, "hidden", private=True)
        foreign = discord.channel(discord.guild("foreign", bot=False), "foreign")
        forum = discord.channel(here.guild, "forum", kind="forum")
        gone = discord.channel(here.guild, "gone")
        quiet, plain = discord.channel(here.guild, "quiet"), discord.channel(here.guild, "plain")
        admin.deletes(gone)
        admin.denies(quiet, May.SEND_MESSAGES)
        admin.denies(plain, May.EMBED_LINKS)
        codes = [await here.refused(one) for one in (hidden, foreign, forum, gone, quiet)]
        codes.append(await here.refused(plain, embeds=[EMBED]))
        await here.posts(plain)
        admin.removes_bot(here.guild)
        codes.append(await here.refused())

    assert codes == [50001, 50001, 50008, 10003, 50013, 50013, 50001]
    assert here.discord.refused() == [("create_message", code) for code in codes]


async def test_what_one_may_is_computed_from_roles_and_exceptions() -> None:
    async with lab() as here:
        admin, discord = here.discord.admin, here.discord
        admin.denies(here.papers, May.VIEW_CHANNEL)
        hidden = await here.refused()
        admin.allows(here.papers, May.VIEW_CHANNEL)
        await here.posts()
        role = discord.role(here.guild, "quiet")
        here.papers.overwrites[role.id] = May(0), May.SEND_MESSAGES
        here.guild.members[discord.bot.id].roles.append(role.id)
        muted = await here.refused()
        # what is allowed to a member goes before what is denied to a role
        admin.allows(here.papers, May.SEND_MESSAGES)
        await here.posts()
        role.permissions |= May.ADMINISTRATOR
        admin.denies(here.papers, May.VIEW_CHANNEL)
        await here.posts()

    assert (hidden, muted) == (50001, 50013)


async def test_a_direct_message_is_opened_once_and_not_with_everybody() -> None:
    async with lab() as here:
        closed = here.discord.person(here.guild, "Carl", closed=True)
        stranger = here.discord.person(None, "Dora")
        opened = [await here.asks("POST", "/users/@me/channels", {"recipient_id": int(here.ada.id)}) for _ in range(2)]
        nobody = (await here.asks("POST", "/users/@me/channels", {"recipient_id": "1"}))[1]["code"]
        said = await here.posts(here.ada.direct, content="Hello", embeds=[EMBED])
        codes = [await here.refused(one.direct) for one in (closed, stranger)]

    assert opened[0] == opened[1]
    assert opened[0][1]["id"] == here.ada.direct.id
    assert "guild_id" not in opened[0][1]
    assert here.ada.sees(here.ada.direct) == [said]
    assert "Hello" not in here.bob.reads()
    assert (nobody, codes) == (50035, [50007, 50007])


async def test_reactions_are_made_taken_back_and_limited() -> None:
    async with lab() as here:
        said = await here.posts()
        place = f"/channels/{here.papers.id}/messages/{said.id}/reactions"

        async def react(verb: str, emoji: str) -> int:
            status, answer = await here.asks(verb, f"{place}/{emoji}/@me")
            return 0 if status == 204 else int(answer["code"])

        codes = [
            await react("PUT", "🔖"),
            await react("PUT", "🔖"),
            await react("PUT", "bookmark"),
            await react("DELETE", "👍"),
            await react("PUT", "arxiv:1105000000000000999"),
        ]
        for number in range(18):
            here.ada.reacts(said, chr(0x1F600 + number))
        codes.append(await react("PUT", "😺"))
        here.bob.reacts(said, "🔖", burst=True)
        normal = (await here.asks("GET", f"{place}/🔖?limit=100"))[1]
        burst = (await here.asks("GET", f"{place}/🔖?type=1"))[1]
        here.discord.admin.denies(here.papers, May.ADD_REACTIONS)
        counted = said.json(here.discord.bot.id)["reactions"][0]
        await react("DELETE", "😀")

    assert codes == [0, 0, 10014, 10014, 0, 30010]
    assert [one["username"] for one in normal] == ["paperround"]
    assert [one["username"] for one in burst] == ["bob"]
    assert (counted["count"], counted["count_details"]) == (2, {"burst": 1, "normal": 1})
    assert (counted["me"], counted["emoji"]) == (True, {"id": None, "name": "🔖"})


async def test_whom_a_message_pings_is_computed_and_kept() -> None:
    async with lab() as here:
        role = here.discord.role(here.guild, "readers", mentionable=True)
        text = f"@everyone <@{here.ada.id}> <@&{role.id}> `<@{here.bob.id}>` \\<@{here.bob.id}>"
        calm = await here.posts(content=text, allowed_mentions={"parse": []})
        careless = await here.posts(content=text)
        named = await here.posts(content=text, allowed_mentions={"parse": [], "users": [here.ada.id]})
        here.discord.admin.allows(here.papers, May.MENTION_EVERYONE)
        loud = await here.posts(content=text)
        embed = await here.posts(embeds=[EMBED | {"description": text}])

    assert calm.pings == embed.pings == frozenset()
    # without the permission nobody is everybody
    assert careless.pings == {here.ada.id, role.id}
    assert named.pings == {here.ada.id}
    assert loud.pings == {here.ada.id, role.id, "everyone"}
    assert here.ada.pinged() == [careless, named, loud]
    assert [one.kind for one in acting(calm)] == ["broadcast", "mention", "role"]


async def test_a_message_comes_silently_and_without_previews_when_asked() -> None:
    async with lab() as here:
        loud = await here.posts(content="see https://arxiv.org/abs/1")
        quiet = await here.posts(content="see https://arxiv.org/abs/1", flags=4 | 4096)
        await here.posts(content="see <https://arxiv.org/abs/1>")

    assert (loud.silent, quiet.silent) == (False, True)
    assert here.discord.walls() == [loud]


async def test_of_two_embeds_with_one_link_the_first_is_seen() -> None:
    async with lab() as here:
        same, other = EMBED | {"title": "Hidden"}, EMBED | {"title": "Seen", "url": "https://arxiv.org/abs/2"}
        said = await here.posts(embeds=[EMBED, same, other, {"title": "No link"}, {"title": "None either"}])

    assert lines(said) == ["On tokens", "A paper.", "Seen", "A paper.", "No link", "None either"]


async def test_a_reply_names_what_it_answers() -> None:
    async with lab() as here:
        first = await here.posts()
        reply = await here.posts(
            content="x", message_reference={"message_id": int(first.id), "channel_id": int(here.papers.id)}
        )
        lost: Json = {"content": "x", "message_reference": {"message_id": "1"}}
        code = await here.refused(**lost)
        lost["message_reference"] = {"message_id": "1", "fail_if_not_exists": False}
        alone = await here.posts(**lost)

    assert reply.reference == {"type": 0, "message_id": first.id, "channel_id": here.papers.id}
    assert (code, alone.reference) == (50035, None)


async def test_files_come_in_parts_and_are_fetched_by_their_address() -> None:
    async with lab() as here:
        form = aiohttp.FormData()
        form.add_field("payload_json", '{"content": "", "attachments": [{"id": 0, "filename": "papers.bib"}]}')
        form.add_field("files[0]", b"@article{a}", filename="papers.bib")
        token = {"Authorization": f"Bot {here.discord.app.token}"}
        url = f"{here.discord.api}/channels/{here.papers.id}/messages"
        async with here.http.post(url, data=form, headers=token) as answer:
            said = await answer.json()
        async with here.http.get(said["attachments"][0]["url"]) as file:
            content = await file.read()
        lost = await here.refused(content="x", attachments=[{"id": "7", "filename": "gone"}])
        here.discord.admin.denies(here.papers, May.ATTACH_FILES)
        form = aiohttp.FormData()
        form.add_field("files[0]", b"x", filename="x")
        async with here.http.post(url, data=form, headers=token) as answer:
            denied = (await answer.json())["code"]

    assert content == b"@article{a}"
    assert lines(here.discord.books[0]) == ["papers.bib", "@article{a}"]
    assert (lost, denied) == (50035, 50013)


async def test_looks_up_who_and_where() -> None:
    clock = Hands()
    async with lab(clock=clock) as here:
        asked = {
            path: (await here.asks("GET", path))[1]
            for path in (
                "/users/@me",
                f"/users/{here.ada.id}",
                "/users/@me/guilds",
                f"/guilds/{here.guild.id}",
                f"/guilds/{here.guild.id}/channels",
                f"/guilds/{here.guild.id}/roles",
                f"/guilds/{here.guild.id}/members/{here.ada.id}",
                f"/guilds/{here.guild.id}/members/1",
                "/guilds/1",
                "/users/1",
                "/applications/@me",
                "/gateway/bot",
            )
        }
        renamed = await here.asks("PATCH", f"/channels/{here.papers.id}", {"name": "x"})
        here.discord.admin.allows(here.papers, May.MANAGE_CHANNELS)
        await here.asks("PATCH", f"/channels/{here.papers.id}", {"name": "news"})
        unknown = await here.asks("GET", "/nothing/here")
        await here.asks("DELETE", f"/users/@me/guilds/{here.guild.id}")

    said = list(asked.values())
    assert said[0]["id"] == here.discord.app.id
    assert said[1]["username"] == "ada"
    assert [one["name"] for one in said[2]] == ["lab"]
    assert said[3]["name"] == "lab"
    assert [one["id"] for one in said[4]] == [here.papers.id]
    assert said[5][0] == said[3]["roles"][0]
    # roles are ids: objects end discord.py's gateway task
    assert all(isinstance(one, str) for one in said[6]["roles"])
    assert [one["code"] for one in said[7:10]] == [10013, 10004, 10013]
    assert said[10]["id"] == here.discord.app.id
    assert said[11]["session_start_limit"] == {
        "total": 1000,
        "remaining": 1000,
        "reset_after": 86_400_000,
        "max_concurrency": 1,
    }
    assert (renamed[1]["code"], here.papers.name) == (50013, "news")
    assert unknown[0] == 404
    assert here.discord.violations == ["this rig does not know GET /api/v10/nothing/here"]
    assert here.discord.bot.id not in here.guild.members
