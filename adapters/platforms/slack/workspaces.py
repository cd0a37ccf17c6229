"""The workspaces that the app is installed in, each with its own token.

Over Socket Mode there is one, whose token is a setting; over HTTP there are many, and their tokens are in the vault. An
installation is believed for half a minute: a token that was renewed, or an app that was removed, shows everywhere by
then, and Slack waits for our database twice a minute at most.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from weakref import WeakValueDictionary

from adapters.platforms.slack.web import Web, Workspace
from adapters.platforms.slack.whose import NAME
from bot.ports import Clock, Installation, NotSent, StorageError, Unauthorised, Vault

#: how long an installation is believed: what is revoked is to be over everywhere within a minute
BELIEVED: Final = timedelta(seconds=30)
#: workspaces kept in memory; one that is not is looked up again
MOST: Final = 5_000


class Workspaces(Protocol):
    """Where the app is installed."""

    async def of(self, workspace: str) -> Web:
        """The Web API as that workspace's bot. Raises Unauthorised where it is not installed, and StorageError."""
        ...

    async def every(self) -> list[str]:
        """Their ids. Raises StorageError."""
        ...

    def forget(self, workspace: str) -> None:
        """Believe nothing of it any more: it has just changed."""
        ...


class One:
    """The one workspace of a token that is a setting."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def of(self, workspace: str) -> Web:
        """It, whatever it is called."""
        return self._web

    async def every(self) -> list[str]:
        """Its id, once Slack has said it."""
        return [self._web.workspace.team] if self._web.workspace.team else []

    def forget(self, workspace: str) -> None:
        """Nothing: what it is comes with the next start."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the vault keeps of a workspace, as JSON."""

    token: str = field(repr=False)
    #: gives the next token, once; "" for a token that does not end
    refresh: str = field(default="", repr=False)
    #: a process is renewing it since then, seconds since 1970; 0 for none
    taken: float = 0.0
    name: str = ""
    #: the bot's ids, and what people call it
    user: str = ""
    bot: str = ""
    called: str = "Paperround"

    def packed(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, installation: Installation) -> Tokens:
        """What was packed. Raises Unauthorised for what was not: installing it again is the remedy."""
        try:
            return cls(**json.loads(installation.secret))
        except (ValueError, TypeError):
            # nothing of it in the error: it is a secret
            raise Unauthorised("The workspace's token cannot be read. Install the app again.") from None

    def workspace(self, team: str) -> Workspace:
        """The workspace of that id, as its bot knows it."""
        return Workspace(self.token, team, self.name, self.user, self.bot, self.called)


class Installed:
    """The workspaces that installed the app from its page."""

    def __init__(self, web: Web, clock: Clock) -> None:
        """`web` lends its connections."""
        self.vault: Vault | None = None
        self._web = web
        self._clock = clock
        #: id -> until when it is believed, and its client
        self._known: OrderedDict[str, tuple[datetime, Web]] = OrderedDict()
        #: of a workspace that is asked about: whoever asks or waits holds it
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def of(self, workspace: str) -> Web:
        """The Web API as that workspace's bot. Raises Unauthorised where it is not installed, and StorageError."""
        if web := self._believed(workspace):
            return web
        # of a hundred events at once one asks
        async with self._asking.setdefault(workspace, asyncio.Lock()):
            return self._believed(workspace) or await self._ask(workspace)

    async def every(self) -> list[str]:
        """Their ids. Raises StorageError."""
        return [one.workspace for one in await self.kept().installations(NAME)]

    def forget(self, workspace: str) -> None:
        """Believe nothing of it any more: it has just changed."""
        self._known.pop(workspace, None)

    def kept(self) -> Vault:
        """The vault. Raises NotSent before there is one, which is a mistake of ours."""
        if self.vault is None:
            raise NotSent("No vault was given.")
        return self.vault

    def _believed(self, workspace: str) -> Web | None:
        until, web = self._known.get(workspace, (None, None))
        return web if until is not None and self._clock() < until else None

    async def _ask(self, workspace: str) -> Web:
        found = await self.kept().installation(NAME, workspace)
        if found is None:
            self.forget(workspace)
            raise Unauthorised("The app is not installed in the workspace. Install it again.")
        tokens = Tokens.of(found)
        _, known = self._known.get(workspace, (None, None))
        same = known is not None and known.workspace.token == tokens.token
        web = known if known is not None and same else self._web.as_(tokens.workspace(workspace))
        self._known[workspace] = (self._clock() + BELIEVED, web)
        self._known.move_to_end(workspace)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return web


async def posting_as(workspaces: Workspaces, workspace: str) -> Web:
    """The same for a post. Raises PostError and nothing else."""
    try:
        return await workspaces.of(workspace)
    except StorageError as error:
        raise NotSent(f"The token could not be looked up. {error}") from error
