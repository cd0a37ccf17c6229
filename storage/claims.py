"""Claiming deliveries: which of them may be worked on now, and all that belongs to them.

A claim takes runs: a channel's first delivery that is ready, and those that may follow it at once. A lease is lost when
its time is over or another worker claimed the delivery since; `claims` numbers the leases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, exists, func, or_, select, update

from bot.models import Delivery, Digest, Entry, Paper, Part, State
from storage import codec
from storage.reading import owner, papers_of
from storage.schema import channels, deliveries, digests, entries, outages, sources

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
    ready = _first_ready(now, platforms, limit)
    if doubts:
        ready = ready.where(or_(deliveries.c.state == State.SENDING, deliveries.c.state == State.UNSURE))
    first = connection.execute(ready).all()
    if not first:
        return []
    ids = [row.id for row in first]
    # what follows in the same channels: planned, of the same kind of place, and free to go now
    following = (
        select(deliveries.c.id)
        .outerjoin(_parents, _parents.c.id == deliveries.c.parent)
        .where(deliveries.c.channel.in_([row.channel for row in first]), still_open, _rested(now))
        .where(deliveries.c.state == State.PLANNED, _under_what_is_there)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    lanes = {row.channel: (row.lane, row.id) for row in first}
    following = following.add_columns(deliveries.c.channel, deliveries.c.lane)
    for row in connection.execute(following):
        lane, begin = lanes[row.channel]
        if row.lane == lane and row.id > begin:
            ids.append(row.id)
    mine = deliveries.c.id.in_(ids)
    connection.execute(update(deliveries).where(mine).values(lease_until=now + lease, claims=deliveries.c.claims + 1))
    # whoever was sending it died, or was too slow to say what became of it
    connection.execute(update(deliveries).where(mine, deliveries.c.state == State.SENDING).values(state=State.UNSURE))
    return ids


_parents = deliveries.alias("parents")
_under_what_is_there = or_(deliveries.c.parent.is_(None), _parents.c.state == State.SENT)


def _rested(now: datetime) -> ColumnElement[bool]:
    """In nobody's hands, and its wait is over."""
    return and_(func.coalesce(deliveries.c.lease_until, now) <= now, func.coalesce(deliveries.c.not_before, now) <= now)


def _first_ready(now: datetime, platforms: Sequence[str], limit: int) -> Any:
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
        leased.c.channel == deliveries.c.channel, leased.c.settled.is_(None), leased.c.lease_until > now
    )
    out = exists().where(
        outages.c.platform == channels.c.platform,
        outages.c.workspace.in_(["", channels.c.workspace]),
        outages.c.probe > now,
    )
    return (
        select(deliveries.c.id, deliveries.c.channel, deliveries.c.lane)
        .join(channels, channels.c.id == deliveries.c.channel)
        .outerjoin(_parents, _parents.c.id == deliveries.c.parent)
        .where(still_open, _rested(now), channels.c.platform.in_(platforms))
        .where(or_(channels.c.trouble == "", channels.c.probe <= now), ~out)
        .where(_under_what_is_there, ~earlier, ~at_work)
        .order_by(deliveries.c.lane, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )


_ENTRIES = (
    select(entries)
    .where(entries.c.delivery.in_(bindparam("_ids", expanding=True)))
    .order_by(entries.c.delivery, entries.c.position)
)


def loaded(connection: Connection, ids: Collection[int]) -> list[Delivery]:
    """Those deliveries with all that belongs to them, leads first."""
    question = (
        select(
            *(deliveries.c.id, deliveries.c.key, deliveries.c.number, deliveries.c.kind, deliveries.c.leftover),
            *(deliveries.c.state, deliveries.c.attempts, deliveries.c.attempted, deliveries.c.reason),
            *(deliveries.c.message, deliveries.c.claims),
            digests.c.local_date,
            digests.c.number.label("digest_number"),
            digests.c.papers_read,
            digests.c.slot,
            digests.c.late,
            channels.c.platform,
            channels.c.workspace,
            channels.c.outside_id,
            channels.c.name,
            _parents.c.posted_id.label("parent_posted"),
            _parents.c.thread.label("parent_thread"),
            _parents.c.number.label("parent_number"),
        )
        .join(digests, digests.c.id == deliveries.c.digest)
        .join(channels, channels.c.id == deliveries.c.channel)
        .outerjoin(_parents, _parents.c.id == deliveries.c.parent)
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.lane, deliveries.c.id)
    )
    rows: Sequence[Any] = connection.execute(question).all()
    listed: dict[int, list[Row[Any]]] = {}
    for entry in connection.execute(_ENTRIES, {"_ids": ids}):
        listed.setdefault(entry.delivery, []).append(entry)
    papers = papers_of(connection, list({entry.paper for one in listed.values() for entry in one}))
    private = _with_private_sources(connection, rows, listed)
    return [_delivery(row, listed.get(row.id, ()), private.get(owner(codec.channel(row)), papers)) for row in rows]


def _with_private_sources(
    connection: Connection, rows: Sequence[Any], listed: Mapping[int, Sequence[Row[Any]]]
) -> dict[str, dict[int, Paper]]:
    """By workspace that has sources of its own, the papers of its deliveries as it sees them."""
    places = {owner(place): place for place in map(codec.channel, rows)}
    known = select(sources.c.owner).distinct().where(sources.c.owner.in_(list(places)))
    seen: dict[str, dict[int, Paper]] = {}
    for name in connection.execute(known).scalars().all():
        theirs = [row.id for row in rows if owner(codec.channel(row)) == name]
        wanted = dict.fromkeys(entry.paper for number in theirs for entry in listed.get(number, ()))
        seen[name] = papers_of(connection, list(wanted), places[name])
    return seen


def _delivery(row: Row[Any], listed: Sequence[Row[Any]], shown: Mapping[int, Paper]) -> Leased:
    part = Part(
        number=row.number,
        kind=row.kind,
        entries=tuple(
            Entry(shown[entry.paper], entry.topic, codec.match(entry.query, entry.score, entry.reasons))
            for entry in listed
        ),
        left=tuple((topic, many) for topic, many in row.leftover),
        under=row.parent_number,
    )
    return Leased(
        id=row.id,
        key=row.key,
        digest=digest_of(row),
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
