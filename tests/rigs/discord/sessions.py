"""What the gateway keeps: sessions, and the connections that they are told over."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.rigs.discord.app import Intent
from tests.rigs.discord.compression import Squeeze
from tests.rigs.discord.wire import Json


class Op(enum.IntEnum):
    """https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE = 4
    RESUME = 6
    RECONNECT = 7
    MEMBERS = 8
    INVALID = 9
    HELLO = 10
    ACK = 11


def frame(op: Op, data: Any) -> Json:
    """What is said and is no event."""
    return {"op": op, "s": None, "t": None, "d": data}


@dataclass(eq=False, slots=True)
class Session:
    """What the app made of one identify, over one connection after another."""

    id: str
    intents: Intent
    shard: tuple[int, int]
    #: everything it was ever told, in order; the number of each is its place, from 1
    log: list[Json] = field(default_factory=list)
    connection: Connection | None = None
    #: since when nobody listens
    since: datetime | None = None

    def has(self, guild: str) -> bool:
        """That server belongs to this shard; "" for direct messages, which belong to the first."""
        return self.shard[0] == ((int(guild) >> 22) % self.shard[1] if guild else 0)

    def tell(self, event: str, payload: Json) -> None:
        """Tell it now, or when it resumes."""
        self.log.append({"op": Op.DISPATCH, "t": event, "s": len(self.log) + 1, "d": payload})
        if self.connection is not None:
            self.connection.send(self.log[-1])


@dataclass(eq=False, slots=True)
class Connection:
    """One open socket; what it is to say waits in order."""

    number: int
    request: web.Request
    socket: web.WebSocketResponse
    squeeze: Squeeze | None
    session: Session | None = None
    #: it hears and says nothing any more, and nobody notices: what a lost network looks like
    frozen: bool = False
    #: it was closed from here
    ending: bool = False
    heard: list[float] = field(default_factory=list)
    outbox: asyncio.Queue[Json | int] = field(default_factory=asyncio.Queue)

    def send(self, said: Json) -> None:
        """Say that."""
        self.outbox.put_nowait(said)

    def close(self, code: int) -> None:
        """End it with that code, once everything before was said."""
        self.outbox.put_nowait(code)

    def abort(self) -> None:
        """End it without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def write(self) -> None:
        """Say what waits, until it ends."""
        with contextlib.suppress(ConnectionError):
            while not isinstance(said := await self.outbox.get(), int):
                raw = json.dumps(said).encode()
                if self.frozen:
                    continue
                if self.squeeze:
                    await self.socket.send_bytes(self.squeeze(raw))
                else:
                    await self.socket.send_str(raw.decode())
            await self.socket.close(code=said)
