"""Backups: one portable file that a running bot is copied into, and that any empty database takes back.

The file is a SQLite database of ours, whatever database it was taken from, with a table more: `backup`, which says when
it was made, the highest ids ever given, and a digest of every row, so that damage is known before anything is restored.
So it is also how a lab moves from SQLite to PostgreSQL or back. What a restore changes is in `storage.restoring`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, func, insert, select, text

from bot.ports import Unusable
from storage import engines, forgetting, migrations
from storage.dialect import is_sqlite
from storage.errors import translated
from storage.restoring import Restored, moved_in, settle_accounts
from storage.schema import inbox, metadata

#: rows that are in memory at once
_PIECE = 500
#: tables whose rows have a number of their own
NUMBERED = [table for table in metadata.sorted_tables if "id" in table.c]


async def backup(url: str, file: Path, now: datetime) -> int:
    """Write everything that the database of that address holds to a new file; how many rows. The bot may be running.

    All rows are of one moment. The file is there in full or not at all, and only its owner may read it. Raises
    Unusable when the file is there already, and when there is no such database or it is not of this release.
    """
    return await asyncio.to_thread(_backup, url, file, now)


async def restore(url: str, file: Path, now: datetime, *, moved: bool = False, forgotten_by: str = "") -> Restored:
    """Fill the empty database of that address from a backup, all of it or nothing.

    `moved` says that the bot was stopped before the backup was made, so that nothing was posted since; `forgotten_by`
    is the address of a database, or a later backup: whom that one forgot is forgotten here too. Raises Unusable when
    the database is not empty or in use, and when the file is damaged, not a backup, or of a newer program.
    """
    return await asyncio.to_thread(_restore, url, file, now, moved, forgotten_by)


# ---------------------------------------------------------------------------------------------- backup


def _backup(url: str, file: Path, now: datetime) -> int:
    at = engines.address(url)
    name = engines.name_of(at)
    if at.get_backend_name() == "sqlite" and not Path(str(at.database)).exists():
        raise Unusable(f"There is no database {name}: nothing to back up.")
    reading = engines.reading(at, 1)
    try:
        with _written_whole(file) as unfinished:
            with translated(name):
                if migrations.pending(reading, name):
                    raise Unusable(f"{name} is of an older Paperround: run paperround migrate.")
            return _fill(unfinished, str(file), reading, name, now)
    finally:
        reading.dispose()


@contextmanager
def _written_whole(file: Path) -> Iterator[Path]:
    """A file beside it to write to, which takes its name when all is written and on the disk, and else goes."""
    _refuse_if_there(file)
    with translated(str(file)):
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # only its owner may read it
        os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        with translated(str(file)):
            _to_disk(unfinished)
            _refuse_if_there(file)
            unfinished.rename(file)
            _to_disk(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _refuse_if_there(file: Path) -> None:
    if file.exists():
        raise Unusable(f"{file} already exists; choose another name.")


def _to_disk(path: Path) -> None:
    if path.is_file() or os.name == "posix":  # elsewhere a folder cannot be opened
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _fill(unfinished: Path, file: str, reading: Engine, name: str, now: datetime) -> int:
    """Copy every row of a database into an empty file, with what the file says of itself."""
    engine = engines.beside(unfinished, fresh=True)
    with translated(file):
        try:
            migrations.upgrade(engine, file)
            with engine.begin() as target:
                with translated(name), reading.connect() as source, source.begin():
                    rows = sum(_copy(table, source, target, file) for table in metadata.sorted_tables)
                    highest = {table.name: _highest(table, source) for table in NUMBERED}
                target.execute(inbox.update().values(reply=""))  # a secret, of no use by the time it is restored
        finally:
            engine.dispose()
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as database:
            said = {"made": now.isoformat(), "highest": json.dumps(highest), "rows": digest_of_rows(database)}
            database.execute("CREATE TABLE backup (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            database.executemany("INSERT INTO backup VALUES (?, ?)", said.items())
    return rows


def _copy(table: Table, source: Connection, target: Connection, to: str) -> int:
    """Copy the rows of a table to the database of that name, in the order of its key; how many."""
    question = select(table).order_by(*table.primary_key).execution_options(yield_per=_PIECE)
    rows = 0
    for some in source.execute(question).mappings().partitions():
        with translated(to):
            target.execute(insert(table), [dict(row) for row in some])
        rows += len(some)
    return rows


def _highest(table: Table, connection: Connection) -> int:
    """The highest id ever given in that table, as far as the database knows."""
    there = int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())
    if is_sqlite(connection):
        question = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    else:
        question = text("SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:name, 'id') AS regclass))")
    given = connection.execute(question, {"name": table.name}).scalar_one_or_none()
    return max(there, given or 0)


def digest_of_rows(database: sqlite3.Connection) -> str:
    """A digest of every row as it stands in the file."""
    digest = blake2b(digest_size=32)
    names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    for (name,) in database.execute(names).fetchall():
        if name != "backup" and not name.startswith("search"):
            digest.update(f"{name}\n".encode())
            for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - its own names
                digest.update(f"{row!r}\n".encode())
    return digest.hexdigest()


# --------------------------------------------------------------------------------------------- restore


def _restore(url: str, file: Path, now: datetime, moved: bool, forgotten_by: str) -> Restored:
    at = engines.address(url)
    name = engines.name_of(at)
    known = _forgotten(forgotten_by) if forgotten_by else []
    with _checked(file) as (checked, said), translated(name), engines.lock(at):
        writing, backup = engines.writing(at), engines.beside(checked, fresh=False)
        try:
            _refuse_unless_empty(writing, name)
            migrations.upgrade(writing, name)
            with writing.begin() as target:
                with translated(str(file)), backup.connect() as source:
                    rows = sum(_copy(table, source, target, name) for table in metadata.sorted_tables)
                made, highest = datetime.fromisoformat(said["made"]), json.loads(said["highest"])
                if moved:
                    done = moved_in(target, highest, rows=rows, made=made)
                else:
                    done = settle_accounts(target, highest, rows=rows, made=made, now=now)
                return replace(done, forgotten=forgetting.again(target, known, now))
        finally:
            writing.dispose()
            backup.dispose()


def _forgotten(url: str) -> list[str]:
    """Whom a database or a backup forgot in the last 30 days."""
    at = engines.address(url)
    name = engines.name_of(at)
    if at.get_backend_name() == "sqlite" and not Path(str(at.database)).is_file():
        raise Unusable(f"There is no database {name}.")
    engine = engines.reading(at, 1)
    try:
        with translated(name):
            return engines.ask(engine, forgetting.forgotten)
    finally:
        engine.dispose()


def _refuse_unless_empty(engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        there = engine.dialect.get_table_names(connection)
        known = [table for table in metadata.sorted_tables if table.name in there]
        if any(connection.execute(select(table).limit(1)).first() is not None for table in known):
            raise Unusable(f"{name} is not empty: a backup is restored into a new database, and nowhere else.")


@contextmanager
def _checked(file: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A backup that is whole and of this release, made so in a copy if need be, and what it says of itself."""
    if not file.is_file():
        raise Unusable(f"There is no file {file}.")
    said = _read(file)
    engine = engines.beside(file, fresh=False)
    try:
        with translated(str(file)):
            behind = migrations.pending(engine, str(file))
    finally:
        engine.dispose()
    if not behind:
        yield file, said
        return
    with tempfile.TemporaryDirectory() as folder:
        newer = Path(folder) / "backup.db"
        engine = engines.beside(newer, fresh=True)
        with translated(str(newer)):
            shutil.copyfile(file, newer)
            migrations.upgrade(engine, str(file))
        engine.dispose()
        yield newer, said


