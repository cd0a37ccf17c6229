"""Reactions that were made, or taken back, while nobody listened: our own messages are looked at again, newest first.

Slack tells nobody afterwards of what it could not tell. So what is known of each message's reactions is kept for a
week; when listening begins, or begins again, each message of that week is asked about, and what differs becomes an act
like any other. Its order lies between the last moment in which we were known to listen and whatever comes now.
https://docs.slack.dev/reference/methods/reactions.get
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from adapters.platforms.slack import emoji
from adapters.platforms.slack.acts import Acts
from adapters.platforms.slack.stamps import moment, stamp
from adapters.platforms.slack.tasks import at_most
from adapters.platforms.slack.web import Web
from adapters.platforms.slack.whose import NAME
from adapters.platforms.slack.workspaces import Workspaces, posting_as
from bot.models import Act, Channel
from bot.ports import (
    REACTIONS,
    ChannelGone,
    Clock,
    Inbox,
    Memory,
    Ours,
    PostError,
    Refused,
    StorageError,
    Unauthorised,
    effaced,
)

log = logging.getLogger(__name__)

#: how far back, and how many messages, newest first
HORIZON: Final = timedelta(days=7)
MOST: Final = 250
#: what the last moment is remembered under in which we listened
HEARD: Final = "heard"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds."""

    #: between two questions (Tier 3: 50 a minute)
    apart: float = 1.5
    #: before a question that failed is asked again, and how often it is
    again: float = 5.0
    times: int = 5
    #: between two notes that we listen
    beat: float = 30.0

    def divided(self, factor: float) -> Rhythm:
        """All of it, faster by that factor."""
        return Rhythm(self.apart / factor, self.again / factor, self.times, self.beat / factor)


@dataclass(frozen=True, slots=True)
class Word:
    """The last that is known of one person's reaction."""

    #: Slack's clock, as of an act
    order: str
    there: bool


#: "U1 🔖" -> the last word about it
Words = dict[str, Word]


