"""Our bot was brought into a channel or taken out of it, told in whatever order and however often.

A channel with an empty id stands for all of its workspace. What a channel follows is kept for 30 days after we were
taken out, and then goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, exists, select, update

from bot.models import Channel, ChannelState, Person
from bot.ports.store.membership import KEPT
from storage import codec, forgetting
from storage.channels import FOLLOWS, WELL
from storage.deliveries import drop_planned
from storage.dialect import PAPERS, QUERIES, alone
from storage.persons import row_of
from storage.reading import number_of
from storage.schema import channels, deliveries, subscriptions


def taken_out(  # noqa: PLR0917 - as at the door
    connection: Connection, channel: Channel, order: str, reason: str, now: datetime, probe: datetime
) -> None:
    """See `bot.ports.AnswerStore.taken_out`."""
    rows = _told(connection, channel, order)
    connection.execute(_of(rows).values(presence=order))
    left = [row for row in rows if row.follows and row.removed is None]
    # nobody there is told: whoever took us out knows
    connection.execute(_of(left).values(trouble=reason, probe=probe, told=now, removed=now))
    planned = select(deliveries.c.id).where(deliveries.c.channel.in_([row.id for row in left]))
    drop_planned(connection, planned, reason, now)


def brought_in(connection: Connection, channel: Channel, order: str) -> list[ChannelState] | None:
    """See `bot.ports.AnswerStore.brought_in`."""
    rows = _told(connection, channel, order)
    if not rows and channel.id and number_of(connection, channel) is not None:
        return None
    connection.execute(_of(rows).values(presence=order, removed=None))
    return [codec.channel_state(row) for row in rows if row.follows and row.trouble]


def goes_on(connection: Connection, channel: Channel, order: str) -> None:
    """See `bot.ports.AnswerStore.goes_on`."""
    connection.execute(_of(_told(connection, channel, order)).values(**WELL))


def _told(connection: Connection, channel: Channel, order: str) -> Sequence[Row[Any]]:
    """The channels it is about, but for those of which something later is known; nobody else changes them meanwhile.

    Orders are compared here: a database has an order of letters of its own.
    """
    there = (channels.c.platform == channel.platform, channels.c.workspace == channel.workspace)
    question = select(channels, FOLLOWS.label("follows")).where(*there)
    if channel.id:
        question = question.where(channels.c.outside_id == channel.id)
    rows = connection.execute(question.order_by(channels.c.id).with_for_update(key_share=True, of=channels)).all()
    return [row for row in rows if row.presence <= order]


def _of(rows: Sequence[Row[Any]]) -> Update:
    return update(channels).where(channels.c.id.in_([row.id for row in rows]))


def where_removed(connection: Connection, person: Person) -> list[ChannelState]:
    """See `bot.ports.AnswerStore.where_removed`."""
    theirs = exists().where(
        subscriptions.c.channel == channels.c.id,
        subscriptions.c.ended.is_(None),
        subscriptions.c.person == row_of(person).scalar_subquery(),
    )
    question = select(channels).where(channels.c.removed.is_not(None), theirs).order_by(channels.c.id)
    return [codec.channel_state(row) for row in connection.execute(question)]


def tidy(connection: Connection, now: datetime) -> None:
    """Forget channels from which we were taken 30 days ago, with what they follow; reading lists stay."""
    over = select(channels).where(channels.c.removed <= now - KEPT)
    if connection.execute(over.limit(1)).first() is None:
        return
    alone(connection, PAPERS)
    alone(connection, QUERIES)
    for row in connection.execute(over.order_by(channels.c.id).with_for_update()).all():
        forgetting.forget_channel(connection, codec.channel(row))