def _read(file: Path) -> dict[str, str]:
    """What a backup says of itself. Raises Unusable when it is none, or damaged."""
    damaged = Unusable(f"{file} is damaged: restore another backup.")
    with translated(str(file)):
        file.open("rb").close()
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
            if "backup" not in tables and "alembic_version" in tables:
                raise Unusable(f"{file} is a database, not a backup: put it where DATABASE_URL points.")
            if not {"backup", "alembic_version"} <= tables:
                raise Unusable(f"{file} is not a backup of Paperround.")
            said = dict(database.execute("SELECT name, value FROM backup").fetchall())
            whole = database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            if not whole or said.get("rows") != digest_of_rows(database):
                raise damaged
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            raise Unusable(f"{file} is not a backup of Paperround.") from error
        raise damaged from error
    return said


# ------------------------------------------------------------------------------- a copy before a migration


def copy_of(at: URL, steps: Sequence[str]) -> Path | None:
    """Where the copy lies that is saved before these steps of the migrations; None where there is none to save."""
    if at.get_backend_name() != "sqlite" or not steps or steps[0] == migrations.FIRST:
        return None
    file = Path(str(at.database))
    return file.with_name(f"{file.name}.before-{steps[0]}")


def copy_before(engine: Engine, copy: Path) -> None:
    """Save a copy of a SQLite file beside it, as it is before its migrations."""
    file = Path(str(engine.url.database))
    handle, name = tempfile.mkstemp(prefix=f".{copy.name}.", dir=file.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        # https://www.sqlite.org/backup.html: what is in the write-ahead log is copied too
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        _to_disk(unfinished)
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)


def is_backup(connection: Connection) -> bool:
    """True for a file that `backup` wrote, which is restored and not opened."""
    return is_sqlite(connection) and connection.dialect.has_table(connection, "backup")
