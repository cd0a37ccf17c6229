"""What the app is told of what people do with it, what it answers, and when: the score.

An interaction is told once. The first answer has three seconds, and what follows has fifteen minutes.
https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.ports import Clock
from tests.rigs.discord.said import Said
from tests.rigs.discord.wire import Json, Refusal
from tests.rigs.discord.world import Account, Channel

Kind = Literal["command", "press", "autocomplete", "form"]
NUMBER: Final[dict[Kind, int]] = {"command": 2, "press": 3, "autocomplete": 4, "form": 5}
#: seconds for the first answer, and the life of the token
PATIENCE: Final = 3.0
LIFE: Final = timedelta(minutes=15)
#: kinds of answers
PONG, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, PROPOSALS, FORM = 1, 4, 5, 6, 7, 8, 9


@dataclass(eq=False, slots=True)
class Told:
    """Something that somebody did with the app."""

    kind: Kind
    payload: Json
    by: Account
    where: Channel
    #: until when its token works
    until: datetime
    #: the message that it was done on
    on: Said | None = None
    #: by `time.monotonic()`
    at: float = field(default_factory=time.monotonic)
    acknowledged: float | None = None
    #: the first answer: its kind, and what it says
    answer: Json | None = None
    #: why it was given up: "did not respond", "nobody listens"
    failed: str = ""
    #: the message that answers it, or the one that the app is still thinking about
    original: Said | None = None
    #: every other message that followed
    followups: list[Said] = field(default_factory=list)
    #: what happens on the screen of whoever did it, once it was answered or given up
    then: Callable[[Told], None] | None = None
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def token(self) -> str:
        """Whoever has it may answer."""
        return str(self.payload["token"])

    @property
    def latency(self) -> float | None:
        """Milliseconds until the first answer."""
        return None if self.acknowledged is None else (self.acknowledged - self.at) * 1000

    @property
    def thinking(self) -> bool:
        """The app said that it is at it, and nothing since."""
        return self.original is not None and self.original.loading and not self.original.deleted

    def acknowledge(self, answer: Json) -> None:
        """The first answer. Raises Refusal for one that comes too late, or second."""
        if self.failed:
            raise Refusal(10062)
        if self.acknowledged is not None:
            raise Refusal(40060)
        self.acknowledged, self.answer = time.monotonic(), answer
        self.settle()

    def settle(self) -> None:
        """Nothing more is to come, or the app may still think."""
        if self.then is not None:
            self.then(self)
            self.then = None
        if not self.thinking:
            self._settled.set()

    async def done(self, seconds: float = 10.0) -> Told:
        """Wait until it was answered, thinking done, or given up. Raises TimeoutError."""
        await asyncio.wait_for(self._settled.wait(), seconds)
        return self


class Telling:
    """Every interaction. `teller` sends one to whoever listens, and says whether anybody does."""

    def __init__(self, teller: Callable[[Told], bool], clock: Clock, *, patience: float = PATIENCE) -> None:
        self.patience = patience
        #: in the order in which it happened
        self.told: list[Told] = []
        self._teller, self._clock = teller, clock
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(
        self,
        kind: Kind,
        payload: Json,
        by: Account,
        where: Channel,
        *,
        on: Said | None = None,
        then: Callable[[Told], None] | None = None,
    ) -> Told:
        """Tell it now; then that happens."""
        said = payload | {"type": NUMBER[kind], "token": f"interaction-token-{next(self._numbers)}-of-the-rig"}
        told = Told(kind, said, by, where, self._clock() + LIFE, on, then=then)
        self.told.append(told)
        if self._teller(told):
            task = asyncio.create_task(self._wait(told))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._give_up(told, "nobody listens")
        return told

    def of(self, token: str) -> Told | None:
        """What that token answers."""
        return next((one for one in self.told if one.token == token), None)

    def alive(self, token: str) -> Told:
        """What that token answers, once it was answered for the first time. Raises Refusal."""
        told = self.of(token)
        if told is None:
            raise Refusal(10015)
        if self._clock() >= told.until:
            raise Refusal(50027)
        if told.acknowledged is None:
            raise Refusal(10015)
        return told

    def latencies(self) -> list[float]:
        """Milliseconds until the first answers, sorted."""
        return sorted(told.latency for told in self.told if told.latency is not None)

    def unacknowledged(self) -> list[Told]:
        """What the app has not answered."""
        return [told for told in self.told if told.acknowledged is None]

    async def settled(self, seconds: float = 10.0) -> None:
        """Wait until everything was answered or given up. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            for told in list(self.told):
                await told.done(seconds)

    async def close(self) -> None:
        """Wait for nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait(self, told: Told) -> None:
        await asyncio.sleep(self.patience)
        if told.acknowledged is None:
            self._give_up(told, "did not respond")

    def _give_up(self, told: Told, why: str) -> None:
        told.failed = why
        told.settle()
