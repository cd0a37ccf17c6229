"""How the fake Discord misbehaves when told to, limits what comes too fast, and bans whoever asks in vain."""

from __future__ import annotations

import asyncio
import importlib.util
from typing import Any

import aiohttp
import pytest

from tests.rigs.faults import (
    CUT_AFTER,
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    GARBAGE_AFTER,
    UNAVAILABLE,
    Fault,
    slow_after,
    slow_before,
)
from tests.rigs.house import Hands

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import GLOBAL, LIMITED, LIMITS, May, banned, limited, refusing
from tests.rigs.discord.lab import Bot, Lab, discord, lab, running

KEY = {"nonce": "digest-1", "enforce_nonce": True}
COMMITS = {fault.name: fault for fault in (DROP_AFTER, CUT_AFTER, ERROR_AFTER, GARBAGE_AFTER)}
FAILS = {fault.name: fault for fault in (DROP_BEFORE, ERROR_BEFORE, UNAVAILABLE, *LIMITED, refusing(50013))}


async def post(here: Lab, channel: str = "") -> tuple[int, str]:
    """Post; status, and what was said; 0 for no answer."""
    url = f"{here.discord.api}/channels/{channel or here.papers.id}/messages"
    token = {"Authorization": f"Bot {here.discord.app.token}"}
    try:
        async with here.http.post(url, json={"content": "x", **KEY}, headers=token) as answer:
            return answer.status, await answer.text()
    except (aiohttp.ClientError, ValueError):
        return 0, ""


@pytest.mark.parametrize(("fault", "there"), [(one, 1) for one in COMMITS] + [(one, 0) for one in FAILS])
async def test_what_is_ordered_happens_once_and_there_alone(fault: str, there: int) -> None:
    order: Fault = {**COMMITS, **FAILS}[fault]
    async with lab() as here:
        other = here.discord.channel(here.guild, "other")
        here.discord.fail(order, channel=here.papers.id)
        await here.posts(other)
        status, _ = await post(here)
        before = len(here.discord.digests())
        again, _ = await post(here)

    assert (status == 200, before) == (order is GARBAGE_AFTER, there)
    # the same nonce finds what was done
    assert (again, len(here.discord.digests())) == (200, 1)
    assert [call.arrival.fault for call in here.discord.called("create_message")] == ["", order.name, ""]


async def test_a_fault_is_for_a_method_by_its_own_name() -> None:
    async with lab() as here:
        said = await here.posts()
        here.discord.fail(refusing(10008), method="create_thread_from_message", times=None)
        here.discord.fail(refusing(0, "401: Unauthorized", status=401), method="get_channel")
        thread = await here.asks("POST", f"/channels/{here.papers.id}/messages/{said.id}/threads", {"name": "x"})
        channel = await here.asks("GET", f"/channels/{here.papers.id}")
        await here.posts()
        here.discord.behave()
        well = await here.asks("POST", f"/channels/{here.papers.id}/messages/{said.id}/threads", {"name": "x"})

    assert (thread[0], thread[1]["code"]) == (404, 10008)
    assert channel == (401, {"message": "401: Unauthorized", "code": 0})
    assert well[0] == 200
    # ordered refusals are not Discord's own
    assert here.discord.refused() == []
    assert here.discord.faults.arrivals[0].path == f"create_message /channels/{here.papers.id}/messages"


async def test_what_was_on_the_wire_is_done_though_nobody_waits_for_it() -> None:
    async with lab() as here:
        for number, fault in enumerate((slow_before(0.1), slow_after(0.1))):
            here.discord.fail(fault)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(here.posts(content="x", nonce=str(number)), 0.03)
        early = len(here.discord.digests())
        await here.discord.faults.idle()

    assert (early, len(here.discord.digests())) == (1, 2)


