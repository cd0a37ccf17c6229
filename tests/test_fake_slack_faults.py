"""The fake Slack misbehaves as told: by method, by channel, by pace; and nobody is there at all."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from tests.rigs.faults import DROP_AFTER, ERROR_AFTER, UNAVAILABLE, Fault, Pace, limited, now, slow_after, slow_before
from tests.rigs.house import Hands

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.rigs.slack import TIERS, doubting, refusing
from tests.rigs.slack.lab import lab, listening, refused

KEY = {"event_type": "paper_delivered", "event_payload": {"key": "k" * 24}}


@pytest.mark.parametrize(("fault", "there"), [(DROP_AFTER, 1), (ERROR_AFTER, 1), (UNAVAILABLE, 0), (doubting(), 1)])
async def test_a_fault_is_ordered_by_method_and_channel(fault: Fault, there: int) -> None:
    async with lab() as here:
        other = here.slack.channel(here.workspace, "other")
        here.slack.fail(fault, channel=here.papers.id)
        await here.web.chat_postMessage(channel=other.id, text="well")
        with pytest.raises((SlackApiError, aiohttp.ClientError)):
            await here.web.chat_postMessage(channel=here.papers.id, text="badly", metadata=KEY)
        await here.posts("well again")

    assert len(here.slack.digests()) == there
    assert [arrival.fault for arrival in here.slack.faults.arrivals] == ["", fault.name, ""]


async def test_the_sdk_posts_twice_when_its_own_retries_are_left_on() -> None:
    async with lab() as here:
        here.slack.fail(DROP_AFTER)
        eager = AsyncWebClient(here.token, base_url=here.slack.api)
        await eager.chat_postMessage(channel=here.papers.id, text="x", metadata=KEY)

    assert here.slack.doubled() == ["k" * 24]


async def test_an_error_is_ordered_by_its_code() -> None:
    async with lab() as here:
        here.slack.fail(refusing("restricted_action"))
        here.slack.fail(limited("30"), method="users.info")
        error = await refused(here.posts())
        with pytest.raises(SlackApiError) as refusal:
            await here.web.users_info(user=here.ada.id)

    assert error == "restricted_action"
    assert (refusal.value.response.status_code, refusal.value.response.headers["Retry-After"]) == (429, "30")


async def test_whoever_posts_too_fast_is_told_to_wait() -> None:
    clock = Hands()
    async with lab(clock=clock, per_channel=Pace(1.0)) as here:
        await here.posts("first")
        with pytest.raises(SlackApiError) as refusal:
            await here.posts("second")
        clock.move(seconds=1)
        await here.posts("third")

    assert [said.text for said in here.slack.books] == ["first", "third"]
    assert refusal.value.response["error"] == "ratelimited"
    assert int(refusal.value.response.headers["Retry-After"]) >= 1
    assert here.slack.faults.over_pace == 1


async def test_each_method_has_a_tier_in_each_workspace() -> None:
    clock = Hands()
    async with lab(clock=clock, tiers=TIERS) as here:
        said = await here.posts()
        call = here.web.reactions_get
        errors = [await refused(call(channel=here.papers.id, timestamp=said.ts)) for _ in range(51)]
        with pytest.raises(SlackApiError) as refusal:
            await call(channel=here.papers.id, timestamp=said.ts)
        other = here.client(here.slack.install(here.slack.workspace("other")))
        elsewhere = await refused(other.reactions_get(channel="C1", timestamp="1.000001"))
        clock.move(seconds=2)
        again = await refused(call(channel=here.papers.id, timestamp=said.ts))

    assert errors == [""] * 50 + ["ratelimited"]
    assert (elsewhere, again) == ("channel_not_found", "")
    assert (refusal.value.response.status_code, refusal.value.response.headers["Retry-After"]) == (429, "2")


async def test_receipts_may_be_forgotten() -> None:
    async with lab(forgetful=0.5) as here, listening(here.slack) as app:
        for _ in range(40):
            await here.posts(metadata=KEY)
        await here.slack.telling.settled()

    assert 10 <= len(app.came) <= 30
    assert len(here.slack.digests()) == 40


async def test_its_clock_may_be_another_than_ours() -> None:
    async with lab() as here:
        here.slack.hook.skew = 3600
        said = (await here.web.auth_test()).headers["Date"]

    assert parsedate_to_datetime(said) > now() + timedelta(minutes=59)


async def test_nobody_listens_while_it_is_away() -> None:
    async with lab() as here:
        async with here.slack.away():
            with pytest.raises(aiohttp.ClientConnectorError):
                await here.posts()
        await here.posts("back")

    assert [said.text for said in here.slack.books] == ["back"]


async def test_what_was_on_the_wire_is_done_though_nobody_waits_for_it() -> None:
    async with lab() as here:
        for fault in (slow_before(0.1), slow_after(0.1)):
            here.slack.fail(fault)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(here.posts(metadata=KEY), 0.03)
        early = len(here.slack.digests())
        await here.slack.faults.idle()

    assert (early, len(here.slack.digests())) == (1, 2)
