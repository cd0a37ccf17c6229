"""Moving what a channel follows to another channel of its workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, literal, or_, select, update

from bot.models import Channel, ChannelState, Subscription
from bot.ports import StorageError
from storage import codec
from storage.asked_for import once
from storage.channels import WELL, locked, subscriptions_of
from storage.claims import still_open
from storage.deliveries import drop_planned
from storage.dialect import QUERIES, alone
from storage.dialect import insert as insert_or
from storage.schema import carried, channels, deliveries, digests, entries, posted, saves, subscriptions

#: what a channel takes along; what it agreed to and what is wrong there stay its own
_TAKEN = (
    *("zone", "at", "days", "most", "layout", "quiet", "taste"),
    *("paused", "until", "paused_at", "recalled", "due", "due_date"),
)


def known_channels(connection: Connection, channel: Channel) -> list[Channel]:
    """See `bot.ports.AnswerStore.known_channels`."""
    theirs = and_(channels.c.platform == channel.platform, channels.c.workspace == channel.workspace)
    question = select(channels).where(theirs, ~channels.c.direct).order_by(channels.c.id)
    return [codec.channel(row) for row in connection.execute(question)]


def move(
    connection: Connection, channel: Channel, target: Channel, now: datetime, *, agreed: bool = False
) -> tuple[ChannelState, list[Subscription]] | None:
    """See `bot.ports.AnswerStore.move`."""
    alone(connection, QUERIES)
    rows = _both(connection, channel, target)
    here, there = rows[channel], rows[target]
    followed = select(subscriptions.c.channel).where(subscriptions.c.ended.is_(None)).distinct()
    follow = connection.execute(followed.where(subscriptions.c.channel.in_([here.id, there.id]))).scalars().all()
    if follow != [here.id]:
        return None
    # what is on its way already, or was asked for, arrives where it was going; the rest waits again, and comes there
    planned = (
        select(deliveries.c.id)
        .join(digests, digests.c.id == deliveries.c.digest)
        .where(deliveries.c.channel == here.id, ~once())
    )
    drop_planned(connection, planned, "The topics moved to another channel.", now)
    _take_topics(connection, here.id, there.id, now)
    had = select(literal(there.id), posted.c.paper, posted.c.at).where(posted.c.channel == here.id)
    new = insert_or(connection, posted).from_select(["channel", "paper", "at"], had)
    connection.execute(new.on_conflict_do_nothing())
    _on_its_way(connection, here.id, there.id)
    values = {name: getattr(here, name) for name in _TAKEN}
    values |= {name: _later(here, there, name) for name in ("last_date", "last_at", "floor")}
    # who may change it stays as it was chosen there; of somebody's own messages nothing is known of that
    values["editors"] = there.editors or ("" if here.direct else here.editors)
    values |= {"fresh": here.fresh and there.fresh, "agreed": there.agreed or agreed}
    values |= {**WELL, "name": target.name or there.name}
    connection.execute(update(channels).where(channels.c.id == there.id).values(**values))
    # what people saved out of it goes along: its taste is learned from that, there as here
    connection.execute(update(saves).where(saves.c.channel == here.id).values(channel=there.id))
    awake = {"due": None, "due_date": None, "paused": False, "until": None, "paused_at": None}
    connection.execute(update(channels).where(channels.c.id == here.id).values(**awake))
    state = codec.channel_state(connection.execute(select(channels).where(channels.c.id == there.id)).one())
    return state, subscriptions_of(connection, target)


def _on_its_way(connection: Connection, here: int, there: int) -> None:
    """What is on its way to one channel counts in the other one too, as long as it may still be given up.

    Said when `there` has what was had here. On its way to a third one, it counts here no more: what comes back here
    brings with it what was had there.
    """
    own, passing = deliveries.alias("own"), and_(deliveries.c.also == here, deliveries.c.channel != here, still_open)
    of_own = select(entries.c.paper).join(own, own.c.id == entries.c.delivery).where(own.c.channel == here, own.c.holds)
    papers = select(entries.c.paper).join(deliveries, deliveries.c.id == entries.c.delivery).where(passing)
    left = and_(posted.c.channel == here, posted.c.paper.in_(papers), posted.c.paper.not_in(of_own))
    connection.execute(delete(posted).where(left))
    theirs = or_(deliveries.c.channel == here, deliveries.c.also == here)
    connection.execute(update(deliveries).where(theirs, still_open).values(also=there))


def _both(connection: Connection, channel: Channel, target: Channel) -> dict[Channel, Row[Any]]:
    """The rows of both, which nobody else changes until this is over; the target is stored when it is new."""
    rows = locked(connection, [channel, target])
    here = rows.get(channel)
    if here is None:
        raise StorageError("That channel is not stored.")
    if target in rows:
        return rows
    new = {"platform": target.platform, "workspace": target.workspace, "outside_id": target.id, "name": target.name}
    new |= {name: getattr(here, name) for name in ("zone", "at", "days", "most", "paused", "layout")}
    connection.execute(insert_or(connection, channels).values(**new, direct=target.direct).on_conflict_do_nothing())
    return locked(connection, [channel, target])


def _take_topics(connection: Connection, here: int, there: int, now: datetime) -> None:
    """End the topics in one channel and begin them in the other, with owner and date.

    A topic that comes back gets its number back. Others keep theirs where those are free; a number that was given to
    another topic before is never given again.
    """
    mine = select(subscriptions).where(subscriptions.c.channel == here, subscriptions.c.ended.is_(None))
    topics = connection.execute(mine.order_by(subscriptions.c.number)).all()
    connection.execute(
        update(subscriptions).where(subscriptions.c.id.in_([one.id for one in topics])).values(ended=now)
    )
    before = connection.execute(select(subscriptions).where(subscriptions.c.channel == there)).all()
    left = {(one.query, one.since, one.person): one.id for one in before}
    taken = {one.number for one in before}
    last = max((*taken, *(one.number for one in topics)), default=0)
    for one in topics:
        old = left.get((one.query, one.since, one.person))
        if old is not None:
            back = update(subscriptions).where(subscriptions.c.id == old)
            connection.execute(back.values(ended=None, typed=one.typed, edited=one.edited))
            _carry_over(connection, one.id, old)
            continue
        number = one.number
        if number in taken:
            number = last = last + 1
        new = {"channel": there, "number": number, "query": one.query, "since": one.since}
        new |= {"person": one.person, "typed": one.typed, "edited": one.edited}
        made = connection.execute(insert(subscriptions).values(**new).returning(subscriptions.c.id)).scalar_one()
        _carry_over(connection, one.id, made)


def _carry_over(connection: Connection, here: int, there: int) -> None:
    """What waited under a topic when its query was changed waits where it goes."""
    kept = select(literal(there), carried.c.paper).where(carried.c.subscription == here)
    into = insert_or(connection, carried).from_select(["subscription", "paper"], kept)
    connection.execute(into.on_conflict_do_nothing())


def _later(here: Row[Any], there: Row[Any], name: str) -> Any:
    """The later of two moments, where there is one."""
    known = [value for value in (getattr(here, name), getattr(there, name)) if value is not None]
    return max(known, default=None)
