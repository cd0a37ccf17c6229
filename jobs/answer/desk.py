"""What every command needs on its desk: the store, the sources, the time; and how a paper is named."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot import calendar
from bot.identity import arxiv_id, identifier, normal_url, web_link
from bot.matching import matches
from bot.models import Act, ChannelState, Match, Message, Paper, Place, Schedule, Seen, SourceState
from bot.ports import AnswerStore, Clock, CommandError, Lookup, Polled, Sight, SourceError, Wake
from bot.query import Query
from bot.text import Acronyms
from jobs.answer.rooms import Neighbourhood


class NotYet(Exception):
    """What an act is about is not recorded yet: it is to be looked at again in a moment."""


#: papers that a search reads at first, and when too few of them match
READ_FIRST, READ_AT_MOST = 200, 20_000
#: what is said, and where
Reply = tuple[Place, Message]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every command needs."""

    store: AnswerStore
    #: sources that can be asked for one paper
    lookups: Mapping[str, Lookup]
    clock: Clock
    #: plans what is waiting for a channel, at once and once for the act of that key; gives the number of papers
    plan_now: Callable[[ChannelState, str], Awaitable[int]]
    #: asks one source, at once
    poll_one: Callable[[SourceState], Awaitable[Polled]]
    #: wakes whoever delivers
    deliver: Wake
    #: the acronyms in force
    acronyms: Callable[[], Acronyms]
    #: what each platform lets us see of people, where it declares it
    sights: Mapping[str, Sight] = field(default_factory=dict)
    #: what platforms know of their channels
    rooms: Neighbourhood = field(default_factory=Neighbourhood)

    async def state(self, act: Act) -> ChannelState:
        """The channel as stored, or as it would be stored now."""
        known = await self.store.channel(act.channel)
        if known is not None:
            return known
        zone = act.person.zone or "UTC"
        return ChannelState(act.channel, Schedule(zone=zone, at=calendar.default_hour(zone)))

    async def search(
        self, query: Query, act: Act, groups: Sequence[Sequence[str]], enough: int
    ) -> tuple[list[tuple[Seen, Match]], bool]:
        """Stored papers that match, newest first; False beside them when there may be more.

        Of very many that could match only the newest are read, when `enough` of these do.
        """
        for most in (READ_FIRST, READ_AT_MOST):
            seen = await self.store.find(groups, act.channel, limit=most)
            found = await self._matching(query, seen)
            if len(seen) < most or len(found) >= enough:
                break
        return found, len(seen) < most

    async def _matching(self, query: Query, read: Sequence[Seen]) -> list[tuple[Seen, Match]]:
        found: list[tuple[Seen, Match]] = []
        for number, seen in enumerate(read):
            if number % 50 == 49:
                await asyncio.sleep(0)
            match = matches(query, seen.paper, self.acronyms())
            if match is not None:
                found.append((seen, match))
        return found

    async def paper(self, act: Act, text: str) -> Paper:
        """The paper that somebody names: an id, a link, or its number in the list seen last.

        Without a name it is the one paper of the message that the command was typed under.
        Raises CommandError when there is none, or when that message shows several.
        """
        text = text.strip().strip("<>") or await self._posted_there(act)
        if re.fullmatch(r"\d{1,3}", text):
            shown = await self.store.shown_list(act.person, act.channel)
            number = int(text)
            if not shown:
                raise CommandError(
                    "There is no list to take a number from. Type `/papers search` and a topic first.", ""
                )
            if not 1 <= number <= len(shown):
                raise CommandError(f"The last list has no {number}: it ends at {len(shown)}.")
            name = shown[number - 1]
        elif re.fullmatch(r"p\d+", text):
            name = text
        else:
            name = named(text)
            if not name:
                raise CommandError(
                    "Name a paper by its arXiv id, its DOI, its link, or its number in the last list.",
                    "show 2604.10102",
                )
        stored = await self.store.papers([name], act.channel)
        if stored:
            return stored[0]
        return await self._looked_up(name)

    async def _posted_there(self, act: Act) -> str:
        """The one paper of the message that an act is about, "" when there is none.

        Of several a list is made: whoever asked names one by its number.
        """
        there = await self.store.posted_papers(act.channel, act.message) if act.message else ()
        if len(there) > 1:
            await self.store.show_list(act.person, act.channel, there)
            raise CommandError(
                f"There are {len(there)} papers here: name one of them by its number, 1 to {len(there)}."
            )
        return there[0] if there else ""

    async def _looked_up(self, name: str) -> Paper:
        for source, lookup in self.lookups.items():
            try:
                paper = await lookup.lookup(name)
            except SourceError as error:
                raise CommandError(f"I do not know it, and the source could not be asked. {error}") from error
            if paper is not None:
                return await self.store.keep_paper(paper, source, self.clock())
        raise CommandError("No source of mine knows that paper.")


def named(text: str) -> str:
    """The identifier that an id or a link means: "arxiv:2604.10005", "doi:10.1021/…", "url:…", or ""."""
    if (known := identifier(text)) or not text:
        return known
    if number := arxiv_id(text):
        return f"arxiv:{number}"
    return f"url:{normal_url(text)}" if web_link(text) else ""


def private(act: Act, message: Message) -> Reply:
    """An answer to whoever acted, and to nobody else."""
    return Place(act.channel, "private", person=act.person, reply=act.reply), message


def public(act: Act, message: Message) -> Reply:
    """Something said to the channel."""
    return Place(act.channel), message
