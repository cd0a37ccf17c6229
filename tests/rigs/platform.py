"""What every platform's rig offers to the common exam, and the inbox they all hand their acts to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.models import Act, Channel, Person, Posted, Question
from bot.ports import Busy, Platform

BUSY = "Somebody else is writing; nothing changed, please try again."


class RecordingInbox:
    """Keeps every act; says Busy while `busy`."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.refused = 0
        self.busy = False
        self._came = asyncio.Condition()

    async def take(self, act: Act) -> None:
        if self.busy:
            self.refused += 1
            async with self._came:
                self._came.notify_all()
            raise Busy(BUSY)
        async with self._came:
            self.acts.append(act)
            self._came.notify_all()

    async def answered(self, act: Act) -> None:
        assert act in self.acts

    async def ask(self, question: Question) -> Sequence[str]:
        return ("follow", "help", "list")

    async def until(self, number: int) -> list[Act]:
        """All acts, as soon as there are so many."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.acts) >= number)
            return list(self.acts)

    async def until_refused(self, number: int) -> None:
        """Wait until so many acts were turned away."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: self.refused >= number)


class Rig(Protocol):
    """A platform that listens, with somebody in front of it. What lies across the network is the rig's own server."""

    platform: Platform
    inbox: RecordingInbox
    #: where and as whom everything below is done
    channel: Channel
    person: Person
    #: the kinds of place that the platform can post to
    kinds: Sequence[str]
    #: ways in which a post can fail; the last one may be for good
    failures: Sequence[str]

    async def types(self, text: str) -> None:
        """Somebody types a command, as one does on that platform."""
        ...

    async def reacts(self, posted: Posted, emoji: str, *, back: bool = False) -> None:
        """Somebody reacts to a message, or takes the reaction back."""
        ...

    async def presses(self, posted: Posted, label: str, answers: Mapping[str, str] | None = None) -> None:
        """Somebody presses a button of a message, and fills in its form."""
        ...

    async def shown(self) -> str:
        """All text that the people there have been shown so far, private answers included."""
        ...

    async def until_shown(self, text: str) -> None:
        """Wait until that was shown. Raises TimeoutError after ten seconds."""
        async with asyncio.timeout(10):
            while text not in await self.shown():  # noqa: ASYNC110 - a screen tells nobody
                await asyncio.sleep(0.01)

    async def acting(self) -> list[str]:
        """What was shown and is more than text, and was not asked for: escape sequences, mentions, forged links."""
        ...

    async def fail(self, how: str) -> None:
        """From now on posts fail in that way."""
        ...
