"""Papers that somebody shares: on their way like a digest, whether the channel had them before or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, func, select, update

from bot.models import Channel, Digest, Message, Part, Person
from bot.ports import StorageError
from storage import codec
from storage.channels import locked
from storage.dialect import insert
from storage.digests import OnItsWay, insert_parts
from storage.persons import is_person, number_for
from storage.reading import number_of, resolve
from storage.schema import deliveries, digests, persons, posted


def share(  # noqa: PLR0917 - as at the door
    connection: Connection,
    digest: Digest,
    parts: Sequence[tuple[Part, str, Message]],
    now: datetime,
    act: str,
    person: Person,
) -> bool:
    """See `bot.ports.store.sharing.SharingStore.share`."""
    row = locked(connection, [digest.channel]).get(digest.channel)
    if row is None:
        raise StorageError("That channel is not stored.")
    shown = {entry.paper.id for part, _, _ in parts for entry in part.entries}
    known = resolve(connection, list(shown), digest.channel)
    if len(known) < len(shown):
        return False
    sharer = number_for(connection, person)
    key = {"channel": row.id, "local_date": digest.date, "number": digest.number}
    new = insert(connection, digests).values(**key, papers_read=0, late=False, planned=now, asked_by=act, sharer=sharer)
    number = connection.execute(new.on_conflict_do_nothing().returning(digests.c.id)).scalar_one_or_none()
    if number is None:
        return False
    had = [{"channel": row.id, "paper": paper, "at": now} for paper in sorted(set(known.values()))]
    connection.execute(insert(connection, posted).on_conflict_do_nothing(), had)
    insert_parts(connection, [OnItsWay(number, row.id, part, name, known) for part, name, _ in parts])
    for _, name, message in parts:
        theirs = update(deliveries).where(deliveries.c.key == name)
        connection.execute(theirs.values(message=codec.pack_message(message)))
    return True


def shared(connection: Connection, channel: Channel, person: Person, day: date) -> int:
    """See `bot.ports.store.sharing.SharingStore.shared`."""
    question = (
        select(func.count())
        .select_from(digests)
        .join(persons, persons.c.id == digests.c.sharer)
        .join(deliveries, deliveries.c.digest == digests.c.id)
        .where(is_person(person), digests.c.channel == number_of(connection, channel), digests.c.local_date == day)
    )
    return connection.execute(question).scalar_one()
