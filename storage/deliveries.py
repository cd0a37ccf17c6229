"""Deliveries: recording what becomes of them, many in one transaction.

    planned ─ sending ─ sent | unsure ─ planned | unknown;  parked and dropped are set aside

Workers that post side by side record side by side: what they say in the same moment is one commit (`store.Gathered`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import insert as plain_insert

from bot import policy
from bot.models import Channel, Delivery, Message, State
from bot.ports import Intent, Outcome
from storage import codec
from storage.asked_for import once
from storage.channels import WELL
from storage.claims import Leased, still_open
from storage.columns import Json, Moment, Words, clean, packed
from storage.dialect import insert, new_id
from storage.reading import number_of
from storage.rows import bound, update_rows
from storage.schema import channels, deliveries, digests, entries, outages, posted

_OVER = (State.SENT, State.UNKNOWN, State.PARKED, State.DROPPED)

# ---------------------------------------------------------------------------------------- many at once


def said(connection: Connection, things: Sequence[Intent | Outcome | Delivery]) -> list[bool]:
    """Record what workers say in the same moment, in one transaction: see `settle`, `give_back` and `sending`.

    The answer is for an intent: that it may be posted.
    """
    intents = [one for one in things if isinstance(one, Intent)]
    settle(connection, [one for one in things if isinstance(one, Outcome)])
    give_back(connection, [one for one in things if isinstance(one, Delivery)])
    stands = iter(sending(connection, intents) if intents else ())
    return [next(stands) if isinstance(one, Intent) else True for one in things]


# ------------------------------------------------------------------------------------------------ send


def sending(connection: Connection, intents: Sequence[Intent]) -> list[bool]:
    """See `bot.ports.DeliverStore.sending`. A message stored before stays as it is."""
    now = max(intent.now for intent in intents)
    until = now + max(intent.lease for intent in intents)
    said = {"_now": bound(connection, _WHEN, now), "_until": bound(connection, _WHEN, until)}
    rows = [
        {
            "_id": intent.delivery.id,
            "_claim": _claim_of(intent.delivery),
            "_message": _packed(intent.message),
            **said,
        }
        for intent in intents
    ]
    if update_rows(connection, _SENDING, rows) == len(rows):
        return [True] * len(rows)
    # some lease was lost: which ones stand is asked
    question = select(deliveries.c.id, deliveries.c.claims, deliveries.c.lease_until).where(
        deliveries.c.id.in_([row["_id"] for row in rows]), deliveries.c.state == State.SENDING
    )
    standing = {(row.id, row.claims, row.lease_until) for row in connection.execute(question)}
    return [(row["_id"], row["_claim"], until) in standing for row in rows]


def _packed(message: Message) -> str:
    """A message as it is stored. That of a paper goes to many channels, and a lead to one."""
    return packed(codec.pack_message(message)) if message.items else _packed_once(message)


@lru_cache(maxsize=4096)
def _packed_once(message: Message) -> str:
    return packed(codec.pack_message(message))


_WHEN = deliveries.c.lease_until
#: the delivery, as long as its lease is not lost
_IN_HAND = and_(
    deliveries.c.id == bindparam("_id", type_=Integer),
    deliveries.c.claims == bindparam("_claim", type_=Integer),
    deliveries.c.lease_until > bindparam("_now", type_=Moment),
)
# two comparisons: an IN has no form for many rows at once
_WAITS = or_(deliveries.c.state == State.PLANNED, deliveries.c.state == State.UNSURE)
_SENDING = (
    update(deliveries)
    .where(_IN_HAND, _WAITS)
    .values(
        state=State.SENDING,
        message=func.coalesce(deliveries.c.message, bindparam("_message", type_=Json)),
        attempts=deliveries.c.attempts + 1,
        # repeated in doubt, the first attempt is what the doubt is about
        attempted=case(
            (deliveries.c.state == State.UNSURE, deliveries.c.attempted), else_=bindparam("_now", type_=Moment)
        ),
        lease_until=bindparam("_until", type_=Moment),
        not_before=None,
    )
)


def _claim_of(delivery: Delivery) -> int:
    return delivery.claim if isinstance(delivery, Leased) else 0


# ---------------------------------------------------------------------------------------------- settle


def settle(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """See `bot.ports.DeliverStore.settle`."""
    sent = [outcome for outcome in outcomes if outcome.state is State.SENT]
    if sent:
        _sent(connection, sent)
    for outcome in outcomes:
        if outcome.state is not State.SENT:
            _not_sent(connection, outcome)


def _sent(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Record what is there, even after a lost lease: what is there is there. A channel that took it is in no trouble.

    On SQLite a NULL parameter of `coalesce` is what nobody said: the ids of a message that was there before stay.
    """
    now = bound(connection, _WHEN, max(outcome.now for outcome in outcomes))
    rows = [
        {
            "_id": outcome.delivery.id,
            "_now": now,
            "_posted": clean(outcome.posted.id) if outcome.posted else None,
            "_thread": clean(outcome.posted.thread) if outcome.posted else None,
        }
        for outcome in outcomes
    ]
    update_rows(connection, _SENT, rows)
    ids = [row["_id"] for row in rows]
    if connection.execute(_ANY_OUTAGE).first() is not None:
        taken = (
            select(channels.c.id)
            .join(deliveries, deliveries.c.channel == channels.c.id)
            .where(deliveries.c.id.in_(ids), channels.c.platform == outages.c.platform)
            .where(or_(outages.c.workspace == "", channels.c.workspace == outages.c.workspace))
        )
        connection.execute(delete(outages).where(taken.correlate(outages).exists()))
    odd = connection.execute(_ODD, {"_ids": ids}).all()
    if odd:
        hold(connection, [row.id for row in odd], outcomes[0].now)
        mended = {row.channel for row in odd if row.trouble}
        connection.execute(update(channels).where(channels.c.id.in_(mended)).values(**WELL))


