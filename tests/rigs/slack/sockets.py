"""Socket Mode: single-use addresses, several connections, acknowledgements, warnings.

https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Final

from aiohttp import WSMsgType, web

from tests.rigs.slack.app import App
from tests.rigs.slack.told import PATIENCE, Attempt, Told
from tests.rigs.slack.wire import Json, Refusal

MOST: Final = 10
PATH: Final = "/link"


@dataclass(eq=False, slots=True)
class Connection:
    """One open socket."""

    number: int
    request: web.Request
    socket: web.WebSocketResponse
    #: it hears and says nothing any more, and nobody notices: what a lost network looks like
    frozen: bool = False
    #: told that it is to end: what comes now goes elsewhere
    ending: bool = False
    #: what was sent over it, in order
    sent: list[Json] = field(default_factory=list)

    async def send(self, said: Json) -> None:
        """Send it, if anybody is still there."""
        if not self.frozen:
            self.sent.append(said)
            with contextlib.suppress(ConnectionError):
                await self.socket.send_str(json.dumps(said))

    def abort(self) -> None:
        """End it without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Sockets:
    """Every connection of the app."""

    def __init__(self, app: App, *, patience: float = PATIENCE) -> None:
        self.app = app
        self.patience = patience
        #: Socket Mode was turned off in the app's settings
        self.disabled = False
        #: addresses that were given, whether or not they were used
        self.given: list[str] = []
        #: so many handshakes are to fail, and each spends its address all the same
        self.failing = 0
        #: handshakes refused because their address had been used
        self.stale = 0
        #: connections that were ever made
        self.made = 0
        self.open: list[Connection] = []
        self._tickets: set[str] = set()
        self._envelopes = itertools.count(1)
        self._waiting: dict[str, tuple[Told, asyncio.Event]] = {}
        self._turns = itertools.count()
        self._changed = asyncio.Event()

    def address(self, url: str) -> str:
        """A new address, good once. Raises Refusal while Socket Mode is off."""
        if self.disabled or not self.app.socket_mode:
            raise Refusal("not_allowed_token_type" if not self.app.socket_mode else "forbidden_team")
        ticket = f"ticket-{len(self.given) + 1}"
        self._tickets.add(ticket)
        self.given.append(f"{url.replace('http', 'ws', 1)}{PATH}/?ticket={ticket}&app_id={self.app.id}")
        return self.given[-1]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self.stale += 1
            return web.Response(status=404)
        self._tickets.remove(ticket)
        if self.failing:
            self.failing -= 1
            return web.Response(status=503)
        # pings are answered by hand, for a frozen connection answers none
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.made += 1
        connection = Connection(self.made, request, socket)
        if len(self.open) >= MOST:
            await connection.send(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        self.open.append(connection)
        self._changed.set()
        await connection.send(
            {
                "type": "hello",
                "num_connections": len(self.open),
                "connection_info": {"app_id": self.app.id},
                "debug_info": {"host": "rig", "build_number": 1, "approximate_connection_time": 18060},
            }
        )
        try:
            async for frame in socket:
                if frame.type is WSMsgType.PING and not connection.frozen:
                    await socket.pong(frame.data)
                elif frame.type is WSMsgType.TEXT and not connection.frozen:
                    self._heard(json.loads(frame.data))
        finally:
            if connection in self.open:
                self.open.remove(connection)
            self._changed.set()
        return socket

    async def tell(self, told: Told, attempt: Attempt) -> str:
        """One attempt, over one of the connections, by turns, and not over one that already failed at it."""
        ready = [one for one in self.open if not one.ending]
        tried = {one.connection for one in told.attempts[:-1]}
        chosen = [one for one in ready if one.number not in tried] or ready
        if not chosen:
            told.failed = "" if told.kind == "events_api" else "dispatch_failed"
            return "connection_failed"
        connection = chosen[next(self._turns) % len(chosen)]
        attempt.connection = connection.number
        envelope = f"envelope-{next(self._envelopes)}"
        said: Json = {"type": told.kind, "envelope_id": envelope, "payload": told.payload}
        if told.kind == "events_api":
            number = len(told.attempts) - 1
            said["accepts_response_payload"] = False
            said |= {"retry_attempt": number, "retry_reason": told.attempts[-2].reason if number else ""}
        else:
            said["accepts_response_payload"] = True
        heard = asyncio.Event()
        self._waiting[envelope] = (told, heard)
        await connection.send(said)
        try:
            await asyncio.wait_for(heard.wait(), self.patience)
        except TimeoutError:
            told.failed = "" if told.kind == "events_api" else "operation_timeout"
            return "timeout"
        return ""

    # ---------------------------------------------------------------------------------------- what tests say

    async def warn(self) -> None:
        """Every connection is told that it will end soon."""
        for one in list(self.open):
            await one.send(_disconnect("warning"))

    async def refresh(self, *, grace: float = 0.0, most: int | None = None) -> None:
        """Every connection, or so many, is asked to be made anew and ends after so many seconds; new ones work."""
        old = list(self.open)[:most]
        for one in old:
            one.ending = True
            await one.send(_disconnect("refresh_requested"))
        await asyncio.sleep(grace)
        for one in old:
            await one.socket.close()

    async def disable(self) -> None:
        """Somebody turns Socket Mode off in the app's settings."""
        self.disabled = True
        for one in list(self.open):
            await one.send(_disconnect("link_disabled"))
            await one.socket.close()

    async def drop(self) -> None:
        """Every connection ends without a word."""
        for one in list(self.open):
            one.abort()
        while self.open:
            await self._change()

    def freeze(self) -> None:
        """Every connection falls silent and stays open; Slack does not notice, and goes on using it."""
        for one in self.open:
            one.frozen = True

    async def until_connected(self, number: int = 1, seconds: float = 10.0) -> None:
        """Wait until so many connections can be told something. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while sum(not (one.ending or one.frozen) for one in self.open) < number:
                await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _heard(self, said: Json) -> None:
        """An acknowledgement; whatever else an app may say is nothing."""
        told, heard = self._waiting.get(said.get("envelope_id", ""), (None, None))
        if told is not None and heard is not None:
            # an event is taken by any acknowledgement; a command's that comes too late has already failed
            if told.kind == "events_api" or not told.failed:
                told.acknowledge(said.get("payload"))
            heard.set()


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "rig"}}
