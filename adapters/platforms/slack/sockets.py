"""Socket Mode: Slack brings everything over a connection that we open; no public address is needed.

slack_sdk's own client leaves a connection before it has the next one, and tries one spent address for ever
(measured: shared facts, reliability.md 0.6). Here every attempt asks for a new address; a connection that is told to go
stays until its successor listens; and one that fell silent is noticed by its unanswered pings.
https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any, Final

import aiohttp

from adapters.platforms.slack.tasks import Beside
from adapters.platforms.slack.web import Web
from bot.ports import PostError

log = logging.getLogger(__name__)

Json = dict[str, Any]
#: one thing that Slack tells: its kind and what it says; gives what is acknowledged, or None for not at all
Heard = Callable[[str, Json], Awaitable[Json | None]]
#: connections at the same time; Slack allows ten
LINES: Final = 2
#: what is said of a connection that is to end
GOING: Final = "disconnect"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    #: for a connection to be made
    connect: float = 10.0
    #: between two pings; a connection that leaves one unanswered for half as long is given up
    ping: float = 10.0
    #: before the next attempt; doubled with each that fails, up to `most`
    again: float = 0.5
    most: float = 15.0
    #: for Slack's last word on a connection that we close
    close: float = 1.0
    #: that a connection which was told to go is still listened to
    farewell: float = 60.0

    def divided(self, factor: float) -> Patience:
        """All of it, shorter by that factor."""
        return Patience(*(getattr(self, one.name) / factor for one in fields(self)))


class Sockets:
    """Two connections that listen: while Slack renews one, it speaks over the other."""

    def __init__(self, web: Web, app_token: str, patience: Patience = Patience()) -> None:
        self._web = web
        self._app_token = app_token
        self._patience = patience
        #: connections that can be told something now
        self.open = 0
        #: set when there is one after there was none
        self.began = asyncio.Event()
        self._sockets: set[aiohttp.ClientWebSocketResponse] = set()
        #: it was said that there is none
        self._deaf = False

    async def run(self, heard: Heard) -> None:
        """Listen for ever."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(LINES):
                    group.create_task(self._line(group, heard))
        finally:
            await asyncio.gather(*(socket.close() for socket in self._sockets), return_exceptions=True)

    async def _line(self, group: asyncio.TaskGroup, heard: Heard) -> None:
        """One connection after the other, the next before the last one goes."""
        while True:
            socket = await self._connected()
            going = asyncio.Event()
            group.create_task(self._listen(socket, heard, going))
            await going.wait()

    async def _connected(self) -> aiohttp.ClientWebSocketResponse:
        """A new connection at a new address, as soon as there can be one."""
        pause = self._patience.again
        while True:
            try:
                async with asyncio.timeout(self._patience.connect):
                    return await self._connect()
            except (PostError, aiohttp.ClientError, OSError, ValueError) as error:
                if not self._deaf and not self.open:
                    log.warning("Slack cannot be listened to: %s", _said(error), extra={"action": "disconnected"})
                    self._deaf = True
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._patience.most)

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        said: Any = await self._web.asked(self._web.client.apps_connections_open(app_token=self._app_token))
        socket = await self._web.session.ws_connect(
            str(said["url"]),
            heartbeat=self._patience.ping,
            max_msg_size=2**20,
            timeout=aiohttp.ClientWSTimeout(ws_close=self._patience.close),
        )
        self._sockets.add(socket)
        return socket

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse, heard: Heard, going: asyncio.Event) -> None:
        """Hear one connection to its end; `going` is set when another one is needed."""
        working = Beside()
        self.open += 1
        if self.open == 1:
            self.began.set()
        if self._deaf:
            log.warning("Slack is listened to again.", extra={"action": "connected"})
            self._deaf = False
        try:
            async for frame in socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    continue
                said = _read(frame.data)
                if said.get("type") == GOING:
                    if not going.is_set():
                        self._leave(socket, going)
                elif said.get("envelope_id"):
                    working.begin(_taken(socket, said, heard))
        except (aiohttp.ClientError, OSError) as error:
            log.info("A connection to Slack broke: %s", _said(error), extra={"action": "disconnected"})
        finally:
            self.open -= not going.is_set()
            going.set()
            await working.close()
            with contextlib.suppress(Exception):
                await socket.close()
            self._sockets.discard(socket)

    def _leave(self, socket: aiohttp.ClientWebSocketResponse, going: asyncio.Event) -> None:
        """Another connection is wanted; this one is heard until Slack ends it, or for a while."""
        self.open -= 1
        going.set()
        asyncio.get_running_loop().call_later(self._patience.farewell, lambda: asyncio.ensure_future(socket.close()))


async def _taken(socket: aiohttp.ClientWebSocketResponse, said: Json, heard: Heard) -> None:
    """Work on one thing, and acknowledge it then; what is not acknowledged Slack tells again, if it is an event."""
    try:
        answer = await heard(str(said.get("type", "")), said.get("payload") or {})
    except Exception:
        log.exception("What Slack told was not understood", extra={"action": "act_broke"})
        return
    if answer is None:
        return
    acknowledgement = {"envelope_id": said["envelope_id"]} | ({"payload": answer} if answer else {})
    # a connection that ended meanwhile: it comes again over the next one
    with contextlib.suppress(ConnectionError):
        await socket.send_str(json.dumps(acknowledgement))


def _read(text: str) -> Json:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, PostError) else type(error).__name__
