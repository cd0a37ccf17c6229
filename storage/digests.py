"""Digests: planning them, and what is asked about them beside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, and_, bindparam, exists, func, select, update
from sqlalchemy.exc import IntegrityError

from bot.models import Channel, Digest, Entry, Part, SourceState, State
from bot.ports import Planned, StorageError
from storage import codec
from storage.channels import locked
from storage.dialect import insert as insert_or
from storage.dialect import utc_day
from storage.reading import chunks, number_of, resolve, told_to
from storage.rows import bound, insert_rows
from storage.schema import announcements, channels, deliveries, digests, entries, posted, sources
from storage.waiting import Packed


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
    *,
    asked_by: str | None = None,
) -> bool:
    """See `bot.ports.PlanStore.plan`."""
    row = locked(connection, [digest.channel]).get(digest.channel)
    if row is None:
        raise StorageError("That channel is not stored.")
    names = {entry.paper.id for part, _ in parts for entry in part.entries}
    known = resolve(connection, list(names))
    if len(known) < len(names):
        return False  # forgotten in the meantime
    one = _Plan(row.id, digest, parts, due_date, due, known, asked_by)
    return bool(_store(connection, [one], now))


def papers_asked_by(connection: Connection, act: str) -> int:
    """See `bot.ports.PlanStore.papers_asked_by`."""
    question = (
        select(func.count(entries.c.paper.distinct()))
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .join(digests, digests.c.id == deliveries.c.digest)
        .where(digests.c.asked_by == act)
    )
    return int(connection.execute(question).scalar_one())


def plan_all(connection: Connection, plans: Sequence[Planned], now: datetime) -> list[bool]:
    """See `bot.ports.PlanStore.plan_all`."""
    rows = locked(connection, [one.state.channel for one in plans])
    shown = {entry.paper.id for one in plans for part, _ in one.parts for entry in part.entries}
    # an id of nothing stored is none that a constraint lets pass
    known = {paper: codec.stored("p", paper) or 0 for paper in shown}
    todo: dict[Channel, _Plan] = {}
    for one in plans:
        row = rows.get(one.state.channel)
        if row is not None and codec.channel_state(row) == one.state:
            todo[one.state.channel] = _Plan(row.id, one.digest, one.parts, one.due_date, one.due, known)
    stored = _store(connection, list(todo.values()), now)
    _pass_on(connection, [one for one in todo.values() if one.channel not in stored])
    return [one.state.channel in todo and todo[one.state.channel].channel in stored for one in plans]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A digest to be stored for the channel of that number."""

    channel: int
    digest: Digest
    parts: Sequence[tuple[Part, str]]
    due_date: date | None
    due: datetime | None
    #: the numbers of papers by id
    known: Mapping[str, int]
    #: the key of the act that asked for it
    asked_by: str | None = None

    def papers(self) -> set[int]:
        """The numbers of the papers it brings; news of a paper brings none."""
        bringing = [part for part, _ in self.parts if part.kind != "news"]
        return {self.known[entry.paper.id] for part in bringing for entry in part.entries}


def _store(connection: Connection, plans: Sequence[_Plan], now: datetime) -> set[int]:
    """Store them in a few statements; whose they are that could be stored.

    When a constraint speaks (a paper was posted or forgotten in the meantime) the halves are tried apart, down to the
    one that it means.
    """
    try:
        with connection.begin_nested():
            return _insert(connection, plans, now)
    except IntegrityError:
        half = len(plans) // 2
        if half == 0:
            return set()
        return _store(connection, plans[:half], now) | _store(connection, plans[half:], now)


def _insert(connection: Connection, plans: Sequence[_Plan], now: datetime) -> set[int]:
    numbers = _insert_digests(connection, plans, now)
    new = [one for one in plans if one.channel in numbers]
    moment = bound(connection, posted.c.at, now)
    had = [(one.channel, paper, moment) for one in new for paper in sorted(one.papers())]
    insert_rows(connection, posted, ("channel", "paper", "at"), had)
    messages = [
        OnItsWay(numbers[one.channel], one.channel, part, key, one.known) for one in new for part, key in one.parts
    ]
    insert_parts(connection, messages)
    _set_due(connection, new, now)
    return set(numbers)


def _insert_digests(connection: Connection, plans: Sequence[_Plan], now: datetime) -> dict[int, int]:
    """By channel the new digest's number; one that is there already, or whose act has one, is left out."""
    rows = [
        {
            "channel": one.channel,
            "local_date": one.digest.date,
            "number": one.digest.number,
            "papers_read": one.digest.read,
            "slot": one.digest.slot,
            "late": one.digest.late,
            "planned": now,
            "asked_by": one.asked_by,
        }
        for one in plans
    ]
    if not rows:
        return {}
    new = insert_or(connection, digests).on_conflict_do_nothing().returning(digests.c.channel, digests.c.id)
    return {row.channel: row.id for row in connection.execute(new, rows)}


