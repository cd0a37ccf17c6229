"""Turns that all processes take one after the other: a row says when the next one may be taken.

By the database's own clock, which all of them share.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Float, cast, func, select, update

from storage.dialect import insert, is_sqlite
from storage.schema import buckets

#: midnight of 1 January 1970 as a Julian day: https://www.sqlite.org/lang_datefunc.html
_EPOCH = 2440587.5


def take_turn(connection: Connection, name: str, hold: float) -> tuple[bool, float]:
    """See `bot.ports.Turns.take_turn`."""
    connection.execute(insert(connection, buckets).values(name=name, free=0.0).on_conflict_do_nothing())
    row = select(buckets.c.free).where(buckets.c.name == name).with_for_update()
    free = connection.execute(row).scalar_one()
    now = connection.execute(select(_seconds(connection))).scalar_one()
    if free > now:
        return False, free - now
    connection.execute(update(buckets).where(buckets.c.name == name).values(free=now + hold))
    return True, now + hold


def end_turn(connection: Connection, name: str, taken: float, gap: float) -> None:
    """See `bot.ports.Turns.end_turn`."""
    mine = update(buckets).where(buckets.c.name == name, buckets.c.free == taken)
    connection.execute(mine.values(free=_seconds(connection) + gap))


def _seconds(connection: Connection) -> ColumnElement[float]:
    """Seconds since 1970, now and not when the transaction began."""
    if is_sqlite(connection):
        return (func.julianday("now", type_=Float) - _EPOCH) * 86400.0
    return cast(func.extract("epoch", func.clock_timestamp()), Float)
