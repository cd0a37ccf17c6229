"""Deliveries: claiming them under a lease, and recording what became of them.

    planned ─ sending ─ sent | unsure ─ planned | unknown;  parked and dropped are set aside

A lease is lost when its time is over or another worker claimed the delivery since. `claims` numbers the leases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, exists, func, or_, select, update

from bot.models import Channel, Delivery, Digest, Entry, Message, Paper, Part, Posted, State
from storage import codec
from storage.dialect import insert
from storage.reading import number_of, owner, papers_of
from storage.schema import channels, deliveries, digests, entries, posted

_OVER = (State.SENT, State.UNKNOWN, State.PARKED, State.DROPPED)
still_open = deliveries.c.settled.is_(None)


@dataclass(frozen=True, slots=True)
class Leased(Delivery):
    """A delivery in the hands of one worker."""

    #: number of the lease it is worked on under
    claim: int = 0


# ----------------------------------------------------------------------------------------------- claim


def claim(
    connection: Connection, now: datetime, lease: float, platforms: Sequence[str], limit: int = 50
) -> list[Delivery]:
    """See `bot.ports.DeliverStore.claim`."""
    parents, before = deliveries.alias("parents"), deliveries.alias("before")
    over = func.coalesce(deliveries.c.lease_until, now) <= now
    ready = and_(over, func.coalesce(deliveries.c.not_before, now) <= now)
    # what hangs under a message that is not there stands in nobody's way
    parent_of_before = deliveries.alias("parent_of_before")
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
    leased = deliveries.alias("leased")
    at_work = exists().where(
        leased.c.channel == deliveries.c.channel, leased.c.settled.is_(None), leased.c.lease_until > now
    )
    question = (
        select(deliveries.c.id)
        .join(channels, channels.c.id == deliveries.c.channel)
        .outerjoin(parents, parents.c.id == deliveries.c.parent)
        .where(still_open, ready, channels.c.platform.in_(platforms), channels.c.trouble == "")
        .where(or_(deliveries.c.parent.is_(None), parents.c.state == State.SENT))
        .where(~earlier, ~at_work)
        .order_by(deliveries.c.lane, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    ids = connection.execute(question).scalars().all()
    if not ids:
        return []
    mine = deliveries.c.id.in_(ids)
    connection.execute(
        update(deliveries)
        .where(mine)
        .values(lease_until=now + timedelta(seconds=lease), claims=deliveries.c.claims + 1)
    )
    # whoever was sending it died, or was too slow to say what became of it
    connection.execute(update(deliveries).where(mine, deliveries.c.state == State.SENDING).values(state=State.UNSURE))
    return _deliveries(connection, ids)


def _deliveries(connection: Connection, ids: Collection[int]) -> list[Delivery]:
    """Those deliveries with all that belongs to them, leads first."""
    parents = deliveries.alias("parents")
    question = (
        select(
            deliveries,
            digests.c.local_date,
            digests.c.number.label("digest_number"),
            digests.c.papers_read,
            digests.c.slot,
            digests.c.late,
            channels.c.platform,
            channels.c.workspace,
            channels.c.outside_id,
            channels.c.name,
            parents.c.posted_id.label("parent_posted"),
            parents.c.thread.label("parent_thread"),
            parents.c.number.label("parent_number"),
        )
        .join(digests, digests.c.id == deliveries.c.digest)
        .join(channels, channels.c.id == deliveries.c.channel)
        .outerjoin(parents, parents.c.id == deliveries.c.parent)
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.lane, deliveries.c.id)
    )
    rows = connection.execute(question).all()
    listed: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(
        select(entries).where(entries.c.delivery.in_(ids)).order_by(entries.c.delivery, entries.c.position)
    ):
        listed.setdefault(row.delivery, []).append(row)
    places = [codec.channel(row) for row in rows]
    shown: dict[str, dict[int, Paper]] = {}
    for workspace, place in {owner(place): place for place in places}.items():
        theirs = [row.id for row, its in zip(rows, places, strict=True) if owner(its) == workspace]
        wanted = dict.fromkeys(entry.paper for number in theirs for entry in listed.get(number, ()))
        shown[workspace] = papers_of(connection, list(wanted), place)
    return [
        _delivery(row, listed.get(row.id, ()), shown[owner(place)]) for row, place in zip(rows, places, strict=True)
    ]


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


# --------------------------------------------------------------------------------- send and settle


def sending(connection: Connection, delivery: Delivery, message: Message, now: datetime, lease: float) -> bool:
    """See `bot.ports.DeliverStore.sending`. A message stored before stays as it is."""
    packed = select(deliveries.c.message).where(deliveries.c.id == delivery.id)
    first = connection.execute(packed).scalar_one_or_none()
    intent = (
        update(deliveries)
        .where(_in_hand(delivery, now))
        .where(deliveries.c.state.in_((State.PLANNED, State.UNSURE)))
        .values(
            state=State.SENDING,
            message=first if first is not None else codec.pack_message(message),
            attempts=deliveries.c.attempts + 1,
            # repeated in doubt, the first attempt is what the doubt is about
            attempted=case((deliveries.c.state == State.UNSURE, deliveries.c.attempted), else_=now),
            lease_until=now + timedelta(seconds=lease),
            not_before=None,
        )
    )
    return connection.execute(intent).rowcount == 1


def settle(
    connection: Connection,
    delivery: Delivery,
    state: State,
    now: datetime,
    *,
    posted: Posted | None = None,
    reason: str = "",
    again_at: datetime | None = None,
    paper_at_fault: bool = False,
) -> None:
    """See `bot.ports.DeliverStore.settle`.

    After a lost lease only SENT is recorded: what is there is there.
    """
    if state is State.SENT:
        theirs = and_(deliveries.c.id == delivery.id, deliveries.c.state != State.SENT)
    else:
        theirs = _in_hand(delivery, now)
    values = {
        "state": state,
        "lease_until": None,
        "not_before": again_at,
        "reason": reason,
        "settled": now if state in _OVER else None,
    }
    if posted is not None:
        values |= {"posted_id": posted.id, "thread": posted.thread}
    if connection.execute(update(deliveries).where(theirs).values(**values)).rowcount == 0:
        return
    if state is State.SENT:
        hold(connection, [delivery.id], now)
    elif state is State.DROPPED or state is State.PARKED:
        released = _drop_under(connection, delivery.id, reason, now)
        if state is State.DROPPED or not paper_at_fault:
            released.append(delivery.id)
        release(connection, released)


def _in_hand(delivery: Delivery, now: datetime) -> ColumnElement[bool]:
    """The delivery, as long as its lease is not lost."""
    lease = delivery.claim if isinstance(delivery, Leased) else 0
    return and_(deliveries.c.id == delivery.id, deliveries.c.claims == lease, deliveries.c.lease_until > now)


def _drop_under(connection: Connection, parent: int, reason: str, now: datetime) -> list[int]:
    """Drop what hangs under a delivery, and under that; their ids."""
    dropped: list[int] = []
    level: Sequence[int] = [parent]
    while level:
        level = (
            connection.execute(select(deliveries.c.id).where(deliveries.c.parent.in_(level), still_open))
            .scalars()
            .all()
        )
        dropped += level
    drop(connection, deliveries.c.id.in_(dropped), reason, now)
    return dropped


def drop(connection: Connection, which: ColumnElement[bool], reason: str, now: datetime) -> None:
    """Drop deliveries; their papers still count as had until they are released."""
    values = {"state": State.DROPPED, "reason": reason, "settled": now, "lease_until": None, "not_before": None}
    connection.execute(update(deliveries).where(which).values(**values))


def release(connection: Connection, ids: Collection[int]) -> None:
    """The papers of these deliveries wait again, unless the channel has them from another one."""
    if not ids:
        return
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(holds=False))
    other, of_other = entries.alias("other"), deliveries.alias("of_other")
    still_held = exists().where(
        other.c.paper == entries.c.paper,
        of_other.c.id == other.c.delivery,
        of_other.c.channel == deliveries.c.channel,
        of_other.c.holds,
    )
    question = (
        select(deliveries.c.channel, entries.c.paper)
        .distinct()
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .where(entries.c.delivery.in_(ids), ~still_held)
    )
    for row in connection.execute(question).all():
        connection.execute(delete(posted).where(posted.c.channel == row.channel, posted.c.paper == row.paper))


def hold(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """The papers of these deliveries count as had."""
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(holds=True))
    question = (
        select(deliveries.c.channel, entries.c.paper)
        .distinct()
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .where(entries.c.delivery.in_(ids))
    )
    rows = [{"channel": row.channel, "paper": row.paper, "at": now} for row in connection.execute(question)]
    if rows:
        connection.execute(insert(connection, posted).on_conflict_do_nothing(), rows)


# ---------------------------------------------------------------------------- what stands in a message


def posted_papers(connection: Connection, channel: Channel, message: str) -> tuple[str, ...]:
    """See `bot.ports.AnswerStore.posted_papers`."""
    if not message:
        return ()
    question = (
        select(deliveries.c.id)
        .where(deliveries.c.channel == number_of(connection, channel))
        .where(or_(deliveries.c.posted_id == message, deliveries.c.thread == message))
        .order_by(deliveries.c.posted_id != message, deliveries.c.id)
        .limit(1)
    )
    ours = connection.execute(question).scalar_one_or_none()
    listed = select(entries.c.paper).where(entries.c.delivery == ours).order_by(entries.c.position)
    return tuple(codec.shown("p", paper) for paper in connection.execute(listed).scalars())
