"""Bolt, as anybody would write it, speaks with the fake Slack; and loses there what it loses in the world."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.rigs.faults import UNAVAILABLE

pytest.importorskip("slack_bolt", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.rigs.slack import App
from tests.rigs.slack.lab import SAVE, SECTION, Lab, lab
from tests.rigs.slack.wire import Json


@contextlib.asynccontextmanager
async def bolt(here: Lab) -> AsyncIterator[AsyncApp]:
    """A Bolt app over Socket Mode, connected."""
    app = AsyncApp(client=AsyncWebClient(here.token, base_url=here.slack.api), signing_secret="x")
    handler = AsyncSocketModeHandler(app, here.slack.app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types
    await here.slack.sockets.until_connected()
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types


async def test_every_kind_of_listener_hears_and_answers() -> None:
    home = {"type": "home", "blocks": [SECTION | {"text": {"type": "plain_text", "text": "Your list"}}]}
    async with lab(App(shortcuts=(("save_paper", "message"),))) as here, bolt(here) as app:

        @app.command("/papers")
        async def command(ack: Any, respond: Any) -> None:
            await ack("command")
            await respond("response")

        @app.action("save")
        async def action(ack: Any, say: Any, body: Json) -> None:
            await ack()
            await say(f"pressed {body['actions'][0]['value']}")

        @app.shortcut("save_paper")
        async def shortcut(ack: Any, say: Any) -> None:
            await ack()
            await say("shortcut")

        @app.event("app_mention")
        async def mention(event: Json, say: Any) -> None:
            await say("mention", thread_ts=event["ts"])

        @app.event("reaction_added")
        async def reaction(event: Json, client: AsyncWebClient) -> None:
            await client.chat_postMessage(channel=event["user"], text=f"reaction {event['reaction']}")

        @app.event("app_home_opened")
        async def opened(event: Json, client: AsyncWebClient) -> None:
            await client.views_publish(user_id=event["user"], view=home)

        said = await here.posts(blocks=[SECTION, {"type": "actions", "elements": [SAVE]}])
        here.ada.types(here.papers, "/papers list")
        here.ada.presses(said, "Save")
        here.ada.uses("save_paper", said)
        here.ada.says(here.papers, "list", mention=True)
        here.ada.reacts(said, "bookmark")
        here.ada.opens_home()
        for words in (
            "command",
            "response",
            "pressed save p17",
            "shortcut",
            "mention",
            "reaction bookmark",
            "Your list",
        ):
            await here.ada.until_reads(words)
        await here.slack.telling.settled()

    assert here.slack.telling.unacknowledged() == []
    assert here.slack.refused() == []


async def test_an_event_is_lost_while_auth_test_is_down(caplog: pytest.LogCaptureFixture) -> None:
    """Why our adapter authorises by itself: Bolt acknowledges what its listener never heard."""
    caplog.set_level(logging.CRITICAL)
    async with lab() as here, bolt(here) as app:
        heard: list[Json] = []

        @app.event("reaction_added")
        async def reaction(event: Json) -> None:
            heard.append(event)

        said = await here.posts()
        here.slack.fail(UNAVAILABLE, method="auth.test", times=None)
        here.ada.reacts(said, "bookmark")
        await here.slack.telling.settled()
        await asyncio.sleep(0.1)

    assert here.slack.telling.unacknowledged() == []
    assert heard == []
