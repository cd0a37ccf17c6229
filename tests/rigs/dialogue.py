"""A dialogue: what somebody types in a terminal, and what the terminal says to each line."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console

from adapters.platforms import console
from jobs.demo.driver import ZONE, Week
from jobs.house import build
from jobs.settings import Settings
from tests.rigs.house import chosen
from tests.rigs.storage import standing


async def dialogue(folder: Path, *lines: str) -> list[str]:
    """Type the lines into the demonstration, one after the other; what was said to each, without its echo.

    The first text is what the terminal says before anything is typed; {server} is the demonstration's address.
    """
    screen = io.StringIO()
    said: list[str] = []
    read = 0

    def heard() -> None:
        nonlocal read
        said.append(screen.getvalue()[read:])
        read = len(screen.getvalue())

    async def typing() -> AsyncIterator[str]:
        for line in lines:
            heard()
            yield line.replace("{server}", week.url)
        heard()

    settings = Settings(database_url=standing(folder, chosen[0]))
    async with Week() as week:
        platform = console.platform(
            {"CONSOLE_ZONE": str(ZONE)},
            clock=week.tick,
            lines=typing(),
            out=Console(file=screen, width=88),
            words=week.words,
        )
        async with build(settings, {"console": platform}, week.sources, week.now) as house:
            await week.play(house)
    return said
