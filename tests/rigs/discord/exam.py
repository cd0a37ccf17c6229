"""Discord sits the exam of all platforms: the adapter with the real SDK, and somebody at a screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from adapters.platforms import discord
from adapters.platforms.discord.options import OPTIONS
from adapters.platforms.discord.platform import Discord
from bot.models import Channel, Person, Posted
from bot.ports import Platform
from tests.rigs.discord import LIMITED, acting, lines, refusing
from tests.rigs.discord.forms import Shown
from tests.rigs.discord.hearing import QUICK
from tests.rigs.discord.lab import Lab, lab
from tests.rigs.discord.said import Said
from tests.rigs.faults import (
    CUT_AFTER,
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    GARBAGE_AFTER,
    UNAVAILABLE,
    Fault,
    now,
)
from tests.rigs.platform import RecordingInbox, Rig
from tests.rigs.waiting import until

#: our own name of a message, in its components
MARKER: Final = r"^(.{24})¶"
FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault
    for fault in (
        *(DROP_BEFORE, DROP_AFTER, CUT_AFTER, ERROR_BEFORE, ERROR_AFTER, GARBAGE_AFTER, UNAVAILABLE),
        *(refusing(10003), refusing(50013), refusing(50035), refusing(99999), refusing(0, status=401)),
        *LIMITED,  # the last: after Cloudflare's, nothing is asked any more
    )
}
#: a failure that is no fault of a single answer
AWAY: Final = "nobody listens"
#: requests that post
POSTS: Final = ("create_message", "execute_webhook", "create_thread_from_message", "create_thread", "create_dm")
#: where the papers of the exam are
ASKED_FOR: Final = ("https://arxiv.org/",)


def slashed(words: str) -> str:
    """A command of the house as one types it there: "follow mamba" is "/papers follow query:mamba"."""
    word, _, rest = words.partition(" ")
    return f"/papers {word}" + (f" {OPTIONS[word][0].name}:{rest}" if rest else "")


class DiscordRig(Rig):
    """Ada in a server, and the adapter that listens to it."""

    kinds: Sequence[str] = ("channel", "thread", "private", "direct")
    failures: Sequence[str] = (*FAULTS, AWAY)

    def __init__(self, here: Lab, platform: Discord) -> None:
        self.here = here
        self.platform: Platform = platform
        self.inbox = RecordingInbox()
        self.channel = Channel("discord", here.guild.id, here.papers.id, "papers")
        self.person = Person("discord", here.guild.id, here.ada.id, "Ada")

    async def types(self, text: str) -> None:
        told = self.here.ada.types(self.here.papers, slashed(text))
        # heard, which is all that a recording inbox does: the answer never comes
        await until(lambda: told.acknowledged is not None or told.failed)

    async def reacts(self, posted: Posted, emoji: str, *, back: bool = False) -> None:
        self.here.ada.reacts(self.here.discord.message(posted.id), emoji, back=back)

    async def presses(self, posted: Posted, label: str, answers: Mapping[str, str] | None = None) -> None:
        ada = self.here.ada
        told = ada.presses(self.here.discord.message(posted.id), label)
        if answers is not None:
            await told.done()
            form = await self.form()
            labels = {one["custom_id"]: label for label, one in form.fields().items()}
            ada.submits(form, {labels[name]: answer for name, answer in answers.items()})

    async def form(self) -> Shown:
        """The form on top, as soon as there is one."""
        return await until(lambda: self.here.ada.form)

    async def shown(self) -> str:
        read = [line for said in self.here.discord.books for line in lines(said)]
        return "\n".join([*read, *self.here.ada.errors])

    async def acting(self) -> list[str]:
        """Mentions, times, links that Discord made of text, and links to anywhere but where papers are."""
        return [
            f"{one.kind} {one.target}"
            for said in self.here.discord.books
            for one in acting(said)
            if one.kind != "link" or one.found or not one.target.startswith(ASKED_FOR)
        ]

    async def fail(self, how: str) -> None:
        self.here.discord.behave()
        if how == AWAY:
            await self.here.discord.leave()
            return
        for method in POSTS:
            self.here.discord.fail(FAULTS[how], method=method, times=None)

    def said(self, posted: Posted) -> Said:
        """A message as the rig has it."""
        return self.here.discord.message(posted.id)


@asynccontextmanager
async def discord_rig(*, listening: bool = True, **more: Any) -> AsyncIterator[DiscordRig]:
    """Discord, `listening` or only posting; `more` is for the server."""
    async with lab(marker=MARKER, **more) as here:
        platform = discord.platform(here.settings, clock=now)
        platform.patience = QUICK
        rig = DiscordRig(here, platform)
        running = asyncio.create_task(platform.run(rig.inbox)) if listening else None
        try:
            if listening:
                await here.until_heard()
            yield rig
        finally:
            if running is not None:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            await platform.close()
        assert here.discord.violations == []
