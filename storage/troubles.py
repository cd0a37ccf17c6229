"""Trouble: channels that take nothing, deliveries set aside, and sending them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from bot.models import Channel, State
from bot.ports import Trouble
from storage.deliveries import digest_of, drop, hold, release, still_open
from storage.reading import number_of
from storage.schema import channels, deliveries, digests, entries, papers, posted


def trouble(connection: Connection, channel: Channel, reason: str, now: datetime) -> bool:
    """See `bot.ports.DeliverStore.trouble`. What is planned there and in nobody's hands is dropped: it waits again."""
    number = number_of(connection, channel)
    first = update(channels).where(channels.c.id == number, channels.c.trouble == "").values(trouble=reason)
    if connection.execute(first).rowcount == 0:
        return False
    free = and_(
        deliveries.c.channel == number,
        still_open,
        deliveries.c.state == State.PLANNED,
        func.coalesce(deliveries.c.lease_until, now) <= now,
    )
    ids = connection.execute(select(deliveries.c.id).where(free)).scalars().all()
    drop(connection, deliveries.c.id.in_(ids), reason, now)
    release(connection, ids)
    return True


def troubles(connection: Connection, channel: Channel) -> list[Trouble]:
    """See `bot.ports.AnswerStore.troubles`."""
    question = (
        select(
            deliveries.c.id,
            deliveries.c.state,
            deliveries.c.reason,
            digests.c.local_date,
            digests.c.number.label("digest_number"),
            digests.c.papers_read,
            digests.c.slot,
            digests.c.late,
            channels.c.platform,
            channels.c.workspace,
            channels.c.outside_id,
            channels.c.name,
        )
        .join(digests, digests.c.id == deliveries.c.digest)
        .join(channels, channels.c.id == deliveries.c.channel)
        .where(deliveries.c.channel == number_of(connection, channel))
        .where(deliveries.c.state.in_((State.PARKED, State.UNKNOWN)))
        .order_by(deliveries.c.settled.desc(), deliveries.c.id.desc())
    )
    rows = connection.execute(question).all()
    titles: dict[int, list[str]] = {}
    listed = (
        select(entries.c.delivery, papers.c.title)
        .join(papers, papers.c.id == entries.c.paper)
        .where(entries.c.delivery.in_([row.id for row in rows]))
        .order_by(entries.c.delivery, entries.c.position)
    )
    for entry in connection.execute(listed):
        titles.setdefault(entry.delivery, []).append(entry.title)
    return [
        Trouble(row.id, digest_of(row), State(row.state), row.reason, tuple(titles.get(row.id, ()))) for row in rows
    ]


def again(connection: Connection, channel: Channel, delivery: int) -> bool:
    """See `bot.ports.AnswerStore.again`.

    What was dropped with it is planned again too. False when there is no such delivery, or when all its papers were
    posted in another one since.
    """
    question = select(deliveries).where(
        deliveries.c.id == delivery,
        deliveries.c.channel == number_of(connection, channel),
        deliveries.c.state.in_((State.PARKED, State.UNKNOWN)),
    )
    row = connection.execute(question).one_or_none()
    if row is None or (not row.holds and not _free(connection, row.channel, delivery)):
        return False
    ids, level = [delivery], [delivery]
    while level:
        under = and_(deliveries.c.parent.in_(level), deliveries.c.state == State.DROPPED)
        level = list(connection.execute(select(deliveries.c.id).where(under)).scalars())
        ids += level
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids))
        .values(state=State.PLANNED, settled=None, not_before=None, lease_until=None, attempts=0, reason="")
    )
    hold(connection, ids, row.settled)
    return True


def _free(connection: Connection, channel: int, delivery: int) -> bool:
    """True when the channel lacks some paper of that delivery, or when it has no papers."""
    shown = connection.execute(select(entries.c.paper).where(entries.c.delivery == delivery)).scalars().all()
    had = select(func.count()).select_from(posted).where(posted.c.channel == channel, posted.c.paper.in_(shown))
    return not shown or connection.execute(had).scalar_one() < len(set(shown))
