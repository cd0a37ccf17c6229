"""Slack, however it is listened to: posts by the Web API, as the bot of the workspace where the place is."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from adapters.platforms.slack import receipts
from adapters.platforms.slack.acts import Acts
from adapters.platforms.slack.layout import Layout
from adapters.platforms.slack.listening import Listening
from adapters.platforms.slack.people import People
from adapters.platforms.slack.posting import Posting, buckets
from adapters.platforms.slack.reactions import Reactions, Rhythm
from adapters.platforms.slack.receipts import Receipts
from adapters.platforms.slack.rooms import look
from adapters.platforms.slack.scopes import sight
from adapters.platforms.slack.web import Web
from adapters.platforms.slack.whose import NAME
from adapters.platforms.slack.workspaces import Workspaces, posting_as
from bot.models import Channel, Message, Person, Place, Posted
from bot.ports import Clock, Doubt, Finding, Inbox, Limit, Memory, Room, Sight, Vault


class Slack(ABC):
    """What both ways to listen share: `socketed` for one workspace, `served` for many."""

    name = NAME

    def __init__(
        self, web: Web, clock: Clock, workspaces: Workspaces, *, command: str, history: bool, shrink: float = 1.0
    ) -> None:
        """`command` is the slash command, `history`: all history may be read; `shrink` divides every wait."""
        self.web = web
        self.workspaces = workspaces
        self.sight: Sight = sight(command, history=history)
        self._command = command
        self._history = history
        self._shrink = shrink
        self._receipts = Receipts(clock, shrink=shrink)
        self._people = People(workspaces, shrink=shrink)
        self._acts = Acts(self._people, clock)
        self._reactions = Reactions(workspaces, self._acts, clock, Rhythm().divided(shrink))
        self._layout = Layout(command)
        self._clock = clock

    @abstractmethod
    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled."""

    @abstractmethod
    def examine(self) -> AsyncIterator[Finding]:
        """Check what it needs; closes what it opened."""

    def keep_in(self, memory: Memory, vault: Vault) -> None:
        """These are ours."""
        self._receipts.memory = self._reactions.memory = memory

    def _listening(self, inbox: Inbox) -> Listening:
        return Listening(
            self.workspaces,
            self.web,
            self._acts,
            self._people,
            receipts=self._receipts,
            reactions=self._reactions,
            command=self._command,
            inbox=inbox,
            left=self._left,
        )

    async def _left(self, workspace: str, at: datetime) -> None:
        """The app was removed there."""
        self.workspaces.forget(workspace)

    # --------------------------------------------------------------------------------------------- posting

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there. Raises PostError."""
        web = await posting_as(self.workspaces, place.channel.workspace)
        return await Posting(web, self._layout, self._clock).post(place, message, key)

    def limits(self, place: Place) -> Sequence[Limit]:
        """A bucket for the channel, one for the workspace."""
        return buckets(place, shrink=self._shrink)

    def doubt(self, place: Place) -> Sequence[Doubt]:
        """Direct messages can be looked through; channels only where their history may be read."""
        if place.kind not in ("channel", "thread", "direct"):
            return ()
        return (Doubt.FINDS,) if self._history or _is_direct(place) else (Doubt.CONFIRMS,)

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """The message of that key: by Slack's word, or in the history. Raises PostError."""
        finds = Doubt.FINDS in self.doubt(place)
        told = await self._receipts.wait(key, 0.0 if finds else self._receipts.patience)
        if told is not None or not finds:
            return told
        web = await posting_as(self.workspaces, place.channel.workspace)
        conversation = place.channel.id
        if _is_direct(place):
            user = place.person.id if place.kind == "direct" and place.person else place.channel.id
            conversation = await web.direct(user)
        return await receipts.found(web, place, conversation, key, since)

    # ----------------------------------------------------------------------------------------------- rooms

    async def room(self, channel: Channel, person: Person) -> Room:
        """What Slack knows of a channel now. Raises PostError."""
        return await look(await posting_as(self.workspaces, channel.workspace), channel, person)

    async def close(self) -> None:
        """Close every connection."""
        with contextlib.suppress(Exception):
            await self.web.close()


def _is_direct(place: Place) -> bool:
    return place.kind == "direct" or place.channel.direct
