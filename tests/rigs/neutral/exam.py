"""The neutral platform sits the exam of all platforms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from bot.models import Channel, Message, Person, Posted
from bot.ports import Doubt, Platform
from tests.rigs.faults import (
    CUT_AFTER,
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    GARBAGE_AFTER,
    LIMITED,
    UNAVAILABLE,
    Fault,
    Pace,
)
from tests.rigs.neutral import FORBIDDEN, GONE, REFUSED, UNAUTHORISED, NeutralServer, noticeboard
from tests.rigs.platform import RecordingInbox, Rig

NAME: Final = "neutral"
FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault
    for fault in (
        *(DROP_BEFORE, DROP_AFTER, CUT_AFTER, ERROR_BEFORE, ERROR_AFTER, GARBAGE_AFTER, UNAVAILABLE, *LIMITED),
        *(GONE, FORBIDDEN, REFUSED, UNAUTHORISED),
    )
}
#: a failure that is no fault of a single answer
AWAY: Final = "nobody listens"


class NeutralRig(Rig):
    """Somebody on the neutral platform, and the adapter that listens to it."""

    channel = Channel(NAME, "lab", "papers", "papers")
    person = Person(NAME, "lab", "ada", "Ada", zone="Europe/Zurich")
    kinds: Sequence[str] = ("channel", "thread", "private", "direct", "home", "unfurl")
    failures: Sequence[str] = (*FAULTS, AWAY)

    def __init__(self, server: NeutralServer, platform: Platform) -> None:
        self.platform = platform
        self.inbox = RecordingInbox()
        self.server = server

    async def types(self, text: str) -> None:
        self.server.people.types(self.channel, self.person, text)

    async def reacts(self, posted: Posted, emoji: str, *, back: bool = False) -> None:
        self.server.people.reacts(self.channel, self.person, posted.id, emoji, back=back)

    async def presses(self, posted: Posted, label: str, answers: Mapping[str, str] | None = None) -> None:
        button = self.server.button(posted.id, label)
        self.server.people.presses(self.channel, self.person, posted.id, button, answers=answers)

    async def shown(self) -> str:
        said = [line for kept in self.server.books for line in lines(kept.message)]
        return "\n".join([*said, *(told.busy for told in self.server.people.told.values())])

    async def acting(self) -> list[str]:
        """Text is text there; a link is what could act."""
        addresses = [url for kept in self.server.books for url in links(kept.message)]
        return [url for url in addresses if not url.startswith(("http://", "https://"))]

    async def fail(self, how: str) -> None:
        self.server.behave()
        if how == AWAY:
            await self.server.leave()
        else:
            self.server.fail(FAULTS[how], times=None)


def lines(message: Message) -> Iterator[str]:
    """Everything that a message says."""
    yield from (message.group, message.title, message.url, *message.facts, message.body, message.code)
    for item in message.items:
        yield from lines(item)
    yield message.note
    yield from (action.label for action in message.actions)
    if message.file:
        yield from (message.file.name, message.file.content)


def links(message: Message) -> Iterator[str]:
    """Every address that somebody could follow."""
    yield from (url for url in (message.url, *(action.url for action in message.actions)) if url)
    for item in message.items:
        yield from links(item)


@asynccontextmanager
async def neutral_rig(*doubt: Doubt) -> AsyncIterator[NeutralRig]:
    """The neutral platform that can do that in doubt, listening."""
    async with noticeboard(
        doubt=doubt or (Doubt.REPEATS_SAFELY, Doubt.FINDS),
        name=NAME,
        per_token=Pace(100.0, burst=100),
        per_channel=Pace(50.0, burst=100),
        # in an exam nothing is told twice: that is tests/test_faults.py
        repeat_acts=60.0,
    ) as (server, platform):
        rig = NeutralRig(server, platform)
        running = asyncio.create_task(platform.run(rig.inbox))
        try:
            await server.people.until_connected()
            yield rig
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert server.violations == []
