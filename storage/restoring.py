"""What a restore changes, so that a restored backup reposts nothing.

The program that the backup was taken from may have gone on posting. What it may have posted counts as had: messages
that were to be posted are in doubt, papers announced before the restore wait no more, digests whose hour has passed
are not made up for, and every source's first page is silent again. Only a move, for which the old program was stopped
before the backup was made, keeps everything as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select, text, update

from bot import calendar
from bot.models import ChannelState, State
from storage import codec
from storage.dialect import is_sqlite
from storage.inbox import OVER
from storage.papers import RESTORED
from storage.schema import channels, deliveries, digests, inbox, memory, metadata, papers, sources
from storage.search import UNINDEXED
from storage.tidying import free_leases

#: ids stand in buttons for ever: those that the old program may have given since are left out
_AHEAD = 100_000
#: the same for the numbers of digests asked for on the day of the restore: a key never carries two messages
_NUMBERS = 100


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    #: when the backup was made
    made: datetime
    rows: int
    #: messages that may have been posted since
    unsure: int
    #: people whom a later database forgot, and who are forgotten here too
    forgotten: int = 0


def moved_in(connection: Connection, highest: Mapping[str, int], *, rows: int, made: datetime) -> Restored:
    """Go on where the old program stopped: only what it was sending is in doubt."""
    free_leases(connection)
    _go_on_after(connection, highest)
    _index_anew(connection)
    sending = update(deliveries).where(deliveries.c.state == State.SENDING)
    return Restored(made, rows, connection.execute(sending.values(state=State.UNSURE)).rowcount)


def settle_accounts(
    connection: Connection, highest: Mapping[str, int], *, rows: int, made: datetime, now: datetime
) -> Restored:
    """Count as had what the old program may have posted between the backup and this moment."""
    free_leases(connection)
    ahead = {table.name: _AHEAD for table in metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]}
    _go_on_after(connection, {name: number + ahead.get(name, 0) for name, number in highest.items()})
    _index_anew(connection)
    may_be_there = update(deliveries).where(deliveries.c.state.in_([State.PLANNED, State.SENDING]))
    doubt = {
        "state": State.UNSURE,
        "attempted": func.coalesce(deliveries.c.attempted, made),
        "not_before": None,
        "reason": "a backup was restored, and it may have been posted before that",
    }
    unsure = connection.execute(may_be_there.values(**doubt)).rowcount
    # what somebody asked for was answered by the old program
    connection.execute(update(inbox).where(inbox.c.done.is_(None)).values(done=now, **OVER))
    connection.execute(update(channels).values(floor=now))
    for row in connection.execute(select(channels)).all():
        _begin_today(connection, row.id, codec.channel_state(row), now)
    connection.execute(update(sources).values(cursor="", asked=None, answered=None, next=None))
    known = [{"owner": RESTORED, "name": name} for name in connection.execute(select(sources.c.name)).scalars()]
    connection.execute(memory.delete().where(memory.c.owner == RESTORED))
    if known:
        connection.execute(insert(memory), [row | {"value": now.isoformat()} for row in known])
    return Restored(made, rows, unsure)


def _begin_today(connection: Connection, number: int, state: ChannelState, now: datetime) -> None:
    """Leave out the channel's digests that were due before now, and today's numbers."""
    today = now.astimezone(ZoneInfo(state.schedule.zone)).date()
    last = select(func.coalesce(func.max(digests.c.number), 0)).where(
        digests.c.channel == number, digests.c.local_date == today
    )
    row = {"channel": number, "local_date": today, "number": connection.execute(last).scalar_one() + _NUMBERS}
    connection.execute(insert(digests), row)
    if state.due is None or state.due > now:
        return
    day, slot = calendar.latest_slot(state.schedule, now)
    if state.due_date is not None and day <= state.due_date:
        day, slot = state.due_date, state.due
    following, due = calendar.next_slot(state.schedule, now, last=day, last_at=slot)
    values = {"last_date": day, "last_at": slot, "due_date": following, "due": due}
    connection.execute(update(channels).where(channels.c.id == number).values(**values))


def _index_anew(connection: Connection) -> None:
    """Let the next opening build the search index: a backup holds none."""
    connection.execute(update(papers).where(papers.c.features_version > 0).values(features_version=UNINDEXED))


def _go_on_after(connection: Connection, highest: Mapping[str, int]) -> None:
    """Give no id again that was ever given."""
    for table in metadata.sorted_tables:
        known = {"name": table.name, "number": highest.get(table.name, 0)}
        if not known["number"]:
            continue
        if not is_sqlite(connection):
            sequence = "CAST(pg_get_serial_sequence(:name, 'id') AS regclass)"
            connection.execute(text(f"SELECT setval({sequence}, :number)"), known)
        elif table.dialect_options["sqlite"]["autoincrement"]:
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), known)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), known)
