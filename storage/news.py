"""What happened to papers that people saved and want to hear of, and telling them once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, update

from bot.models import Digest, Part, Person, Schedule
from bot.news import Known
from bot.ports.store.reading import Heard
from storage import codec
from storage.channels import change
from storage.channels import channel as channel_state
from storage.digests import plan
from storage.persons import is_person, row_of
from storage.reading import number_of, papers_of, resolve
from storage.schema import channels, deliveries, digests, papers, persons, saves


def unheard(connection: Connection, after: Person | None, since: datetime, limit: int = 100) -> list[Heard]:
    """See `bot.ports.store.reading.NewsStore.unheard`."""
    told = and_(saves.c.paper == papers.c.id, papers.c.told > since, papers.c.told >= saves.c.at)
    wanting = (
        select(persons)
        .where(persons.c.news, persons.c.id.in_(select(saves.c.person).join(papers, told).where(saves.c.saved)))
        .order_by(persons.c.id)
        .limit(limit)
    )
    last: Any = row_of(after).scalar_subquery() if after is not None else 0
    # most of what a source tells again changed nothing: who has nothing new costs no further read
    while people := connection.execute(wanting.where(persons.c.id > last)).all():
        last = people[-1].id
        changed = _changed(connection, [row.id for row in people], told)
        if changed:
            return [_heard(connection, row, changed[row.id]) for row in people if row.id in changed]
    return []


def _changed(
    connection: Connection, people: Sequence[int], told: ColumnElement[bool]
) -> dict[int, dict[int, Known | None]]:
    """By person the papers that are not as they know them, with what they know."""
    question = (
        select(saves.c.person, saves.c.paper, saves.c.known, papers.c.version, papers.c.withdrawn, papers.c.code)
        .join(papers, told)
        .where(saves.c.saved, saves.c.person.in_(people))
        .order_by(saves.c.at.desc(), saves.c.paper.desc())
    )
    changed: dict[int, dict[int, Known | None]] = defaultdict(dict)
    for row in connection.execute(question):
        known = Known(**row.known) if row.known is not None else None
        if known != Known(row.version, row.withdrawn, bool(row.code)):
            changed[row.person][row.paper] = known
    return changed


def _heard(connection: Connection, row: Row[Any], changed: Mapping[int, Known | None]) -> Heard:
    person = Person(row.platform, row.workspace, row.outside_id, row.name)
    theirs = papers_of(connection, list(changed), person)
    listed = tuple((theirs[paper], known) for paper, known in changed.items())
    return Heard(person, _hours(connection, row.id, person), listed, _last(connection, row.id, person))


def tell(  # noqa: PLR0917 - as at the door
    connection: Connection,
    person: Person,
    told: Mapping[str, Known],
    digest: Digest | None,
    parts: Sequence[tuple[Part, str]],
    now: datetime,
) -> bool:
    """See `bot.ports.store.reading.NewsStore.tell`."""
    # one at a time: what another worker told them in this moment is seen below
    row = connection.execute(
        select(persons.c.id, persons.c.news).where(is_person(person)).with_for_update(key_share=True)
    ).one_or_none()
    if row is None or not row.news:
        return False
    numbers = resolve(connection, list(told), person)
    listed = and_(saves.c.person == row.id, saves.c.saved, saves.c.paper.in_(numbers.values()))
    known = {one.paper: one.known for one in connection.execute(select(saves.c.paper, saves.c.known).where(listed))}
    if any(known.get(number) == codec.known(told[paper]) for paper, number in numbers.items()):
        return False
    if digest is not None:
        # it is stored now, and not before: nobody who was forgotten gets it back
        change(connection, digest.channel, _hours(connection, row.id, person), lambda state: state)
        name = _asked_by(row.id, digest.date)
        if not plan(connection, digest, parts, now, None, None, asked_by=name):
            return False
        # no paper is kept from a digest, or given back to one, by news of it that never arrived
        theirs = deliveries.c.digest == select(digests.c.id).where(digests.c.asked_by == name).scalar_subquery()
        connection.execute(update(deliveries).where(theirs).values(holds=False))
    for paper, number in numbers.items():
        entry = and_(saves.c.person == row.id, saves.c.paper == number)
        connection.execute(update(saves).where(entry).values(known=codec.known(told[paper])))
    return True


def _asked_by(person: int, day: date) -> str:
    """What stands in the place of an act's key: one news message a person and date."""
    return f"news {person} {day.isoformat()}"


def _hours(connection: Connection, number: int, person: Person) -> Schedule:
    """When they may be told: as in their direct messages, or else where they saved last."""
    direct = channel_state(connection, person.direct)
    if direct is not None:
        return direct.schedule
    question = (
        select(channels)
        .join(saves, saves.c.channel == channels.c.id)
        .where(saves.c.person == number)
        .order_by(saves.c.at.desc())
        .limit(1)
    )
    row = connection.execute(question).one_or_none()
    # a pause there is that channel's own
    return replace(codec.channel_state(row).schedule, paused=False, until=None) if row else Schedule()


def _last(connection: Connection, number: int, person: Person) -> date | None:
    news = digests.c.asked_by.startswith(f"news {number} ", autoescape=True)
    theirs = and_(digests.c.channel == number_of(connection, person.direct), news)
    last: date | None = connection.execute(select(func.max(digests.c.local_date)).where(theirs)).scalar_one()
    return last
