"""Slack over HTTP, for many workspaces: it installs itself from a page, and what happens there comes to our address.

Slack waits three seconds for an answer. In them stand one look at the vault, twice a minute at most, and one write into
the inbox; nothing is asked of Slack. https://docs.slack.dev/apis/events-api/using-http-request-urls
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from adapters.platforms.slack import checks, installing
from adapters.platforms.slack.installing import Credentials, Installing
from adapters.platforms.slack.listening import Listening
from adapters.platforms.slack.platform import Slack
from adapters.platforms.slack.refreshing import Refreshing
from adapters.platforms.slack.signatures import genuine
from adapters.platforms.slack.tasks import Beside
from adapters.platforms.slack.web import Web
from adapters.platforms.slack.whose import NAME
from adapters.platforms.slack.workspaces import Installed
from bot.ports import Clock, Finding, Inbox, Memory, Request, Response, StorageError, Vault

log = logging.getLogger(__name__)

#: seconds before the database is asked again who there is
AGAIN: Final = 60.0


class Served(Slack):
    """Slack where it reaches us over HTTP."""

    #: its paths on our server
    paths: Sequence[str] = (installing.EVENTS, installing.INSTALL, installing.BACK)

    def __init__(
        self,
        web: Web,
        app: Credentials,
        signing: str,
        clock: Clock,
        *,
        command: str,
        history: bool,
        shrink: float = 1.0,
    ) -> None:
        """`web` has no token; `signing` is the secret that Slack signs with; `shrink` as for all of Slack."""
        self._installed = Installed(web, clock)
        super().__init__(web, clock, self._installed, command=command, history=history, shrink=shrink)
        self._app = app
        self._signing = signing
        self._installing = Installing(
            web, self._installed, app, clock, command=command, history=history, joined=self._joined
        )
        self.refreshing = Refreshing(web, self._installed, app, clock)
        self._heard: Listening | None = None
        self._meeting = Beside()

    def keep_in(self, memory: Memory, vault: Vault) -> None:
        """Tokens are in the vault."""
        super().keep_in(memory, vault)
        self._installed.vault = vault

    # ------------------------------------------------------------------------------------------- listening

    async def run(self, inbox: Inbox) -> None:
        """Keep tokens fresh, and get to know people, until cancelled; what they do comes to `serve`."""
        began = asyncio.Event()
        began.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.refreshing.run())
            group.create_task(self._everywhere())
            group.create_task(self._reactions.run(began, inbox))

    async def serve(self, request: Request, inbox: Inbox) -> Response:
        """Answer one request. Raises StorageError where what it tells could not be looked at now."""
        if request.path == installing.INSTALL:
            return await self._installing.begun(request)
        if request.path == installing.BACK:
            return await self._installing.ended(request, inbox)
        if request.method != "POST" or not genuine(self._signing, request.headers, request.body, self._clock()):
            # nothing of it is logged: it may hold anything
            log.info("A request without Slack's signature was turned away", extra={"action": "unsigned"})
            return Response(401)
        if self._heard is None:
            self._heard = self._listening(inbox)
        answer = await self._heard.posted(request)
        headers = {name: values[0] for name, values in answer.headers.items() if values}
        return Response(answer.status, answer.body.encode(), headers)

    async def close(self) -> None:
        """Close every connection, and let go of what was begun beside."""
        if self._heard is not None:
            await self._heard.close()
        await self._meeting.close()
        self._people.close()
        await super().close()

    async def _everywhere(self) -> None:
        """Get to know the people of every workspace, one after the other."""
        while True:
            try:
                workspaces = await self._installed.every()
            except StorageError as error:
                log.info("Nobody is known yet: %s", error, extra={"action": "people_unread"})
                await asyncio.sleep(AGAIN / self._shrink)
                continue
            for workspace in workspaces:
                await self._people.everybody(workspace)
            return

    async def _left(self, workspace: str, at: datetime) -> None:
        await self._installed.kept().uninstall(NAME, workspace, at)
        await super()._left(workspace, at)

    async def _joined(self, workspace: str, inbox: Inbox) -> None:
        """What was set aside there goes on, and its people are got to know."""
        await inbox.take(self._acts.joined(workspace))
        self._meeting.begin(self._people.everybody(workspace))

    # ---------------------------------------------------------------------------------------- setting it up

    async def examine(self) -> AsyncIterator[Finding]:
        """Check the public address, the app's secrets and the clock."""
        try:
            async for finding in checks.public(self.web, self._app):
                yield finding
        finally:
            await self.web.close()
