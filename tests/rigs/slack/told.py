"""What the app is told of what people do, how often, and what it answers: the score.

An event that was not acknowledged is told again, a command or a press is not: whoever did it sees that it failed.
https://docs.slack.dev/apis/events-api/#retries
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tests.rigs.slack.wire import Json

#: as Socket Mode names what is told
Kind = Literal["events_api", "slash_commands", "interactive"]
#: seconds until an attempt counts as failed; seconds before the second, third and fourth attempt at an event
PATIENCE: Final = 3.0
AGAIN: Final = (0.1, 60.0, 300.0)


@dataclass(slots=True)
class Attempt:
    """One attempt to tell it; times by `time.monotonic()`."""

    at: float
    #: number of the connection, 0 for HTTP
    connection: int = 0
    #: why it failed, as Slack says it in the next attempt; "" for one that was acknowledged
    reason: str = "timeout"
    status: int = 0


@dataclass(eq=False, slots=True)
class Told:
    """Something that the app is told."""

    kind: Kind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    acknowledged: float | None = None
    #: what was acknowledged with: JSON, or the text of an HTTP answer
    answer: Json | str | None = None
    #: why it was given up: "operation_timeout", "dispatch_failed", "http_client_error", "http_service_error"
    failed: str = ""
    #: the app asked not to be told again
    enough: bool = False
    #: what happens on the screen of whoever did it, once it was acknowledged or given up
    then: Callable[[Told], None] | None = None
    #: nothing more happens of itself
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def latency(self) -> float | None:
        """Milliseconds from when it was first told until it was acknowledged."""
        return None if self.acknowledged is None else (self.acknowledged - self.attempts[0].at) * 1000

    def acknowledge(self, answer: Json | str | None) -> None:
        """The app has it; of several answers the first counts."""
        if self.acknowledged is None:
            self.acknowledged, self.answer, self.failed = time.monotonic(), answer, ""

    async def done(self, seconds: float = 10.0) -> Told:
        """Wait until nothing more happens with it. Raises TimeoutError."""
        await asyncio.wait_for(self.settled.wait(), seconds)
        return self


#: one attempt: tells it, waits for the answer, acknowledges; gives why it failed, "" when it did not
Teller = Callable[[Told, Attempt], Awaitable[str]]


class Telling:
    """Everything that was to be told."""

    def __init__(self, teller: Teller, *, again: Sequence[float] = AGAIN) -> None:
        self.again = again
        #: in the order in which it happened
        self.told: list[Told] = []
        self._teller = teller
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Told] | None = None
        self._events = itertools.count(1)

    def event_id(self) -> str:
        """A new event's id."""
        return f"Ev{next(self._events):010}"

    def tell(self, kind: Kind, payload: Json, then: Callable[[Told], None] | None = None) -> Told:
        """Tell it now, or when what is held is released; then that happens."""
        told = Told(kind, payload, then=then)
        self.told.append(told)
        if self._held is None:
            self._start(told, self.again if kind == "events_api" else ())
        else:
            self._held.append(told)
        return told

    def repeat(self, *several: Told) -> None:
        """Tell it once more, although it was perhaps acknowledged: Slack does."""
        for told in several:
            self._start(told, (), once_more=True)

    def hold(self) -> None:
        """Tell nothing until `release`."""
        self._held = []

    def release(self, *, times: int = 1, seed: int | None = None) -> None:
        """Tell what was held, each so many times, in disorder when there is a seed."""
        held, self._held = self._held or [], None
        order = held * times
        if seed is not None:
            random.Random(seed).shuffle(order)
        for number, told in enumerate(order):
            first = told not in order[:number]
            self._start(told, self.again if first and told.kind == "events_api" else (), once_more=not first)

    def latencies(self) -> list[float]:
        """Milliseconds from first told to acknowledged, sorted."""
        return sorted(told.latency for told in self.told if told.latency is not None)

    def unacknowledged(self) -> list[Told]:
        """What the app has not taken."""
        return [told for told in self.told if told.acknowledged is None]

    async def settled(self, seconds: float = 10.0) -> None:
        """Wait until everything was acknowledged or given up. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self._tasks:
                await asyncio.wait(list(self._tasks))

    async def close(self) -> None:
        """Tell no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, told: Told, again: Sequence[float], *, once_more: bool = False) -> None:
        task = asyncio.create_task(self._tell(told, again, once_more=once_more))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, told: Told, again: Sequence[float], *, once_more: bool) -> None:
        failed = ""
        for pause in (0.0, *again):
            await asyncio.sleep(pause)
            if told.acknowledged is not None and not once_more:
                break
            attempt = Attempt(time.monotonic())
            told.attempts.append(attempt)
            attempt.reason = failed = await self._teller(told, attempt)
            if not failed or told.enough:
                break
        if told.acknowledged is None:
            told.failed = told.failed or failed
        if told.then is not None:
            told.then(told)
            told.then = None
        told.settled.set()
