"""The steps from an empty database to `storage.schema`, run by Alembic without a configuration file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from bot.ports import Unusable


def pending(engine: Engine, database: str) -> list[str]:
    """Names of the steps that this database lacks, in order.

    Raises Unusable when it was written by a newer program, or is not one of ours.
    """
    scripts = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        tables = inspect(connection).get_table_names()
    steps = [step.revision for step in reversed(list(scripts.walk_revisions()))]
    if at is None:
        if set(tables) - {"alembic_version"}:
            raise Unusable(f"{database} is a database of another program.")
        return steps
    if at not in steps:
        raise Unusable(f"{database} was written by a newer Paperround: upgrade the program.")
    return steps[steps.index(at) + 1 :]


def upgrade(engine: Engine, database: str) -> list[str]:
    """Apply what is pending, each step in a transaction of its own; the names of the steps applied."""
    steps = pending(engine, database)
    if steps:
        with engine.connect() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return steps


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
