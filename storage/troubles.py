"""Trouble: channels that take nothing, deliveries set aside, and sending them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, select, true, update

from bot import policy
from bot.models import Channel, Person, State
from bot.ports import Trouble
from storage.claims import OF_DIGEST, digest_of, still_open
from storage.deliveries import drop_planned, hold
from storage.dialect import insert
from storage.reading import number_of
from storage.schema import channels, deliveries, digests, entries, outages, papers, persons, posted, subscriptions


def trouble(connection: Connection, channel: Channel, reason: str, now: datetime, probe: datetime) -> Person | None:
    """See `bot.ports.DeliverStore.trouble`.

    What is planned there is dropped, also what a worker holds and has not begun to send: it waits again.
    """
    number = number_of(connection, channel)
    this = channels.c.id == number
    row = connection.execute(select(channels.c.told, channels.c.removed).where(this)).one_or_none()
    told = row.told if row else None
    values = {"probe": probe, "told": told or now}
    if row is None or row.removed is None:  # else the reason is known
        values["trouble"] = reason
    connection.execute(update(channels).where(this).values(**values))
    drop_planned(connection, select(deliveries.c.id).where(deliveries.c.channel == number), reason, now)
    return None if told else _first_follower(connection, number)


def _first_follower(connection: Connection, channel: int | None) -> Person | None:
    """Who followed first of what the channel still follows."""
    question = (
        select(persons)
        .join(subscriptions, subscriptions.c.person == persons.c.id)
        .where(subscriptions.c.channel == channel, subscriptions.c.ended.is_(None))
        .where(persons.c.outside_id != "")  # a former member is nobody
        .order_by(subscriptions.c.number)
        .limit(1)
    )
    row = connection.execute(question).one_or_none()
    return Person(row.platform, row.workspace, row.outside_id, row.name) if row else None


def untold(connection: Connection, channel: Channel) -> None:
    """See `bot.ports.DeliverStore.untold`."""
    connection.execute(update(channels).where(channels.c.id == number_of(connection, channel)).values(told=None))


def outage(connection: Connection, platform: str, workspace: str, reason: str, probe: datetime) -> None:
    """See `bot.ports.DeliverStore.outage`."""
    row = {"platform": platform, "workspace": workspace, "reason": reason, "probe": probe}
    known = insert(connection, outages).values(**row)
    connection.execute(
        known.on_conflict_do_update(index_elements=["platform", "workspace"], set_={"reason": reason, "probe": probe})
    )


def accepted(connection: Connection, platform: str, workspace: str = "") -> None:
    """See `bot.ports.AnswerStore.accepted`. What was put off there until the token's next try is put off no more."""
    there = outages.c.workspace.in_(["", workspace]) if workspace else true()
    over = delete(outages).where(outages.c.platform == platform, there).returning(outages.c.workspace)
    workspaces = connection.execute(over).scalars().all()
    if not workspaces:
        return
    mended = select(channels.c.id).where(channels.c.platform == platform)
    if "" not in workspaces:
        mended = mended.where(channels.c.workspace.in_(workspaces))
    theirs = and_(still_open, deliveries.c.channel.in_(mended))
    connection.execute(update(deliveries).where(theirs).values(not_before=None))


def outage_of(connection: Connection, channel: Channel) -> str:
    """See `bot.ports.AnswerStore.outage_of`."""
    question = select(outages.c.reason).where(
        outages.c.platform == channel.platform, outages.c.workspace.in_(["", channel.workspace])
    )
    return connection.execute(question.order_by(outages.c.workspace).limit(1)).scalar_one_or_none() or ""


def troubles(connection: Connection, channel: Channel) -> list[Trouble]:
    """See `bot.ports.AnswerStore.troubles`."""
    question = (
        select(
            deliveries.c.id,
            deliveries.c.state,
            deliveries.c.reason,
            *OF_DIGEST,
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


def again(connection: Connection, channel: Channel, delivery: int, now: datetime) -> bool:
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
    if row.message is None and row.attempted is not None:
        # what it said was deleted in the meantime, and a key never carries two payloads
        last = select(func.max(deliveries.c.number)).where(deliveries.c.digest == row.digest)
        number = connection.execute(last).scalar_one() + 1
        whose = select(*OF_DIGEST).join(channels, channels.c.id == digests.c.channel)
        digest = digest_of(connection.execute(whose.where(digests.c.id == row.digest)).one())
        anew = {"number": number, "key": policy.key(digest, number), "attempted": None}
        connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(**anew))
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids))
        .values(state=State.PLANNED, settled=None, not_before=None, lease_until=None, attempts=0, reason="")
    )
    connection.execute(update(digests).where(digests.c.id == row.digest).values(planned=now))
    hold(connection, ids, row.settled)
    return True


def _free(connection: Connection, channel: int, delivery: int) -> bool:
    """True when the channel lacks some paper of that delivery, or when it has no papers."""
    shown = connection.execute(select(entries.c.paper).where(entries.c.delivery == delivery)).scalars().all()
    had = select(func.count()).select_from(posted).where(posted.c.channel == channel, posted.c.paper.in_(shown))
    return not shown or connection.execute(had).scalar_one() < len(set(shown))
