"""Sources: how they are, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from bot.models import Channel, Health, SourceState
from bot.ports import StorageError
from storage import codec
from storage.dialect import insert
from storage.reading import owner as owner_of
from storage.schema import announcements
from storage.schema import sources as sources_table


def add_source(  # noqa: PLR0917 - as at the door
    connection: Connection, name: str, adapter: str, url: str = "", owner: str = "", title: str = ""
) -> None:
    """See `bot.ports.PollStore.add_source`."""
    row = {"name": name, "adapter": adapter, "url": url, "owner": owner, "title": title}
    added = insert(connection, sources_table).values(**row)
    # one that was removed comes back as if it were new: what it told meanwhile was not read
    back = {
        "removed": False,
        "url": url,
        "title": title,
        "cursor": "",
        "asked": None,
        "next": None,
        "lease_until": None,
    }
    connection.execute(added.on_conflict_do_update(index_elements=["name"], set_=back, where=sources_table.c.removed))


def remove_source(connection: Connection, name: str, owner: str) -> bool:
    """See `bot.ports.AnswerStore.remove_source`. What it told of stays."""
    theirs = and_(sources_table.c.name == name, sources_table.c.owner == owner, sources_table.c.owner != "")
    gone = update(sources_table).where(theirs, ~sources_table.c.removed).values(removed=True)
    return connection.execute(gone).rowcount == 1


def sources_for(connection: Connection, channel: Channel, *, removed: bool = False) -> list[SourceState]:
    """See `bot.ports.AnswerStore.sources_for`."""
    which = sources_table.c.removed if removed else ~sources_table.c.removed
    theirs = and_(sources_table.c.owner.in_(["", owner_of(channel)]), which)
    question = select(sources_table).where(theirs).order_by(sources_table.c.owner, sources_table.c.id)
    return [codec.source(row) for row in connection.execute(question)]


def sources(connection: Connection, due: datetime | None = None) -> list[SourceState]:
    """See `bot.ports.PollStore.sources`."""
    question = select(sources_table).where(~sources_table.c.removed)
    question = question.order_by(sources_table.c.next.asc().nulls_first(), sources_table.c.id)
    if due is not None:
        question = question.where(or_(sources_table.c.next.is_(None), sources_table.c.next <= due))
    return [codec.source(row) for row in connection.execute(question)]


def lease_source(
    connection: Connection, source: str, now: datetime, lease: timedelta, *, due: bool = False
) -> SourceState | None:
    """See `bot.ports.PollStore.lease_source`."""
    free = and_(func.coalesce(sources_table.c.lease_until, now) <= now, ~sources_table.c.removed)
    leased = update(sources_table).where(sources_table.c.name == source, free)
    if due:
        leased = leased.where(func.coalesce(sources_table.c.next, now) <= now)
    if connection.execute(leased.values(lease_until=now + lease)).rowcount == 0:
        return None
    return codec.source(connection.execute(select(sources_table).where(sources_table.c.name == source)).one())


def asked(  # noqa: PLR0917 - as at the door
    connection: Connection,
    source: str,
    cursor: str,
    health: Health,
    now: datetime,
    next_at: datetime,
    *,
    lease: timedelta | None = None,
) -> None:
    """See `bot.ports.PollStore.asked`."""
    values = {
        "cursor": cursor,
        "condition": str(health.condition),
        "detail": health.detail,
        "retry_after": health.retry_after,
        "asked": now,
        "next": next_at,
        "lease_until": now + lease if lease else None,
    }
    if health.well:
        values["answered"] = now
    connection.execute(update(sources_table).where(sources_table.c.name == source).values(**values))


def stored(connection: Connection, name: str) -> Row[Any]:
    """The row of that source; StorageError when nobody added it."""
    row = connection.execute(select(sources_table).where(sources_table.c.name == name)).one_or_none()
    if row is None:
        raise StorageError(f"There is no source named {name}.")
    return row


def brought(connection: Connection, source: int, batches: Sequence[str], news_at: datetime | None) -> None:
    """Record the newest batch of a source with what it held so far, and when it last brought news."""
    values: dict[str, Any] = {"news": news_at} if news_at else {}
    newest = max(batches, default="")
    known = connection.execute(select(sources_table.c.batch).where(sources_table.c.id == source)).scalar_one()
    if newest and newest >= known:
        in_batch = (announcements.c.source == source, announcements.c.batch == newest)
        size = select(func.count()).select_from(announcements).where(*in_batch)
        values |= {"batch": newest, "batch_size": connection.execute(size).scalar_one()}
    if values:
        connection.execute(update(sources_table).where(sources_table.c.id == source).values(**values))
