"""Due channels -> digests -> deliveries; many channels a read, and many a transaction.

What waits for a channel is the store's answer; which of it comes, and in what order, is `bot.ranking`'s. What came
since the last digest goes first; what was left over before, at most a week ago, fills the places that remain.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from bot import calendar, pace, policy, ranking
from bot.models import Channel, ChannelState, Digest, Entry, Part, Pick, Schedule, Selection, SourceState
from bot.ports import Busy, Clock, Full, Planned, PlanStore, StorageError, Waits

log = logging.getLogger(__name__)

#: channels that are planned together: one read, and one write of some twenty milliseconds
TOGETHER = 100
#: of these, so many are chosen for in one go, in a few milliseconds
AT_A_STRETCH = 20
#: up to this many papers, and nothing left over, are messages of their own
SINGLES = 3
#: a digest that comes this long after its hour says so
LATE = timedelta(minutes=30)
#: the messages of a crowded hour begin at most so long before it, and not at all when less than that is needed
AHEAD = timedelta(hours=1)
WORTH_IT = timedelta(seconds=15)
#: who plans looks so often, and who posts as well
TICK = timedelta(seconds=15)
#: a pause without an end is recalled after so long, in the hours after the digest's own
PAUSE = timedelta(days=30)
AFTER_ITS_HOUR = timedelta(hours=3)
#: the source whose batches have a calendar
ARXIV = "arxiv"


class Plan:
    """Makes digests."""

    def __init__(
        self,
        store: PlanStore,
        clock: Clock,
        sources: Collection[str] = (),
        rates: Mapping[str, float] | None = None,
        patience: timedelta = timedelta(),
    ) -> None:
        """`sources` are those switched on; `rates` the posts a second that a whole platform takes from us, by name.

        `patience` is how long a message of one paper waits for its summary at most, where somebody writes summaries.
        """
        self._store = store
        self._clock = clock
        self._waits_for_arxiv = ARXIV in sources
        self._rates = rates or {}
        self._patience = patience

    async def due(self) -> int:
        """Plan the digest of every channel that is due; returns how many were planned."""
        now, planned = self._clock(), 0
        arxiv = await self._store.source(ARXIV) if self._waits_for_arxiv else None
        upto = calendar.planned_up_to(arxiv, now) if arxiv else now
        ahead = await self._ahead(arxiv, now)
        last: ChannelState | None = None
        # each once: one that cannot be planned stays due, and holds up nobody
        while states := await self._store.due(now, TOGETHER, upto=upto, ahead=ahead, after=last):
            last = states[-1]
            try:
                planned += await self._together(states, arxiv)
            except (Busy, Full) as error:
                log.warning("Digests wait to be planned: %s", error, extra={"action": "planning_waits"})
                break
        return planned

    async def _ahead(self, arxiv: SourceState | None, now: datetime) -> list[tuple[str, datetime]]:
        """Crowds that have to begin now to arrive by their hour; not while they wait for a batch."""
        if not self._rates:
            return []
        waiting_from = calendar.awaited(arxiv, now) if arxiv else None
        begun: list[tuple[str, datetime]] = []
        for platform, moment, crowd in await self._store.crowds(now, now + AHEAD):
            if platform in self._rates and (waiting_from is None or moment < waiting_from):
                # what each will get is not known yet, and all of one channel's go before the next one's
                needed = timedelta(seconds=pace.lasts(crowd * SINGLES, self._rates[platform]))
                if needed >= WORTH_IT and moment - now <= needed + TICK:
                    begun.append((platform, moment))
        return begun

    async def _together(self, states: Sequence[ChannelState], arxiv: SourceState | None) -> int:
        """Plan for these channels; one by one when that fails, so that a broken one holds up nobody."""
        try:
            return await self._plan(states, arxiv)
        except (Busy, Full):
            raise
        except StorageError as error:
            if len(states) == 1:
                log.warning("A digest was not planned: %s", error, extra={"action": "not_planned"})
        except Exception:
            if len(states) == 1:
                log.exception("Planning a digest broke", extra={"action": "plan_broke"})
        return sum([await self._together([state], arxiv) for state in states]) if len(states) > 1 else 0

    async def _plan(self, states: Sequence[ChannelState], arxiv: SourceState | None) -> int:
        now = self._clock()
        awake = [await self._awake(state, now) for state in states]
        states = [state for state in awake if not state.schedule.paused]
        waits = await self._waits(states, now)
        plans = []
        # most of them share an hour and a zone
        turn = cache(partial(calendar.turn, now=now))
        for number, state in enumerate(states):
            if number % AT_A_STRETCH == AT_A_STRETCH - 1:
                await asyncio.sleep(0)  # others wait for their answers
            day, slot, next_day, next_due = turn(state.schedule, due_date=state.due_date, due=state.due)
            late = now - slot > LATE and (arxiv is None or now - calendar.ready(slot, arxiv) > LATE)
            digest = Digest(state.channel, day, 0, slot=slot, late=late)
            digest, made = await self._scheduled(state, digest, waits.get(state.channel, Waits()), now)
            plans.append(Planned(state, digest, keyed(digest, made, self._waits_until(now)), next_day, next_due))
        return sum(await self._store.plan_all(plans, now))

    async def _awake(self, state: ChannelState, now: datetime) -> ChannelState:
        """The channel, its pause over when the end of that has come: a pause without one is never due."""

        def ended(known: ChannelState) -> ChannelState:
            return known if known.schedule.rests(now) else known.awake()

        return await self._store.change(state.channel, state.schedule, ended) if state.schedule.paused else state

    async def _waits(self, states: Sequence[ChannelState], now: datetime) -> Mapping[Channel, Waits]:
        """What waits for these channels; those with one moment of their last digest are asked for together."""
        by_moment: dict[datetime, list[Channel]] = {}
        for state in states:
            by_moment.setdefault(self._since(state, now) - ranking.LEFT_OVER, []).append(state.channel)
        waits: dict[Channel, Waits] = {}
        for moment, channels in by_moment.items():
            waits |= await self._store.candidates(channels, moment)
        return waits

    async def _scheduled(
        self, state: ChannelState, digest: Digest, waits: Waits, now: datetime
    ) -> tuple[Digest, list[Part]]:
        """The messages of number 0; the first one is never silent, and none is where a line was asked for."""
        made = messages(state.schedule, waits, self._since(state, now))
        silent = state.schedule.quiet == "silent"
        if made or not waits.topics or (silent and not state.fresh):
            return digest, made
        began = min(topic.since for topic in waits.topics)
        since = began if state.fresh or state.last_at is None else state.last_at
        read = await self._store.read_since(state.channel, since)
        topics = tuple((topic.shown, 0) for topic in waits.topics)
        return replace(digest, read=read), [Part(0, "line" if silent else "quiet", left=topics)]

    async def recall_pauses(self) -> int:
        """Recall pauses that have no end, each once, at the hour at which the digest came; returns how many."""
        now, recalled = self._clock(), 0
        for state in await self._store.long_paused(now - PAUSE):
            day, slot = calendar.latest_slot(state.schedule, now)
            if now - slot > AFTER_ITS_HOUR:
                continue
            digest = Digest(state.channel, day, await self._store.next_number(state.channel, day))
            part = Part(0, "paused")
            recalled += await self._store.recall_pause(state, digest, (part, policy.key(digest, part.number)), now)
        return recalled

    async def now(self, state: ChannelState, act: str) -> int:
        """Plan what is waiting, at once; returns how many papers it shows.

        Once for the act of that key: worked on again, it is answered with what is on its way.
        """
        now = self._clock()
        waits = await self._waits([state], now)
        made = messages(state.schedule, waits.get(state.channel, Waits()), self._since(state, now))
        day = now.astimezone(ZoneInfo(state.schedule.zone)).date()
        digest = Digest(state.channel, day, await self._store.next_number(state.channel, day))
        if made:
            keyed_parts = keyed(digest, made, self._waits_until(now))
            await self._store.plan(digest, keyed_parts, now, None, None, asked_by=act)
        return await self._store.papers_asked_by(act)

    def _waits_until(self, now: datetime) -> datetime | None:
        """Until when a message planned now waits for its summary at most; None where nobody writes summaries."""
        return now + self._patience if self._patience else None

    def _since(self, state: ChannelState, now: datetime) -> datetime:
        """What came after this moment is new to the channel; what came before was left over."""
        if state.last_at is None:
            return now - ranking.LEFT_OVER
        # the last one was perhaps planned ahead of its hour
        return state.last_at - AHEAD if state.channel.platform in self._rates else state.last_at


def keyed(digest: Digest, made: Sequence[Part], waits_until: datetime | None = None) -> list[tuple[Part, str]]:
    """The messages of a digest, each with its key; those that show a summary wait for it, until then at most."""
    return [
        (replace(part, waits_until=waits_until) if part.kind == "paper" else part, policy.key(digest, part.number))
        for part in made
    ]


def messages(schedule: Schedule, waits: Waits, since: datetime) -> list[Part]:
    """The messages of a digest: what came since then, and in the places that remain what was left over before."""
    new, most = [one for one in waits.candidates if one.seen > since], schedule.most
    fresh = ranking.select(new, most, waits.taste)
    liked = ranking.raised(fresh, new, most, waits.taste)
    if len(fresh.picks) == most:
        return parts(fresh, schedule.layout, liked)
    older, room = [one for one in waits.candidates if one.seen <= since], most - len(fresh.picks)
    rest = ranking.select(older, room, waits.taste)
    liked |= ranking.raised(rest, older, room, waits.taste)
    picks = (*fresh.picks, *rest.picks)
    order = list(dict.fromkeys(pick.topic.number for pick in picks))
    neighbours = tuple(sorted(picks, key=lambda pick: order.index(pick.topic.number)))
    return parts(Selection(neighbours, rest.left), schedule.layout, liked)


def entry(pick: Pick, liked: tuple[str, ...] = ()) -> Entry:
    """A pick as a delivery shows it; `liked` is why it stands higher than its match alone would put it."""
    match = next(match for topic, match in pick.candidate.topics if topic.number == pick.topic.number)
    return Entry(pick.candidate.paper, pick.topic.shown, match, liked=liked)


def parts(selection: Selection, layout: str, liked: Mapping[str, tuple[str, ...]]) -> list[Part]:
    """The messages of a digest: papers by themselves, or a lead with its papers in a thread."""
    entries = tuple(entry(pick, liked.get(pick.candidate.paper.id, ())) for pick in selection.picks)
    if not entries:
        return []
    left = tuple((topic.shown, count) for topic, count in selection.left if count)
    if len(entries) <= SINGLES and not left and layout == "auto":
        return [Part(number, "paper", (one,)) for number, one in enumerate(entries)]
    lead = Part(0, "lead", entries, left)
    if layout == "list":
        return [lead]
    return [lead, *(Part(number, "paper", (one,), under=0) for number, one in enumerate(entries, start=1))]
