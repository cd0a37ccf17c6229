"""Forgetting what its time is over for.

A paper that no source told of for 180 days goes, unless somebody saved it or a channel got it in that time. Of a paper
that some channel ever had, or that stands in a feed (which may list it for years), the name stays: title, identifiers,
announcements and posted pairs, so that it is never news again there and never posted a second time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, or_, select, update

from bot.ports import REACTIONS
from storage import buckets, dialect, forgetting, membership, search, vault
from storage.claims import still_open
from storage.reading import chunks
from storage.schema import (
    announcements,
    carried,
    deliveries,
    digests,
    entries,
    identifiers,
    inbox,
    matches,
    memory,
    papers,
    posted,
    receipts,
    saves,
    sources,
    summaries,
)

PAPERS = timedelta(days=180)
ACTS = timedelta(days=7)
MESSAGES = timedelta(hours=48)
REACTED = timedelta(days=8)


def tidy(connection: Connection, now: datetime) -> None:
    """See `bot.ports.HousekeepingStore.tidy`."""
    connection.execute(delete(inbox).where(inbox.c.done <= now - ACTS))
    connection.execute(delete(receipts).where(receipts.c.at <= now - MESSAGES))
    # names that say who reacted begin with the day of the message
    old = f"{REACTIONS}{now - REACTED:%Y-%m-%d}"
    connection.execute(delete(memory).where(memory.c.name.startswith(REACTIONS), memory.c.name < old))
    vault.tidy(connection, now)
    settled = deliveries.c.settled <= now - MESSAGES
    connection.execute(update(deliveries).where(settled, deliveries.c.message.is_not(None)).values(message=None))
    # who shared it stood in the message
    said = exists().where(deliveries.c.digest == digests.c.id, or_(deliveries.c.message.is_not(None), still_open))
    connection.execute(update(digests).where(digests.c.sharer.is_not(None), ~said).values(sharer=None))
    _forget_papers(connection, now - PAPERS)
    membership.tidy(connection, now)
    buckets.forget_rested(connection)
    forgetting.tidy(connection, now)


def free_leases(connection: Connection) -> None:
    """Whoever held a lease is dead: this process alone has the database."""
    connection.execute(update(deliveries).where(deliveries.c.settled.is_(None)).values(lease_until=None))
    connection.execute(update(inbox).where(inbox.c.done.is_(None)).values(lease_until=None))
    connection.execute(update(sources).values(lease_until=None))


def _forget_papers(connection: Connection, before: datetime) -> None:
    dialect.alone(connection, dialect.PAPERS)
    posted_since = exists().where(posted.c.paper == papers.c.id, posted.c.at > before)
    is_saved = exists().where(saves.c.paper == papers.c.id, saves.c.saved)
    old = (papers.c.told <= before, papers.c.features_version > 0, ~posted_since, ~is_saved)
    named = (
        exists().where(entries.c.paper == papers.c.id)
        | exists().where(posted.c.paper == papers.c.id)
        | exists().where(announcements.c.paper == papers.c.id, announcements.c.batch == "", announcements.c.kind != "")
    )
    for keeps_name in (True, False):
        question = select(papers.c.id).where(*old, named if keeps_name else ~named)
        for some in chunks(connection.execute(question).scalars().all()):
            # whoever saves or posts one of them now waits; who did it a moment ago is seen
            connection.execute(select(papers.c.id).where(papers.c.id.in_(some)).with_for_update())
            ids = connection.execute(question.where(papers.c.id.in_(some))).scalars().all()
            search.forget(connection, ids)
            connection.execute(delete(matches).where(matches.c.paper.in_(ids)))
            connection.execute(delete(carried).where(carried.c.paper.in_(ids)))
            connection.execute(delete(saves).where(saves.c.paper.in_(ids)))
            connection.execute(delete(summaries).where(summaries.c.paper.in_(ids)))
            if keeps_name:
                bare = {"abstract": "", "tldr": "", "comment": "", "plain": "", "features_version": 0}
                connection.execute(update(papers).where(papers.c.id.in_(ids)).values(**bare))
            else:
                connection.execute(delete(announcements).where(announcements.c.paper.in_(ids)))
                connection.execute(delete(identifiers).where(identifiers.c.paper.in_(ids)))
                connection.execute(delete(papers).where(papers.c.id.in_(ids)))
