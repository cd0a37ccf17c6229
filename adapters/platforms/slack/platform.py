"""Slack, for one workspace: listens over Socket Mode, posts by the Web API."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

from adapters.platforms.slack import checks, receipts
from adapters.platforms.slack.acts import NAME, Acts
from adapters.platforms.slack.layout import Layout
from adapters.platforms.slack.listening import Listening
from adapters.platforms.slack.people import People
from adapters.platforms.slack.posting import Posting
from adapters.platforms.slack.receipts import Receipts
from adapters.platforms.slack.rooms import look
from adapters.platforms.slack.scopes import sight
from adapters.platforms.slack.sockets import Patience, Sockets
from adapters.platforms.slack.web import Web
from bot.models import Channel, Message, Person, Place, Posted
from bot.ports import Clock, Doubt, Finding, Inbox, Limit, PostError, Room, Sight

log = logging.getLogger(__name__)

#: seconds before Slack is asked again who we are
AGAIN: Final = 5.0


class Slack:
    """The platform; see `platform` in this folder for what it is made of."""

    name = NAME

    def __init__(
        self,
        web: Web,
        app_token: str,
        clock: Clock,
        *,
        command: str,
        history: bool,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        """`command` is the slash command, `history`: every channel's history may be read."""
        self.web = web
        self.sockets = Sockets(web, app_token, patience)
        self.sight: Sight = sight(command, history=history)
        self._app_token = app_token
        self._command = command
        self._history = history
        self._receipts = Receipts()
        self._people = People(web, NAME)
        self._acts = Acts(self._people, clock)
        self._posting = Posting(web, Layout(command), clock, NAME)

    # ------------------------------------------------------------------------------------------- listening

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled."""
        listening = Listening(self.web, self._acts, self._people, self._receipts, command=self._command, inbox=inbox)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._introduce())
                group.create_task(self._people.everybody())
                group.create_task(self.sockets.run(listening.heard))
        finally:
            self._people.close()
            await listening.close()  # the session stays: what is being posted is finished after this

    async def _introduce(self) -> None:
        """Ask who we are, until Slack says so."""
        while True:
            try:
                await self.web.introduced()
            except PostError as error:
                log.warning("Slack does not say who we are: %s", error, extra={"action": "not_introduced"})
                await asyncio.sleep(AGAIN)
            else:
                return

    # --------------------------------------------------------------------------------------------- posting

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there. Raises PostError."""
        return await self._posting.post(place, message, key)

    def limits(self, place: Place) -> Sequence[Limit]:
        """A bucket for the channel, one for the workspace."""
        return self._posting.limits(place)

    def doubt(self, place: Place) -> Sequence[Doubt]:
        """Direct messages can be looked through; channels only where their history may be read."""
        if place.kind not in ("channel", "thread", "direct"):
            return ()
        return (Doubt.FINDS,) if self._history or _is_direct(place) else (Doubt.CONFIRMS,)

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """The message of that key: by Slack's word, or in the history. Raises PostError."""
        finds = Doubt.FINDS in self.doubt(place)
        told = await self._receipts.wait(key, 0.0 if finds else receipts.PATIENCE)
        if told is not None or not finds:
            return told
        conversation = place.channel.id
        if _is_direct(place):
            user = place.person.id if place.kind == "direct" and place.person else place.channel.id
            said: Any = await self.web.asked(self.web.client.conversations_open(users=user))
            conversation = str(said["channel"]["id"])
        return await receipts.found(self.web, place, conversation, key, since)

    # ----------------------------------------------------------------------------------------------- rooms

    async def room(self, channel: Channel, person: Person) -> Room:
        """What Slack knows of a channel now. Raises PostError."""
        return await look(self.web, channel, person)

    # ---------------------------------------------------------------------------------------- setting it up

    async def examine(self) -> AsyncIterator[Finding]:
        """Check tokens, scopes, the socket and the clock."""
        try:
            async for finding in checks.examine(self.web, self._app_token, history=self._history):
                yield finding
        finally:
            await self.web.close()

    async def close(self) -> None:
        """Close every connection."""
        with contextlib.suppress(Exception):
            await self.web.close()


def _is_direct(place: Place) -> bool:
    return place.kind == "direct" or place.channel.direct
