"""Forgetting a person, so that no row of any table names them or holds what they wrote.

What they typed is not here: the inbox keeps nothing of an act once it is done. That the text also leaves a SQLite file
is `secure_delete` and, for the write-ahead log, `engines.empty_log`. A backup that is restored later forgets them again
when it is told of this database: see `again`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from bot.messages.sharing import by_former_member
from bot.models import Channel, Person
from bot.ports import REACTIONS, Traces, without
from storage import codec, tastes
from storage.dialect import PAPERS, QUERIES, alone, is_sqlite
from storage.persons import number_for, row_of
from storage.reading import at, number_of
from storage.schema import (
    buckets,
    carried,
    channels,
    deliveries,
    digests,
    entries,
    inbox,
    lists,
    matches,
    memory,
    persons,
    posted,
    queries,
    saves,
    subscriptions,
)

#: whose memory holds who was forgotten, as a digest of their ids, so that a restored backup forgets them again
FORGOTTEN = "forgotten"
#: after so long there is to be no backup left that knows them
BACKUPS = timedelta(days=30)


def traces(connection: Connection, person: Person) -> Traces:
    """See `bot.ports.AnswerStore.traces`."""
    theirs = row_of(person).scalar_subquery()
    listed = select(saves.c.note, saves.c.tags).where(saves.c.person == theirs, saves.c.saved)
    saved = connection.execute(listed).all()
    channel = number_of(connection, person.direct)
    count = select(func.count()).select_from(subscriptions).where(subscriptions.c.ended.is_(None))
    elsewhere = count.where(subscriptions.c.person == theirs)
    if channel is not None:
        elsewhere = elsewhere.where(subscriptions.c.channel != channel)
    return Traces(
        saved=len(saved),
        noted=sum(bool(row.note or row.tags) for row in saved),
        direct=connection.execute(count.where(subscriptions.c.channel == channel)).scalar_one(),
        followed=connection.execute(elsewhere).scalar_one(),
    )


def forget(connection: Connection, person: Person, now: datetime) -> None:
    """See `bot.ports.AnswerStore.forget`."""
    alone(connection, PAPERS)
    alone(connection, QUERIES)
    number = connection.execute(row_of(person)).scalar_one_or_none()
    if number is not None:
        nobody = number_for(connection, Person(person.platform, person.workspace, ""))
        connection.execute(update(subscriptions).where(subscriptions.c.person == number).values(person=nobody))
        there = connection.execute(select(saves.c.channel).where(saves.c.person == number)).scalars().all()
        connection.execute(delete(saves).where(saves.c.person == number))
        tastes.refresh(connection, there, now)
        connection.execute(delete(lists).where(lists.c.person == number))
        _forget_name(connection, number)
        connection.execute(delete(persons).where(persons.c.id == number))
    forget_channel(connection, person.direct)
    _forget_small_facts(connection, person)
    salt = secrets.token_hex(8)
    fact = {"owner": FORGOTTEN, "name": f"{salt} {_digest(person, salt)}", "value": now.isoformat()}
    connection.execute(insert(memory).values(**fact))


def _forget_name(connection: Connection, person: int) -> None:
    """Messages that say who shares a paper are kept until 48 hours after they were posted."""
    shared = (
        select(deliveries.c.id, deliveries.c.message)
        .join(digests, digests.c.id == deliveries.c.digest)
        .where(digests.c.sharer == person, deliveries.c.message.is_not(None))
    )
    for row in connection.execute(shared).all():
        message = codec.pack_message(by_former_member(codec.message(row.message)))
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(message=message))
    connection.execute(update(digests).where(digests.c.sharer == person).values(sharer=None))


def forget_channel(connection: Connection, channel: Channel) -> None:
    """Forget a channel: what is followed there, and every digest and its messages.

    Whoever calls is alone with papers and queries (`dialect.alone`).
    """
    locked = connection.execute(select(channels.c.id).where(at(channel)).with_for_update()).scalar_one_or_none()
    if locked is None:
        return
    followed = (
        connection.execute(select(subscriptions.c.query).where(subscriptions.c.channel == locked)).scalars().all()
    )
    theirs = select(deliveries.c.id).where(deliveries.c.channel == locked)
    connection.execute(delete(entries).where(entries.c.delivery.in_(theirs)))
    connection.execute(update(saves).where(saves.c.channel == locked).values(channel=None))
    connection.execute(update(deliveries).where(deliveries.c.also == locked).values(also=None))
    topics = select(subscriptions.c.id).where(subscriptions.c.channel == locked)
    connection.execute(delete(carried).where(carried.c.subscription.in_(topics)))
    for table in (deliveries, digests, posted, subscriptions):
        connection.execute(delete(table).where(table.c.channel == locked))
    connection.execute(delete(channels).where(channels.c.id == locked))
    _forget_queries(connection, followed)


def _forget_queries(connection: Connection, among: Iterable[int]) -> None:
    """What nobody ever followed elsewhere is not to be read any more.

    The row stays under a name of no meaning: an index that is running may still name its number in a match.
    """
    for number in among:
        elsewhere = select(subscriptions.c.id).where(subscriptions.c.query == number).limit(1)
        if connection.execute(elsewhere).first() is None:
            connection.execute(delete(matches).where(matches.c.query == number))
            connection.execute(update(queries).where(queries.c.id == number).values(text=f"{FORGOTTEN}:{number}"))


def _forget_small_facts(connection: Connection, person: Person) -> None:
    """Facts kept for the person, and buckets of their direct messages, are named after "platform/workspace/id"."""
    name = f"{person.platform}/{person.workspace}/{person.id}"
    # of somebody who is one person everywhere some facts name no workspace
    connection.execute(delete(memory).where(memory.c.owner.in_([name, f"{person.platform}/{person.id}"])))
    inside = buckets.c.name.startswith(f"{name}/", autoescape=True)
    connection.execute(delete(buckets).where(or_(buckets.c.name == name, inside)))
    # reactions that wait for the record of their message (`storage.inbox.put_back`) would save for somebody unknown
    connection.execute(delete(inbox).where(inbox.c.person.startswith(f"{name}\n", autoescape=True)))
    there = (lists.c.platform == person.platform, lists.c.workspace == person.workspace)
    connection.execute(delete(lists).where(*there, lists.c.channel == person.id))
    _efface(connection, person)


def _efface(connection: Connection, person: Person) -> None:
    """Who reacted is kept by platforms for a while; the id goes, and nothing is taken for a new reaction later."""
    theirs = and_(
        memory.c.owner.startswith(person.platform, autoescape=True),
        memory.c.name.startswith(REACTIONS),
        memory.c.value.contains(person.id, autoescape=True),
    )
    for row in connection.execute(select(memory).where(theirs)).all():
        here = and_(memory.c.owner == row.owner, memory.c.name == row.name)
        connection.execute(update(memory).where(here).values(value=without(person.id, row.value)))


# --------------------------------------------------------------------------------------------- backups


def _digest(person: Person, salt: str) -> str:
    """A name that says nothing to whoever does not know the person already."""
    key = "\x00".join((person.platform, person.workspace, person.id))
    return blake2b(key.encode(), digest_size=16, salt=salt.encode()).hexdigest()


def forgotten(connection: Connection) -> list[str]:
    """Who was forgotten in the last 30 days, each as "salt digest"."""
    return list(connection.execute(select(memory.c.name).where(memory.c.owner == FORGOTTEN)).scalars())


def again(connection: Connection, known: Iterable[str], now: datetime) -> int:
    """Forget those of them that a restored backup knows; how many."""
    rows = connection.execute(select(persons).where(persons.c.outside_id != "")).all()
    places = connection.execute(select(channels).where(channels.c.direct)).all()
    there = {Person(row.platform, row.workspace, row.outside_id) for row in (*rows, *places)}
    pairs = [name.split() for name in known]
    found = [person for person in there if any(_digest(person, salt) == digest for salt, digest in pairs)]
    for person in found:
        forget(connection, person, now)
    return len(found)


def tidy(connection: Connection, now: datetime) -> None:
    """Whoever was forgotten 30 days ago is in no backup any more; nor in the copies that an upgrade saved."""
    old = (now - BACKUPS).isoformat()
    connection.execute(delete(memory).where(memory.c.owner == FORGOTTEN, memory.c.value < old))
    if is_sqlite(connection) and connection.engine.url.database:
        database = Path(connection.engine.url.database)
        for copy in database.parent.glob(f"{database.name}.before-*"):
            if copy.stat().st_mtime < (now - BACKUPS).timestamp():
                copy.unlink(missing_ok=True)
