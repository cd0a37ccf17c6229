"""Papers that somebody shares: on their way like a digest, whether the channel had them before or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, func, select
from sqlalchemy import insert as plain_insert

from bot.models import Channel, Digest, Message, Part, Person, State
from bot.ports import StorageError
from storage import codec
from storage.channels import locked
from storage.dialect import insert, new_id
from storage.persons import is_person, number_for
from storage.reading import number_of, resolve
from storage.schema import deliveries, digests, entries, persons, posted


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
    for part, name, message in parts:
        values = {
            "key": name,
            "digest": number,
            "channel": row.id,
            "number": part.number,
            "kind": part.kind,
            "leftover": [],
            "lane": 0,
            "state": State.PLANNED,
            "message": codec.pack_message(message),
        }
        delivery = new_id(connection.execute(plain_insert(deliveries).values(**values)))
        listed = [
            {
                "delivery": delivery,
                "position": position,
                "paper": known[entry.paper.id],
                "topic": entry.topic,
                "query": entry.match.query,
                "score": entry.match.score,
                "reasons": codec.reasons(entry.match),
            }
            for position, entry in enumerate(part.entries)
        ]
        connection.execute(plain_insert(entries), listed)
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
