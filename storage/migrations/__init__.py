"""The steps from an empty database to `storage.schema`, run by Alembic without a configuration file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, inspect, select

from bot.ports import Unusable
from storage.dialect import is_sqlite, lock_number

#: the step that makes everything: what lacks it is new
FIRST = "0001"


def pending(engine: Engine, database: str) -> list[str]:
    """Names of the steps that this database lacks, in order.

    Raises Unusable when it was written by a newer program, or is not one of ours.
    """
    with engine.connect() as connection:
        return _pending(connection, database)


def _pending(connection: Connection, database: str) -> list[str]:
    scripts = ScriptDirectory.from_config(_config())
    steps = [step.revision for step in reversed(list(scripts.walk_revisions()))]
    at = MigrationContext.configure(connection).get_current_revision()
    if at is None:
        if set(inspect(connection).get_table_names()) - {"alembic_version"}:
            raise Unusable(f"{database} is a database of another program.")
        return steps
    if at not in steps:
        raise Unusable(f"{database} was written by a newer Paperround: upgrade the program.")
    return steps[steps.index(at) + 1 :]


def upgrade(engine: Engine, database: str) -> list[str]:
    """Apply what is pending, each step in a transaction of its own; the names of the steps applied.

    Of several processes that begin at once one applies them and the others wait. On PostgreSQL for a lock that ends
    with its connection, so that nobody goes on without it; a SQLite file has one process.
    """
    if not pending(engine, database):
        return []
    with engine.connect() as connection:
        try:
            if not is_sqlite(connection):
                connection.execute(select(func.pg_advisory_lock(lock_number("migrations"))))
            steps = _pending(connection, database)
            connection.commit()
            if steps:
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        finally:
            # the lock ends with the connection, which is not given back to the pool
            connection.invalidate()
    return steps


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