_ANY_OUTAGE = select(outages.c.platform).limit(1)
#: deliveries whose papers were given up meanwhile, or whose channel was in trouble
_ODD = (
    select(deliveries.c.id, deliveries.c.channel, channels.c.trouble)
    .join(channels, channels.c.id == deliveries.c.channel)
    .where(deliveries.c.id.in_(bindparam("_ids", expanding=True)))
    .where(or_(~deliveries.c.holds, channels.c.trouble != ""))
)
_SENT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("_id", type_=Integer), deliveries.c.state != State.SENT)
    .values(
        state=State.SENT,
        lease_until=None,
        not_before=None,
        reason="",
        settled=bindparam("_now", type_=Moment),
        posted_id=func.coalesce(bindparam("_posted", type_=Words), deliveries.c.posted_id),
        thread=func.coalesce(bindparam("_thread", type_=Words), deliveries.c.thread),
    )
)


def _not_sent(connection: Connection, outcome: Outcome) -> None:
    """Record any other fate, unless somebody else has the delivery.

    A lease that ran out and that nobody took since is still ours: else the wait for doubt would not be recorded, and
    our own next claim would look for a message that is still on its way.
    """
    delivery, state, now = outcome.delivery, outcome.state, outcome.now
    values = {
        "state": state,
        "lease_until": None,
        "not_before": outcome.again_at,
        "reason": outcome.reason,
        "settled": now if state in _OVER else None,
    }
    ours = and_(deliveries.c.id == delivery.id, deliveries.c.claims == _claim_of(delivery), still_open)
    if connection.execute(update(deliveries).where(ours).values(**values)).rowcount == 0:
        return
    if outcome.halve:
        _halve(connection, delivery)
    elif state is State.DROPPED or state is State.PARKED:
        released = _drop_under(connection, delivery.id, outcome.reason, now)
        if state is State.DROPPED or not outcome.paper_at_fault:
            released.append(delivery.id)
        release(connection, released)


def give_back(connection: Connection, given: Sequence[Delivery]) -> None:
    """See `bot.ports.DeliverStore.give_back`."""
    rows = [{"_id": delivery.id, "_claim": _claim_of(delivery)} for delivery in given]
    if rows:
        connection.execute(_GIVE_BACK, rows)


_GIVE_BACK = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("_id", type_=Integer),
        deliveries.c.claims == bindparam("_claim", type_=Integer),
        _WAITS,
    )
    .values(lease_until=None)
)


