"""The people on the neutral platform: what they do is told until it is acknowledged, and the score is kept."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aiohttp import WSMsgType, web

from bot.models import Act, Action, Channel, Person
from bot.ports import Clock
from tests.rigs.neutral import wire


@dataclass(slots=True)
class Told:
    """An act and how often it was told; times by `time.monotonic()`."""

    act: Act
    times: int = 0
    first: float = 0.0
    last: float = 0.0
    acknowledged: float | None = None
    #: the sentence with which it was turned away last
    busy: str = ""

    @property
    def latency(self) -> float | None:
        """Milliseconds from when it was first told until it was acknowledged."""
        return None if self.acknowledged is None else (self.acknowledged - self.first) * 1000


class People:
    """Whoever types, presses and reacts; any number of connections bring it to the program, each act to one of them.

    An act that was not acknowledged is told again after `repeat` seconds, and when somebody connects.
    """

    def __init__(self, name: str, clock: Clock, repeat: float) -> None:
        #: the score, by the act's key
        self.told: dict[str, Told] = {}
        self._name = name
        self._clock = clock
        self._repeat = repeat
        self._count = itertools.count(1)
        self._open: dict[web.WebSocketResponse, web.Request] = {}
        #: keys to be told now; what was told and not acknowledged, the longest ago first
        self._now: deque[str] = deque()
        self._waiting: dict[str, Told] = {}
        self._unacknowledged = 0
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()
        self._questions: dict[int, asyncio.Future[list[str]]] = {}
        self._telling: asyncio.Task[None] | None = None

    # --------------------------------------------------------------------------------------- what people do

    def command(self, channel: Channel, person: Person, text: str, message: str = "") -> Act:
        """Somebody types a command, or presses a button of a message; nobody is told yet."""
        return self._act("command", channel, person, text=text, message=message)

    def reaction(self, channel: Channel, person: Person, message: str, emoji: str, *, back: bool = False) -> Act:
        """Somebody reacts, or takes a reaction back; nobody is told yet."""
        return self._act("unreact" if back else "react", channel, person, message=message, emoji=emoji)

    def tell(self, *acts: Act) -> None:
        """Tell these acts now, in that order, each as often as it is named."""
        for act in acts:
            if act.key not in self.told:
                self.told[act.key] = Told(act)
                self._unacknowledged += 1
            self._now.append(act.key)
        self._wake.set()

    def types(self, channel: Channel, person: Person, text: str) -> Act:
        """Somebody types a command."""
        act = self.command(channel, person, text)
        self.tell(act)
        return act

    def reacts(self, channel: Channel, person: Person, message: str, emoji: str, *, back: bool = False) -> Act:
        """Somebody reacts, or takes a reaction back."""
        act = self.reaction(channel, person, message, emoji, back=back)
        self.tell(act)
        return act

    def presses(
        self,
        channel: Channel,
        person: Person,
        message: str,
        action: Action,
        *,
        answers: Mapping[str, str] | None = None,
    ) -> Act:
        """Somebody presses a button of a message; its form is filled in by the platform."""
        act = self.command(channel, person, filled(action, answers or {}), message)
        self.tell(act)
        return act

    async def asks(self, channel: Channel, person: Person, text: str) -> list[str]:
        """Somebody has typed that much of a command; gives what is proposed."""
        number = next(self._count)
        answer = self._questions[number] = asyncio.get_running_loop().create_future()
        said = {"question": number, "where": wire.packed_place(channel, person), "text": text}
        await next(iter(self._open)).send_str(json.dumps(said))
        return await asyncio.wait_for(answer, 10)

    # ------------------------------------------------------------------------------------------- the score

    def unacknowledged(self) -> list[Act]:
        """What is still to be told again."""
        return [told.act for told in self.told.values() if told.acknowledged is None]

    def latencies(self) -> list[float]:
        """Milliseconds from first told to acknowledged, sorted."""
        return sorted(told.latency for told in self.told.values() if told.latency is not None)

    async def until_acknowledged(self, seconds: float = 10.0) -> None:
        """Wait until everything was acknowledged. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self._unacknowledged:
                await self._change()

    async def until_connected(self, number: int = 1, seconds: float = 10.0) -> None:
        """Wait until so many programs listen. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(self._open) < number:
                await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # ------------------------------------------------------------------------------------- the connections

    def open(self) -> None:
        """Begin to tell."""
        self._telling = asyncio.create_task(self._tell())

    async def close(self) -> None:
        """Tell no more."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        await self.disconnect()

    async def disconnect(self) -> None:
        """Drop every connection, without a word."""
        for request in self._open.values():
            if request.transport is not None:
                request.transport.abort()
        while self._open:
            await self._change()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open[socket] = request
        self._now.extend(self._waiting)
        self._waiting.clear()
        self._wake.set()
        self._changed.set()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._heard(json.loads(frame.data))
        finally:
            del self._open[socket]
            self._changed.set()
        return socket

    def _heard(self, said: wire.Json) -> None:
        if "answer" in said:
            self._questions.pop(said["answer"]).set_result(said["words"])
            return
        told = self.told[said.get("acknowledged") or said["busy"]]
        if "busy" in said:
            told.busy = said["text"]
        elif told.acknowledged is None:
            told.acknowledged = time.monotonic()
            self._unacknowledged -= 1
            self._waiting.pop(told.act.key, None)
        self._changed.set()

    async def _tell(self) -> None:
        """Tell what is to be told, for ever, by turns to whoever is connected."""
        turns = itertools.count()
        while True:
            self._wake.clear()
            self._again()
            if self._open and self._now:
                told = self.told[self._now.popleft()]
                socket = list(self._open)[next(turns) % len(self._open)]
                told.last = time.monotonic()
                told.first = told.first or told.last
                told.times += 1
                if told.acknowledged is None:
                    self._waiting.pop(told.act.key, None)
                    self._waiting[told.act.key] = told
                with contextlib.suppress(ConnectionError):
                    await socket.send_str(json.dumps({"act": wire.packed_act(told.act)}))
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._repeat / 4)

    def _again(self) -> None:
        """Tell again what was told long ago."""
        long_ago = time.monotonic() - self._repeat
        while self._waiting and (told := next(iter(self._waiting.values()))).last < long_ago:
            self._now.append(told.act.key)
            del self._waiting[told.act.key]

    def _act(
        self,
        kind: Literal["command", "react", "unreact"],
        channel: Channel,
        person: Person,
        *,
        text: str = "",
        message: str = "",
        emoji: str = "",
    ) -> Act:
        at, number = self._clock(), next(self._count)
        name = f"{at:%Y%m%dT%H%M%S.%f}-{number:09}"
        reply = f"reply-{number}" if kind == "command" else ""
        return Act(name, name, kind, channel, person, at, text, message, emoji, reply)


def filled(action: Action, answers: Mapping[str, str]) -> str:
    """The command of a form with its answers in place; a field left empty is nothing."""
    return re.sub(r"\{(\w+)\}", lambda field: answers.get(field[1], ""), action.command)
