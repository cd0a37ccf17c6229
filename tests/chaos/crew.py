"""The workers of a row as processes: started, stopped, killed, always ended."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tests.chaos import program
from tests.chaos.program import Fuse, Orders

#: children are forked from a process that has imported everything: a start is as short as it can be
_CONTEXT: Final = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.chaos.__main__"])
#: how often a process is looked at, and how long a start may take, seconds
GLANCE: Final = 0.005
PATIENCE: Final = 30.0
NONE: Final = Fuse()


class Worker:
    """One process of the program."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._heard, said = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=program.main, args=(orders, said), daemon=True)
        self._said: list[str] = []
        self._began = time.monotonic()
        self._process.start()
        said.close()

    @property
    def alive(self) -> bool:
        """It has not ended; it may stand still."""
        return self._process.is_alive()

    @property
    def exitcode(self) -> int | None:
        """How it ended: minus the signal that ended it."""
        return self._process.exitcode

    def said(self, word: str) -> bool:
        """It said "ready", or the point at which its fuse had burnt."""
        try:
            while self._heard.poll():
                self._said.append(self._heard.recv())
        except (EOFError, ConnectionError):
            pass  # it has ended
        return word in self._said

    async def ready(self) -> float | None:
        """Wait until it asks for work; seconds since its start, None when its fuse burnt or it was killed before."""
        while not self.said("ready"):
            if self._said:
                return None
            if not self.alive:
                await self.gone()
                return None
            if time.monotonic() - self._began > PATIENCE:
                raise RuntimeError(f"A worker did not start; see {self._orders.log}.")
            await asyncio.sleep(GLANCE)
        return time.monotonic() - self._began

    async def until(self, word: str, seconds: float) -> bool:
        """Wait until it says that; False when it does not in so many seconds, or ended without."""
        end = time.monotonic() + seconds
        while not self.said(word):
            if not self.alive or time.monotonic() > end:
                return self.said(word)
            await asyncio.sleep(GLANCE)
        return True

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens when it has ended."""
        with contextlib.suppress(ProcessLookupError):  # it ended just now
            if self.alive and self._process.pid is not None:
                os.kill(self._process.pid, number)

    async def gone(self) -> None:
        """Wait until it has ended because it was killed or asked to."""
        while self.alive:  # noqa: ASYNC110 - no event tells of another process
            await asyncio.sleep(GLANCE)
        self.check()

    def check(self) -> None:
        """Raise RuntimeError when it ended by itself."""
        if self.exitcode not in {None, 0, -signal.SIGKILL}:
            raise RuntimeError(f"A worker broke (exit code {self.exitcode}); see {self._orders.log}.")

    def end(self) -> None:
        """Kill it, whatever state it is in, and let go of it."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._heard.close()


class Crew:
    """All workers of a row, by number."""

    def __init__(self, orders: Orders, size: int) -> None:
        # the process that children are forked from begins with the first of them, and imports everything then
        first = _CONTEXT.Process(target=int)
        first.start()
        first.join()
        self._orders = orders
        self.size = size
        self.workers: dict[int, Worker] = {}
        #: seconds from a start to the first question for work
        self.starts: list[float] = []

    def dead(self) -> list[int]:
        """Who is to be started."""
        return [number for number in range(self.size) if number not in self.workers or not self.workers[number].alive]

    def start(self, number: int, fuse: Fuse = NONE) -> None:
        """Start that worker, whose last process has ended."""
        if number in self.workers:
            self.workers[number].check()
            self.workers[number].end()
        self.workers[number] = Worker(replace(self._orders, fuse=fuse))

    async def ready(self, started: Sequence[int]) -> None:
        """Wait until those ask for work."""
        took = await asyncio.gather(*(self.workers[number].ready() for number in started))
        self.starts += [seconds for seconds in took if seconds is not None]

    def signal_all(self, number: int) -> None:
        """Send all of them a signal."""
        for worker in self.workers.values():
            worker.signal(number)

    def end(self) -> None:
        """Kill all of them."""
        for worker in self.workers.values():
            worker.end()
        self.workers.clear()
