"""What happened to papers that people saved and want to hear of, and telling them once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, and_, func, select, update

from bot.models import Digest, Part, Person, Schedule
from bot.news import Known
from bot.ports.store.reading import Heard
from storage import codec
from storage.channels import channel as channel_state
from storage.digests import plan
from storage.persons import is_person
from storage.reading import papers_of, resolve
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
    if after is not None:
        wanting = wanting.where(persons.c.id > select(persons.c.id).where(is_person(after)).scalar_subquery())
    people = {row.id: row for row in connection.execute(wanting)}
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
    found = []
    for number, row in people.items():
        person = Person(row.platform, row.workspace, row.outside_id, row.name)
        theirs = papers_of(connection, list(changed[number]), person)
        listed = tuple((theirs[paper], known) for paper, known in changed[number].items())
        found.append(Heard(person, _hours(connection, number, person), listed, _last(connection, number)))
    return found


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


def _last(connection: Connection, person: int) -> date | None:
    theirs = digests.c.asked_by.startswith(f"news {person} ", autoescape=True)
    last: date | None = connection.execute(select(func.max(digests.c.local_date)).where(theirs)).scalar_one()
    return last
