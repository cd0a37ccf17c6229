"""Token buckets that several processes take from, a row each; by the database's own clock, which all of them share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, select, update

from bot import pace
from bot.ports import Limit
from storage.dialect import insert, seconds
from storage.schema import buckets

#: seconds; more than any bucket takes to fill
RESTED = 86_400.0
_TAKEN = update(buckets).where(buckets.c.name == bindparam("_name")).values(free=bindparam("_free"))


def reserve(connection: Connection, asked: Sequence[tuple[Limit, int, float]]) -> list[float]:
    """See `bot.ports.DeliverStore.reserve`; for all who ask in the same moment, of (limit, number, early)."""
    names = sorted(
        {limit.name for limit, _, _ in asked}
    )  # in one order, so that two processes never wait for each other
    rows = select(buckets.c.name, buckets.c.free).where(buckets.c.name.in_(names))
    rows = rows.order_by(buckets.c.name).with_for_update()
    known = {row.name: row.free for row in connection.execute(rows)}
    if len(known) < len(names):
        new = [{"name": name, "free": 0.0} for name in names if name not in known]
        connection.execute(insert(connection, buckets).on_conflict_do_nothing(), new)
        known = {row.name: row.free for row in connection.execute(rows)}
    # read once the rows are ours: it may have taken a while
    now = connection.execute(select(seconds(connection))).scalar_one()
    waits, changed = [], {}
    for limit, number, early in asked:
        first, free = pace.taken(known[limit.name], number, limit, now)
        waits.append(first - now)
        if first - now <= early:
            known[limit.name] = changed[limit.name] = free
    if changed:
        connection.execute(_TAKEN, [{"_name": name, "_free": free} for name, free in changed.items()])
    return waits


def forget_rested(connection: Connection) -> None:
    """Forget the buckets that are full again since long: one that nobody knows is full."""
    connection.execute(delete(buckets).where(buckets.c.free < seconds(connection) - RESTED))


def close_bucket(connection: Connection, name: str, wait: float) -> None:
    """See `bot.ports.DeliverStore.close_bucket`."""
    closed = insert(connection, buckets).values(name=name, free=seconds(connection) + wait)
    later = func.greatest if connection.dialect.name == "postgresql" else func.max
    connection.execute(
        closed.on_conflict_do_update(
            index_elements=["name"], set_={"free": later(buckets.c.free, closed.excluded.free)}
        )
    )
