"""Discord sits the exam of all platforms: the adapter with the real SDK, and somebody at a screen."""

from __future__ import annotations

import asyncio
import contextlib
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
from tests.rigs.platform import RecordingInbox

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


class DiscordRig:
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
        word, _, rest = text.partition(" ")
        option = f" {OPTIONS[word][0].name}:{rest}" if rest else ""
        told = self.here.ada.types(self.here.papers, f"/papers {word}{option}")
        async with asyncio.timeout(10):
            # heard, which is all that a recording inbox does: the answer never comes
            while told.acknowledged is None and not told.failed:  # noqa: ASYNC110 - the rig's own clock
                await asyncio.sleep(0.01)

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
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(LookupError):
                    return self.here.ada.form
                await asyncio.sleep(0.01)

    async def shown(self) -> str:
        read = [line for said in self.here.discord.books for line in lines(said)]
        return "\n".join([*read, *self.here.ada.errors])

    async def until_shown(self, text: str) -> None:
        for _ in range(1000):
            if text in await self.shown():
                return
            await asyncio.sleep(0.01)
        raise TimeoutError(text)

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


def settings(here: Lab, **more: str) -> dict[str, str]:
    """What an operator sets."""
    return {
        "DISCORD_TOKEN": here.discord.app.token,
        "DISCORD_API_URL": here.discord.api,
        "DISCORD_GATEWAY_URL": here.discord.gateway_url,
    } | more


@asynccontextmanager
async def discord_rig(*, listening: bool = True, **more: Any) -> AsyncIterator[DiscordRig]:
    """Discord, `listening` or only posting; `more` is for the server."""
    async with lab(marker=MARKER, **more) as here:
        platform = discord.platform(settings(here), clock=now)
        platform.patience = QUICK
        rig = DiscordRig(here, platform)
        running = asyncio.create_task(platform.run(rig.inbox)) if listening else None
        try:
            if listening:
                await here.discord.gateway.until_connected()
                await _until_known(here)
            yield rig
        finally:
            if running is not None:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            await platform.close()
        assert here.discord.violations == []


async def _until_known(here: Lab) -> None:
    """Wait until Discord knows the app's commands."""
    async with asyncio.timeout(10):
        while not here.discord.called("bulk_set_application_commands"):  # noqa: ASYNC110 - the rig counts, no more
            await asyncio.sleep(0.01)
