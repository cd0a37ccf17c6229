"""What every command needs on its desk: the store, the sources, the time; and how a paper is named."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot import calendar, commands
from bot.identity import arxiv_id, identifier, normal_url, web_link
from bot.matching import matches
from bot.messages import refusing
from bot.models import (
    Act,
    Ask,
    Channel,
    ChannelState,
    Match,
    Message,
    Paper,
    Person,
    Place,
    Schedule,
    Seen,
    SourceState,
)
from bot.policy import USUAL
from bot.ports import AnswerStore, Begun, Clock, CommandError, Lookup, Polled, Sight, SourceError
from bot.query import Query
from bot.text import Acronyms
from jobs.answer.rooms import Neighbourhood


class NotYet(Exception):
    """What an act is about is not recorded yet: it is to be looked at again in a moment."""


#: papers that are named at once
AT_ONCE = 50
#: so far back papers are kept
KEPT = timedelta(days=180)
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
    #: wakes whoever delivers on the platform of that name
    deliver: Callable[[str], None]
    #: the acronyms in force
    acronyms: Callable[[], Acronyms]
    #: what each platform lets us see of people, where it declares it
    sights: Mapping[str, Sight] = field(default_factory=dict)
    #: what platforms know of their channels
    rooms: Neighbourhood = field(default_factory=Neighbourhood)
    #: a channel that is set aside is tried again after so long
    probe: timedelta = USUAL.probe

    async def state(self, act: Act) -> ChannelState:
        """The channel as stored, or as it would be stored now."""
        return await state_of(self.store, act.channel, act.person)

    async def begin(self, act: Act, channel: Channel | None = None) -> Begun:
        """The channel, as a rule the one that somebody acts in, as it stood when this act was first begun."""
        there = channel or act.channel
        known = await self.state(act) if there == act.channel else ChannelState(there, Schedule())
        return await self.store.begin(act, known)

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

    async def papers(self, act: Act, text: str) -> list[Paper]:
        """The papers that somebody names, between blanks, each once: "1 3", "1,3", "1-3", "2604.10102 2".

        Without a name as `paper`. Raises CommandError for the first that is none, and for too many.
        """
        names = split(text)
        if len(names) > AT_ONCE:
            raise CommandError(refusing.too_many_papers(len(names), AT_ONCE))
        found = [await self.paper(act, name) for name in names or [""]]
        return list({paper.id: paper for paper in found}.values())

    async def paper(self, act: Act, text: str) -> Paper:
        """The paper that somebody names: an id, a link, or its number in the list seen last.

        Without a name it is the one paper of the message that the command was typed under.
        Raises CommandError when there is none, or when that message shows several.
        """
        text = text.strip().strip("<>") or await self._posted_there(act)
        if re.fullmatch(r"\d{1,3}", text):
            name = await self._numbered(act, int(text))
        elif re.fullmatch(r"p\d+", text):
            name = text
        else:
            name = named(text)
            if not name:
                raise await self._no_paper(act, text)
        stored = await self.store.papers([name], act.channel)
        if stored:
            return stored[0]
        return await self._looked_up(act, name, text)

    async def _numbered(self, act: Act, number: int) -> str:
        """The id of the paper of that number in the list seen last."""
        shown = await self.store.shown_list(act.person, act.channel, act.at)
        if 1 <= number <= len(shown):
            return shown[number - 1]
        if not shown:
            raise CommandError(refusing.NO_LIST)
        day, posted = await self.store.last_digest(act.channel) or (None, ())
        if day is None or not 1 <= number <= len(posted):
            raise CommandError(refusing.beyond_the_list(number, len(shown)))
        raise CommandError(
            refusing.of_the_digest(number, day, len(shown), self.clock().date()),
            _with_id(act, number, posted[number - 1]),
            refusing.number_of_the_digest(number),
        )

    async def _no_paper(self, act: Act, text: str) -> CommandError:
        """What is said of words that name no paper; the number of one is offered where there is a list."""
        if re.fullmatch(r"\d{4}\.\d{4,5}(?:v\d+)?", text):
            return CommandError(refusing.no_arxiv_id(text))
        shown = await self.store.shown_list(act.person, act.channel, act.at)
        return CommandError(refusing.no_paper(text), f"{commands.parse(act.text).command.word} 1" if shown else "")

    async def _posted_there(self, act: Act) -> str:
        """The one paper of the message that an act is about, "" when there is none.

        Of several a list is made: whoever asked names one by its number.
        """
        there = await self.store.posted_papers(act.channel, act.message) if act.message else ()
        if len(there) > 1:
            await self.store.show_list(act.person, act.channel, there)
            raise CommandError(refusing.which_of_these(len(there)))
        return there[0] if there else ""

    async def _looked_up(self, act: Act, name: str, typed: str) -> Paper:
        if re.fullmatch(r"p\d+", name):
            raise CommandError(refusing.no_such_paper(name))
        for source, lookup in self.lookups.items():
            try:
                paper = await lookup.lookup(name)
            except SourceError as error:
                raise CommandError(refusing.paper_unasked(str(error))) from error
            if paper is not None:
                return await self.store.keep_paper(paper, source, self.clock())
        if name.startswith("arxiv:") and "arxiv" in self.lookups:
            raise CommandError(refusing.not_on_arxiv(name.removeprefix("arxiv:")))
        days = [day for day, _ in await self.store.days_read(act.channel, self.clock() - KEPT)]
        raise CommandError(
            refusing.never_read(typed, min(days, default=None), self.clock().date()),
            "search {title}",
            refusing.SEARCH_TITLE,
            (Ask("title", refusing.TITLE),),
        )


async def state_of(store: AnswerStore, channel: Channel, person: Person) -> ChannelState:
    """The channel as stored, or as it would be stored for that person now."""
    known = await store.channel(channel)
    if known is not None:
        return known
    zone = person.zone or "UTC"
    return ChannelState(channel, Schedule(zone=zone, at=calendar.default_hour(zone)))


def split(text: str) -> list[str]:
    """The papers that are named, between blanks; numbers also between commas, and from one to another."""
    names: list[str] = []
    plain = re.sub(r"(?<!\S)(\d{1,3})\s*[-–]\s*(\d{1,3})(?![^\s,;])", r"\1-\2", text)
    for word in (word.strip(",;") for word in plain.split()):
        for part in re.split("[,;]+", word) if re.fullmatch(r"[\d,;-]+", word) else [word]:
            first, dash, last = part.partition("-")
            if dash and first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last) < 1000:
                names += map(str, range(int(first), int(last) + 1))
            else:
                names.append(part)
    return [name for name in names if name]


def _with_id(act: Act, number: int, paper: str) -> str:
    """The command of an act with a paper's id in the place of its number; "" where it does not stand alone."""
    typed = commands.parse(act.text)
    rest, found = re.subn(rf"(?<!\S){number}(?=[\s,:]|$)", paper, typed.rest, count=1)
    return f"{typed.command.word} {rest}" if found else ""


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
