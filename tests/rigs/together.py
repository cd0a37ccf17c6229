"""One house with Slack, Discord and a terminal: the real adapters, and Ada in front of each."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from adapters.platforms import console, discord, slack
from adapters.platforms.slack.app_manifest import made
from bot.models import Channel
from bot.ports import Platform
from jobs.house import House
from tests.rigs.discord import lab as discords
from tests.rigs.discord import lines as discord_lines
from tests.rigs.discord.exam import MARKER, slashed
from tests.rigs.discord.hearing import QUICK
from tests.rigs.faults import now
from tests.rigs.house import Hands, opened
from tests.rigs.slack import lab as slacks
from tests.rigs.slack import lines as slack_lines
from tests.rigs.slack.app import App
from tests.rigs.slack.exam import settings as slack_settings
from tests.rigs.waiting import until

#: columns of a terminal in which no line is broken
WIDE = 2000


@dataclass(slots=True)
class Terminal:
    """Somebody types into it, line by line, and reads what it prints."""

    typed: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    screen: io.StringIO = field(default_factory=io.StringIO)

    async def lines(self) -> AsyncIterator[str]:
        """What is typed, for ever."""
        while True:
            yield await self.typed.get()

    def types(self, text: str) -> None:
        """Type a command."""
        self.typed.put_nowait(text)

    def reads(self) -> str:
        """All that was printed."""
        return self.screen.getvalue()


@dataclass(slots=True)
class Together:
    """The house, and what is on the other side of each of its platforms."""

    house: House
    clock: Hands
    slack: slacks.Lab
    discord: discords.Lab
    terminal: Terminal

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Where Ada types, by platform."""
        return {
            "slack": Channel("slack", self.slack.workspace.id, self.slack.papers.id),
            "discord": Channel("discord", self.discord.guild.id, self.discord.papers.id),
            "console": Channel("console", "terminal", "terminal"),
        }

    def shown(self) -> Mapping[str, str]:
        """All that Ada was shown so far, by platform: answers to her alone, and what stands in the channels."""
        return {
            "slack": "\n".join(line for said in self.slack.slack.books for line in slack_lines(said)),
            "discord": "\n".join(line for said in self.discord.discord.books for line in discord_lines(said)),
            "console": self.terminal.reads(),
        }

    def types(self, text: str, on_discord: str = "") -> None:
        """Ada types a command on each of them, as one does there; on Discord one with several fields names them."""
        self.slack.ada.types(self.slack.papers, f"/papers {text}")
        self.discord.ada.types(self.discord.papers, f"/papers {on_discord}" if on_discord else slashed(text))
        self.terminal.types(text)

    async def until_shown(self, text: str, *platforms: str, seconds: float = 10) -> None:
        """Wait until that was shown on those platforms, or on all. Raises TimeoutError, which names who was not."""

        def missing() -> list[str]:
            return [name for name, shown in self.shown().items() if name in wanted and text not in shown]

        wanted = platforms or tuple(self.channels)
        await until(lambda: not missing(), lambda: f"{text!r} was not shown on {missing()}", seconds)


@contextlib.asynccontextmanager
async def together(
    folder: Path, also: Callable[[Hands], Mapping[str, Platform]] = lambda _: {}
) -> AsyncIterator[Together]:
    """The house, listening to all three; `also` are more platforms."""
    installed = App.of(made("/papers", history=False))
    async with slacks.lab(installed) as one, discords.lab(marker=MARKER) as other:
        clock, terminal = Hands(now()), Terminal()
        out = Console(file=terminal.screen, width=WIDE)
        app, bot = slack.platform(slack_settings(one), clock=clock), discord.platform(other.settings, clock=clock)
        bot.patience = QUICK
        platforms: dict[str, Platform] = {
            "slack": app,
            "discord": bot,
            "console": console.platform(
                {"CONSOLE_NAME": "Ada", "CONSOLE_ZONE": "UTC"}, clock=clock, lines=terminal.lines(), out=out
            ),
            **also(clock),
        }
        async with opened(folder, platforms, clock) as house:
            house.work()
            running = [asyncio.create_task(platform.run(house.answer)) for platform in platforms.values()]
            try:
                await asyncio.gather(one.slack.sockets.until_connected(), other.until_heard())
                await until(lambda: one.slack.called("users.list"))
                yield Together(house, clock, one, other, terminal)
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                await house.rest()
                await asyncio.gather(app.close(), bot.close())
        assert one.slack.violations == []
        assert other.discord.violations == []
