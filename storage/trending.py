"""What many people like: saved in one channel, upvoted on Hugging Face."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from bot.models import Channel, Paper
from storage.reading import number_of, owner, papers_of
from storage.schema import announcements, papers, saves, sources

#: the source that tells of upvotes
UPVOTED = "huggingface"


def most_saved(
    connection: Connection, channel: Channel, since: datetime, least: int, limit: int
) -> list[tuple[Paper, int]]:
    """See `bot.ports.store.trending.TrendingStore.most_saved`."""
    people = func.count(saves.c.person.distinct())
    question = (
        select(saves.c.paper, people.label("people"))
        .join(papers, papers.c.id == saves.c.paper)
        .where(saves.c.channel == number_of(connection, channel), saves.c.saved, saves.c.at > since)
        .where(papers.c.owner.in_(["", owner(channel)]))
        .group_by(saves.c.paper)
        .having(people >= least)
        .order_by(people.desc(), func.max(saves.c.at).desc(), saves.c.paper.desc())
        .limit(limit)
    )
    rows = connection.execute(question).all()
    found = papers_of(connection, [row.paper for row in rows], channel)
    return [(found[row.paper], row.people) for row in rows]


def most_upvoted(connection: Connection, channel: Channel, since: datetime, limit: int) -> list[Paper]:
    """See `bot.ports.store.trending.TrendingStore.most_upvoted`."""
    daily = select(sources.c.id).where(sources.c.name == UPVOTED, sources.c.owner == "").scalar_subquery()
    question = (
        select(papers.c.id)
        .join(announcements, announcements.c.paper == papers.c.id)
        .where(announcements.c.source == daily, announcements.c.dated > since)
        .where(papers.c.upvotes > 0, or_(papers.c.owner == "", papers.c.owner == owner(channel)))
        .order_by(papers.c.upvotes.desc(), papers.c.id.desc())
        .limit(limit)
    )
    ids = connection.execute(question).scalars().all()
    found = papers_of(connection, ids, channel)
    return [found[number] for number in ids]
