"""The program in processes of its own, beside each other on one database, with the neutral platform for people.

Run as a program (`python -m tests.rigs.processes COMMAND`) this is `paperround COMMAND` with that platform alone and no
source.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobs.attend import attend
from jobs.house import build, porch, serve
from jobs.settings import load
from tests.rigs import neutral
from tests.rigs.neutral import NeutralServer

ROOT = Path(__file__).resolve().parents[2]


async def main(command: str) -> None:
    """One command until a signal comes."""
    settings = load()
    platform = neutral.platform(os.environ)
    platforms = {platform.name: platform}
    async with platform:
        if command == "listen":
            async with porch(settings, platforms) as inside:
                await attend(platforms, inside.inbox)
        else:
            async with build(settings, platforms, {}) as house:
                await serve(house, settings, listening=command == "run")


class Processes:
    """Children on one database and one platform; each one's words are kept in a file of the folder."""

    def __init__(self, folder: Path, database: str, server: NeutralServer, **settings: object) -> None:
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database,
            "NEUTRAL_URL": server.url,
            "NEUTRAL_DOUBT": ",".join(doubt.name for doubt in server.can),
            "NEUTRAL_RECONNECT": "0.1",
            **{name: str(value) for name, value in settings.items()},
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """One more process."""
        with (self._folder / f"{len(self.started)}-{command}.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.rigs.processes", command],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.started.append(child)
        return child

    def said(self) -> str:
        """What all of them have said."""
        return "\n".join(f"{log.name}: {log.read_text()}" for log in sorted(self._folder.glob("*.log")))

    def close(self) -> None:
        """kill -9 to those that are left."""
        for child in self.started:
            child.send_signal(signal.SIGCONT)
            child.kill()
            child.wait()


@contextlib.contextmanager
def processes(folder: Path, database: str, server: NeutralServer, **settings: object) -> Iterator[Processes]:
    """None of the children outlives the test."""
    made = Processes(folder, database, server, **settings)
    try:
        yield made
    finally:
        made.close()


def program(folder: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    """`paperround` itself, with nothing in the environment but what is given."""
    return subprocess.Popen(
        [sys.executable, "-m", "jobs", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(child: subprocess.Popen[Any], within: float) -> float:
    """Seconds until it has ended by itself after SIGTERM. Raises TimeoutExpired."""
    begun = time.monotonic()
    child.terminate()
    child.wait(within)
    return time.monotonic() - begun


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
