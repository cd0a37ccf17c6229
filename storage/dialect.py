"""The one place, beside `storage.search`, that knows which database it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Date, Table, cast, func
from sqlalchemy.dialects import postgresql, sqlite


def is_sqlite(connection: Connection) -> bool:
    """True on SQLite."""
    return connection.dialect.name == "sqlite"


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT."""
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def utc_day(connection: Connection, moment: ColumnElement[Any]) -> ColumnElement[date]:
    """The UTC date of an instant."""
    if is_sqlite(connection):
        return func.date(moment, type_=Date)
    return cast(func.timezone("UTC", moment), Date)


def new_id(added: CursorResult[Any]) -> int:
    """The id that a new row got."""
    key = added.inserted_primary_key
    assert key is not None  # noqa: S101 - an INSERT of one row always has one
    return int(key[0])
