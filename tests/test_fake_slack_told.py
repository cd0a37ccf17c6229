"""How the fake Slack tells the app: over Socket Mode and over HTTP, again and again, until it was taken."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web

from tests.rigs.faults import Loopback

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.rigs.slack import App, SlackServer
from tests.rigs.slack.lab import lab, listening, refused

# ------------------------------------------------------------------------------------------------ Socket Mode


async def test_an_event_is_acknowledged_once_and_the_score_is_kept() -> None:
    async with lab() as here, listening(here.slack) as app:
        here.ada.writes("list")
        await here.slack.telling.settled()

    payload = app.came[0].payload
    assert (payload["type"], payload["team_id"], payload["api_app_id"]) == (
        "event_callback",
        here.workspace.id,
        here.slack.app.id,
    )
    assert here.workspace.bot
    assert payload["authorizations"][0]["user_id"] == here.workspace.bot.id
    assert (app.came[0].retry_attempt, app.came[0].retry_reason) == (0, "")
    assert here.slack.telling.unacknowledged() == []
    assert all(0 < latency < 3000 for latency in here.slack.telling.latencies())


async def test_an_event_that_is_not_acknowledged_is_told_again_over_another_connection() -> None:
    async with (
        lab(patience=0.4, again=(0.01, 0.01, 0.01)) as here,
        listening(here.slack, lambda request: None) as deaf,
        listening(here.slack) as app,
    ):
        for number in range(4):
            here.ada.writes(str(number))
        await here.slack.telling.settled()

    again = [request for request in app.came if request.retry_attempt]
    assert len(deaf.came) == 2
    assert [(request.retry_attempt, request.retry_reason) for request in again] == [(1, "timeout")] * 2
    assert Counter(request.payload["event_id"] for request in app.came).most_common(1)[0][1] == 1
    assert here.slack.telling.unacknowledged() == []


async def test_an_event_that_nobody_takes_is_given_up_after_four_attempts() -> None:
    async with lab(patience=0.02, again=(0.01, 0.01, 0.01)) as here, listening(here.slack, lambda request: None) as app:
        here.ada.writes("list")
        await here.slack.telling.settled()

    assert [request.retry_attempt for request in app.came] == [0, 1, 2, 3]
    assert len(here.slack.telling.unacknowledged()) == 1


async def test_what_is_held_comes_in_disorder_and_repeatedly() -> None:
    async with lab() as here, listening(here.slack) as app:
        here.slack.telling.hold()
        said = await here.posts()
        for number in range(10):
            here.ada.reacts(said, "bookmark", back=bool(number % 2))
        here.slack.telling.release(times=3, seed=3)
        await here.slack.telling.settled()
        here.slack.telling.repeat(here.slack.telling.told[0])
        await here.slack.telling.settled()

    names = Counter(request.payload["event_id"] for request in app.came)
    assert sorted(names.values()) == [3] * 9 + [4]
    order = [event["event_ts"] for event in app.events()]
    assert order != sorted(order)


async def test_a_connection_is_made_anew_when_slack_asks_for_it() -> None:
    async with lab() as here, listening(here.slack) as app:
        await here.slack.sockets.refresh()
        await here.slack.sockets.until_connected()
        here.ada.writes("list")
        await here.slack.telling.settled()

    # the SDK may ask twice: for the message, and for the connection that ends at once
    assert here.slack.sockets.made >= 2
    assert here.slack.sockets.stale == 0
    assert len(app.came) == 1


async def test_a_connection_that_falls_silent_is_noticed_by_its_pings() -> None:
    async with lab(patience=0.5, again=(0.5, 0.5, 0.5)) as here, listening(here.slack):
        here.slack.sockets.freeze()
        here.ada.writes("list")
        await here.slack.sockets.until_connected()
        await here.slack.telling.settled()

    assert here.slack.telling.unacknowledged() == []


async def test_an_address_is_good_once() -> None:
    async with lab() as here, aiohttp.ClientSession() as http:
        answer = await AsyncWebClient(here.slack.app.app_token, base_url=here.slack.api).apps_connections_open(
            app_token=here.slack.app.app_token
        )
        async with http.ws_connect(answer["url"]) as socket:
            hello = await socket.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(answer["url"])

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert here.slack.sockets.stale == 1


async def test_the_sdk_alone_stays_away_after_a_handshake_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    """What our watchdog is for: the client tries the spent address again and again, and asks for no new one."""
    caplog.set_level(logging.CRITICAL)
    async with lab() as here, listening(here.slack):
        here.slack.sockets.failing = 1
        await here.slack.sockets.drop()
        with pytest.raises(TimeoutError):
            await here.slack.sockets.until_connected(seconds=1.5)

    assert len(here.slack.sockets.given) == 2
    assert here.slack.sockets.stale >= 2


async def test_an_eleventh_connection_is_one_too_many_and_a_disabled_one_is_told() -> None:
    async with lab() as here, contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        sockets = [await http.ws_connect(here.slack.sockets.address(here.slack.url)) for _ in range(11)]
        hello, last = await sockets[0].receive_json(), await sockets[10].receive_json()
        await here.slack.sockets.warn()
        await here.slack.sockets.disable()
        warned = [(await sockets[0].receive_json())["reason"] for _ in range(2)]
        app = AsyncWebClient(here.slack.app.app_token, base_url=here.slack.api)
        error = await refused(app.apps_connections_open(app_token=here.slack.app.app_token))

    assert (hello["type"], last["reason"]) == ("hello", "too_many_websockets")
    assert warned == ["warning", "link_disabled"]
    assert error


# ------------------------------------------------------------------------------------------------------- HTTP


@dataclass
class Ours:
    """A server of our own, that keeps what it was told and answers as it is told."""

    answer: Callable[[int], web.Response] = lambda number: web.Response()
    came: list[tuple[web.Request, bytes]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.came.append((request, body))
        if request.content_type == "application/json" and b"url_verification" in body:
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        return self.answer(len(self.came))

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/slack/events", self.take)
        return application


@contextlib.asynccontextmanager
async def over_http(ours: Ours) -> AsyncIterator[Ours]:
    server = Loopback(ours.application)
    await server.open()
    try:
        ours.url = f"{server.url}/slack/events"
        yield ours
    finally:
        await server.close()


async def test_the_address_is_verified_and_every_request_signed() -> None:
    app = App()
    async with over_http(Ours()) as ours, lab(app.over_http(ours.url)) as here:
        assert await here.slack.hook.verify() == ""
        here.ada.writes("list")
        here.ada.types(here.papers, "/papers list & more")
        await here.slack.telling.settled()

    verifier = SignatureVerifier(app.signing_secret)
    for request, body in ours.came:
        stamp, mark = request.headers["X-Slack-Request-Timestamp"], request.headers["X-Slack-Signature"]
        assert verifier.is_valid(body.decode(), stamp, mark)
        assert not SignatureVerifier("another").is_valid(body.decode(), stamp, mark)
    assert json.loads(ours.came[1][1])["event"]["text"] == "list"
    assert parse_qs(ours.came[2][1].decode())["text"] == ["list & more"]


async def test_an_event_is_retried_with_its_number_and_reason() -> None:
    def answer(number: int) -> web.Response:
        return web.Response(status=503 if number < 3 else 200)

    async with over_http(Ours(answer)) as ours, lab(App().over_http(ours.url), again=(0.01, 0.01, 0.01)) as here:
        told = here.ada.writes("list")
        await here.slack.telling.settled()

    heads = [(one.headers.get("X-Slack-Retry-Num"), one.headers.get("X-Slack-Retry-Reason")) for one, _ in ours.came]
    assert heads == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in ours.came}) == 1
    assert (told.text, here.slack.telling.unacknowledged()) == ("list", [])


async def test_an_app_may_ask_for_no_retry() -> None:
    def answer(number: int) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with over_http(Ours(answer)) as ours, lab(App().over_http(ours.url), again=(0.01,)) as here:
        here.ada.writes("list")
        await here.slack.telling.settled()

    assert len(ours.came) == 1


@pytest.mark.parametrize(
    ("status", "why"), [(404, "http_client_error"), (500, "http_service_error"), (200, "")], ids=["404", "500", "200"]
)
async def test_a_command_over_http_succeeds_or_says_why_not(status: int, why: str) -> None:
    ours = Ours(lambda _: web.Response(status=status, text="Done"))
    async with over_http(ours), lab(App().over_http("")) as here:
        here.slack.reconfigure(commands_url=ours.url)
        told = await here.ada.types(here.papers, "/papers list").done()

    assert told.failed == why
    assert here.ada.errors == ([f'/papers failed with the error "{why}"'] if why else [])
    assert ("Done" in here.ada.reads()) == (not why)


async def test_slack_waits_three_seconds_and_not_longer() -> None:
    class Slow(Ours):
        async def take(self, request: web.Request) -> web.Response:
            await asyncio.sleep(0.2)
            return web.Response()

    async with over_http(Slow()) as ours, lab(App().over_http(ours.url), patience=0.05, again=()) as here:
        here.ada.writes("list")
        told = await here.ada.types(here.papers, "/papers list").done()
        await here.slack.telling.settled()

    assert told.failed == "operation_timeout"
    assert [one.attempts[0].reason for one in here.slack.telling.told] == ["http_timeout", "http_timeout"]


async def test_nobody_at_the_address_is_a_failed_dispatch() -> None:
    async with lab(App().over_http("http://127.0.0.1:9/slack/events"), again=()) as here:
        told = await here.ada.types(here.papers, "/papers list").done()

    assert told.failed == "dispatch_failed"


def test_a_forged_or_old_signature_can_be_made() -> None:
    slack = SlackServer()
    verifier, body = SignatureVerifier(slack.app.signing_secret), b"payload=1"

    for headers, valid in (
        (slack.hook.signed(body), True),
        (slack.hook.signed(body, secret="another"), False),
        (slack.hook.signed(body, at=time.time() - 301), False),
    ):
        assert verifier.is_valid_request(body, headers) is valid
