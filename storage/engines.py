"""Opening a database: its address, how each kind is set up and asked, and the lock that keeps a second process out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from glob import escape
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.ports import Unusable

if sys.platform != "win32":
    import fcntl

#: how long we wait for a server, seconds, where the address says nothing else; the last five notice one that is gone:
#: https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_PATIENCE = {
    "application_name": "paperround",
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
#: what only reads takes no longer than this
_READING = "30s"
#: who holds locks and says nothing for so long was stopped or is gone, and PostgreSQL ends his connection: whoever
#: passes by locked rows would else pass by them until he wakes; well within a lease (`Limits.lease`)
SILENT = timedelta(seconds=10)
#: serialization_failure, deadlock_detected, foreign_key_violation (a paper was merged or forgotten), unique_violation:
#: https://www.postgresql.org/docs/15/errcodes-appendix.html
_RACES = ("40001", "40P01", "23503", "23505")
R = TypeVar("R")


def address(url: str) -> URL:
    """The address of a database; a plain path is a SQLite file. Raises Unusable for what is neither."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        known = make_url(url)
    except (ArgumentError, ValueError):
        # the original may quote a password, or what was meant to be one
        raise Unusable("DATABASE_URL is not an address: write sqlite:///FILE or postgresql+psycopg://…") from None
    kind = known.get_backend_name()
    if kind == "sqlite":
        if not known.database or known.database == ":memory:" or Path(known.database).is_dir():
            raise Unusable("DATABASE_URL names no file: write sqlite:///FILE.")
        return URL.create("sqlite", database=known.database)
    if kind in {"postgresql", "postgres"}:
        if "@" in f"{known.host}{known.database}":
            raise Unusable(
                "DATABASE_URL cannot be read: in its password write %40 for @, %2F for / and %3A for a colon."
            )
        return known.set(drivername="postgresql+psycopg")
    raise Unusable(f"{kind} is not a database we know: write sqlite:///FILE or postgresql+psycopg://…")


def name_of(url: URL) -> str:
    """The database as people call it; never a password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "the database"
    return f"{url.database or url.username}" + (f" on {url.host}" if url.host else "")


def writing(url: URL, connections: int = 1) -> Engine:
    """The engine of all that writes.

    On SQLite there is one connection, and every transaction takes the write lock at once: a deferred transaction that
    reads and then writes fails at once when somebody else wrote in between, or loses an update;
    https://www.sqlite.org/lang_transaction.html
    On PostgreSQL each statement sees what is committed by then, and `dialect.alone` is what takes turns.
    """
    if url.get_backend_name() != "sqlite":
        engine = _postgresql(url, connections, "READ COMMITTED")

        @event.listens_for(engine, "begin")
        def _patient(connection: Connection) -> None:
            if (seconds := connection.info.get("wait")) is not None:
                # a wait for a lock, and, as a server may be slow without one, each statement; 0 would be for ever
                lock, whole = f"{seconds * 1000:.0f}ms", f"{max(seconds, 1.0) * 1000:.0f}ms"
                connection.exec_driver_sql(
                    "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true),"
                    " set_config('idle_in_transaction_session_timeout', %s, true)",
                    (lock, whole, f"{SILENT / timedelta(milliseconds=1):.0f}ms"),
                )

        return engine
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
        engine = _postgresql(url, connections, "REPEATABLE READ")

        @event.listens_for(engine, "connect")
        def _hasty(connection: Any, _record: Any) -> None:
            connection.execute(f"SET statement_timeout = '{_READING}'")
            connection.execute("SET default_transaction_read_only = on")
            connection.commit()

        return engine
    engine = _sqlite(url, connections)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def ask(engine: Engine, question: Callable[[Connection], R], wait: float | None = None) -> R:
    """Ask in a transaction of its own; with `wait`, it waits so many seconds at most for locks of others.

    A question that only reads (it has no `wait`) is asked once more when its connection was lost, and any question when
    it lost a race on PostgreSQL: what it stood on was changed by another one in the same moment, and nothing of it is
    left.
    """
    try:
        return _ask(engine, question, wait)
    except DBAPIError as error:
        lost = wait is None and error.connection_invalidated
        if not lost and getattr(error.orig, "sqlstate", None) not in _RACES:
            raise
    return _ask(engine, question, wait)


def _ask(engine: Engine, question: Callable[[Connection], R], wait: float | None) -> R:
    with engine.connect() as connection:
        if wait is not None:
            wait_for_lock(connection, wait)
        with connection.begin():
            return question(connection)


def empty_log(engine: Engine) -> None:
    """Move the write-ahead log of a SQLite file into the file and empty it: it holds pages as they were.

    While somebody reads for long it stays, and is overwritten a little later.
    https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is not None:  # beside SQLAlchemy, which would begin a transaction for it
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def beside(file: Path, *, fresh: bool) -> Engine:
    """The engine of a SQLite file that nobody else has open: fresh and worthless until it is finished, or to read."""
    engine = _sqlite(URL.create("sqlite", database=str(file)), 1)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        if fresh:
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("PRAGMA synchronous = OFF")
        else:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def wait_for_lock(connection: Connection, seconds: float) -> None:
    """How long the next transactions of this connection wait for a lock that another one holds."""
    seconds = max(seconds, 0.001)
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        connection.info["wait"] = seconds
    elif driver is not None:
        # beside SQLAlchemy, which would begin a transaction for it
        driver.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _postgresql(url: URL, connections: int, isolation: Any) -> Engine:
    return create_engine(
        url,
        isolation_level=isolation,
        pool_size=connections,
        max_overflow=0,
        # a connection that died in the pool is replaced before it is used
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={name: value for name, value in _PATIENCE.items() if name not in url.query},
    )


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

    A file and its folder that are not there are made, for their owner alone: what people save is nobody else's.
    Raises Unusable, naming the process, when another one holds it.
    """
    if sys.platform == "win32" or url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        yield
        return
    database = Path(str(url.database))
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    locked = database.with_name(database.name + ".lock")
    _made(locked)
    with locked.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Unusable(f"{database} is in use by another Paperround (process {holder}): stop it first.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        _made(database)  # what SQLite puts beside it has its permissions
        yield


def _made(file: Path) -> None:
    """Make an empty file that only its owner may read, where there is none."""
    if not file.exists():
        file.touch(mode=0o600)


def open_to_others(url: URL) -> list[Path]:
    """The files of a SQLite database, its copies among them, that others on this machine may read or write."""
    if os.name != "posix" or url.get_backend_name() != "sqlite":
        return []
    found = []
    database = Path(str(url.database))
    for file in sorted(database.parent.glob(f"{escape(database.name)}*")):
        with suppress(FileNotFoundError):  # its log goes when the bot ends
            if file.stat().st_mode & 0o066:
                found.append(file)
    return found
