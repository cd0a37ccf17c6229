"""Source -> announcements -> matches.

    source.fetch(cursor) -> announcements -> index.match -> store.keep(announcements, matches) -> store.asked(cursor)

A hundred papers a transaction, the cursor after the last: a crash between two of them asks the same page again, and
what is known already stays as it is. One bad source never stops the others, and no two workers ask one at a time: who
asks a source has it on a lease.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import policy
from bot.identity import same_work
from bot.matching import QueryIndex
from bot.messages import reports
from bot.models import Announcement, Condition, Fetched, Health, Kind, Match, Paper, SourceState
from bot.ports import (
    AnswerStore,
    Clock,
    History,
    Openable,
    Polled,
    PollStore,
    Recalled,
    Source,
    SourceError,
    StorageError,
    StoredQuery,
)
from bot.query import QueryError, parse
from bot.text import KEPT

log = logging.getLogger(__name__)

#: so many queries loaded at once are a big build
BIG = 10_000
#: papers kept in one transaction
PIECE = 100
#: sources asked at the same time
SIDE_BY_SIDE = 8
#: a source is ours for so long before its next page: a page with its pauses takes a minute or two at most
LEASE = timedelta(minutes=10)
#: seconds after which the turn to fetch a page of the past is over whose process died
HOLD = 120.0
#: seconds between two looks whose turn it is
PAUSE = 5.0
#: seconds between two looks whether another worker has done with a source, and how long somebody waits for that
GLANCE = 0.5
PATIENCE = 30.0
#: what is fetched in the background at first start
PAST = timedelta(days=30)
#: what was submitted before that is announced, over a long weekend too
ANNOUNCED = timedelta(days=5)
#: in the place of a cursor: this source has told its past
DONE = "done"


class Followed:
    """The query index of this process, brought up to date with the store before each use."""

    def __init__(self, store: PollStore) -> None:
        self._store = store
        self.acronyms = KEPT
        self.index = QueryIndex(self.acronyms)
        #: the index knows every query up to this sequence number
        self.seq = 0
        self._turn = asyncio.Lock()

    async def renew(self) -> None:
        """Take over the newest learned acronyms; they change what every query means, so the index begins anew."""
        version, pairs = await self._store.acronyms()
        if version == self.acronyms.version:
            return
        async with self._turn:
            self.acronyms = KEPT.with_learned(version, pairs)
            self.index, self.seq = QueryIndex(self.acronyms), 0

    async def refresh(self) -> None:
        """Learn the queries followed since the last time, and match what was kept without them."""
        async with self._turn:
            fresh = await self._store.queries(after=self.seq)
            for query in fresh:
                if query.id not in self.index:
                    self._add(query)
            if len(fresh) > BIG:
                # else a full collection walks all of them again and again: 79 ms at 100,000 subscriptions
                gc.freeze()
            if fresh:
                await self._store.add_matches(self._late(await self._store.unmatched(after=self.seq)))
                self.seq = fresh[-1].seq

    async def kept(self, seq: int) -> None:
        """Papers were kept that were matched at that sequence number: match them with what was followed meanwhile."""
        async with self._turn:
            if self.seq > seq:
                await self._store.add_matches(self._late(await self._store.unmatched(after=seq)))

    def _add(self, query: StoredQuery) -> None:
        try:
            self.index.add(query.id, parse(query.text))
        except QueryError:
            # written by another release: one query that is not understood stops no source
            log.exception("Query %d is not understood", query.id, extra={"action": "query_unread"})

    def _late(self, missed: Sequence[tuple[int, Paper]]) -> list[tuple[Match, str]]:
        """Matches of papers that were kept before the index knew the query."""
        wanted: dict[str, set[int]] = {}
        for number, paper in missed:
            wanted.setdefault(paper.id, set()).add(number)
        papers = {paper.id: paper for _, paper in missed}
        return [
            (match, name)
            for name, paper in papers.items()
            for match in self.index.match(paper)
            if match.query in wanted[name]
        ]

    async def match(self, announcements: Sequence[Announcement]) -> tuple[list[tuple[Announcement, list[Match]]], int]:
        """Each announcement with what it matches, and the sequence number up to which every query was asked.

        Other work goes on between two papers; queries that come meanwhile count as not asked.
        """
        index, seq = self.index, self.seq
        matched: list[tuple[Announcement, list[Match]]] = []
        for announcement in announcements:
            news = announcement.kind in (Kind.NEW, Kind.CROSS)
            matched.append((announcement, index.match(announcement.paper) if news else []))
            await asyncio.sleep(0)
        return matched, seq


class Poll:
    """Asks sources for what is new."""

    def __init__(
        self,
        store: PollStore,
        sources: Mapping[str, Source | Openable],
        followed: Followed,
        clock: Clock,
        every: timedelta = timedelta(minutes=15),
        *,
        lease: timedelta = LEASE,
    ) -> None:
        self._store = store
        self._sources = sources
        self._followed = followed
        self._clock = clock
        self._every = every
        self._lease = lease

    def source(self, state: SourceState) -> Source | None:
        """The adapter that speaks to that source, at its address where it has one; None when it is switched off."""
        adapter = self._sources.get(state.adapter)
        if isinstance(adapter, Openable):
            return adapter.at(state.url)
        return adapter

    async def due(self) -> None:
        """Ask every source that is due."""
        await self._all(await self._store.sources(due=self._clock()), due=True)

    async def every_one(self) -> None:
        """Ask every source, due or not."""
        await self._all(await self._store.sources(), due=False)

    async def _all(self, states: Sequence[SourceState], *, due: bool) -> None:
        """Ask sources side by side: a slow one holds up nobody else."""
        await self._followed.renew()
        places = asyncio.Semaphore(SIDE_BY_SIDE)

        async def ask(state: SourceState) -> None:
            async with places:
                try:
                    await self.one(state, due=due)
                except Exception:
                    log.exception("Polling %s broke", state.name, extra={"action": "poll_broke"})

        await asyncio.gather(*(ask(state) for state in states))

    async def one(self, state: SourceState, *, due: bool = False) -> Polled:
        """Ask one source until it has no more; with `due`, only if it is still due and nobody else asks it."""
        source = self.source(state)
        if source is None:
            return Polled()
        ours = await self._leased(state, due=due)
        if ours is None:
            return Polled()
        state = ours
        polled, cursor = Polled(), state.cursor
        round_: list[Health] = []
        while True:
            fetched = await self._fetch(source, cursor)
            round_.append(fetched.health)
            try:
                new = await self._keep(state, fetched, policy.summed(round_))
            except StorageError as error:
                log.warning("%s was read but not kept: %s", state.name, error, extra={"action": "poll_not_kept"})
                await self._put_off(state, cursor)
                return polled
            polled = Polled(polled.read + len(fetched.announcements), polled.new + new)
            if not fetched.more or not fetched.health.well:
                return polled
            cursor = fetched.cursor

    async def _leased(self, state: SourceState, *, due: bool) -> SourceState | None:
        """The source on a lease; unless it is about those that are due, wait for another worker that asks it."""
        ours = await self._store.lease_source(state.name, self._clock(), self._lease, due=due)
        waited = 0.0
        while ours is None and not due and waited < PATIENCE:
            await asyncio.sleep(GLANCE)
            waited += GLANCE
            ours = await self._store.lease_source(state.name, self._clock(), self._lease)
        return ours

    async def _put_off(self, state: SourceState, cursor: str) -> None:
        """Ask again later, from the same place, what could not be kept: the source is not to suffer for it."""
        health = Health(Condition.REFUSED, reports.UNKEPT)
        now = self._clock()
        with contextlib.suppress(StorageError):
            await self._store.asked(state.name, cursor, health, now, policy.next_ask(now, self._every, health))

    async def _fetch(self, source: Source, cursor: str) -> Fetched:
        """Fetch, with a broken adapter turned into a sentence: one bad source never stops the others."""
        try:
            return await source.fetch(cursor)
        except SourceError as error:
            return Fetched((), cursor, error.health)
        except Exception:
            log.exception("The adapter of %s broke", source.name, extra={"action": "source_broke"})
            return Fetched((), cursor, Health(Condition.NOT_A_FEED, reports.UNREAD))

    async def _keep(self, state: SourceState, fetched: Fetched, health: Health) -> int:
        """Match and store one page, a piece at a time, the cursor with the last."""
        announcements, news = [_named(one, state) for one in fetched.announcements], not fetched.baseline
        new = 0
        if announcements and news:
            announcements, news = await self._recognise(state, announcements)
        for start in range(0, len(announcements), PIECE):
            await self._followed.refresh()
            piece, seq = await self._followed.match(announcements[start : start + PIECE])
            new += await self._store.keep(state.name, piece, seq=seq, now=self._clock(), news=news)
            await self._followed.kept(seq)
        now = self._clock()
        more = fetched.more and health.well
        later = now if more else policy.next_ask(now, self._every, health)
        lease = self._lease if more else None
        await self._store.asked(state.name, fetched.cursor, health, now, later, lease=lease)
        if new:
            log.info("%s: %d new", state.name, new, extra={"action": "polled", "new": new})
        return new

    async def _recognise(
        self, state: SourceState, announcements: list[Announcement]
    ) -> tuple[list[Announcement], bool]:
        """Recognise papers that a source announced before under other ids; False when it changed all its ids."""
        recalled = await self._store.recall(state.name, [one.paper for one in announcements])
        made = [_under_old_names(one, before) for one, before in zip(announcements, recalled, strict=True)]
        unknown = sum(not before.known for before in recalled)
        titled = sum(one is not old for one, old in zip(made, announcements, strict=True))
        return made, not policy.migrated(len(announcements), unknown, titled)


def _named(announcement: Announcement, state: SourceState) -> Announcement:
    """The announcement with its source's name on the paper, which a feed does not know itself."""
    paper = announcement.paper
    return announcement if paper.sources else replace(announcement, paper=replace(paper, sources=(state.name,)))


