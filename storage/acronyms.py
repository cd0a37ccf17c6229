"""Learned acronyms: whole sets with a version, so that every process works with the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from storage.dialect import ACRONYMS, alone
from storage.schema import acronyms as acronyms_table


def acronyms(connection: Connection) -> tuple[int, list[tuple[str, str]]]:
    """See `bot.ports.PollStore.acronyms`."""
    newest = connection.execute(select(func.coalesce(func.max(acronyms_table.c.version), 0))).scalar_one()
    question = select(acronyms_table.c.acronym, acronyms_table.c.long_form).where(acronyms_table.c.version == newest)
    return newest, sorted((row.acronym, row.long_form) for row in connection.execute(question))


def learn(connection: Connection, pairs: Sequence[tuple[str, str]], now: datetime) -> int:
    """See `bot.ports.HousekeepingStore.learn`. No pairs at all change nothing; the set before the last one is kept."""
    alone(connection, ACRONYMS)
    version, known = acronyms(connection)
    learned = sorted(set(pairs))
    if not learned or learned == known:
        return version
    rows = [{"version": version + 1, "acronym": short, "long_form": long, "at": now} for short, long in learned]
    connection.execute(insert(acronyms_table), rows)
    connection.execute(delete(acronyms_table).where(acronyms_table.c.version < version))
    return version + 1
