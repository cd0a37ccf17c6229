"""Opening a database: what is damaged, newer or in use is refused, what is older is copied and brought up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Engine, text

from bot import summary
from bot.models import Paper
from bot.ports import Unusable
from bot.text import FEATURES_VERSION
from bot.text import features as features_of
from storage import backups, engines, migrations, search, tidying, vault
from storage import sources as source_room
from storage.cipher import Cipher
from storage.errors import translated
from storage.search import Indexer
from storage.store import READERS, Store


async def open_store(
    url: str,
    *,
    features: Callable[[Paper], Sequence[str]] = features_of,
    features_version: int = FEATURES_VERSION,
    plain: Callable[[Paper], str] = summary.plain,
    plain_version: int = summary.VERSION,
    migrate: bool = True,
    wait: float = 30.0,
    keys: Sequence[str] = (),
) -> Store:
    """Open the database of that address or path; a SQLite file is made when it is not there.

    `wait` is how many seconds a write waits for its turn; `keys` encrypt tokens, the newest first, and what an older
    one encrypted is encrypted by the newest first. Papers indexed under older features are indexed anew first,
    and those with an older plain summary are summed up anew.
    Raises Unusable when the file is damaged, written by a newer program, or in use by another process.
    """
    indexer, cipher = Indexer(features, features_version, plain, plain_version), Cipher(keys)
    return await asyncio.to_thread(_open, url, indexer, cipher, migrate, wait)


async def migrate(url: str) -> list[str]:
    """Bring the database of that address up to date; the names of the migrations applied."""
    return await asyncio.to_thread(_migrate, url)


def _migrate(url: str) -> list[str]:
    at = engines.address(url)
    name = engines.name_of(at)
    with translated(name), engines.lock(at):
        engine = engines.writing(at)
        try:
            return _upgrade(engine, name)
        finally:
            engine.dispose()


def _upgrade(engine: Engine, name: str) -> list[str]:
    """Apply the migrations that are pending; what stands in a SQLite file is copied beside it first."""
    copy = backups.copy_of(engine.url, migrations.pending(engine, name))
    if copy is not None:
        backups.copy_before(engine, copy)
    return migrations.upgrade(engine, name)


async def look(url: str) -> tuple[str, int | None]:
    """The name of the database of that address, and how many sources it knows; None when nothing is there yet.

    Only reads, beside whoever works on it. Raises StorageError for what could not be opened, or lacks a migration.
    """
    return await asyncio.to_thread(_look, url)


def _look(url: str) -> tuple[str, int | None]:
    at = engines.address(url)
    name = engines.name_of(at)
    if at.get_backend_name() == "sqlite" and not Path(str(at.database)).exists():
        return name, None
    engine = engines.reading(at, 1)
    try:
        with translated(name):
            _refuse(engine, name)
            steps = migrations.pending(engine, name)
            if steps[:1] == [migrations.FIRST]:
                return name, None
            if steps:
                raise Unusable(f"{name} is of an older Paperround: run paperround migrate.")
            return name, len(engines.ask(engine, source_room.sources))
    finally:
        engine.dispose()


def _open(url: str, indexer: Indexer, cipher: Cipher, migrate: bool, wait: float) -> Store:
    at = engines.address(url)
    name = engines.name_of(at)
    with translated(name), ExitStack() as undo:
        undo.enter_context(engines.lock(at))
        writing = engines.writing(at)
        undo.callback(writing.dispose)
        reading = engines.reading(at, READERS)
        undo.callback(reading.dispose)
        _prepare(writing, name, indexer, migrate)
        engines.ask(writing, lambda connection: vault.reseal(connection, cipher))
        return Store(writing, reading, undo.pop_all(), name=name, indexer=indexer, cipher=cipher, wait=wait)


def _refuse(engine: Engine, name: str) -> None:
    """Refuse what is damaged or a backup."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            # https://www.sqlite.org/pragma.html#pragma_quick_check
            if connection.execute(text("PRAGMA quick_check(1)")).scalar_one() != "ok":
                raise Unusable(f"{name} is damaged: restore a backup of it.")
    with engine.connect() as connection:
        if backups.is_backup(connection):
            raise Unusable(f"{name} is a backup: run paperround restore {name} with another DATABASE_URL.")


def _prepare(engine: Engine, name: str, indexer: Indexer, migrate: bool) -> None:
    """Refuse what is damaged or not ours, and bring tables and search index up to date."""
    _refuse(engine, name)
    if migrate:
        _upgrade(engine, name)
    elif migrations.pending(engine, name):
        raise Unusable(f"{name} is of an older Paperround: run paperround migrate.")
    behind = True
    while behind:
        with engine.begin() as connection:
            behind = search.index_behind(connection, indexer)
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            tidying.free_leases(connection)
