"""What all tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData, text

from storage.columns import Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def words(name: str) -> Column[str]:
    """Text that is empty where nothing is said."""
    return Column(name, Words, nullable=False, default="")


def only(rows: str) -> dict[str, Any]:
    """Options of an index over some rows."""
    return {"sqlite_where": text(rows), "postgresql_where": text(rows)}


def of(name: str, table: str) -> Column[int]:
    """The id of a row of another table."""
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=False)
