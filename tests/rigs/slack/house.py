"""A house on Slack: the real adapter listens and posts, and people at their screens are answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.platforms import slack
from adapters.platforms.slack.app_manifest import made
from adapters.platforms.slack.platform import Slack
from bot.models import Person
from jobs.house import House
from tests.rigs.faults import now
from tests.rigs.house import Hands, opened
from tests.rigs.slack.app import App
from tests.rigs.slack.exam import settings
from tests.rigs.slack.lab import Lab, lab
from tests.rigs.slack.state import lines
from tests.rigs.slack.views import Shown
from tests.rigs.slack.world import Said
from tests.rigs.waiting import until


@dataclass(slots=True)
class Settled:
    """Everything there is."""

    lab: Lab
    house: House
    platform: Slack
    clock: Hands

    async def told(self, text: str) -> Said:
        """The last message that Ada alone sees, once one says that."""

        def found() -> list[Said]:
            return [one for one in self.lab.ada.private() if text in "\n".join(lines(one))]

        return (await until(found))[-1]

    async def form(self) -> Shown:
        """The form or window that Ada sees on top, once there is one."""
        return (await until(lambda: self.lab.slack.views.forms.get(self.lab.ada.id) or []))[-1]

    async def form_of(self, value: str) -> Shown:
        """The form in which that stands already."""

        def found() -> list[Shown]:
            return [one for one in self.lab.slack.views.forms.get(self.lab.ada.id, []) if value in str(one.blocks)]

        return (await until(found))[-1]

    async def saves(self, number: int) -> None:
        """Wait until Ada's reading list holds so many papers."""
        for _ in range(1000):
            if len(await self.house.store.saved(self.person)) == number:
                return
            await asyncio.sleep(0.01)
        raise TimeoutError(f"there are no {number} papers")

    @property
    def person(self) -> Person:
        """Ada, as the house knows her."""
        return Person("slack", self.lab.workspace.id, self.lab.ada.id)

    async def digest(self) -> list[Said]:
        """Plan and post what is due; the messages of digests there are by then."""
        await self.house.plan.due()
        await self.house.deliver.due()
        return self.lab.slack.digests()


@contextlib.asynccontextmanager
async def housed(
    folder: Path, *, command: str = "/papers", history: bool = False, **more: Any
) -> AsyncIterator[Settled]:
    """A house whose only platform is Slack, installed by the manifest; `more` are settings of the adapter."""
    app = App.of(made(command, history=history))
    async with lab(app) as here:
        given = settings(here, SLACK_COMMAND=command, SLACK_HISTORY="on" if history else "off", **more)
        clock = Hands(now())
        platform = slack.platform(given, clock=clock)
        async with opened(folder, {"slack": platform}, clock) as house:
            house.work()
            running = asyncio.create_task(platform.run(house.answer))
            try:
                await here.slack.sockets.until_connected()
                there = Settled(here, house, platform, clock)
                await until(lambda: here.slack.called("users.list"))
                yield there
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                await house.rest()
                await platform.close()
        assert here.slack.violations == []
