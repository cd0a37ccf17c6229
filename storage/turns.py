"""Turns that all processes take one after the other: a row says when the next one may be taken.

By the database's own clock, which all of them share.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from storage.dialect import insert, seconds
from storage.schema import buckets


def take_turn(connection: Connection, name: str, hold: float) -> tuple[bool, float]:
    """See `bot.ports.Turns.take_turn`."""
    connection.execute(insert(connection, buckets).values(name=name, free=0.0).on_conflict_do_nothing())
    row = select(buckets.c.free).where(buckets.c.name == name).with_for_update()
    free = connection.execute(row).scalar_one()
    now = connection.execute(select(seconds(connection))).scalar_one()
    if free > now:
        return False, free - now
    connection.execute(update(buckets).where(buckets.c.name == name).values(free=now + hold))
    return True, now + hold


def end_turn(connection: Connection, name: str, taken: float, gap: float) -> None:
    """See `bot.ports.Turns.end_turn`."""
    mine = update(buckets).where(buckets.c.name == name, buckets.c.free == taken)
    connection.execute(mine.values(free=seconds(connection) + gap))


def seconds_now(connection: Connection) -> float:
    """See `bot.ports.DeliverStore.seconds_now`."""
    return float(connection.execute(select(seconds(connection))).scalar_one())
