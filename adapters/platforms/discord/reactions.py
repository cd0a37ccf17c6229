"""Reactions: as they are told, and what happened to them while we were away.

Discord tells of a reaction once, to whoever listens. So for every channel and day it is remembered which reactions
stand on its messages, and a new session compares: what came meanwhile is an act, and what was taken back is one.
https://discord.com/developers/docs/events/gateway-events#message-reaction-add
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Literal
from weakref import WeakValueDictionary

import aiohttp
import discord

from adapters.platforms.discord.acts import NAME, Acts, Moment, Spot, first_link, meant, saving, spot_of
from bot.models import Act, Person
from bot.ports import REACTIONS, Clock, Memory, Ours, effaced

log = logging.getLogger(__name__)

#: messages that are looked at after that, newest first
MOST: Final = 500
#: how old they may be; what is remembered of one is forgotten soon after (`bot.ports.REACTIONS`)
KEPT: Final = timedelta(days=7)
#: what Discord, or the way to it, may answer
WRONG: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
#: how one reacts, as Discord counts and numbers it; a burst is a super reaction
Kind = Literal[0, 1]
KINDS: Final[Mapping[str, Kind]] = {"normal": 0, "burst": 1}
#: (emoji, person)
Standing = frozenset[tuple[str, str]]
#: takes an act, for as long as it needs
Take = Callable[[Act], Awaitable[None]]


class Reactions:
    """The reactions of the servers that one client hears of."""

    def __init__(self, acts: Acts, clock: Clock, memory: Memory | None, *, content: bool, between: float) -> None:
        """With `content` people's own messages count; `between`: seconds between two messages that are looked at."""
        self._acts = acts
        self._clock = clock
        self._memory = memory
        self._content = content
        self._between = between
        #: of the facts that are being written
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def told(
        self, client: discord.Client, event: discord.RawReactionActionEvent, moment: Moment, home: str, take: Take
    ) -> Act | None:
        """One reaction, or its end; the act that was taken, None for one that means nothing to us.

        Raises StorageError, and what the SDK raises.
        """
        emoji, me = meant(event.emoji), client.user.id if client.user else 0
        others = event.message_author_id not in (None, me)
        if not emoji or event.user_id == me or (others and not self._content):
            return None
        if event.member is not None and event.member.bot:
            return None
        server = str(event.guild_id) if event.guild_id else home
        name = event.member.display_name if event.member else ""
        person = Person(NAME, server, str(event.user_id), name)
        spot = Spot(person.direct) if event.guild_id is None else await self._spot(client, server, event.channel_id)
        kind: Literal["react", "unreact"] = "react" if event.event_type == "REACTION_ADD" else "unreact"
        act = self._acts.reaction(kind, emoji, message=event.message_id, person=person, spot=spot, moment=moment)
        # whose message it was is not told of a reaction that was taken back
        if self._content and (others or event.message_author_id is None):
            link = await self._linked(client, event, me)
            act = saving(act, link) if link else act
            if others and not link:
                return None
        await take(act)
        if act.kind == kind:
            await self._note(event.channel_id, event.message_id, emoji, str(event.user_id), stands=kind == "react")
        return act

    async def caught_up(self, client: discord.Client, mine: Callable[[str], bool], take: Take) -> int:
        """Look at our messages of late, newest first; gives how many acts that made. Raises StorageError."""
        if self._memory is None:
            return 0
        made = 0
        for one in await self._memory.ours(NAME, self._clock() - KEPT, MOST):
            # one that somebody deleted before its post was repeated has no id of Discord's
            there = one.posted.id.isdecimal() and not one.place.channel.direct
            if not there or not mine(one.place.channel.workspace):
                continue
            try:
                async for act in self._missed(client, one):
                    await take(act)
                    made += 1
                    channel, message = _address(one)
                    await self._note(channel, message, act.emoji, act.person.id, stands=act.kind == "react")
            except WRONG as error:
                # gone, or not ours to read any more; the next one may be
                log.info("Reactions of a message were not read: %s", error, extra={"action": "reactions_unread"})
            await asyncio.sleep(self._between)
        return made

    # --------------------------------------------------------------------------------------------- looking

    async def _missed(self, client: discord.Client, one: Ours) -> AsyncIterator[Act]:
        """What differs between what stands there and what we know of."""
        channel, message = _address(one)
        # what is told while we look came later than what we see
        order = self._acts.arrived()
        said = await client.http.get_message(channel, message)
        known = await self._known(channel, message)
        there: set[tuple[str, str]] = set()
        for reaction in said.get("reactions") or ():
            raw = discord.PartialEmoji.from_dict(reaction["emoji"])
            if emoji := meant(raw):
                there |= {(emoji, who) for who in await self._who(client, channel, message, raw, _kinds(reaction))}
        spot = Spot(one.place.channel, str(channel) if str(channel) != one.place.channel.id else "")
        kinds: tuple[tuple[Literal["react", "unreact"], set[tuple[str, str]]], ...] = (
            # who asked to be forgotten is not told of anew
            ("react", {(one, who) for one, who in there - known if (one, effaced(who)) not in known}),
            ("unreact", {(one, who) for one, who in known - there if not who.startswith("~")}),
        )
        for kind, several in kinds:
            for emoji, user in sorted(several):
                # it has no name of its own, and may come once more another day: when we looked tells them apart
                moment = Moment(f"{NAME}:away/{message}/{user}/{emoji}/{kind}:{order}", order)
                person = Person(NAME, one.place.channel.workspace, user)
                yield self._acts.reaction(kind, emoji, message=message, person=person, spot=spot, moment=moment)

    async def _who(
        self, client: discord.Client, channel: int, message: int, emoji: discord.PartialEmoji, kinds: Sequence[Kind]
    ) -> set[str]:
        """Everybody who reacted with that, in one of those ways, but for bots."""
        found: set[str] = set()
        for kind in kinds:
            after: int | None = None
            while True:
                page = await client.http.get_reaction_users(channel, message, str(emoji), 100, after, kind)
                found |= {str(user["id"]) for user in page if not user.get("bot")}
                if len(page) < 100:
                    break
                after = int(page[-1]["id"])
        return found

    async def _linked(self, client: discord.Client, event: discord.RawReactionActionEvent, me: int) -> str:
        """The link in somebody else's message; "" where there is none, and for a message of ours."""
        partial = client.get_partial_messageable(event.channel_id, guild_id=event.guild_id)
        said = await partial.fetch_message(event.message_id)
        return "" if said.author.id == me else first_link(said)

    async def _spot(self, client: discord.Client, server: str, channel: int) -> Spot:
        """The channel and the thread; a thread that rests is not at hand, and asked for."""
        found = client.get_channel(channel) or await client.fetch_channel(channel)
        return spot_of(server, found)

    # ----------------------------------------------------------------------------------------- remembering

    async def _known(self, channel: int, message: int) -> Standing:
        known = await self._read(_fact(channel, message))
        return frozenset((emoji, user) for emoji, user in known.get(str(message), ()))

    async def _note(self, channel: int, message: int, emoji: str, user: str, *, stands: bool) -> None:
        """Remember that it stands, or no longer. Raises StorageError."""
        if self._memory is None:
            return
        fact = _fact(channel, message)
        lock = self._locks.setdefault(fact, asyncio.Lock())
        async with lock:
            known = await self._read(fact)
            before = {(one, who) for one, who in known.pop(str(message), ())}
            after = before | {(emoji, user)} if stands else before - {(emoji, user)}
            if after == before:
                return
            if after:
                known[str(message)] = [list(one) for one in sorted(after)]
            await self._memory.remember(NAME, fact, json.dumps(known, ensure_ascii=False) if known else "")

    async def _read(self, fact: str) -> dict[str, list[list[str]]]:
        said = await self._memory.memory(NAME, fact) if self._memory else ""
        found: dict[str, list[list[str]]] = json.loads(said) if said else {}
        return found


def _fact(channel: int, message: int) -> str:
    """Under which name it is remembered what stands on the messages of a day in a channel."""
    return f"{REACTIONS}{discord.utils.snowflake_time(message):%Y-%m-%d} {channel}"


def _kinds(reaction: Mapping[str, Any]) -> list[Kind]:
    """In which ways people reacted with an emoji; in both, where nobody counted."""
    counted = reaction.get("count_details")
    return [number for name, number in KINDS.items() if not counted or counted.get(name)]


def _address(one: Ours) -> tuple[int, int]:
    """The channel or thread that a message of ours stands in, and the message."""
    # a post in a forum is a thread
    thread = one.place.under if one.place.kind == "thread" else one.posted.thread
    return int(thread or one.place.channel.id), int(one.posted.id)
