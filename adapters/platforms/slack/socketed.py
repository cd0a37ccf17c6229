"""Slack over Socket Mode: one workspace, whose tokens are settings, and no public address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from adapters.platforms.slack import checks
from adapters.platforms.slack.platform import Slack
from adapters.platforms.slack.sockets import Patience, Sockets
from adapters.platforms.slack.web import Web
from adapters.platforms.slack.workspaces import One
from bot.ports import Clock, Finding, Inbox, PostError

log = logging.getLogger(__name__)

#: seconds before Slack is asked again who we are
AGAIN: Final = 5.0


class Socketed(Slack):
    """Slack where we reach it."""

    def __init__(
        self,
        web: Web,
        app_token: str,
        clock: Clock,
        *,
        command: str,
        history: bool,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        shrink: float = 1.0,
    ) -> None:
        """`command` is the slash command, `history`: all history may be read; `shrink` divides every wait."""
        super().__init__(web, clock, One(web), command=command, history=history, shrink=shrink)
        self.sockets = Sockets(web, app_token, patience.divided(shrink))
        self._app_token = app_token

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled."""
        listening = self._listening(inbox)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._introduce())
                group.create_task(self.sockets.run(listening.heard))
                group.create_task(self._reactions.run(self.sockets.began, inbox))
        finally:
            self._people.close()
            await listening.close()  # the session stays: what is being posted is finished after this

    async def _introduce(self) -> None:
        """Ask who we are, until Slack says so, and then who everybody is."""
        while True:
            try:
                await self.web.introduced()
            except PostError as error:
                log.warning("Slack does not say who we are: %s", error, extra={"action": "not_introduced"})
                await asyncio.sleep(AGAIN / self._shrink)
            else:
                break
        await self._people.everybody(self.web.workspace.team)

    async def examine(self) -> AsyncIterator[Finding]:
        """Check tokens, scopes, the socket and the clock."""
        try:
            async for finding in checks.examine(self.web, self._app_token, history=self._history):
                yield finding
        finally:
            await self.web.close()