def _halve(connection: Connection, refused: Delivery) -> None:
    """Put two messages in the place of a refused one, each with half of its papers and what hangs under them.

    They are new messages with keys of their own: a key never carries two payloads.
    """
    row = connection.execute(select(deliveries).where(deliveries.c.id == refused.id)).one()
    last = select(func.max(deliveries.c.number)).where(deliveries.c.digest == row.digest)
    number = int(connection.execute(last).scalar_one())
    order = entries.c.position
    listed = connection.execute(select(entries).where(entries.c.delivery == row.id).order_by(order)).all()
    middle = (len(listed) + 1) // 2
    for half in (listed[:middle], listed[middle:]):
        number += 1
        values = {
            "key": policy.key(refused.digest, number),
            "digest": row.digest,
            "channel": row.channel,
            "number": number,
            "kind": row.kind,
            # what was left over is said once, under the last half
            "leftover": row.leftover if half[-1] is listed[-1] else [],
            "parent": row.parent,
            "also": row.also,
            "lane": row.lane,
            "state": State.PLANNED,
        }
        new = new_id(connection.execute(plain_insert(deliveries).values(**values)))
        theirs = [entry.paper for entry in half]
        copies = [{**entry._mapping, "delivery": new, "position": position} for position, entry in enumerate(half)]
        connection.execute(plain_insert(entries), copies)
        shows = exists().where(entries.c.delivery == deliveries.c.id, entries.c.paper.in_(theirs))
        connection.execute(update(deliveries).where(deliveries.c.parent == row.id, shows).values(parent=new))
    connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(holds=False))


# -------------------------------------------------------------------------------------- what holds what


def expire(connection: Connection, before: datetime, now: datetime) -> int:
    """See `bot.ports.DeliverStore.expire`."""
    old = (
        select(deliveries.c.id)
        .join(digests, digests.c.id == deliveries.c.digest)
        .where(digests.c.planned <= before, func.coalesce(deliveries.c.lease_until, now) <= now)
        # late is better than never
        .where(~once())
    )
    reason = "It could not be posted in time; the next digest has it."
    return len(drop_planned(connection, old, reason, now))


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


def drop_planned(connection: Connection, among: Select[tuple[int]], reason: str, now: datetime) -> Sequence[int]:
    """Drop what is planned among these and let its papers wait again; the ids.

    Not what hangs under a message that is there: its papers were named in it and would never come again. What another
    worker begins to send in the same moment is his.
    """
    parents = deliveries.alias("parents")
    there = exists().where(parents.c.id == deliveries.c.parent, parents.c.state == State.SENT)
    planned = and_(still_open, deliveries.c.state == State.PLANNED)
    question = among.where(planned, ~there).with_for_update(skip_locked=True, of=deliveries)
    ids = [row.id for row in connection.execute(question)]
    drop(connection, deliveries.c.id.in_(ids), reason, now)
    release(connection, ids)
    return ids


def drop(connection: Connection, which: ColumnElement[bool], reason: str, now: datetime) -> None:
    """Drop deliveries; their papers still count as had until they are released."""
    values = {"state": State.DROPPED, "reason": reason, "settled": now, "lease_until": None, "not_before": None}
    connection.execute(update(deliveries).where(which).values(**values))


#: where the papers of a delivery count as had: in its channel, and in the one that took the topics meanwhile
_PLACES = (deliveries.c.channel, deliveries.c.also)


def release(connection: Connection, ids: Collection[int]) -> None:
    """The papers of these deliveries wait again, unless the channel has them from another one."""
    if not ids:
        return
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(holds=False))
    other, of_other = entries.alias("other"), deliveries.alias("of_other")
    for place in _PLACES:
        still_held = exists().where(
            other.c.paper == entries.c.paper,
            of_other.c.id == other.c.delivery,
            # what the first channel had before went along
            or_(of_other.c.channel.in_((deliveries.c.channel, place)), of_other.c.also == place),
            of_other.c.holds,
        )
        for row in connection.execute(_shown_in(place, ids).where(~still_held)).all():
            connection.execute(delete(posted).where(posted.c.channel == row.place, posted.c.paper == row.paper))


def hold(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """The papers of these deliveries count as had."""
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(holds=True))
    for place in _PLACES:
        rows = [
            {"channel": row.place, "paper": row.paper, "at": now} for row in connection.execute(_shown_in(place, ids))
        ]
        if rows:
            connection.execute(insert(connection, posted).on_conflict_do_nothing(), rows)


def _shown_in(place: ColumnElement[int], ids: Collection[int]) -> Select[tuple[int, int]]:
    """The papers of these deliveries, each with that channel of theirs."""
    return (
        select(place.label("place"), entries.c.paper)
        .distinct()
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .where(entries.c.delivery.in_(ids), place.is_not(None))
    )


# ---------------------------------------------------------------------------- what stands in a message


def on_its_way(connection: Connection, channel: Channel) -> bool:
    """See `bot.ports.store.reading.ReadingStore.on_its_way`."""
    theirs = (deliveries.c.channel == number_of(connection, channel), still_open)
    flying = exists().where(*theirs, deliveries.c.state.in_([State.SENDING, State.UNSURE]))
    return bool(connection.execute(select(flying)).scalar_one())


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
