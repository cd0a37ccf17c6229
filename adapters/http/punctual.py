"""Connections for posting: a request that would begin too late does not begin."""

from __future__ import annotations

from aiohttp import ClientTimeout, TCPConnector
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from bot.ports import in_time


class Punctual(TCPConnector):
    """A pool whose connections are given to nobody who is late: see `bot.ports.deadline`.

    What follows inside aiohttp, until the first byte, waits for nothing.
    """

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - aiohttp's
        """A connection, new or used before. Raises NotSent when the time to begin is over."""
        connection = await super().connect(req, traces, timeout)
        try:
            in_time(self._loop.time())
        except BaseException:
            connection.release()
            raise
        return connection
