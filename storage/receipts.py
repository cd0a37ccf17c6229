"""What a platform told of messages of ours, and which of them people may react to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.models import Place, Posted, State
from bot.ports import Ours
from storage import codec
from storage.dialect import insert
from storage.schema import channels, deliveries
from storage.schema import receipts as table

#: messages that show papers
SHOWING = ("lead", "paper")


def received(connection: Connection, key: str, posted: Posted, at: datetime) -> None:
    """See `bot.ports.Memory.received`. Told twice, the first time stands."""
    values = {"key": key, "posted_id": posted.id, "thread": posted.thread, "at": at}
    connection.execute(insert(connection, table).values(**values).on_conflict_do_nothing())


def receipt(connection: Connection, key: str) -> Posted | None:
    """See `bot.ports.Memory.receipt`."""
    row = connection.execute(select(table).where(table.c.key == key)).one_or_none()
    return Posted(row.posted_id, row.thread) if row else None


def ours(connection: Connection, platform: str, since: datetime, limit: int) -> list[Ours]:
    """See `bot.ports.Memory.ours`."""
    parents = deliveries.alias("parents")
    there = (deliveries.c.state == State.SENT, deliveries.c.posted_id != "", deliveries.c.kind.in_(SHOWING))
    question = (
        select(
            channels,
            deliveries.c.id.label("delivery"),
            deliveries.c.posted_id,
            deliveries.c.thread,
            deliveries.c.settled,
            parents.c.posted_id.label("parent"),
            parents.c.thread.label("parent_thread"),
        )
        .join(channels, channels.c.id == deliveries.c.channel)
        .outerjoin(parents, parents.c.id == deliveries.c.parent)
        .where(channels.c.platform == platform, deliveries.c.settled >= since, *there)
        .order_by(deliveries.c.settled.desc(), deliveries.c.id.desc())
        .limit(limit)
    )
    found = []
    for row in connection.execute(question):
        under = row.parent_thread or row.parent or ""
        place = Place(codec.channel(row), "thread" if under else "channel", under=under)
        found.append(Ours(place, Posted(row.posted_id, row.thread), row.settled))
    return found
