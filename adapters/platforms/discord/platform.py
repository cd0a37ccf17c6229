"""Discord: listens at the gateway, posts by the API. Posting needs no gateway, so any process posts."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.platforms.discord import checks, limits
from adapters.platforms.discord.acts import NAME
from adapters.platforms.discord.client import Shards
from adapters.platforms.discord.finding import Finding
from adapters.platforms.discord.invitation import invitation
from adapters.platforms.discord.listening import Listening, Patience
from adapters.platforms.discord.posting import Posting
from adapters.platforms.discord.rooms import look
from adapters.platforms.discord.web import REQUEST, Web
from bot.models import Channel, Message, Person, Place, Posted
from bot.ports import Clock, Doubt, Inbox, Limit, Memory, Room, Sight, Vault
from bot.ports import Finding as Checked

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an operator chose."""

    token: str = field(repr=False)
    #: None for as many shards as Discord advises, all of them here
    shards: Shards | None
    #: the message-content intent is turned on: 🔖 on other people's messages
    content: bool


class Discord:
    """The platform; see `platform` in this folder for what it is made of."""

    name = NAME
    #: who changes a channel is its managers' business there, unless somebody set it
    only_managers = True

    def __init__(self, setup: Setup, clock: Clock, sight: Sight, *, shrink: float = 1.0) -> None:
        """`sight` is what `help privacy` says; `shrink` divides every wait."""
        #: posts a second, of the one token for all servers
        self.rate = limits.A_TOKEN * shrink
        self.sight: Sight = sight
        self.setup = setup
        self.web = Web(setup.token, request=REQUEST / shrink, uptime=time.monotonic)
        self.clock = clock
        self.memory: Memory | None = None
        #: how long it waits for what
        self.patience = Patience().divided(shrink)
        self._finding = Finding(self.web)
        self.posting = Posting(self.web, clock, self._finding, shrink=shrink)

    def keep_in(self, memory: Memory, vault: Vault) -> None:
        """Small facts that all processes see; called once, before it listens or posts."""
        self.memory = memory

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled."""
        await Listening(self).run(inbox)

    # --------------------------------------------------------------------------------------------- posting

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there. Raises PostError."""
        return await self.posting.post(place, message, key)

    def limits(self, place: Place) -> Sequence[Limit]:
        """A bucket for the channel, one for the token."""
        return self.posting.limits(place)

    def doubt(self, place: Place) -> Sequence[Doubt]:
        """A repeat is safe while Discord keeps the nonce, but in a forum; what was said can be looked through."""
        if place.kind not in ("channel", "thread", "direct"):
            return ()
        if place.kind == "channel" and place.channel.id in self.posting.forums:
            return (Doubt.FINDS,)
        return (Doubt.REPEATS_SAFELY, Doubt.FINDS)

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """The message of that key. Raises PostError when it could not be looked for."""
        channel = await self.posting.where(place)
        if channel in self.posting.forums:
            return await self._finding.in_forum(place.channel, key, since)
        return await self._finding.found(place, channel, key, since)

    # ----------------------------------------------------------------------------------------------- rooms

    async def room(self, channel: Channel, person: Person) -> Room:
        """What Discord knows of a channel now. Raises PostError."""
        return await look(self.web, channel, person)

    async def invitation(self) -> str:
        """The link that invites the bot, with its permissions and their reasons. Raises PostError."""
        try:
            return await invitation(self.web)
        finally:
            await self.web.close()

    async def examine(self) -> AsyncIterator[Checked]:
        """For `paperround doctor`."""
        shards = len(self.setup.shards.ids) if self.setup.shards else 0
        try:
            async for found in checks.examine(self.web, content=self.setup.content, shards=shards, clock=self.clock):
                yield found
        finally:
            await self.web.close()

    async def close(self) -> None:
        """Close every connection."""
        with contextlib.suppress(Exception):
            await self.web.close()