def _under_old_names(announcement: Announcement, before: Recalled) -> Announcement:
    """The announcement with the names its paper had before, when only its names are new."""
    paper = announcement.paper
    if before.known or not before.titled or not same_work(replace(paper, identifiers=before.titled), paper):
        return announcement
    names = tuple(dict.fromkeys((*paper.identifiers, *before.titled)))
    return replace(announcement, paper=replace(paper, identifiers=names))


class Past:
    """Fetches what sources announced before we were there, politely and in the background."""

    def __init__(
        self, store: AnswerStore, sources: Mapping[str, Source | Openable], followed: Followed, clock: Clock
    ) -> None:
        self._store = store
        self._histories = {name: source for name, source in sources.items() if isinstance(source, History)}
        self._followed = followed
        self._clock = clock

    async def fetch(self) -> bool:
        """Fetch the last 30 days of every source that can tell them; False while one of them has more to tell."""
        return all([await self._one(name, source) for name, source in self._histories.items()])

    async def _one(self, name: str, source: History) -> bool:
        """Page by page; of several workers one fetches a page, and whoever comes next goes on behind it."""
        while True:
            ours, moment = await self._store.take_turn(f"past/{name}", HOLD)
            if not ours:
                await asyncio.sleep(min(moment, PAUSE))
                continue
            try:
                cursor = await self._store.memory("past", name)
                if cursor == DONE:
                    return True
                if not await self._page(name, source, cursor):
                    return False
            finally:
                await self._store.end_turn(f"past/{name}", moment, 0.0)

    async def _page(self, name: str, source: History, cursor: str) -> bool:
        """Fetch one page; False when the source cannot tell it now."""
        # the newest days are left out: what is not announced yet would otherwise be old when it is
        until = self._clock().date() - ANNOUNCED
        try:
            fetched = await source.history(until - PAST, until, cursor)
        except SourceError as error:
            fetched = Fetched((), cursor, error.health)
        if not fetched.health.well:
            log.info("The past of %s can wait: %s", name, fetched.health.detail, extra={"action": "past_waits"})
            return False
        for start in range(0, len(fetched.announcements), PIECE):
            piece = [(one, ()) for one in fetched.announcements[start : start + PIECE]]
            await self._store.keep(name, piece, seq=self._followed.seq, now=self._clock(), news=False)
        await self._store.remember("past", name, fetched.cursor if fetched.more else DONE)
        return True
