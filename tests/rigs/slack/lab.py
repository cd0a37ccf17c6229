"""A workspace with a channel and two people, and the real SDK on the app's side: what tests of the rig need."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.rigs.slack.app import App
from tests.rigs.slack.people import Somebody
from tests.rigs.slack.server import SlackServer
from tests.rigs.slack.wire import Json
from tests.rigs.slack.world import Conversation, Said, Workspace

#: a section and a button
SECTION: Final[Json] = {"type": "section", "text": {"type": "mrkdwn", "text": "On tokens"}}
SAVE: Final[Json] = {
    "type": "button",
    "action_id": "save",
    "text": {"type": "plain_text", "text": "Save"},
    "value": "save p17",
    "accessibility_label": "Save On tokens",
}


@dataclass(slots=True)
class Lab:
    """What there is."""

    slack: SlackServer
    workspace: Workspace
    token: str
    papers: Conversation
    ada: Somebody
    bob: Somebody
    #: the app's side, with no hidden retries
    web: AsyncWebClient

    async def posts(self, text: str = "On tokens", **more: Any) -> Said:
        """The app posts in the channel."""
        said = await self.web.chat_postMessage(channel=self.papers.id, text=text, **more)
        found = self.papers.message(said["ts"])
        assert found is not None
        return found

    def client(self, token: str) -> AsyncWebClient:
        """The SDK with another token."""
        return AsyncWebClient(token, base_url=self.slack.api, retry_handlers=[])


@contextlib.asynccontextmanager
async def lab(app: App | None = None, **more: Any) -> AsyncIterator[Lab]:
    """A lab; `more` is for the server."""
    async with SlackServer(app, **more) as slack:
        workspace = slack.workspace("lab")
        token = slack.install(workspace)
        ada, bob = slack.person(workspace, "Ada", zone="Europe/Zurich"), slack.person(workspace, "Bob")
        papers = slack.channel(workspace, "papers", ada.member, bob.member)
        web = AsyncWebClient(token, base_url=slack.api, retry_handlers=[])
        yield Lab(slack, workspace, token, papers, ada, bob, web)


async def refused(call: Awaitable[Any]) -> str:
    """The error that Slack answers with; "" for none."""
    try:
        await call
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


#: what the app acknowledges with; None for not at all
Answering = Callable[[SocketModeRequest], Json | str | None]


@dataclass(slots=True)
class Listener:
    """The app's side of Socket Mode: everything that came, acknowledged as `answer` says ("" for a plain one)."""

    client: SocketModeClient
    answer: Answering = lambda request: ""
    came: list[SocketModeRequest] = field(default_factory=list)

    async def heard(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.came.append(request)
        answer = self.answer(request)
        if answer is not None:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer or None))

    def events(self) -> list[Mapping[str, Any]]:
        """The events that came."""
        return [request.payload["event"] for request in self.came if request.type == "events_api"]

    def kinds(self) -> Sequence[str]:
        """What came, by its name."""
        return [
            request.payload["event"]["type"] if request.type == "events_api" else request.payload.get("type", "slash")
            for request in self.came
        ]


@contextlib.asynccontextmanager
async def listening(slack: SlackServer, answer: Answering = lambda request: "") -> AsyncIterator[Listener]:
    """The SDK's own Socket Mode client, connected."""
    web = AsyncWebClient(slack.app.app_token, base_url=slack.api)
    client = SocketModeClient(slack.app.app_token, web_client=web, ping_interval=0.2)
    listener = Listener(client, answer)
    client.socket_mode_request_listeners.append(listener.heard)
    before = len(slack.sockets.open)
    await client.connect()  # type: ignore[no-untyped-call]  # the SDK gives it no types
    await slack.sockets.until_connected(before + 1)
    try:
        yield listener
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # the SDK gives it no types
        await asyncio.sleep(0)
