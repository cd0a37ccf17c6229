"""A PostgreSQL of the tests' own: one server for each test process, one new database for each test and folder.

The server lies in a temporary folder, listens on a Unix socket there and nowhere else, and ends with the process that
started it, however that ends. Where no server can be had, a test that wants one is skipped and says why.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from storage import engines, migrations

#: a Unix socket's path may have so many bytes: https://man7.org/linux/man-pages/man7/unix.7.html
_LONGEST = 107
_SOCKET = ".s.PGSQL.5432"
_USER = "paperround"
#: who runs it when we are root, which PostgreSQL refuses to be
_OTHERS = ("postgres", "nobody")
#: nothing here outlives a power cut, so nothing waits for a disk; its log of what was written stays small
_OPTIONS = (
    *("listen_addresses=", "fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=200"),
    "max_wal_size=128MB",
)
#: a folder in memory on Linux, where a database of 300 files is made in a tenth of the time; how much room it must have
_MEMORY, _ROOM = Path("/dev/shm"), 2**31  # noqa: S108 - what is made there is mkdtemp's
#: a shell that holds the server until nobody holds the other end of its input; then the server and its folder go
_KEEPER = 'exec 3<&0; "$@" </dev/null >"$0/log" 2>&1 3<&- & read -r _ <&3; kill -QUIT $!; wait $!; rm -rf "$0"'


def database(folder: Path, *, migrated: bool = True) -> str:
    """The address of this test's database for that folder; made when it is not there, up to date or without a table.

    A process that a test starts is given the address: it has no server of its own. Databases of earlier tests go.
    """
    name = "test_" + hashlib.sha256(str(folder).encode()).hexdigest()[:20]
    with closing(connect()) as connection:
        theirs = "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE 'test\\_%'"
        known = dict(connection.execute(theirs).fetchall())
        for other in (other for other, test in known.items() if test != _test()):
            _run(connection, "DROP DATABASE {} WITH (FORCE)", sql.Identifier(other))
        if known.get(name) != _test():
            template = _migrated() if migrated else "template0"
            # as files, which is the faster way for small ones, and until 15 the only one
            strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
            make = f"CREATE DATABASE {{}} TEMPLATE {{}}{strategy}"
            _run(connection, make, sql.Identifier(name), sql.Identifier(template))
            _run(connection, "COMMENT ON DATABASE {} IS {}", sql.Identifier(name), sql.Literal(_test()))
    return address(name)


def connect(url: str = "") -> psycopg.Connection[Any]:
    """A connection beside the store's to that database (or to none of them), each statement a transaction."""
    name = engines.address(url).database if url else "postgres"
    return psycopg.connect(host=str(_folder()), user=_USER, dbname=name, autocommit=True)


def kill_backends(url: str, chance: random.Random | None = None) -> int:
    """End every connection to that database on the server's side, or each with a chance of one half; how many."""
    name = engines.address(url).database
    with closing(connect()) as connection:
        question = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        doomed = [pid for (pid,) in connection.execute(question, [name]) if chance is None or chance.random() < 0.5]
        for pid in doomed:
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])
    return len(doomed)


