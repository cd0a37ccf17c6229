"""A terminal with somebody in front of it: `ConsoleRig` on real pipes for the common exam, `Talk` line by line.

`tests.rigs.teletype` is the same in a process of its own.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from adapters.platforms import console
from adapters.platforms.console.streams import read_lines
from bot.models import Act, Action, Channel, Message, Person, Place, Posted
from bot.ports import CommandError, Platform
from tests.rigs.platform import RecordingInbox

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 4, 14, 7, 0, tzinfo=UTC)
CHANNEL = Channel("console", "terminal", "terminal")
YOU = Person("console", "terminal", "you")
HERE = Place(CHANNEL)
ONLY_YOU = Place(CHANNEL, "private", person=YOU)

#: characters that are not text: controls but the newline, and marks that turn the direction of writing
NOT_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def paper(number: int, *actions: Action, group: str = "") -> Message:
    """A paper with a link."""
    return Message(
        title=f"Paper number {number}",
        url=f"https://papers.example/{number}",
        facts=("Ada Lovelace, Alan Turing", "arXiv cs.CL · 14 Apr", "tokenization in the title"),
        body=f"What paper {number} says.",
        actions=actions,
        group=group,
    )


def told(acts: Sequence[Act]) -> list[tuple[str, str, str, str]]:
    """What acts say: kind, text, message, emoji."""
    return [(act.kind, act.text, act.message, act.emoji) for act in acts]


def leads(*numbers: int) -> Message:
    """A list of these papers."""
    return Message(title=f"{len(numbers)} new papers", items=tuple(paper(number) for number in numbers))


class ConsoleRig:
    """Somebody types into one pipe and reads from another."""

    channel = CHANNEL
    person = YOU
    kinds: Sequence[str] = ("channel", "thread", "private", "home", "unfurl")
    failures: Sequence[str] = ("the output is closed",)

    def __init__(self) -> None:
        self.inbox = RecordingInbox()
        stdin, self._typed = os.pipe()
        self._screen, stdout = os.pipe()
        os.set_blocking(self._screen, False)
        self._stdin = os.fdopen(stdin, encoding="utf-8")
        self._stdout = os.fdopen(stdout, "w", encoding="utf-8")
        self._read = b""
        self._more = asyncio.Event()
        self.platform: Platform = console.platform(
            {},
            clock=lambda: NOW,
            lines=read_lines(self._stdin),
            out=Console(file=self._stdout, width=88),
        )
        asyncio.get_running_loop().add_reader(self._screen, self._drain)

    async def types(self, text: str) -> None:
        os.write(self._typed, f"/papers {text}\n".encode())

    async def reacts(self, posted: Posted, emoji: str, *, back: bool = False) -> None:
        number, emoji = (int(emoji[0]), "🔖") if emoji[0].isdecimal() else (1, emoji)
        os.write(self._typed, f"{'unreact' if back else 'react'} {number} {emoji}\n".encode())

    async def presses(self, posted: Posted, label: str, answers: Mapping[str, str] | None = None) -> None:
        os.write(self._typed, "\n".join([f"press {label}", *(answers or {}).values(), ""]).encode())

    async def shown(self) -> str:
        self._drain()
        return self._read.decode()

    async def until_shown(self, text: str) -> None:
        async with asyncio.timeout(10):
            while text not in await self.shown():
                self._more.clear()
                await self._more.wait()

    async def acting(self) -> list[str]:
        return NOT_TEXT.findall(await self.shown())

    async def fail(self, how: str) -> None:
        assert how in self.failures
        asyncio.get_running_loop().remove_reader(self._screen)
        os.close(self._screen)
        self._screen = -1

    def close(self) -> None:
        if self._screen >= 0:
            asyncio.get_running_loop().remove_reader(self._screen)
            os.close(self._screen)
        os.close(self._typed)
        self._stdin.close()
        self._stdout.close()

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while data := os.read(self._screen, 65536):
                self._read += data
                self._more.set()


@asynccontextmanager
async def console_rig() -> AsyncIterator[ConsoleRig]:
    """The terminal, listening."""
    rig = ConsoleRig()
    running = asyncio.create_task(rig.platform.run(rig.inbox))
    try:
        yield rig
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        rig.close()


class Talk:
    """A terminal with its inbox and a person."""

    def __init__(self, width: int = 88, *, colour: bool = False, words: Sequence[str] = ()) -> None:
        self.inbox = RecordingInbox()
        self.now = NOW
        self.ran: list[str] = []
        self._shown = io.StringIO()
        self.out = Console(
            file=self._shown, width=width, force_terminal=colour, color_system="standard" if colour else None
        )
        self._typed: list[str] = []
        self.platform = console.platform(
            {}, clock=lambda: self.now, lines=self, out=self.out, words={word: self._word(word) for word in words}
        )

    async def types(self, *lines: str) -> list[Act]:
        """Type these lines, and no more; returns the acts they were."""
        before = len(self.inbox.acts)
        self._typed += lines
        await self.platform.run(self.inbox)
        return self.inbox.acts[before:]

    async def post(self, message: Message, place: Place = HERE) -> str:
        """Post it; returns the message's id."""
        return (await self.platform.post(place, message, "")).id

    @property
    def text(self) -> str:
        """All that was shown."""
        return self._shown.getvalue()

    @property
    def last(self) -> str:
        """The last line shown."""
        return self.text.strip().splitlines()[-1]

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        if not self._typed:
            raise StopAsyncIteration
        return self._typed.pop(0)

    def _word(self, word: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            if word == "stuck":
                raise CommandError("There is no morning after the last one.")
            self.ran.append(word)

        return run
