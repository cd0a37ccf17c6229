"""The pages: whether the process is well, how much there is to do, and the paths that platforms bring.

    GET /health      200 "ok" while the process and its database answer, else 503; nothing else is told
    GET /metrics     counts for Prometheus, without an id or a name; 503 when the database does not answer
    …                what `bot.ports.Routes` of a platform answers

A request is read whole, a megabyte at most, and handed over; nothing is worked on here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.models import Condition, State
from bot.ports import (
    Clock,
    Figures,
    Inbox,
    MeasuringStore,
    Platform,
    Request,
    Routes,
    SettingError,
    StorageError,
)

log = logging.getLogger(__name__)

#: seconds in which the database must answer
PATIENCE = 2.0
SILENT = "The database does not answer.\n"
#: seconds for which figures are good: whoever asks all the time costs the database nothing
FRESH = 10.0
#: bytes of a request's body
SIZE = 1_000_000
#: seconds that requests in hand may still take when the program ends
PARTING = 5.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def pages(
    store: MeasuringStore, platforms: Iterable[Platform], inbox: Inbox, port: int, clock: Clock
) -> AsyncIterator[int]:
    """Serve the pages on that port of every address; 0 is any free one. Gives the port. Raises SettingError."""
    app = web.Application(client_max_size=SIZE)
    app.router.add_get("/health", _health(store))
    app.router.add_get("/metrics", _metrics(store, clock))
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


def _health(store: MeasuringStore) -> Handler:
    async def health(_: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE):
                await store.memory("web", "health")
        except (StorageError, TimeoutError):
            return web.Response(status=503, text=SILENT)
        return web.Response(text="ok\n")

    return health


def _metrics(store: MeasuringStore, clock: Clock) -> Handler:
    turn = asyncio.Lock()
    kept, until = "", 0.0

    async def metrics(_: web.Request) -> web.Response:
        nonlocal kept, until
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE), turn:
                if loop.time() >= until:
                    kept, until = exposition(await store.figures(clock())), loop.time() + FRESH
        except (StorageError, TimeoutError):
            return web.Response(status=503, text=SILENT)
        # https://prometheus.io/docs/instrumenting/exposition_formats/
        return web.Response(body=kept.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return metrics


def exposition(figures: Figures) -> str:
    """The figures in Prometheus' text format. Every state and condition is there, so that none appears from nowhere."""
    answered = figures.answered.timestamp() if figures.answered else 0
    lines = [
        "# HELP paperround_deliveries Deliveries with something left to do, or settled in the last hour.",
        "# TYPE paperround_deliveries gauge",
        *(f'paperround_deliveries{{state="{one}"}} {figures.deliveries.get(one, 0)}' for one in State),
        "# HELP paperround_acts_waiting What people did and nobody has worked on yet.",
        "# TYPE paperround_acts_waiting gauge",
        f"paperround_acts_waiting {figures.acts}",
        "# HELP paperround_sources Sources by how they were when last asked.",
        "# TYPE paperround_sources gauge",
        *(f'paperround_sources{{condition="{one}"}} {figures.sources.get(one, 0)}' for one in Condition),
        "# HELP paperround_last_answer_timestamp_seconds When a source last answered; 0 before the first time.",
        "# TYPE paperround_last_answer_timestamp_seconds gauge",
        f"paperround_last_answer_timestamp_seconds {answered:.3f}",
    ]
    return "\n".join(lines) + "\n"


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
