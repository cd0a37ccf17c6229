"""Pauses without an end, which are recalled once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select, update

from bot.models import ChannelState, Digest, Part
from storage import codec
from storage.channels import FOLLOWS, locked
from storage.digests import plan
from storage.schema import channels, outages

_NOT_ACCEPTED = exists().where(
    outages.c.platform == channels.c.platform, outages.c.workspace.in_(["", channels.c.workspace])
)
_NOT_TOLD = or_(channels.c.recalled.is_(None), channels.c.recalled < channels.c.paused_at)


def long_paused(connection: Connection, before: datetime) -> list[ChannelState]:
    """See `bot.ports.PlanStore.long_paused`. Not where nothing can be posted now: they are told when it can."""
    endless = and_(channels.c.paused, channels.c.until.is_(None), channels.c.paused_at <= before)
    question = select(channels).where(endless, _NOT_TOLD, FOLLOWS, channels.c.trouble == "", ~_NOT_ACCEPTED)
    return [codec.channel_state(row) for row in connection.execute(question.order_by(channels.c.paused_at))]


def recall_pause(
    connection: Connection, state: ChannelState, digest: Digest, part: tuple[Part, str], now: datetime
) -> bool:
    """See `bot.ports.PlanStore.recall_pause`."""
    row = locked(connection, [state.channel]).get(state.channel)
    if row is None or codec.channel_state(row) != state or row.paused_at is None:
        return False
    told = row.recalled is not None and row.recalled >= row.paused_at
    if told or not plan(connection, digest, [part], now, None, None):
        return False
    connection.execute(update(channels).where(channels.c.id == row.id).values(recalled=now))
    return True