class Reactions:
    """What is known of the reactions to our messages, and the catching up."""

    def __init__(self, workspaces: Workspaces, acts: Acts, clock: Clock, rhythm: Rhythm = Rhythm()) -> None:
        self._workspaces = workspaces
        self._acts = acts
        self._clock = clock
        self.rhythm = rhythm
        #: where it is kept; None in a process that keeps nothing
        self.memory: Memory | None = None
        self._writing = asyncio.Lock()

    async def heard(self, act: Act) -> None:
        """Slack told of a reaction: it is known from now on. Raises StorageError."""
        if self.memory is not None:
            word = Word(act.order, act.kind == "react")
            await self._learn(self.memory, act.channel, act.message, {f"{act.person.id} {act.emoji}": word})

    async def run(self, began: asyncio.Event, inbox: Inbox) -> None:
        """Catch up whenever listening begins, and note meanwhile that we listen: for ever, where it can be kept."""
        if self.memory is None:
            return
        while True:
            await began.wait()
            began.clear()
            try:
                await self.catch_up(inbox)
                while not began.is_set():
                    await self.memory.remember(NAME, HEARD, stamp(self._clock()))
                    await at_most(self.rhythm.beat, began)
            except StorageError as error:
                log.warning("Reactions are caught up later: %s", error, extra={"action": "reactions_wait"})
                began.set()
                await asyncio.sleep(self.rhythm.again)

    async def catch_up(self, inbox: Inbox) -> None:
        """Ask about our messages of the last week, newest first. Raises StorageError."""
        memory = self.memory
        if memory is None:
            return
        since = await memory.memory(NAME, HEARD)
        several = await memory.ours(NAME, self._clock() - HORIZON, MOST)
        acts = skipped = 0
        closed: set[str] = set()
        for one in several:
            workspace = one.place.channel.workspace
            try:
                if workspace not in closed:
                    acts += await self._caught_up(memory, one, since, inbox)
                    await asyncio.sleep(self.rhythm.apart)
                    continue
            except PostError as error:
                log.info("A message's reactions were not told: %s", error, extra={"action": "reactions_untold"})
                if isinstance(error, Unauthorised):
                    closed.add(workspace)
            skipped += 1
        if several:
            log.info(
                "%d reactions were made or taken back meanwhile; %d messages were looked at, back to %s, %d not",
                *(acts, len(several) - skipped, f"{several[-1].at:%Y-%m-%d %H:%M} UTC", skipped),
                extra={"action": "reactions_caught_up"},
            )

    async def _caught_up(self, memory: Memory, one: Ours, since: str, inbox: Inbox) -> int:
        """Take what differs on one message; how much. Raises PostError and StorageError."""
        asked = stamp(self._clock())
        channel, message = one.place.channel, one.posted.id
        shown = await self._shown(await posting_as(self._workspaces, channel.workspace), one)
        known = await self._known(memory, channel, message)
        learned: Words = {}
        # who asked to be forgotten is not told of anew
        shown = {who for who in shown if f"{effaced(who.partition(' ')[0])} {who.partition(' ')[2]}" not in known}
        for who in sorted({*shown, *(one for one in known if not one.startswith("~"))}):
            last = known.get(who, Word("", there=False))
            there = who in shown
            # of what was told since we asked we know better
            if there == last.there or last.order >= asked:
                continue
            user, _, character = who.partition(" ")
            # later than all that was known when we stopped listening, sooner than what is told from now on
            order = f"{max(since, last.order, message)}~"
            await inbox.take(self._acts.caught_up(channel, user, message, character, order, there=there))
            learned[who] = Word(order, there)
        if learned:
            await self._learn(memory, channel, message, learned)
        return len(learned)

    async def _shown(self, web: Web, one: Ours) -> set[str]:
        """The reactions of a message, as they are. Raises PostError."""
        failed = 0
        while True:
            try:
                # direct messages are the person's for the house, and have an id of their own for Slack
                channel = one.place.channel
                conversation = await web.direct(channel.id) if channel.direct else channel.id
                call = web.client.reactions_get(channel=conversation, timestamp=one.posted.id, full=True)
                said: Any = await web.asked(call)
            except (Refused, ChannelGone, Unauthorised):
                raise  # it is gone
            except PostError as error:
                failed += 1
                if failed == self.rhythm.times:
                    raise
                await asyncio.sleep(max(error.retry_after or 0.0, self.rhythm.again))
            else:
                break
        return {
            f"{user} {character}"
            for reaction in (said.get("message") or {}).get("reactions") or ()
            if (character := emoji.unicode(str(reaction.get("name") or "")))
            for user in reaction.get("users") or ()
            if user != web.workspace.user
        }

    # ---------------------------------------------------------------------------------------------- what is known

    async def _known(self, memory: Memory, channel: Channel, message: str) -> Words:
        """What is known of that message."""
        kept = await memory.memory(_owner(channel), _name(channel, message))
        return {who: Word(str(order), bool(there)) for who, (order, there) in json.loads(kept or "{}").items()}

    async def _learn(self, memory: Memory, channel: Channel, message: str, learned: Words) -> None:
        """Keep it, where nothing later is known."""
        async with self._writing:
            words = await self._known(memory, channel, message)
            words |= {who: word for who, word in learned.items() if who not in words or words[who].order < word.order}
            plain = {who: [word.order, word.there] for who, word in words.items()}
            await memory.remember(_owner(channel), _name(channel, message), json.dumps(plain, ensure_ascii=False))


def _owner(channel: Channel) -> str:
    return f"{NAME}/{channel.workspace}"


def _name(channel: Channel, message: str) -> str:
    """What is known of a message is kept under its day; direct messages are not called by a person's id."""
    where = effaced(channel.id) if channel.direct else channel.id
    return f"{REACTIONS}{moment(message):%Y-%m-%d} {where} {message}"
