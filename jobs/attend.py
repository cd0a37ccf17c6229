"""Platform.run -> inbox, on every platform side by side, until a signal comes.

A platform that breaks is begun again after a pause that grows; it stops no other one, and not the process.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

from bot.ports import Inbox, PaperroundError, Platform

log = logging.getLogger(__name__)

#: seconds before a platform that broke is begun again: the first time, and at most
AGAIN = 1.0
SELDOM = 300.0


async def attend(platforms: Mapping[str, Platform], inbox: Inbox, *, shrink: float = 1.0) -> bool:
    """Hand what people do to the inbox, until a signal comes (False) or there is nobody left to listen to (True).

    `shrink` divides every pause.
    """
    listening = [begun(_kept(name, one, inbox, shrink), name) for name, one in platforms.items()]
    signalled = asyncio.create_task(stopped())
    everybody = asyncio.create_task(_all(listening))
    try:
        await asyncio.wait([signalled, everybody], return_when=asyncio.FIRST_COMPLETED)
        return not signalled.done()
    finally:
        await end([signalled, everybody, *listening])


async def stopped() -> None:
    """Wait for SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


async def _kept(name: str, platform: Platform, inbox: Inbox, shrink: float) -> None:
    """Listen to a platform until it has nobody left to listen to, however often it breaks."""
    clock, pause = asyncio.get_running_loop().time, AGAIN
    while True:
        began = clock()
        try:
            return await platform.run(inbox)
        except PaperroundError as error:
            log.warning("%s is not listened to: %s", name, error, extra={"action": "listening_broke"})
        except Exception:
            log.exception("Listening to %s broke", name, extra={"action": "listening_broke"})
        if clock() - began > SELDOM / shrink:
            pause = AGAIN
        await asyncio.sleep(pause / shrink)
        pause = min(2 * pause, SELDOM)


async def _all(tasks: list[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


def begun(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task of that name; one that breaks is told of in the log when it does, not when somebody asks."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_tell)
    return task


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("%s broke and stands still", task.get_name(), exc_info=task.exception(), extra={"action": "broke"})


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel and wait."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