@contextmanager
def away(url: str) -> Iterator[None]:
    """The database ends every connection and takes none, as while its server starts again."""
    name = sql.Identifier(str(engines.address(url).database))
    with closing(connect()) as connection:
        _run(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        kill_backends(url)
        try:
            yield
        finally:
            _run(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS true", name)


@contextmanager
def standing_still(url: str, at_most: float = 10) -> Iterator[None]:
    """Every connection to that database gets no answer and is not closed, as when its server hangs; so many seconds."""
    name = engines.address(url).database
    with closing(connect()) as connection:
        question = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        known = [pid for (pid,) in connection.execute(question, [name])]

    def tell(number: int) -> None:
        for pid in known:
            os.kill(pid, number)

    going_on = threading.Timer(at_most, tell, [signal.SIGCONT])  # also when the test hangs
    going_on.start()
    tell(signal.SIGSTOP)
    try:
        yield
    finally:
        going_on.cancel()
        tell(signal.SIGCONT)


def _in_memory() -> Path | None:
    """A folder that waits for no disk, where there is one with room for a server's."""
    ours = os.access(_MEMORY, os.W_OK | os.X_OK)
    return _MEMORY if ours and shutil.disk_usage(_MEMORY).free >= _ROOM else None


def address(name: str) -> str:
    """The address of a database of this server."""
    return f"postgresql+psycopg://{_USER}@/{name}?host={_folder()}"


def _run(connection: psycopg.Connection[Any], statement: Any, *words: sql.Composable) -> None:
    connection.execute(sql.SQL(statement).format(*words))


def _test() -> str:
    """The test that runs now, as pytest names it."""
    return os.environ.get("PYTEST_CURRENT_TEST", "no test ()").rpartition(" (")[0]


@cache
def _migrated() -> str:
    """The name of a database that every table stands in; others are copied from it in 10 ms instead of made in 100."""
    name = "migrated"
    with closing(connect()) as connection:
        make = "CREATE DATABASE {} TEMPLATE template0"
        try:
            # words in the order of a dictionary, as on most servers: nothing may lean on the order of bytes
            _run(connection, make + " LOCALE_PROVIDER icu ICU_LOCALE 'en-US'", sql.Identifier(name))
        except psycopg.Error:  # older than 15, or built without ICU
            _run(connection, make, sql.Identifier(name))
    engine = engines.writing(engines.address(address(name)))
    migrations.upgrade(engine, name)
    engine.dispose()  # only a database that nobody is connected to can be copied
    return name


class _NoServer(Exception):
    """No server can be had; the text says why."""


def _folder() -> Path:
    """The folder of this process's server, which is started by the first one who asks."""
    found = _server()
    if isinstance(found, str):
        pytest.skip(f"No PostgreSQL here: {found}")
    return found


@cache
def _server() -> Path | str:
    """The folder of this process's server, or the sentence that says why there is none."""
    try:
        return _start(_programs(), _other_user())
    except _NoServer as error:
        return str(error)


def _start(programs: Path, user: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=_in_memory()))
    if len(os.fsencode(folder / _SOCKET)) > _LONGEST:
        folder.rmdir()
        raise _NoServer(f"{folder} is too long a path for its socket; set TMPDIR to a shorter one.")
    as_user: dict[str, Any] = {}
    if user:
        shutil.chown(folder, user)
        as_user = {"user": user, "extra_groups": []}
    words: list[str | Path] = [
        "-D",
        folder / "data",
        "-U",
        _USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    ]
    made = subprocess.run([programs / "initdb", *words], cwd=folder, capture_output=True, check=False, **as_user)
    if made.returncode:
        shutil.rmtree(folder)
        raise _NoServer(f"initdb ended with: {_last_line(made.stderr)}")
    options = [word for option in _OPTIONS for word in ("-c", option)]
    server: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-k", folder, *options]
    keeper = subprocess.Popen(
        ["sh", "-c", _KEEPER, folder, *server], stdin=subprocess.PIPE, cwd=folder, start_new_session=True, **as_user
    )
    atexit.register(keeper.communicate)  # ends its input, and waits
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            psycopg.connect(host=str(folder), user=_USER, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return folder
    raise _NoServer(f"it does not start: {_last_line((folder / 'log').read_bytes())}")


def _programs() -> Path:
    """Where `initdb` and `postgres` are: on the PATH, or where Debian keeps every release apart."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    by_release = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4))
    for folder in [*found, *reversed(by_release)]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise _NoServer("install Debian's package postgresql, or put initdb and postgres on the PATH.")


def _other_user() -> str:
    """Who runs the server, or "" when we can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return ""
    import pwd  # noqa: PLC0415 - not on Windows

    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in _OTHERS if name in known), "")
    if not user:
        raise _NoServer(f"it does not run as root, and there is no user {' or '.join(_OTHERS)}.")
    return user


def _last_line(output: bytes) -> str:
    return (output.decode(errors="replace").strip().splitlines() or ["nothing said"])[-1]
