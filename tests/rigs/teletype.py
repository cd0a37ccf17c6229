"""A terminal in a process of its own, behind a pseudo-terminal or on any other streams.

Run as a program (`python -m tests.rigs.teletype`) this is a terminal whose inbox answers at once.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.platforms import console
from adapters.platforms.console.harmless import line as one_line
from bot.models import Act, Action, Ask, Message, Question
from bot.ports import Busy, Platform
from tests.rigs.console import HERE, ONLY_YOU, paper
from tests.rigs.platform import BUSY

ROOT = Path(__file__).resolve().parents[2]


class AnsweringInbox:
    """Answers a command at once, privately, with what it got.

    `busy` is refused, `buttons` brings a message with a form, and the signal SIGUSR1 a digest of two papers.
    """

    def __init__(self) -> None:
        self.platform: Platform
        self.later: set[asyncio.Task[None]] = set()

    async def take(self, act: Act) -> None:
        if act.text == "busy":
            raise Busy(BUSY)

    async def answered(self, act: Act) -> None:
        if act.text == "buttons":
            choose = Ask("shelf", "Shelf", "choice", choices=("desk", "door"))
            note = Action("Note", "note p1 {shelf} {text}", ask=(choose, Ask("text", "Your note", value="read it")))
            await self.platform.post(HERE, paper(1, note), "")
        got = act.text or f"{act.kind} {act.emoji}"
        await self.platform.post(ONLY_YOU, Message(body=f"got <{one_line(got)}> from {act.person.name}"), "")

    async def ask(self, question: Question) -> Sequence[str]:
        words = ("follow", "list", "tokenization is a topic")
        return [word for word in words if word.startswith(question.text.rpartition(" ")[2])]

    def digest(self) -> None:
        """Two papers come."""
        self.later.add(asyncio.create_task(self._digest()))

    async def _digest(self) -> None:
        for number in (1, 2):
            await self.platform.post(HERE, paper(number), "")


async def main() -> None:
    """A terminal on this process's own standard input and output; SIGTERM cancels it, as the real program does."""
    inbox = AnsweringInbox()
    inbox.platform = console.platform({"CONSOLE_NAME": "Ada"}, clock=lambda: datetime.now(UTC))
    running = asyncio.create_task(inbox.platform.run(inbox))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, inbox.digest)
    with suppress(asyncio.CancelledError):
        await running


class Teletype:
    """That program behind a pseudo-terminal of 90 columns."""

    def __init__(self) -> None:
        self._keys, self.end = os.openpty()
        termios.tcsetwinsize(self.end, (40, 90))
        self.settings = termios.tcgetattr(self.end)
        self.process = start(stdin=self.end, stdout=self.end)
        self._seen = ""

    def press(self, keys: str) -> None:
        """Type these characters; "\r" is Enter."""
        os.write(self._keys, keys.encode())

    def until(self, text: str) -> str:
        """What the terminal was sent since the last call, up to that text."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        while text not in self._seen:
            if not select.select([self._keys], [], [], 10)[0]:
                raise TimeoutError(f"{text!r} did not come; there is {self._seen!r}")
            self._seen += decoder.decode(os.read(self._keys, 65536))
        before, _, self._seen = self._seen.partition(text)
        return before + text

    def enter(self, line: str) -> str:
        """Type a line, and wait until it was answered; what the terminal was sent."""
        self.press(f"{line}\r")
        return self.until(f"got <{line}> from Ada") + self.prompted()

    def prompted(self) -> str:
        """Wait until it waits for a line: it asks the terminal to mark what is pasted."""
        return self.until("\x1b[?2004h")

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._keys)
        os.close(self.end)


def start(**streams: Any) -> subprocess.Popen[bytes]:
    """That program on these streams."""
    # nobody answers the question where the cursor is
    environment = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    command = [sys.executable, "-m", "tests.rigs.teletype"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.STDOUT, start_new_session=True, **streams
    )


if __name__ == "__main__":
    asyncio.run(main())
