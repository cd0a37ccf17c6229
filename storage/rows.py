"""Many rows of one table at once, past SQLAlchemy's own work on every value: a third of what they cost otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnDefault, Connection, Dialect, Table, Update

from storage.dialect import is_sqlite


def insert_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert rows with these columns; the others are as by default.

    Values are as the driver takes them (see `bound`): numbers, None, and text that came from the database or is ASCII.
    """
    if rows:
        connection.exec_driver_sql(_statement(table, columns, "?" if is_sqlite(connection) else "%s"), list(rows))


def update_rows(connection: Connection, statement: Update, rows: Sequence[Mapping[str, object]]) -> int:
    """Execute an UPDATE for each row of values of its `bindparam`s; how many rows it changed in all.

    Values are as the driver takes them, as in `insert_rows`.
    """
    text, order, known = _compiled(statement, connection.dialect)
    made = [{**known, **row} for row in rows]
    if order is None:
        done = connection.exec_driver_sql(text, made, {"preserve_rowcount": True})
    else:
        tuples = [tuple([row[name] for name in order]) for row in made]
        done = connection.exec_driver_sql(text, tuples, {"preserve_rowcount": True})
    return done.rowcount


@cache
def _compiled(statement: Update, dialect: Dialect) -> tuple[str, tuple[str, ...] | None, dict[str, object]]:
    """The statement in words, the order of its values where they have no names, and those that are always the same."""
    compiled = statement.compile(dialect=dialect)
    order = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup else None
    return str(compiled), order, dict(compiled.params)


def bound(connection: Connection, column: Column[Any], value: object) -> object:
    """A value of that column as the driver takes it."""
    process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return process(value) if process else value


@cache
def _statement(table: Table, columns: tuple[str, ...], mark: str) -> str:
    values = dict.fromkeys(columns, mark)
    for column in table.columns:
        if column.name not in values and isinstance(column.default, ColumnDefault):
            values[column.name] = _literal(column.default.arg)
    return f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({', '.join(values.values())})"  # noqa: S608 - ours


def _literal(value: object) -> str:
    """A default as SQL."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case "":
            return "''"
        case _:
            raise TypeError(f"no default of ours: {value!r}")
