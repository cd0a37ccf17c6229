"""What happened to a paper in a channel: who told of it, what it matched, which messages show it, who went first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from bot.models import Channel, Match, State
from bot.ports.store.understanding import History, Passed, Showing, Told
from storage import codec
from storage.claims import OF_DIGEST, digest_of
from storage.papers import papers as visible_papers
from storage.reading import number_of, owner
from storage.schema import (
    announcements,
    carried,
    channels,
    deliveries,
    digests,
    entries,
    matches,
    posted,
    sources,
    subscriptions,
)

#: digests that went before it; nobody wants to read about more
_PASSED = 20


def history(connection: Connection, channel: Channel, paper: str) -> History:
    """See `bot.ports.store.understanding.UnderstandingStore.history`."""
    found = visible_papers(connection, [paper], channel)
    paper_number = codec.stored("p", found[0].id) if found else None
    if paper_number is None:
        return History()
    known = History(_told(connection, channel, paper_number))
    number = number_of(connection, channel)
    if number is None:
        return known
    had = select(posted.c.paper).where(posted.c.channel == number, posted.c.paper == paper_number)
    return History(
        known.told,
        _shown(connection, number, paper_number),
        _matched(connection, channel, number, paper_number),
        _passed(connection, number, known.news) if known.news else (),
        had=connection.execute(had).first() is not None,
        floor=connection.execute(select(channels.c.floor).where(channels.c.id == number)).scalar_one(),
        carried=frozenset(
            connection.execute(
                select(subscriptions.c.number)
                .join(carried, carried.c.subscription == subscriptions.c.id)
                .where(subscriptions.c.channel == number, carried.c.paper == paper_number)
            ).scalars()
        ),
    )


def _told(connection: Connection, channel: Channel, paper: int) -> tuple[Told, ...]:
    question = (
        select(
            sources.c.name,
            sources.c.title,
            announcements.c.kind,
            announcements.c.seen,
            announcements.c.dated,
            announcements.c.news,
        )
        .join(sources, sources.c.id == announcements.c.source)
        .where(announcements.c.paper == paper, sources.c.owner.in_(["", owner(channel)]))
        .order_by(announcements.c.seen, sources.c.id)
    )
    return tuple(Told(*row) for row in connection.execute(question))


def _shown(connection: Connection, channel: int, paper: int) -> tuple[Showing, ...]:
    question = (
        select(
            deliveries.c.id,
            deliveries.c.state,
            deliveries.c.settled,
            deliveries.c.reason,
            entries.c.topic,
            entries.c.query,
            entries.c.score,
            entries.c.reasons,
            *OF_DIGEST,
        )
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .join(digests, digests.c.id == deliveries.c.digest)
        .join(channels, channels.c.id == deliveries.c.channel)
        .where(entries.c.paper == paper, deliveries.c.channel == channel)
        .order_by(digests.c.planned.desc(), digests.c.id.desc(), deliveries.c.number)
    )
    return tuple(
        Showing(
            row.id,
            digest_of(row),
            State(row.state),
            row.topic,
            codec.match(row.query, row.score, row.reasons),
            row.settled,
            row.reason,
        )
        for row in connection.execute(question)
    )


def _matched(connection: Connection, channel: Channel, number: int, paper: int) -> dict[int, Match]:
    """By subscription number; where everybody's text and their own feed's match, everybody's counts."""
    question = (
        select(subscriptions.c.number, matches.c.query, matches.c.score, matches.c.reasons)
        .join(matches, matches.c.query == subscriptions.c.query)
        .where(subscriptions.c.channel == number, subscriptions.c.ended.is_(None))
        .where(matches.c.paper == paper, matches.c.owner.in_(["", owner(channel)]))
        .order_by(subscriptions.c.number, matches.c.owner.desc())
    )
    return {row.number: codec.match(row.query, row.score, row.reasons) for row in connection.execute(question)}


def _passed(connection: Connection, channel: int, since: datetime) -> tuple[Passed, ...]:
    """Digests with papers that were planned after that moment, the newest first."""
    many = func.count(entries.c.paper.distinct())
    question = (
        select(digests.c.id, digests.c.planned, many.label("papers"), *OF_DIGEST)
        .join(channels, channels.c.id == digests.c.channel)
        .join(deliveries, and_(deliveries.c.digest == digests.c.id, deliveries.c.holds))
        .join(entries, entries.c.delivery == deliveries.c.id)
        .where(digests.c.channel == channel, digests.c.planned > since)
        .group_by(digests.c.id, channels.c.id)
        .order_by(digests.c.planned.desc(), digests.c.id.desc())
        .limit(_PASSED)
    )
    return tuple(Passed(digest_of(row), row.planned, row.papers) for row in connection.execute(question))
