"""The one place, beside `storage.search`, that knows which database it is."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Date, Float, Table, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite

#: what `alone` is said of; who needs both says papers first
PAPERS, QUERIES, ACRONYMS = "papers", "queries", "acronyms"
#: midnight of 1 January 1970 as a Julian day: https://www.sqlite.org/lang_datefunc.html
_EPOCH = 2440587.5


def is_sqlite(connection: Connection) -> bool:
    """True on SQLite."""
    return connection.dialect.name == "sqlite"


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT."""
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def alone(connection: Connection, noun: str) -> None:
    """Nobody else is in a transaction that changes things of that noun, until this one is over; said first thing in it.

    On PostgreSQL; on SQLite whoever writes is alone with everything.
    https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS
    """
    if not is_sqlite(connection):
        connection.execute(select(func.pg_advisory_xact_lock(lock_number(noun))))


def lock_number(noun: str) -> int:
    """The number under which PostgreSQL knows a lock on something of ours, the same in every process: 64 bits."""
    return int.from_bytes(blake2b(f"paperround {noun}".encode(), digest_size=8).digest(), signed=True)


def utc_day(connection: Connection, moment: ColumnElement[Any]) -> ColumnElement[date]:
    """The UTC date of an instant."""
    if is_sqlite(connection):
        return func.date(moment, type_=Date)
    return cast(func.timezone("UTC", moment), Date)


def seconds(connection: Connection) -> ColumnElement[float]:
    """Seconds since 1970 by the database's own clock, now and not when the transaction began."""
    if is_sqlite(connection):
        return (func.julianday("now", type_=Float) - _EPOCH) * 86400.0
    return cast(func.extract("epoch", func.clock_timestamp()), Float)


def new_id(added: CursorResult[Any]) -> int:
    """The id that a new row got."""
    key = added.inserted_primary_key
    assert key is not None  # noqa: S101 - an INSERT of one row always has one
    return int(key[0])
