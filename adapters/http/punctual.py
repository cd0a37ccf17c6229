"""Requests for posting: one that would begin too late does not begin. See `bot.ports.deadline`."""

from __future__ import annotations

from typing import Any

from aiohttp import ClientConnectionError, ClientRequest, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractStreamWriter
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from bot.ports import in_time, is_late


class Punctual(TCPConnector):
    """A pool whose connections are given to nobody who is late."""

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - aiohttp's
        """A connection, new or used before. Raises NotSent when the time to begin is over."""
        connection = await super().connect(req, traces, timeout)
        try:
            in_time()
        except BaseException:
            connection.release()
            raise
        return connection


class PunctualRequest(ClientRequest):
    """A request that looks at the clock once more before the first byte: give it as a session's `request_class`.

    Before Python 3.12 aiohttp writes in a task of its own, so that one turn of the event loop lies between the
    connection and the first byte; and a process may be stopped in every turn.
    """

    async def write_bytes(self, writer: AbstractStreamWriter, conn: Connection, *more: Any) -> None:
        """Write it, or break the connection off with ClientConnectionError."""
        if is_late():
            if conn.protocol is not None:
                conn.protocol.set_exception(ClientConnectionError("too late to be sent"))
            return
        await super().write_bytes(writer, conn, *more)