class OnItsWay(NamedTuple):
    """One part of a digest, on its way to its row."""

    digest: int
    channel: int
    part: Part
    key: str
    #: numbers of its papers by id
    known: Mapping[str, int]


def insert_parts(connection: Connection, messages: Sequence[OnItsWay]) -> None:
    """Store each part as a planned delivery, level by level: what hangs under others needs their ids."""
    ids: dict[tuple[int, int | None], int | None] = {(one.digest, None): None for one in messages}
    rest = sorted(messages, key=lambda one: (one.digest, one.part.number))
    while level := [one for one in rest if (one.digest, one.part.under) in ids]:
        rest = [one for one in rest if (one.digest, one.part.under) not in ids]
        _insert_level(connection, level, ids)
        stored = select(deliveries.c.digest, deliveries.c.number, deliveries.c.id)
        for some in chunks({one.digest for one in level}):
            rows = connection.execute(stored.where(deliveries.c.digest.in_(some))).all()
            ids.update({(digest, number): delivery for digest, number, delivery in rows})
    columns = ("delivery", "position", "paper", "topic", "query", "score", "reasons")
    listed = [
        (
            ids[one.digest, one.part.number],
            position,
            one.known[entry.paper.id],
            entry.topic,
            entry.match.query,
            entry.match.score,
            _reasons(connection, entry),
        )
        for one in messages
        for position, entry in enumerate(one.part.entries)
    ]
    insert_rows(connection, entries, columns, listed)


def _reasons(connection: Connection, entry: Entry) -> object:
    """Why the paper is there, as JSON; what was read as text stays text where nothing is added."""
    if isinstance(entry.match, Packed):
        if not entry.liked:
            return entry.match.packed
        why = json.loads(entry.match.packed)
    else:
        why = codec.reasons(entry.match)
    return bound(connection, entries.c.reasons, [*why, *([what, "liked", -1] for what in entry.liked)])


def _insert_level(
    connection: Connection, level: Sequence[OnItsWay], ids: Mapping[tuple[int, int | None], int | None]
) -> None:
    columns = ("key", "digest", "channel", "number", "kind", "leftover", "parent", "lane", "state", "not_before")
    rows = [
        (
            one.key,
            one.digest,
            one.channel,
            one.part.number,
            one.part.kind,
            bound(connection, deliveries.c.leftover, one.part.left) if one.part.left else "[]",
            ids[one.digest, one.part.under],
            0 if one.part.under is None else 1,
            State.PLANNED,
            bound(connection, deliveries.c.not_before, one.part.waits_until) if one.part.waits_until else None,
        )
        for one in level
    ]
    insert_rows(connection, deliveries, columns, rows)


def _set_due(connection: Connection, plans: Sequence[_Plan], now: datetime) -> None:
    """Move the channels of scheduled digests on; a channel that is spoken to is not fresh any more."""
    rows = [
        {
            "id_": one.channel,
            "due_": one.due,
            "due_date_": one.due_date,
            "last_date_": one.digest.date,
            "last_at_": one.digest.slot or now,
            "quiet_": not one.parts,
        }
        for one in plans
        if one.digest.number == 0
    ]
    if rows:
        connection.execute(_MOVED, rows)
    spoken_to = [{"id_": one.channel} for one in plans if one.digest.number and one.papers()]
    if spoken_to:
        connection.execute(update(channels).where(channels.c.id == bindparam("id_")).values(fresh=False), spoken_to)


_MOVED = (
    update(channels)
    .where(channels.c.id == bindparam("id_"))
    .values(
        due=bindparam("due_"),
        due_date=bindparam("due_date_"),
        last_date=bindparam("last_date_"),
        last_at=bindparam("last_at_"),
        fresh=and_(channels.c.fresh, bindparam("quiet_", type_=Boolean)),
    )
)


def _pass_on(connection: Connection, plans: Sequence[_Plan]) -> None:
    """Move the channels on that have the digest of that date already: it is not planned a second time."""
    for one in plans:
        theirs = and_(digests.c.channel == one.channel, digests.c.local_date == one.digest.date, digests.c.number == 0)
        moved = update(channels).where(channels.c.id == one.channel, exists().where(theirs))
        connection.execute(moved.values(due=one.due, due_date=one.due_date))


def source(connection: Connection, name: str) -> SourceState | None:
    """See `bot.ports.PlanStore.source`."""
    row = connection.execute(select(sources).where(sources.c.name == name, ~sources.c.removed)).one_or_none()
    return codec.source(row) if row else None
