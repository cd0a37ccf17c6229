"""What every request goes through: recorded, paced, done, answered; or whatever was ordered instead."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, Literal

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.ports import Clock
from tests.rigs.faults.fault import JSON, WELL, Answer, Fault, Span, too_many
from tests.rigs.faults.pace import Buckets, Pace
from tests.rigs.faults.record import Arrival, Order


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


#: where a request carries its own record
ARRIVAL: Final = web.RequestKey("arrival", Arrival)


def nothing(_: Arrival) -> None:
    """What happens by default."""


class Faults:
    """The record of a server, and everything it was told to do wrong.

    `path` is where posts arrive: only they are paced, and orders are meant for them when they do not say otherwise.
    """

    def __init__(
        self,
        path: str,
        clock: Clock,
        *,
        per_token: Pace | None = None,
        per_channel: Pace | None = None,
        too_many: Callable[[str, str], Answer] = too_many,
        seed: int = 0,
    ) -> None:
        """`too_many` is how this platform refuses what comes too fast: seconds to wait, and "token" or "channel"."""
        self.path = path
        #: every request, in order
        self.arrivals: list[Arrival] = []
        #: what went wrong in the rig itself; a test that sees any of it proves nothing
        self.broke: list[Exception] = []
        #: requests refused because they came faster than allowed
        self.over_pace = 0
        #: told of a request as soon as it arrives, when it was done, and when its answer was written
        self.on_first_byte: Callable[[Arrival], None] = nothing
        self.on_commit: Callable[[Arrival], None] = nothing
        self.on_answer: Callable[[Arrival], None] = nothing
        self._orders: list[Order] = []
        self._random = random.Random(seed)
        self._too_many = too_many
        self._buckets = {
            name: Buckets(pace, clock) for name, pace in (("token", per_token), ("channel", per_channel)) if pace
        }
        self._open = 0
        self._came = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    # ------------------------------------------------------------------------------------- what tests say

    def order(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        chance: float = 1.0,
        channel: str = "",
        token: str = "",
        marker: str = "",
        path: str | None = None,
    ) -> Order:
        """Do that wrong with the requests that fit: the next `times`, or all (None), each with a chance.

        Orders with an end come before those without, and of equals the one given first.
        """
        # as a text stands in JSON
        marker = json.dumps(marker)[1:-1]
        order = Order(fault, self.path if path is None else path, times, chance, channel, token, marker)
        self._orders.append(order)
        self._orders.sort(key=lambda one: one.times is None)
        return order

    def clear(self) -> None:
        """Behave from now on."""
        self._orders.clear()

    async def until_arrived(self, number: int = 1) -> None:
        """Wait until so many requests have come."""
        while len(self.arrivals) < number:
            self._came.clear()
            await self._came.wait()

    async def idle(self) -> None:
        """Wait until no request is being worked on, not even one of a client that was killed; sockets do not count."""
        await self._idle.wait()

    # -------------------------------------------------------------------------------------- what rigs say

    @web.middleware
    async def record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record a request, before its body was read; the middleware of every rig."""
        arrival = Arrival(len(self.arrivals), request.method, request.path, time.monotonic(), now())
        self.arrivals.append(arrival)
        request[ARRIVAL] = arrival
        self._came.set()
        # a socket is open as long as somebody listens, and nothing waits for its end
        working = "Upgrade" not in request.headers
        self._open += working
        if working:
            self._idle.clear()
        try:
            self.on_first_byte(arrival)
            response = await handler(request)
            if not arrival.fault:
                arrival.status = response.status
        except (ConnectionError, web.RequestPayloadError):
            raise  # its sender went away before all of it was there
        except Exception as error:
            self.broke.append(error)
            raise
        else:
            return response
        finally:
            arrival.ended = time.monotonic()
            self._open -= working
            if not self._open:
                self._idle.set()

    async def answer(
        self,
        request: web.Request,
        commit: Callable[[], web.Response],
        *,
        token: str = "",
        channel: str = "",
        key: str = "",
        text: str = "",
    ) -> web.StreamResponse:
        """Do what was asked for (`commit`) and say so, or whatever was ordered.

        `commit` happens even when whoever sent the request is gone by then.
        """
        arrival = request[ARRIVAL]
        arrival.token, arrival.channel, arrival.key = token, channel, key
        fault = self._fault(arrival, text)
        arrival.fault = fault.name
        await self._pause(fault.before)
        response: web.StreamResponse = web.Response()
        if fault.commits:
            response = commit()
            arrival.committed = request.method != "GET" and response.status < HTTPStatus.MULTIPLE_CHOICES
            if arrival.committed:
                self.on_commit(arrival)
        await self._pause(fault.after)
        if isinstance(fault.instead, Answer):
            said = fault.instead
            response = web.Response(
                status=said.status, body=said.body.encode(), content_type=said.kind, headers=said.headers
            )
        with contextlib.suppress(ConnectionError):  # it went away
            if isinstance(fault.instead, str):
                await _broken_off(request, fault.instead)
                return response
            await response.prepare(request)
            await response.write_eof()
        arrival.status = response.status
        self.on_answer(arrival)
        return response

    def _fault(self, arrival: Arrival, text: str) -> Fault:
        if arrival.path == self.path and (refusal := self._paced(arrival)):
            self.over_pace += 1
            return refusal
        for order in self._orders:
            if order.fits(arrival, text) and (order.chance >= 1 or self._random.random() < order.chance):
                order.met += 1
                return order.fault
        return WELL

    def _paced(self, arrival: Arrival) -> Fault | None:
        """Take the request from its buckets, or refuse it."""
        names = {"token": arrival.token, "channel": f"{arrival.token} {arrival.channel}"}
        waits = {bucket: levels.wait(names[bucket]) for bucket, levels in self._buckets.items()}
        longest = max(waits, key=waits.__getitem__, default="")
        if longest and waits[longest]:
            answer = self._too_many(f"{waits[longest] + 0.001:.3f}", longest)
            return Fault("over pace", commits=False, instead=answer)
        for bucket, levels in self._buckets.items():
            levels.take(names[bucket])
        return None

    async def _pause(self, span: Span) -> None:
        seconds = self._random.uniform(*span) if isinstance(span, tuple) else span
        if seconds:
            await asyncio.sleep(seconds)


async def _broken_off(request: web.Request, how: Literal["drop", "cut"]) -> None:
    """End the connection without an answer, or in the middle of one."""
    if request.transport is None:
        return
    if how == "cut":
        part = web.StreamResponse(headers={"Content-Type": JSON, "Content-Length": "1000"})
        await part.prepare(request)
        await part.write(b'{"id": "')
        request.transport.close()
    else:
        request.transport.abort()