async def test_429_says_how_long_and_for_what_and_cloudflare_says_neither() -> None:
    async with lab() as here:
        said: list[Any] = []
        for fault in (limited("2.5"), limited("30", scope="global"), limited("7", scope="shared"), banned("60")):
            here.discord.fail(fault)
            url = f"{here.discord.api}/channels/{here.papers.id}/messages"
            async with here.http.post(url, json={"content": "x"}) as answer:
                head = answer.headers
                said.append(
                    (head.get("Via"), head.get("Retry-After"), head.get("X-RateLimit-Scope"), await answer.text())
                )

    assert said[0][:3] == ("1.1 google", "3", "user")
    assert '"retry_after": 2.5' in said[0][3]
    assert '"global": true' in said[1][3]
    assert said[2][2] == "shared"
    assert said[3][:3] == (None, "60", None)
    assert said[3][3].startswith("<!DOCTYPE html>")


async def test_a_channel_has_a_bucket_and_the_headers_say_how_much_is_left() -> None:
    clock = Hands()
    async with lab(clock=clock, limits=LIMITS) as here:
        other = here.discord.channel(here.guild, "other")
        first = await here.posts()
        for _ in range(4):
            await here.posts()
        status, said = await here.asks("POST", f"/channels/{here.papers.id}/messages", {"content": "sixth"})
        await here.posts(other)
        clock.move(seconds=5)
        await here.posts()

    assert first in here.discord.books
    assert (status, said["retry_after"], said["global"]) == (429, 5.0, False)
    assert len(here.discord.books) == 7


async def test_everything_has_a_limit_of_a_second_but_answers_to_people_have_not() -> None:
    clock = Hands()
    async with lab(clock=clock, per_second=GLOBAL) as here:
        statuses = [(await here.asks("GET", "/users/@me"))[0] for _ in range(GLOBAL)]
        status, said = await here.asks("GET", f"/channels/{here.papers.id}")
        answer = await here.asks("POST", "/interactions/1/token/callback", {"type": 5})
        clock.move(seconds=1)
        again = (await here.asks("GET", "/users/@me"))[0]

    assert set(statuses) == {200}
    assert (status, said["global"], answer[1]["code"], again) == (429, True, 10062, 200)


async def test_the_sdk_keeps_to_the_buckets_by_itself() -> None:
    limits = {"create_message": LIMITS["delete_message"]}
    async with lab(limits=limits) as here, running(here.discord) as bot:
        channel = bot.get_channel(int(here.papers.id))
        assert isinstance(channel, discord.TextChannel)
        await asyncio.gather(*(channel.send(str(number)) for number in range(7)))

    assert len(here.discord.books) == 7
    assert here.discord.refused() == []


async def test_whoever_asks_in_vain_too_often_is_banned_for_a_while() -> None:
    clock = Hands()
    async with lab(clock=clock, most_invalid=5) as here:
        here.discord.admin.denies(here.papers, May.SEND_MESSAGES)
        await here.refused()
        clock.move(minutes=10)
        for _ in range(4):
            await here.refused()
        here.discord.fail(limited("1", scope="shared"), method="get_my_user")
        await here.asks("GET", "/users/@me")
        counted = here.discord.invalid.count()
        well = (await here.asks("GET", "/users/@me"))[0]
        await here.refused()
        walls = [await here.asks("GET", "/users/@me") for _ in range(2)]
        clock.move(hours=1)
        back = (await here.asks("GET", "/users/@me"))[0]

    # what many share does not count, and nothing counts for longer than ten minutes
    assert (counted, well, back) == (4, 200, 200)
    assert [status for status, _ in walls] == [429, 429]
    assert all("Error 1015" in said for _, said in walls)
    assert here.discord.invalid.ignored == 2


async def test_nobody_listens_while_it_is_away_and_a_client_comes_back() -> None:
    async with lab() as here, running(here.discord, Bot()) as bot:
        async with here.discord.away():
            with pytest.raises(aiohttp.ClientConnectorError):
                await here.posts()
        await bot.until("resumed")
        await here.posts(content="back")

    assert [said.content for said in here.discord.books] == ["back"]
