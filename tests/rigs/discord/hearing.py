"""The listening half of the adapter, with the real SDK, and people at their screens; posts are the rig's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.platforms import discord as adapter
from adapters.platforms.discord import custom_id
from adapters.platforms.discord.listening import Patience
from adapters.platforms.discord.platform import Discord
from bot.models import Act, Action, Channel, Place, Posted, Question
from bot.ports import Busy, Completion, Ours, Vault
from tests.rigs.discord.lab import EMBED, Lab, lab
from tests.rigs.discord.said import Said
from tests.rigs.faults import now
from tests.rigs.memory import SharedMemory
from tests.rigs.platform import BUSY, RecordingInbox
from tests.rigs.waiting import until

#: as long as everything takes, made short
QUICK: Final = Patience(
    identify=0.0, ready=0.05, again=0.05, hopeless=0.1, record=0.01, looking=0.0, leaving=3.0, times=200
)


class AskedInbox(RecordingInbox):
    """Keeps the questions too, and answers with what it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[Question] = []
        self.known: Sequence[str] = (Completion("tokenization"), Completion("2", "2 · state space models"))
        #: closed: whoever hands an act in waits
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, act: Act) -> None:
        await self.open.wait()
        await super().take(act)

    async def ask(self, question: Question) -> Sequence[str]:
        self.questions.append(question)
        if self.busy:
            raise Busy(BUSY)
        return self.known


@dataclass(slots=True)
class Hearing:
    """An adapter that listens."""

    here: Lab
    platform: Discord
    inbox: AskedInbox = field(default_factory=AskedInbox)
    memory: SharedMemory = field(default_factory=SharedMemory)
    _running: asyncio.Task[None] | None = None

    @property
    def channel(self) -> Channel:
        """Where papers are."""
        return Channel("discord", self.here.guild.id, self.here.papers.id, "papers")

    async def posts(self, *actions: Action, **more: Any) -> Said:
        """The bot posted a paper there some time, with such buttons."""
        several = [
            {"type": 2, "style": 2, "label": one.label, "custom_id": custom_id.packed(one.command, one.ask)}
            for one in actions or (Action("Save", "save p17"),)
        ]
        said = await self.here.posts(embeds=[EMBED], components=[{"type": 1, "components": several}], **more)
        self.memory.posts.append(Ours(Place(self.channel), Posted(said.id), now()))
        return said

    async def starts(self) -> None:
        """It listens, and its commands are there."""
        self._running = asyncio.create_task(self.platform.run(self.inbox))
        await self.here.until_heard()

    async def stops(self) -> None:
        """It ends, as at SIGTERM. Raises what it ended with."""
        assert self._running is not None
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.here.discord.gateway.until_gone()

    async def until_remembered(self, name: str) -> str:
        """Wait until something is kept under a name that begins so."""
        kept = self.memory.values
        return (await until(lambda: [value for (_, known), value in kept.items() if known.startswith(name)]))[0]


@asynccontextmanager
async def hearing(app: Any = None, *, patience: Patience = QUICK, **settings: str) -> AsyncIterator[Hearing]:
    """A server whose bot listens; `settings` are the operator's."""
    async with lab(app) as here:
        made = Hearing(here, adapter.platform(here.settings | settings, clock=now))
        made.platform.patience = patience
        made.platform.keep_in(made.memory, _NO_VAULT)
        await made.starts()
        try:
            yield made
        finally:
            await made.stops()
            await made.platform.close()
        assert here.discord.violations == []


async def quiet(it: Hearing) -> list[Act]:
    """The acts, once a command that was typed after everything else has been heard; without that command."""
    before = len(it.inbox.acts)
    told = it.here.ada.types(it.here.papers, "/papers now")
    await until(lambda: told.acknowledged is not None)
    acts = [act for act in it.inbox.acts if act.text != "now"]
    assert len(it.inbox.acts) > before
    return acts


_NO_VAULT: Final[Vault] = None  # type: ignore[assignment]  # nobody asks it for anything
