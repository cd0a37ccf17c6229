"""Digests: what waits for a channel, and planning it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, and_, case, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.models import Channel, Digest, Part, State
from bot.ports import Waiting
from storage import codec
from storage.channels import subscriptions_of
from storage.dialect import new_id, utc_day
from storage.reading import number_of, owner, papers_of, resolve, stored_channel, told_to
from storage.schema import announcements, channels, deliveries, digests, entries, matches, posted, subscriptions


def waiting(connection: Connection, channel: Channel, after: datetime | None = None) -> list[Waiting]:
    """See `bot.ports.PlanStore.waiting`.

    News is old for a subscription when any source the channel may see had announced the paper before it began; what
    stood on a first, silent page was announced when its date says.
    """
    number = number_of(connection, channel)
    if number is None:
        return []
    told = func.min(case((announcements.c.news, announcements.c.seen), else_=announcements.c.dated))
    seen = func.min(case((announcements.c.news, announcements.c.seen)))
    had = exists().where(posted.c.channel == number, posted.c.paper == matches.c.paper)
    question = (
        select(
            subscriptions.c.number,
            matches.c.query,
            matches.c.paper,
            matches.c.score,
            matches.c.reasons,
            seen.label("seen"),
        )
        .select_from(subscriptions)
        .join(matches, matches.c.query == subscriptions.c.query)
        .join(announcements, announcements.c.paper == matches.c.paper)
        .where(subscriptions.c.channel == number, subscriptions.c.ended.is_(None), ~had)
        .where(told_to(channel), matches.c.owner.in_(["", owner(channel)]))
        .group_by(subscriptions.c.id, matches.c.query, matches.c.paper, matches.c.owner)
        .having(and_(told > subscriptions.c.since, seen.is_not(None)))
        .order_by(subscriptions.c.number, matches.c.paper, matches.c.owner.desc())
    )
    if after is not None:
        question = question.having(seen > after)
    # where everybody's text and their own feed's match, everybody's comes last and counts
    rows = {(row.number, row.paper): row for row in connection.execute(question).all()}.values()
    theirs = {known.number: known for known in subscriptions_of(connection, channel)}
    found = papers_of(connection, list(dict.fromkeys(row.paper for row in rows)), channel)
    return [
        Waiting(theirs[row.number], found[row.paper], codec.match(row.query, row.score, row.reasons), row.seen)
        for row in rows
    ]


def read_since(connection: Connection, channel: Channel, since: datetime) -> int:
    """See `bot.ports.PlanStore.read_since`."""
    question = select(func.count(announcements.c.paper.distinct())).where(
        announcements.c.news, announcements.c.seen > since, told_to(channel)
    )
    return int(connection.execute(question).scalar_one())


def days_read(connection: Connection, channel: Channel, since: datetime) -> list[tuple[date, int]]:
    """See `bot.ports.AnswerStore.days_read`."""
    day = utc_day(connection, announcements.c.dated)
    question = (
        select(day.label("day"), func.count(announcements.c.paper.distinct()).label("papers"))
        .where(announcements.c.dated > since, told_to(channel))
        .group_by(day)
        .order_by(day)
    )
    return [(row.day, row.papers) for row in connection.execute(question)]


def next_number(connection: Connection, channel: Channel, day: date) -> int:
    """See `bot.ports.PlanStore.next_number`."""
    last = select(func.coalesce(func.max(digests.c.number), 0)).where(
        digests.c.channel == number_of(connection, channel), digests.c.local_date == day
    )
    return int(connection.execute(last).scalar_one()) + 1


# ------------------------------------------------------------------------------------------------ plan


def plan(  # noqa: PLR0917 - as at the door
    connection: Connection,
    digest: Digest,
    parts: Sequence[tuple[Part, str]],
    now: datetime,
    due_date: date | None,
    due: datetime | None,
) -> bool:
    """See `bot.ports.PlanStore.plan`."""
    channel = stored_channel(connection, digest.channel)
    wanted = list(dict.fromkeys(entry.paper.id for part, _ in parts for entry in part.entries))
    known = resolve(connection, wanted)
    if len(known) < len(wanted):
        return False  # forgotten in the meantime
    try:
        with connection.begin_nested():
            number = _store_digest(connection, channel, digest)
            had = [{"channel": channel, "paper": paper, "at": now} for paper in sorted(set(known.values()))]
            if had:
                connection.execute(insert(posted), had)
            _store_parts(connection, channel, number, parts, known)
    except IntegrityError:
        return False  # planned by another, or posted in the meantime: the constraints know
    speaks = bool(wanted) or (digest.number == 0 and bool(parts))
    values: dict[str, object] = {"fresh": False} if speaks else {}
    if digest.number == 0:
        values |= {"due": due, "due_date": due_date, "last_date": digest.date, "last_at": digest.slot or now}
    if values:
        connection.execute(update(channels).where(channels.c.id == channel).values(**values))
    return True


def _store_digest(connection: Connection, channel: int, digest: Digest) -> int:
    row = {
        "channel": channel,
        "local_date": digest.date,
        "number": digest.number,
        "papers_read": digest.read,
        "slot": digest.slot,
        "late": digest.late,
    }
    return new_id(connection.execute(insert(digests), row))


def _store_parts(
    connection: Connection, channel: int, digest: int, parts: Sequence[tuple[Part, str]], known: Mapping[str, int]
) -> None:
    """Store each part as a planned delivery, level by level: what hangs under others needs their ids."""
    ids: dict[int | None, int | None] = {None: None}
    level, rest = _next_level(parts, ids)
    while level:
        rows = [
            {
                "key": key,
                "digest": digest,
                "channel": channel,
                "number": part.number,
                "kind": part.kind,
                "leftover": [list(pair) for pair in part.left],
                "parent": ids[part.under],
                "lane": 0 if part.under is None else 1,
                "state": State.PLANNED,
            }
            for part, key in sorted(level, key=lambda pair: pair[0].number)
        ]
        connection.execute(insert(deliveries), rows)
        stored = select(deliveries.c.number, deliveries.c.id).where(deliveries.c.digest == digest)
        ids.update({row.number: row.id for row in connection.execute(stored)})
        level, rest = _next_level(rest, ids)
    listed = [
        {
            "delivery": ids[part.number],
            "position": position,
            "paper": known[entry.paper.id],
            "topic": entry.topic,
            "query": entry.match.query,
            "score": entry.match.score,
            "reasons": codec.reasons(entry.match),
        }
        for part, _ in parts
        for position, entry in enumerate(part.entries)
    ]
    if listed:
        connection.execute(insert(entries), listed)


def _next_level(
    parts: Sequence[tuple[Part, str]], ids: Mapping[int | None, int | None]
) -> tuple[list[tuple[Part, str]], list[tuple[Part, str]]]:
    """Parts whose parent is stored, and the others."""
    ready = [pair for pair in parts if pair[0].under in ids]
    return ready, [pair for pair in parts if pair[0].under not in ids]
