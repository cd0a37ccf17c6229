"""Due channels -> digests -> deliveries; one transaction a channel.

What waits for a channel is the store's answer; which of it comes, and in what order, is `bot.ranking`'s. What came
since the last digest goes first; what was left over before, at most a week ago, fills the places that remain.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import calendar, policy, ranking
from bot.models import Candidate, Channel, ChannelState, Digest, Entry, Match, Part, Pick, Selection, Subscription
from bot.ports import Clock, PlanStore, StorageError, Waiting

log = logging.getLogger(__name__)

#: up to this many papers, and nothing left over, are messages of their own
SINGLES = 3
#: what was left over waits this long beyond the last digest; it can be searched for ever after
WAITS = timedelta(days=7)
#: a digest that comes this long after its hour says so
LATE = timedelta(minutes=30)


class Plan:
    """Makes digests."""

    def __init__(self, store: PlanStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def due(self) -> int:
        """Plan the digest of every channel that is due; returns how many were planned."""
        planned = 0
        tried: set[Channel] = set()
        while states := [one for one in await self._store.due(self._clock()) if one.channel not in tried]:
            for state in states:
                # each once: one that cannot be planned stays due, and holds up nobody
                tried.add(state.channel)
                try:
                    planned += await self.scheduled(state)
                except StorageError as error:
                    log.warning("A digest was not planned: %s", error, extra={"action": "not_planned"})
                except Exception:
                    log.exception("Planning a digest broke", extra={"action": "plan_broke"})
        return planned

    async def scheduled(self, state: ChannelState) -> bool:
        """Plan number 0 of the local date that is due; a missed one is caught up with once."""
        now = self._clock()
        if state.schedule.paused:  # its end has come: a pause without one is never due
            state = replace(state, schedule=replace(state.schedule, paused=False, until=None))
            await self._store.set_schedule(state.channel, state.schedule, state.due_date, state.due)
        day, slot = calendar.latest_slot(state.schedule, now)
        if state.due_date is not None and state.due is not None and day <= state.due_date:
            day, slot = state.due_date, state.due
        next_day, next_due = calendar.next_slot(state.schedule, now, last=day, last_at=slot)
        digest = Digest(state.channel, day, 0, slot=slot, late=now - slot > LATE)
        parts = await self._parts(state, state.last_at or now - WAITS)
        if not parts and state.fresh and (topics := await self._store.subscriptions(state.channel)):
            began = min(topic.since for topic in topics)
            digest = replace(digest, read=await self._store.read_since(state.channel, began))
            parts = [Part(0, "line", left=tuple((topic.text, 0) for topic in topics))]
        if await self._plan(digest, parts, now, (next_day, next_due)):
            return True
        stored = await self._store.channel(state.channel)
        if stored is not None and stored.last_date == day and stored.due == state.due:
            # that date has its digest already: somebody changed the channel while the last one was planned
            await self._store.set_schedule(state.channel, stored.schedule, next_day, next_due)
        return False

    async def now(self, state: ChannelState) -> int:
        """Plan what is waiting, at once; returns how many papers it shows."""
        now = self._clock()
        day = now.astimezone(ZoneInfo(state.schedule.zone)).date()
        digest = Digest(state.channel, day, await self._store.next_number(state.channel, day))
        parts = await self._parts(state, state.last_at or now - WAITS)
        if not parts or not await self._plan(digest, parts, now, None):
            return 0
        return len(parts[0].entries) if parts[0].kind == "lead" else len(parts)

    async def _parts(self, state: ChannelState, since: datetime) -> list[Part]:
        """The messages of a digest: what came since then, and in the places that remain what was left over before."""
        most, layout = state.schedule.most, state.schedule.layout
        fresh = ranking.select(group(await self._store.waiting(state.channel, since)), most)
        if len(fresh.picks) == most:
            return parts(fresh, layout)
        older = [one for one in await self._store.waiting(state.channel, since - WAITS) if one.seen <= since]
        rest = ranking.select(group(older), most - len(fresh.picks))
        picks = (*fresh.picks, *rest.picks)
        order = list(dict.fromkeys(pick.topic.number for pick in picks))
        neighbours = tuple(sorted(picks, key=lambda pick: order.index(pick.topic.number)))
        return parts(Selection(neighbours, rest.left), layout)

    async def _plan(
        self, digest: Digest, made: Sequence[Part], now: datetime, following: tuple[date, datetime] | None
    ) -> bool:
        keyed = [(part, policy.key(digest, part.number)) for part in made]
        due_date, due = following or (None, None)
        return await self._store.plan(digest, keyed, now, due_date, due)


def group(waiting: Sequence[Waiting]) -> list[Candidate]:
    """Papers that wait, each once, with every topic that brought it."""
    topics: dict[str, list[tuple[Subscription, Match]]] = {}
    first: dict[str, Waiting] = {}
    for one in waiting:
        first.setdefault(one.paper.id, one)
        topics.setdefault(one.paper.id, []).append((one.subscription, one.match))
    return [Candidate(one.paper, tuple(topics[paper]), one.seen, one.paper.sources) for paper, one in first.items()]


def entry(pick: Pick) -> Entry:
    """A pick as a delivery shows it."""
    match = next(match for topic, match in pick.candidate.topics if topic.number == pick.topic.number)
    return Entry(pick.candidate.paper, pick.topic.text, match)


def parts(selection: Selection, layout: str) -> list[Part]:
    """The messages of a digest: papers by themselves, or a lead with its papers in a thread."""
    entries = tuple(entry(pick) for pick in selection.picks)
    if not entries:
        return []
    left = tuple((topic.text, count) for topic, count in selection.left if count)
    if len(entries) <= SINGLES and not left and layout == "auto":
        return [Part(number, "paper", (one,)) for number, one in enumerate(entries)]
    lead = Part(0, "lead", entries, left)
    if layout == "list":
        return [lead]
    return [lead, *(Part(number, "paper", (one,), under=0) for number, one in enumerate(entries, start=1))]
