"""Reading papers, identifiers and who may see what; shared by the other rooms of `storage`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Text, and_, bindparam, exists, select, type_coerce

from bot.models import Channel, Paper, Person
from bot.ports import StorageError
from storage import codec
from storage.columns import Json, unpacked
from storage.schema import announcements, channels, identifiers, papers, sources

#: parameters in one statement; old SQLite takes 999: https://www.sqlite.org/limits.html
_MOST = 500
T = TypeVar("T")


def chunks(items: Iterable[T], size: int = _MOST) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def owner(place: Channel | Person) -> str:
    """The workspace as it stands beside what only it may see."""
    return f"{place.platform}/{place.workspace}"


def told_to(place: Channel | Person) -> ColumnElement[bool]:
    """The condition that an announcement may be seen there: of a public source, or of the workspace's own."""
    return exists().where(sources.c.id == announcements.c.source, sources.c.owner.in_(["", owner(place)]))


def owners(connection: Connection, ids: Iterable[int]) -> dict[str, set[int]]:
    """Those of the papers that are stored, by whose they are."""
    theirs: dict[str, set[int]] = defaultdict(set)
    for some in chunks(ids):
        for row in connection.execute(select(papers.c.id, papers.c.owner).where(papers.c.id.in_(some))):
            theirs[row.owner].add(row.id)
    return theirs


def papers_of(connection: Connection, ids: Sequence[int], place: Channel | Person | None = None) -> dict[int, Paper]:
    """Papers by id; with a place, what its workspace's own sources told of is said too."""
    private = told_of(connection, ids, owner(place)) if place else {}
    found = {}
    for some in chunks(ids):
        for row in connection.execute(_PAPERS, {"ids": some}).all():
            found[row.id] = _paper(tuple(row))
    for number, more in private.items():
        if number in found:
            known = found[number]
            found[number] = replace(known, sources=tuple(dict.fromkeys((*known.sources, *more))))
    return found


#: what a paper is made of, with lists as they are stored
_COLUMNS = [column for column in papers.c if column.name not in {"told", "features_version", "plain_version"}]
_PAPERS = select(*[type_coerce(one, Text).label(one.name) if isinstance(one.type, Json) else one for one in _COLUMNS])
_PAPERS = _PAPERS.where(papers.c.id.in_(bindparam("ids", expanding=True)))


@lru_cache(maxsize=4096)
def _paper(values: tuple[Any, ...]) -> Paper:
    """The paper of a row: many channels ask for the same ones, and each is unpacked once as long as it is the same."""
    row: Any = SimpleNamespace()
    for column, value in zip(_COLUMNS, values, strict=True):
        setattr(row, column.name, unpacked(value) if isinstance(column.type, Json) else value)
    return codec.paper(row)


def told_of(connection: Connection, ids: Sequence[int], private_of: str | None = None) -> dict[int, tuple[str, ...]]:
    """By paper, the names of the sources that announced it, the first one first; or of one owner's only."""
    theirs = announcements.c.kind != ""
    if private_of is not None:
        theirs = and_(theirs, sources.c.owner == private_of)
        if connection.execute(select(sources.c.id).where(sources.c.owner == private_of).limit(1)).first() is None:
            return {}
    told = defaultdict(list)
    for some in chunks(ids):
        question = (
            select(announcements.c.paper, sources.c.name)
            .join(sources, sources.c.id == announcements.c.source)
            .where(announcements.c.paper.in_(some), theirs)
            .order_by(announcements.c.seen, sources.c.id)
        )
        for row in connection.execute(question):
            told[row.paper].append(row.name)
    return {paper: tuple(names) for paper, names in told.items()}


def resolve(connection: Connection, ids: Sequence[str], place: Channel | Person | None = None) -> dict[str, int]:
    """Paper numbers by stored id or identifier; the id of a row that was merged away leads to its heir.

    With a place, names that only its workspace's sources gave are understood too.
    """
    owners = ["", owner(place)] if place else [""]
    numbers = {wanted: codec.stored("p", wanted) for wanted in ids}
    known: dict[str, int] = {}
    for names in chunks(ids):
        named = (
            select(identifiers.c.value, identifiers.c.paper)
            .where(identifiers.c.value.in_(names), identifiers.c.owner.in_(owners))
            .order_by(identifiers.c.owner.desc())  # the public one last, so that it wins
        )
        known.update({row.value: row.paper for row in connection.execute(named)})
    for some in chunks((wanted, number) for wanted, number in numbers.items() if number is not None):
        question = select(papers.c.id).where(papers.c.id.in_([number for _, number in some]))
        there = set(connection.execute(question).scalars())
        known.update({wanted: number for wanted, number in some if number in there})
    return known


def number_of(connection: Connection, channel: Channel) -> int | None:
    """The row id of a channel, or None when it is not stored."""
    question = select(channels.c.id).where(at(channel))
    return connection.execute(question).scalar_one_or_none()


def stored_channel(connection: Connection, channel: Channel) -> int:
    """The row id of a channel; StorageError when it is not stored."""
    number = number_of(connection, channel)
    if number is None:
        raise StorageError("That channel is not stored.")
    return number


def at(channel: Channel) -> ColumnElement[bool]:
    """The condition that finds a channel."""
    return and_(
        channels.c.platform == channel.platform,
        channels.c.workspace == channel.workspace,
        channels.c.outside_id == channel.id,
    )
