"""What is asked to offer a narrower topic: what it brought lately, and what people in the channel saved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from bot.models import Channel, Match, Paper
from storage import codec
from storage.reading import number_of, owner, papers_of, told_to
from storage.schema import announcements, matches, saves, subscriptions


def brought(
    connection: Connection, channel: Channel, number: int, since: datetime, limit: int
) -> tuple[int, list[tuple[Paper, Match]]]:
    """See `bot.ports.store.narrowing.NarrowingStore.brought`. Counted as `storage.channels.counts` counts."""
    first = func.min(announcements.c.dated)
    topic = and_(subscriptions.c.channel == number_of(connection, channel), subscriptions.c.number == number)
    news = (
        select(matches.c.paper)
        .join(subscriptions, subscriptions.c.query == matches.c.query)
        .join(announcements, announcements.c.paper == matches.c.paper)
        .where(topic, told_to(channel), matches.c.owner.in_(["", owner(channel)]))
        .group_by(matches.c.paper)
        .having(first > since)
        .order_by(first.desc(), matches.c.paper.desc())
    )
    ids = connection.execute(news).scalars().all()
    shown = ids[:limit]
    told = (
        select(matches.c.paper, matches.c.query, matches.c.score, matches.c.reasons)
        .join(subscriptions, subscriptions.c.query == matches.c.query)
        .where(topic, matches.c.paper.in_(shown), matches.c.owner.in_(["", owner(channel)]))
        .order_by(matches.c.owner.desc())  # everybody's text last, so that it counts
    )
    rows = {row.paper: row for row in connection.execute(told)}
    found = papers_of(connection, shown, channel)
    return len(ids), [
        (found[paper], codec.match(rows[paper].query, rows[paper].score, rows[paper].reasons)) for paper in shown
    ]


def saved_here(connection: Connection, channel: Channel) -> frozenset[str]:
    """See `bot.ports.store.narrowing.NarrowingStore.saved_here`."""
    question = select(saves.c.paper).distinct().where(saves.c.channel == number_of(connection, channel), saves.c.saved)
    return frozenset(codec.shown("p", paper) for paper in connection.execute(question).scalars())
