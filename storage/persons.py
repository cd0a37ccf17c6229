"""Persons, and what they were shown last; their reading lists are in `storage.saves`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, select, update

from bot.models import Channel, Person
from storage import codec
from storage.dialect import insert
from storage.reading import number_of
from storage.schema import deliveries, digests, entries, lists, persons


def number_for(connection: Connection, person: Person) -> int:
    """The row id of that person, stored when new; a name that is told replaces the old one."""
    row = connection.execute(select(persons.c.id, persons.c.name).where(is_person(person))).one_or_none()
    if row is None:
        key = {"platform": person.platform, "workspace": person.workspace, "outside_id": person.id}
        added = insert(connection, persons).values(**key, name=person.name)
        connection.execute(added.on_conflict_do_nothing())
        return int(connection.execute(row_of(person)).scalar_one())
    if person.name and person.name != row.name:
        connection.execute(update(persons).where(persons.c.id == row.id).values(name=person.name))
    return int(row.id)


def is_person(person: Person) -> ColumnElement[bool]:
    """The condition that finds a person."""
    return and_(
        persons.c.platform == person.platform,
        persons.c.workspace == person.workspace,
        persons.c.outside_id == person.id,
    )


def row_of(person: Person) -> Select[int]:
    """The question for the row id of a person."""
    return select(persons.c.id).where(is_person(person))


# ------------------------------------------------------------------------------------- what was shown


def show_list(connection: Connection, person: Person, channel: Channel, papers: Sequence[str]) -> None:
    """See `bot.ports.AnswerStore.show_list`."""
    key = {
        "person": number_for(connection, person),
        "platform": channel.platform,
        "workspace": channel.workspace,
        "channel": channel.id,
    }
    last = _last_posted(connection, channel)
    values = {"papers": list(papers), "after": last[1] if last else None}
    shown = insert(connection, lists).values(**key, **values)
    connection.execute(shown.on_conflict_do_update(index_elements=list(key), set_=values))


def shown_list(connection: Connection, person: Person, channel: Channel, at: datetime | None = None) -> tuple[str, ...]:
    """See `bot.ports.AnswerStore.shown_list`."""
    question = (
        select(lists.c.papers, lists.c.after)
        .join(persons, persons.c.id == lists.c.person)
        .where(is_person(person), lists.c.platform == channel.platform, lists.c.workspace == channel.workspace)
        .where(lists.c.channel == channel.id)
    )
    shown = connection.execute(question).one_or_none()
    last = _last_posted(connection, channel, at)
    if last and (shown is None or shown.after is None or shown.after < last[1]):
        return _papers_of_digest(connection, last[0], at)
    return tuple(shown.papers) if shown else ()


def last_digest(connection: Connection, channel: Channel) -> tuple[date, tuple[str, ...]] | None:
    """See `bot.ports.AnswerStore.last_digest`."""
    last = _last_posted(connection, channel)
    if last is None:
        return None
    day = connection.execute(select(digests.c.local_date).where(digests.c.id == last[0])).scalar_one()
    return day, _papers_of_digest(connection, last[0])


def _last_posted(connection: Connection, channel: Channel, at: datetime | None = None) -> tuple[int, datetime] | None:
    """The digest with papers that was last posted in the channel (up to that moment), and when its last message was."""
    question = (
        select(deliveries.c.digest, deliveries.c.settled)
        .where(deliveries.c.channel == number_of(connection, channel), deliveries.c.state == "sent")
        .where(deliveries.c.kind.in_(("lead", "paper")), *_posted_by(at))
        .order_by(deliveries.c.settled.desc(), deliveries.c.id.desc())
        .limit(1)
    )
    row = connection.execute(question).one_or_none()
    return (row.digest, row.settled) if row else None


def _papers_of_digest(connection: Connection, digest: int, at: datetime | None = None) -> tuple[str, ...]:
    """Ids of the papers of a digest that were posted, in the order of its messages."""
    question = (
        select(entries.c.paper)
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .where(deliveries.c.digest == digest, deliveries.c.state == "sent", *_posted_by(at))
        .order_by(deliveries.c.number, entries.c.position)
    )
    return tuple(dict.fromkeys(codec.shown("p", paper) for paper in connection.execute(question).scalars()))


def _posted_by(at: datetime | None) -> Sequence[ColumnElement[bool]]:
    return (deliveries.c.settled <= at,) if at is not None else ()
