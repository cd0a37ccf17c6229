"""Opening a database: its address, how SQLite is set up, and the lock that keeps a second process out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bot.ports import Unusable

if sys.platform != "win32":
    import fcntl


def address(url: str) -> URL:
    """The address of a database; a plain path is a SQLite file. Raises Unusable for what is neither."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        known = make_url(url)
    except ArgumentError as error:
        raise Unusable("DATABASE_URL is not an address: write sqlite:///FILE or postgresql+psycopg://…") from error
    kind = known.get_backend_name()
    if kind == "sqlite":
        if not known.database or known.database == ":memory:" or Path(known.database).is_dir():
            raise Unusable("DATABASE_URL names no file: write sqlite:///FILE.")
        return URL.create("sqlite", database=known.database)
    if kind in {"postgresql", "postgres"}:
        return known.set(drivername="postgresql+psycopg")
    raise Unusable(f"{kind} is not a database we know: write sqlite:///FILE or postgresql+psycopg://…")


def name_of(url: URL) -> str:
    """The database as people call it; never a password."""
    return url.database or "the database" if url.get_backend_name() == "sqlite" else f"{url.host}/{url.database}"


def writing(url: URL) -> Engine:
    """The engine of all that writes. On SQLite one connection, and every transaction takes the write lock at once.

    A deferred transaction that reads and then writes fails at once when somebody else wrote in between, or loses an
    update: https://www.sqlite.org/lang_transaction.html
    """
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = _sqlite(url, 1)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # the wait first: switching to WAL needs a lock too
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA journal_mode = WAL")
        # what is committed survives a power cut: https://www.sqlite.org/pragma.html#pragma_synchronous
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # a deleted secret is overwritten
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reading(url: URL, connections: int) -> Engine:
    """The engine of all that only reads; each transaction sees one moment."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, isolation_level="REPEATABLE READ")
    engine = _sqlite(url, connections)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def wait_for_lock(connection: Connection, seconds: float) -> None:
    """How long the next transaction of this connection waits for the write lock."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        # beside SQLAlchemy, which would begin a transaction for it
        driver.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _sqlite(url: URL, connections: int) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )


@contextmanager
def lock(url: URL) -> Iterator[None]:
    """The lock on a SQLite file, held by one process at a time; the system frees it when that process dies.

    Raises Unusable, naming the process, when another one holds it.
    """
    if sys.platform == "win32" or url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        yield
        return
    database = Path(str(url.database))
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(database.name + ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Unusable(f"{database} is in use by another Paperround (process {holder}): stop it first.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
