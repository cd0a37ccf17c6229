"""Token buckets that several processes take from, a row each."""

from __future__ import annotations

from sqlalchemy import Connection, func, literal, select, update

from bot import pace
from bot.ports import Limit
from storage.dialect import insert
from storage.schema import buckets


def reserve(connection: Connection, limit: Limit, number: int, now: float) -> float:
    """See `bot.ports.DeliverStore.reserve`."""
    connection.execute(insert(connection, buckets).values(name=limit.name, free=0.0).on_conflict_do_nothing())
    row = select(buckets.c.free).where(buckets.c.name == limit.name).with_for_update()
    first, free = pace.taken(connection.execute(row).scalar_one(), number, limit, now)
    connection.execute(update(buckets).where(buckets.c.name == limit.name).values(free=free))
    return first


def close_bucket(connection: Connection, name: str, until: float) -> None:
    """See `bot.ports.DeliverStore.close_bucket`."""
    closed = insert(connection, buckets).values(name=name, free=until)
    later = func.greatest if connection.dialect.name == "postgresql" else func.max
    connection.execute(
        closed.on_conflict_do_update(index_elements=["name"], set_={"free": later(buckets.c.free, literal(until))})
    )
