"""The pages: whether the process is well, and the paths that platforms bring.

    GET /health      200 "ok" while the process and its database answer, else 503; nothing else is told
    …                what `bot.ports.Routes` of a platform answers

A request is read whole, a megabyte at most, and handed over; nothing is worked on here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.ports import AnswerStore, Inbox, Platform, Request, Routes, SettingError, StorageError

log = logging.getLogger(__name__)

#: seconds in which the database must answer
PATIENCE = 2.0
#: bytes of a request's body
SIZE = 1_000_000
#: seconds that requests in hand may still take when the program ends
PARTING = 5.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def pages(store: AnswerStore, platforms: Iterable[Platform], inbox: Inbox, port: int) -> AsyncIterator[int]:
    """Serve the pages on that port of every address; 0 is any free one. Gives the port. Raises SettingError."""
    app = web.Application(client_max_size=SIZE)
    app.router.add_get("/health", _health(store))
    for platform in platforms:
        if isinstance(platform, Routes):
            for path in platform.paths:
                app.router.add_route("*", path, _platform(platform, inbox))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=PARTING)
    await runner.setup()
    try:
        # inside a container the router in front of us is another machine
        try:
            await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104
        except OSError as error:
            raise SettingError(f"PORT {port} is taken or not allowed: set another.") from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _health(store: AnswerStore) -> Handler:
    async def health(_: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE):
                await store.memory("web", "health")
        except (StorageError, TimeoutError):
            return web.Response(status=503, text="The database does not answer.\n")
        return web.Response(text="ok\n")

    return health


def _platform(routes: Routes, inbox: Inbox) -> Handler:
    async def serve(request: web.Request) -> web.Response:
        asked = Request(
            request.method,
            request.path,
            _lowered(request.headers),
            await request.read(),
            request.raw_path.partition("?")[2],
        )
        try:
            answer = await routes.serve(asked, inbox)
        except StorageError as error:
            log.warning("A request was not answered: %s", error, extra={"action": "request_lost"})
            return web.Response(status=503, text="Busy; nothing changed, please try again.\n")
        except Exception:
            log.exception("A request broke", extra={"action": "request_broke"})
            return web.Response(status=500)
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    return serve


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
