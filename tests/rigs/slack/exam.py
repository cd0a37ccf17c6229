"""Slack sits the exam of all platforms: the adapter with the real SDK, and somebody at a screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from adapters.platforms import slack
from adapters.platforms.slack.platform import Slack
from bot.models import Channel, Person, Posted
from bot.ports import Platform
from tests.rigs.faults import (
    CUT_AFTER,
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    GARBAGE_AFTER,
    LIMITED,
    UNAVAILABLE,
    Fault,
    now,
)
from tests.rigs.platform import RecordingInbox, Rig
from tests.rigs.slack import acting, lines, refusing
from tests.rigs.slack.app import App
from tests.rigs.slack.lab import Lab, lab
from tests.rigs.slack.wire import doubting
from tests.rigs.slack.world import Said
from tests.rigs.waiting import until

#: the names of reactions, as people choose them
REACTIONS: Final = {"🔖": "bookmark", "2️⃣": "two"}
FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault
    for fault in (
        *(DROP_BEFORE, DROP_AFTER, CUT_AFTER, ERROR_BEFORE, ERROR_AFTER, GARBAGE_AFTER, UNAVAILABLE, *LIMITED),
        *(refusing("is_archived"), refusing("invalid_blocks"), refusing("token_revoked"), refusing("what_is_this")),
        *(doubting("internal_error"), doubting("fatal_error")),
    )
}
#: a failure that is no fault of a single answer
AWAY: Final = "nobody listens"
#: where the papers of the exam are
ASKED_FOR: Final = ("https://arxiv.org/",)


class SlackRig(Rig):
    """Ada in a workspace, and the adapter that listens to it."""

    kinds: Sequence[str] = ("channel", "thread", "private", "direct", "home")
    failures: Sequence[str] = (*FAULTS, AWAY)

    def __init__(self, here: Lab, platform: Slack) -> None:
        self.here = here
        self.platform: Platform = platform
        self.inbox = RecordingInbox()
        self.channel = Channel("slack", here.workspace.id, here.papers.id, "papers")
        self.person = Person("slack", here.workspace.id, here.ada.id, "Ada")

    async def types(self, text: str) -> None:
        await self.here.ada.types(self.here.papers, f"/papers {text}").done()

    async def reacts(self, posted: Posted, emoji: str, *, back: bool = False) -> None:
        self.here.ada.reacts(self._said(posted), REACTIONS[emoji], back=back)

    async def presses(self, posted: Posted, label: str, answers: Mapping[str, str] | None = None) -> None:
        ada = self.here.ada
        ada.presses(self._said(posted), label)
        if answers is not None:
            ada.submits(await self.form(), answers)

    async def form(self) -> Any:
        """The form on top, as soon as there is one."""
        return await until(lambda: self.here.ada.form)

    async def shown(self) -> str:
        read = [line for said in self.here.slack.books for line in lines(said)]
        read += [line for _, shown in self.here.slack.views.read for line in shown]
        return "\n".join([*read, *self.here.ada.errors])

    async def acting(self) -> list[str]:
        """Mentions, dates, links that Slack made of text, and links to anywhere but where papers are."""
        return [
            f"{one.kind} {one.target}"
            for said in self.here.slack.books
            for one in acting(said)
            if one.kind != "link" or one.found or not one.target.startswith(ASKED_FOR)
        ]

    async def fail(self, how: str) -> None:
        self.here.slack.behave()
        if how == AWAY:
            await self.here.slack.leave()
            return
        for path in ("/api/", "/response/"):
            self.here.slack.faults.order(FAULTS[how], times=None, path=path)

    def _said(self, posted: Posted) -> Said:
        found = self.here.papers.message(posted.id)
        assert found is not None
        return found


def settings(here: Lab, **more: str) -> dict[str, str]:
    """What an operator sets."""
    return {
        "SLACK_BOT_TOKEN": here.token,
        "SLACK_APP_TOKEN": here.slack.app.app_token,
        "SLACK_API_URL": here.slack.api,
    } | more


@asynccontextmanager
async def slack_rig(history: str = "off", app: App | None = None, **more: Any) -> AsyncIterator[SlackRig]:
    """Slack, listening; `more` is for the server."""
    async with lab(app, **more) as here:
        platform = slack.platform(settings(here, SLACK_HISTORY=history), clock=now)
        rig = SlackRig(here, platform)
        running = asyncio.create_task(platform.run(rig.inbox))
        try:
            await here.slack.sockets.until_connected()
            yield rig
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await platform.close()
        assert here.slack.violations == []
