"""Persons: their reading lists, and what they were shown last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

from bot.models import Channel, Person, Saved
from storage import codec
from storage.dialect import insert
from storage.reading import number_of, papers_of, resolve
from storage.schema import deliveries, entries, lists, persons, saves


def number_for(connection: Connection, person: Person) -> int:
    """The row id of that person, stored when new; a name that is told replaces the old one."""
    row = connection.execute(select(persons.c.id, persons.c.name).where(_is(person))).one_or_none()
    if row is None:
        key = {"platform": person.platform, "workspace": person.workspace, "outside_id": person.id}
        added = insert(connection, persons).values(**key, name=person.name)
        connection.execute(added.on_conflict_do_nothing())
        return int(connection.execute(select(persons.c.id).where(_is(person))).scalar_one())
    if person.name and person.name != row.name:
        connection.execute(update(persons).where(persons.c.id == row.id).values(name=person.name))
    return int(row.id)


def _is(person: Person) -> ColumnElement[bool]:
    return and_(
        persons.c.platform == person.platform,
        persons.c.workspace == person.workspace,
        persons.c.outside_id == person.id,
    )


# ---------------------------------------------------------------------------------------- reading list


def save(connection: Connection, person: Person, paper: str, now: datetime, order: str) -> bool:
    """See `bot.ports.AnswerStore.save`. A paper that is not stored cannot be saved: False."""
    return _mark(connection, person, paper, now, order, saved=True)


def unsave(connection: Connection, person: Person, paper: str, now: datetime, order: str) -> bool:
    """See `bot.ports.AnswerStore.unsave`."""
    return _mark(connection, person, paper, now, order, saved=False)


def _mark(connection: Connection, person: Person, paper: str, now: datetime, order: str, *, saved: bool) -> bool:
    """Set the last word about one entry; True when that changed what stands on the list."""
    number = resolve(connection, [paper], person).get(paper)
    if number is None:
        return False
    key = {"person": number_for(connection, person), "paper": number}
    # inserted first: of two workers that both find nothing, the later word could be overwritten by the earlier
    fresh = insert(connection, saves).values(**key, saved=saved, ord=order, at=now).on_conflict_do_nothing()
    if connection.execute(fresh, execution_options={"preserve_rowcount": True}).rowcount == 1:
        return saved
    at = and_(saves.c.person == key["person"], saves.c.paper == number)
    last = connection.execute(select(saves.c.saved, saves.c.ord).where(at).with_for_update()).one()
    if order <= last.ord:  # compared here: a database's collation has ideas of its own
        return False
    values = {"saved": saved, "ord": order} | ({} if last.saved == saved else {"at": now})
    connection.execute(update(saves).where(at).values(**values))
    return bool(last.saved != saved)


def saved(connection: Connection, person: Person) -> list[Saved]:
    """See `bot.ports.AnswerStore.saved`."""
    question = (
        select(saves.c.paper, saves.c.at, saves.c.note, saves.c.key)
        .join(persons, persons.c.id == saves.c.person)
        .where(_is(person), saves.c.saved)
        .order_by(saves.c.at.desc(), saves.c.paper.desc())
    )
    rows = connection.execute(question).all()
    found = papers_of(connection, [row.paper for row in rows], person)
    return [Saved(found[row.paper], row.at, row.note, row.key) for row in rows]


def cite(connection: Connection, person: Person, keys: Mapping[str, str]) -> None:
    """See `bot.ports.AnswerStore.cite`. Papers that the person never saved get none."""
    known = resolve(connection, list(keys), person)
    theirs = select(persons.c.id).where(_is(person)).scalar_subquery()
    for paper, number in known.items():
        uncited = and_(saves.c.person == theirs, saves.c.paper == number, saves.c.key == "")
        connection.execute(update(saves).where(uncited).values(key=keys[paper]))


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


def shown_list(connection: Connection, person: Person, channel: Channel) -> tuple[str, ...]:
    """See `bot.ports.AnswerStore.shown_list`."""
    question = (
        select(lists.c.papers, lists.c.after)
        .join(persons, persons.c.id == lists.c.person)
        .where(_is(person), lists.c.platform == channel.platform, lists.c.workspace == channel.workspace)
        .where(lists.c.channel == channel.id)
    )
    shown = connection.execute(question).one_or_none()
    last = _last_posted(connection, channel)
    if last and (shown is None or shown.after is None or shown.after < last[1]):
        return _papers_of_digest(connection, last[0])
    return tuple(shown.papers) if shown else ()


def _last_posted(connection: Connection, channel: Channel) -> tuple[int, datetime] | None:
    """The digest with papers that was last posted in the channel, and when its last message was."""
    question = (
        select(deliveries.c.digest, deliveries.c.settled)
        .where(deliveries.c.channel == number_of(connection, channel), deliveries.c.state == "sent")
        .where(deliveries.c.kind != "line")
        .order_by(deliveries.c.settled.desc(), deliveries.c.id.desc())
        .limit(1)
    )
    row = connection.execute(question).one_or_none()
    return (row.digest, row.settled) if row else None


def _papers_of_digest(connection: Connection, digest: int) -> tuple[str, ...]:
    """Ids of the papers of a digest that were posted, in the order of its messages."""
    question = (
        select(entries.c.paper)
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .where(deliveries.c.digest == digest, deliveries.c.state == "sent")
        .order_by(deliveries.c.number, entries.c.position)
    )
    return tuple(dict.fromkeys(codec.shown("p", paper) for paper in connection.execute(question).scalars()))
