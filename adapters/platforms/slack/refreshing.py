"""Tokens that end are renewed long before, by one process, while nobody waits.

A refresh token is good once: of two processes that used the same one, the second would be refused. So whoever wants to
renew a token first writes that into the vault in the token's place, which one alone can do; the token itself goes on
working meanwhile. Who dies in between is followed by another.
https://docs.slack.dev/authentication/using-token-rotation
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from adapters.platforms.slack.installing import Credentials, granted
from adapters.platforms.slack.web import Web
from adapters.platforms.slack.whose import NAME
from adapters.platforms.slack.workspaces import Installed, Tokens
from bot.ports import Clock, Installation, PostError, StorageError

log = logging.getLogger(__name__)

#: how long before its end a token is renewed: of the twelve hours that Slack gives it
AHEAD: Final = timedelta(hours=2)
#: how long a process may take to renew one before another tries
TAKEN: Final = timedelta(minutes=2)
#: seconds between two looks
BETWEEN: Final = 60.0


class Refreshing:
    """Renews what ends soon."""

    def __init__(self, web: Web, workspaces: Installed, app: Credentials, clock: Clock) -> None:
        """`web` has no token."""
        self._web = web
        self._workspaces = workspaces
        self._app = app
        self._clock = clock

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            try:
                await self.due()
            except StorageError as error:
                log.warning("Tokens could not be looked through: %s", error, extra={"action": "refresh_put_off"})
            await asyncio.sleep(BETWEEN)

    async def due(self) -> int:
        """Renew every token that ends soon; gives how many were. Raises StorageError."""
        renewed = 0
        for one in await self._workspaces.kept().installations(NAME):
            if one.until is not None and one.until - self._clock() < AHEAD:
                try:
                    renewed += await self._renew(one)
                except (PostError, StorageError) as error:
                    # the token works until its end, and by then somebody reads this or all is well again
                    log.warning(
                        "A token was not renewed: %s",
                        error,
                        extra={"action": "refresh_failed", "workspace": one.workspace},
                    )
        return renewed

    async def _renew(self, old: Installation) -> bool:
        """Renew it, unless somebody else does. Raises PostError, StorageError."""
        vault, tokens, now = self._workspaces.kept(), Tokens.of(old), self._clock()
        if not tokens.refresh or now.timestamp() - tokens.taken < TAKEN.total_seconds():
            return False
        taken = replace(old, secret=replace(tokens, taken=now.timestamp()).packed())
        if not await vault.renew(taken, instead_of=old):
            return False
        said: Any = await self._web.asked(
            self._web.client.oauth_v2_access(
                client_id=self._app.id,
                client_secret=self._app.secret,
                grant_type="refresh_token",
                refresh_token=tokens.refresh,
            )
        )
        new, until = granted(said.data, self._clock())
        kept = replace(tokens, token=new.token, refresh=new.refresh, taken=0.0)
        # it was installed when it was installed: an old word of its removal is still about this installation
        if await vault.renew(replace(old, secret=kept.packed(), until=until), instead_of=taken):
            self._workspaces.forget(old.workspace)
            return True
        return False
