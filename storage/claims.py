"""Claiming deliveries: which of them may be worked on now, and all that belongs to them.

A claim takes runs: a channel's first delivery that is ready, and those that may follow it at once. A lease is lost when
its time is over or another worker claimed the delivery since; `claims` numbers the leases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from bot.models import Channel, Delivery, Digest, Entry, Match, Paper, Part, State
from storage import codec
from storage.columns import Moment, unpacked
from storage.reading import owner, papers_of
from storage.schema import channels, deliveries, digests, entries, outages, sources
from storage.summaries import summaries_of

still_open = deliveries.c.settled.is_(None)


@dataclass(frozen=True, slots=True)
class Leased(Delivery):
    """A delivery in the hands of one worker."""

    #: number of the lease it is worked on under
    claim: int = 0


def claim(
    connection: Connection,
    now: datetime,
    lease: timedelta,
    platforms: Sequence[str],
    limit: int = 50,
    *,
    doubts: bool = False,
) -> list[int]:
    """See `bot.ports.DeliverStore.claim`; the ids, which nobody else works on from now on."""
    ready = _first_ready(doubts=doubts)
    first = connection.execute(ready, {"now": now, "platforms": platforms, "limit": limit}).all()
    if not first:
        return []
    ids = [row.id for row in first]
    lanes = {row.channel: (row.lane, row.id) for row in first}
    for number, channel, lane in connection.execute(_FOLLOWING, {"now": now, "channels": list(lanes)}).all():
        if lanes[channel] < (lane, number) and lanes[channel][0] == lane:
            ids.append(number)
    connection.execute(_LEASED, {"ids": ids, "until": now + lease})
    connection.execute(_DOUBTED, {"ids": ids})
    return ids


_parents = deliveries.alias("parents")
_under_what_is_there = or_(deliveries.c.parent.is_(None), _parents.c.state == State.SENT)
_now = bindparam("now", type_=Moment)
#: in nobody's hands, and its wait is over
_rested = and_(
    func.coalesce(deliveries.c.lease_until, _now) <= _now, func.coalesce(deliveries.c.not_before, _now) <= _now
)
#: what follows in the same channels: planned, of the same kind of place, and free to go now
_FOLLOWING = (
    select(deliveries.c.id, deliveries.c.channel, deliveries.c.lane)
    .outerjoin(_parents, _parents.c.id == deliveries.c.parent)
    .where(deliveries.c.channel.in_(bindparam("channels", expanding=True)), still_open, _rested)
    .where(deliveries.c.state == State.PLANNED, _under_what_is_there)
    .with_for_update(skip_locked=True, of=deliveries)
)
_MINE = deliveries.c.id.in_(bindparam("ids", expanding=True))
_LEASED = (
    update(deliveries).where(_MINE).values(lease_until=bindparam("until", type_=Moment), claims=deliveries.c.claims + 1)
)
#: whoever was sending it died, or was too slow to say what became of it
_DOUBTED = update(deliveries).where(_MINE, deliveries.c.state == State.SENDING).values(state=State.UNSURE)


@cache
def _first_ready(*, doubts: bool) -> Select[tuple[int, int, int]]:
    """For each of at most so many channels that nobody works at, its first delivery if that may be worked on."""
    before, leased = deliveries.alias("before"), deliveries.alias("leased")
    parent_of_before = deliveries.alias("parent_of_before")
    # what hangs under a message that is not there stands in nobody's way
    earlier = (
        exists()
        .where(before.c.channel == deliveries.c.channel, before.c.settled.is_(None), before.c.id < deliveries.c.id)
        .where(
            or_(
                before.c.parent.is_(None),
                exists().where(parent_of_before.c.id == before.c.parent, parent_of_before.c.state == State.SENT),
            )
        )
    )
    at_work = exists().where(
        leased.c.channel == deliveries.c.channel, leased.c.settled.is_(None), leased.c.lease_until > _now
    )
    out = exists().where(
        outages.c.platform == channels.c.platform,
        outages.c.workspace.in_(["", channels.c.workspace]),
        outages.c.probe > _now,
    )
    ready = (
        select(deliveries.c.id, deliveries.c.channel, deliveries.c.lane)
        .join(channels, channels.c.id == deliveries.c.channel)
        .outerjoin(_parents, _parents.c.id == deliveries.c.parent)
        .where(still_open, _rested, channels.c.platform.in_(bindparam("platforms", expanding=True)))
        .where(or_(channels.c.trouble == "", channels.c.probe <= _now), ~out)
        .where(_under_what_is_there, ~earlier, ~at_work)
        .order_by(deliveries.c.lane, deliveries.c.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True, of=deliveries)
    )
    return ready.where(deliveries.c.state.in_([State.SENDING, State.UNSURE])) if doubts else ready


_LOADED = (
    select(
        *(deliveries.c.id, deliveries.c.key, deliveries.c.digest, deliveries.c.number, deliveries.c.kind),
        type_coerce(deliveries.c.leftover, Text).label("leftover"),
        *(deliveries.c.state, deliveries.c.attempts, deliveries.c.attempted, deliveries.c.reason),
        *(deliveries.c.message, deliveries.c.claims),
        _parents.c.posted_id.label("parent_posted"),
        _parents.c.thread.label("parent_thread"),
        _parents.c.number.label("parent_number"),
    )
    .outerjoin(_parents, _parents.c.id == deliveries.c.parent)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.lane, deliveries.c.id)
)
#: what `digest_of` reads
OF_DIGEST = (
    digests.c.local_date,
    digests.c.number.label("digest_number"),
    digests.c.papers_read,
    digests.c.slot,
    digests.c.late,
    channels.c.platform,
    channels.c.workspace,
    channels.c.outside_id,
    channels.c.name,
    channels.c.direct,
)
_DIGESTS = (
    select(digests.c.id, *OF_DIGEST)
    .join(channels, channels.c.id == digests.c.channel)
    .where(digests.c.id.in_(bindparam("ids", expanding=True)))
)
_ENTRIES = (
    select(
        *(entries.c.delivery, entries.c.paper, entries.c.topic, entries.c.query, entries.c.score),
        type_coerce(entries.c.reasons, Text),
    )
    .where(entries.c.delivery.in_(bindparam("ids", expanding=True)))
    .order_by(entries.c.delivery, entries.c.position)
)
#: a paper's number, the topic it came under, and why
_Listed = tuple[int, str, Match]


def loaded(connection: Connection, ids: Collection[int]) -> list[Delivery]:
    """Those deliveries with all that belongs to them, leads first."""
    rows: Sequence[Any] = connection.execute(_LOADED, {"ids": ids}).all()
    of = {row.id: digest_of(row) for row in connection.execute(_DIGESTS, {"ids": {row.digest for row in rows}}).all()}
    listed: dict[int, list[_Listed]] = {number: [] for number in ids}
    for delivery, paper, topic, query, score, reasons in connection.execute(_ENTRIES, {"ids": ids}).all():
        listed[delivery].append((paper, topic, _match(query, score, reasons)))
    papers = papers_of(connection, list({paper for one in listed.values() for paper, _, _ in one}))
    private = _with_private_sources(connection, [(of[row.digest].channel, listed[row.id]) for row in rows])
    said = summaries_of(connection, papers)
    return [
        _delivery(row, of[row.digest], listed[row.id], private.get(owner(of[row.digest].channel), papers), said)
        for row in rows
    ]


@lru_cache(maxsize=8192)
def _match(query: int, score: float, reasons: str) -> Match:
    """A match as it is stored: the same ones go to many channels."""
    return codec.match(query, score, unpacked(reasons))


def _with_private_sources(
    connection: Connection, shown: Sequence[tuple[Channel, Sequence[_Listed]]]
) -> dict[str, dict[int, Paper]]:
    """By workspace that has sources of its own, the papers shown there as it sees them."""
    places = {owner(channel): channel for channel, _ in shown}
    known = select(sources.c.owner).distinct().where(sources.c.owner.in_(list(places)))
    seen: dict[str, dict[int, Paper]] = {}
    for name in connection.execute(known).scalars().all():
        wanted = dict.fromkeys(paper for channel, listed in shown if owner(channel) == name for paper, _, _ in listed)
        seen[name] = papers_of(connection, list(wanted), places[name])
    return seen


def _delivery(
    row: Any, digest: Digest, listed: Sequence[_Listed], shown: Mapping[int, Paper], said: Mapping[int, str]
) -> Leased:
    part = Part(
        number=row.number,
        kind=row.kind,
        entries=tuple([Entry(shown[paper], topic, match, said.get(paper, "")) for paper, topic, match in listed]),
        left=tuple((topic, many) for topic, many in unpacked(row.leftover)),
        under=row.parent_number,
    )
    return Leased(
        id=row.id,
        key=row.key,
        digest=digest,
        part=part,
        state=State(row.state),
        under=row.parent_thread or row.parent_posted or "",
        attempts=row.attempts,
        attempted=row.attempted,
        reason=row.reason,
        message=codec.message(row.message) if row.message is not None else None,
        claim=row.claims,
    )


def digest_of(row: Any) -> Digest:
    """The digest of a row that joins `digests` and `channels`."""
    return Digest(codec.channel(row), row.local_date, row.digest_number, row.papers_read, row.slot, row.late)
