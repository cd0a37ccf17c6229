"""Where a rig listens."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web


class Loopback:
    """An application on 127.0.0.1, on a port of its own that it keeps when it goes and comes back."""

    def __init__(self, build: Callable[[], web.Application]) -> None:
        self._build = build
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        """Listen."""
        self._runner = web.AppRunner(
            self._build(),
            access_log=None,
            # what is on the wire is done, even when its sender was killed
            handler_cancellation=False,
            # longer than a client keeps a connection: no request meets one that is just being closed
            keepalive_timeout=3600,
            shutdown_timeout=0.05,
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Listen no more and drop every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
