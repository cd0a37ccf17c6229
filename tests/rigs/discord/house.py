"""A house on Discord: the real adapter listens and posts, and people at their screens are answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from adapters.platforms import discord
from adapters.platforms.discord.platform import Discord
from bot.models import Person
from jobs.house import House
from tests.rigs.discord.exam import MARKER
from tests.rigs.discord.hearing import QUICK
from tests.rigs.discord.lab import Lab, lab
from tests.rigs.discord.reading import lines
from tests.rigs.discord.said import Said
from tests.rigs.faults import now
from tests.rigs.house import Hands, opened
from tests.rigs.waiting import until


@dataclass(slots=True)
class Settled:
    """Everything there is."""

    lab: Lab
    house: House
    platform: Discord
    clock: Hands

    async def told(self, text: str) -> Said:
        """The last message that Ada alone sees, once one says that."""
        found = await until(lambda: [one for one in self.lab.ada.private() if text in "\n".join(lines(one))])
        return found[-1]

    @property
    def person(self) -> Person:
        """Ada, as the house knows her."""
        return Person("discord", self.lab.guild.id, self.lab.ada.id)

    async def digest(self) -> list[Said]:
        """Plan and post what is due; all messages that stand in a channel or thread by then."""
        await self.house.plan.due()
        await self.house.deliver.due()
        return [said for said in self.lab.discord.books if said.key]


@contextlib.asynccontextmanager
async def housed(folder: Path) -> AsyncIterator[Settled]:
    """A house whose only platform is Discord."""
    async with lab(marker=MARKER) as here:
        clock = Hands(now())
        platform = discord.platform(here.settings, clock=clock)
        platform.patience = QUICK
        async with opened(folder, {"discord": platform}, clock) as house:
            house.work()
            running = asyncio.create_task(platform.run(house.answer))
            try:
                await here.until_heard()
                yield Settled(here, house, platform, clock)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                await house.rest()
                await platform.close()
        assert here.discord.violations == []
