"""The gateway: hello, identify, resume, what is told over it, and every way in which it ends.

https://discord.com/developers/docs/events/gateway
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from aiohttp import WSMsgType, web

from bot.ports import Clock
from tests.rigs.discord.app import KNOWN, PRIVILEGED, App, Intent, needed
from tests.rigs.discord.compression import squeezing
from tests.rigs.discord.sessions import Connection, Op, Session, frame
from tests.rigs.discord.wire import Json

PATH: Final = "/gateway"
#: frames that a client may send within a minute
MOST_FRAMES: Final = 120


class Gateway:
    """Every session of the app. `ready` is what a new session is told first, and `members` who is in a server."""

    def __init__(
        self,
        app: App,
        clock: Clock,
        ready: Callable[[Session], list[tuple[str, Json]]],
        members: Callable[[Json], Json],
    ) -> None:
        self.app = app
        self.clock = clock
        self.beat = 41.25
        #: how long a session without a connection can be resumed
        self.resumable = timedelta(minutes=3)
        #: what /gateway/bot says: shards, sessions that may be started in a day, and at once within `every` seconds
        self.shards, self.starts, self.at_once, self.every = 1, 1000, 1, 0.0
        #: sessions that were started, and resumed
        self.started = self.resumed = 0
        #: so many handshakes are to fail
        self.failing = 0
        self.open: list[Connection] = []
        self.sessions: dict[str, Session] = {}
        #: close codes that were sent, in order
        self.codes: list[int] = []
        self._ready, self._members = ready, members
        self._numbers = itertools.count(1)
        self._identified: dict[int, float] = {}
        self._changed = asyncio.Event()

    def limits(self) -> Json:
        """The limits of starting sessions, as /gateway/bot says them."""
        left = max(0, self.starts - self.started)
        return {"total": self.starts, "remaining": left, "reset_after": 86_400_000, "max_concurrency": self.at_once}

    def tell(self, event: str, payload: Json, guild: str = "", *, unread: Json | None = None) -> bool:
        """Tell every session that asked for it; `unread` to those without the message-content intent.

        False when nobody is told.
        """
        direct = "guild_id" not in payload and not guild
        intent = needed(event, direct=direct)
        told = False
        self.sessions = {name: one for name, one in self.sessions.items() if self._lives(one)}
        for one in self.sessions.values():
            if one.has(guild) and intent in one.intents:
                blind = Intent.MESSAGE_CONTENT not in one.intents
                one.tell(event, unread if blind and unread is not None else payload)
                told = True
        return told

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, until it ends."""
        if self.failing:
            self.failing -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0, compress=False)
        await socket.prepare(request)
        connection = Connection(next(self._numbers), request, socket, squeezing(request.query.get("compress", "")))
        self.open.append(connection)
        connection.send(frame(Op.HELLO, {"heartbeat_interval": int(self.beat * 1000)}))
        writing = asyncio.create_task(connection.write())
        try:
            async for heard in socket:
                if heard.type not in (WSMsgType.TEXT, WSMsgType.BINARY) or connection.frozen:
                    continue
                if code := self._heard(connection, heard.data):
                    self._end(connection, code)
        finally:
            self._gone(connection, socket.close_code)
            connection.close(1000)
            await asyncio.gather(writing, return_exceptions=True)
        return socket

    # ---------------------------------------------------------------------------------------- what tests say

    async def reconnect(self) -> None:
        """Every connection is asked to be made anew, and resumed."""
        for one in list(self.open):
            one.send(frame(Op.RECONNECT, None))

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Every session is worth nothing any more, unless it may be resumed."""
        for one in list(self.open):
            if not resumable and one.session:
                self.sessions.pop(one.session.id, None)
            one.send(frame(Op.INVALID, resumable))

    async def close(self, code: int) -> None:
        """Every connection ends with that code: 4004 for a dead token, 4000 for something unknown."""
        ending = list(self.open)
        for one in ending:
            self._end(one, code)
        await self._until_gone(ending)

    async def drop(self) -> None:
        """Every connection ends without a word."""
        ending = list(self.open)
        for one in ending:
            one.abort()
        await self._until_gone(ending)

    def freeze(self) -> None:
        """Every connection falls silent and stays open; nobody notices before a heartbeat goes unanswered."""
        for one in self.open:
            one.frozen = True

    def forget(self) -> None:
        """No session can be resumed any more."""
        self.sessions = {name: one for name, one in self.sessions.items() if one.connection}

    async def until_connected(self, number: int = 1, seconds: float = 10.0) -> None:
        """Wait until so many sessions are listening. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while sum(one.session is not None and not one.frozen for one in self.open) < number:
                await self._change()

    async def until_gone(self, seconds: float = 10.0) -> None:
        """Wait until nobody is connected. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self.open:
                await self._change()

    # --------------------------------------------------------------------------------------- what it hears

    def _heard(self, connection: Connection, raw: str | bytes) -> int:
        """Act on a frame; gives the close code that it deserves, 0 for none."""
        now = time.monotonic()
        connection.heard = [one for one in connection.heard if now - one < 60] + [now]
        if len(connection.heard) > MOST_FRAMES:
            return 4008
        try:
            said = json.loads(raw)
            op, data = said["op"], said.get("d")
        except (ValueError, KeyError, TypeError):
            return 4002
        match op:
            case Op.HEARTBEAT:
                connection.send(frame(Op.ACK, None))
                return 0
            case Op.IDENTIFY:
                return 4005 if connection.session else self._identify(connection, data)
            case Op.RESUME:
                return 4005 if connection.session else self._resume(connection, data)
            case _ if connection.session is None:
                return 4003
            case Op.MEMBERS:
                connection.session.tell("GUILD_MEMBERS_CHUNK", self._members(data))
                return 0
            case Op.PRESENCE | Op.VOICE:
                return 0
            case _:
                return 4001

    def _identify(self, connection: Connection, data: Json) -> int:
        if data.get("token") != self.app.token:
            return 4004
        asked, shard = data.get("intents"), tuple(data.get("shard") or (0, 1))
        if not isinstance(asked, int) or asked & ~KNOWN:
            return 4013
        if Intent(asked) & PRIVILEGED & ~self.app.granted:
            return 4014
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            return 4010
        if shard[1] < self.shards and self.shards > 1:
            return 4011
        turn, now = shard[0] % self.at_once, time.monotonic()
        if self.started >= self.starts or now - self._identified.get(turn, -self.every) < self.every:
            connection.send(frame(Op.INVALID, False))
            return 0
        self._identified[turn] = now
        self.started += 1
        session = Session(f"session-{self.started}", Intent(asked), (shard[0], shard[1]), connection=connection)
        self.sessions[session.id], connection.session = session, session
        for event, payload in self._ready(session):
            session.tell(event, payload)
        self._changed.set()
        return 0

    def _resume(self, connection: Connection, data: Json) -> int:
        if data.get("token") != self.app.token:
            return 4004
        session = self.sessions.get(data.get("session_id", ""))
        if session is None or not self._lives(session):
            connection.send(frame(Op.INVALID, False))
            return 0
        if data.get("seq", 0) > len(session.log):
            return 4007
        if session.connection is not None:
            session.connection.abort()
        session.connection, session.since, connection.session = connection, None, session
        self.resumed += 1
        for told in session.log[data.get("seq", 0) :]:
            connection.send(told)
        session.tell("RESUMED", {})
        self._changed.set()
        return 0

    def _lives(self, session: Session) -> bool:
        return session.since is None or self.clock() - session.since <= self.resumable

    def _end(self, connection: Connection, code: int) -> None:
        self.codes.append(code)
        if connection.session and code in (1000, 1001, 4004, 4007, 4009):
            self.sessions.pop(connection.session.id, None)
        connection.ending = True
        connection.close(code)

    def _gone(self, connection: Connection, code: int | None) -> None:
        session = connection.session
        if session and session.connection is connection:
            session.connection, session.since = None, self.clock()
            # whoever says goodbye properly does not come back
            if code in (1000, 1001) and not connection.ending:
                self.sessions.pop(session.id, None)
        self.open.remove(connection)
        self._changed.set()

    async def _until_gone(self, ending: list[Connection]) -> None:
        # a client may be back before the last of them has gone
        while any(one in self.open for one in ending):
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
