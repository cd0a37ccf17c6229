"""Reading lists: what a person saved, noted and cites; what they know of it is for `storage.news`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, select, update

from bot.models import Channel, Person, Saved
from bot.news import Known
from bot.ports.store.reading import Kept
from storage import codec, search
from storage.dialect import insert
from storage.persons import is_person, number_for, row_of
from storage.reading import chunks, number_of, papers_of, resolve
from storage.schema import papers, persons, saves
from storage.tastes import refresh


def save(  # noqa: PLR0917 - as at the door
    connection: Connection, person: Person, paper: str, now: datetime, order: str, channel: Channel | None = None
) -> bool:
    """See `bot.ports.store.reading.ReadingStore.save`. A paper that is not stored cannot be saved: False."""
    return bool(save_all(connection, person, [paper], now, order, channel))


def save_all(  # noqa: PLR0917 - as at the door
    connection: Connection,
    person: Person,
    papers: Sequence[str],
    now: datetime,
    order: str,
    channel: Channel | None = None,
) -> list[str]:
    """See `bot.ports.store.reading.ReadingStore.save_all`."""
    return _mark_all(connection, person, papers, {"saved": True, "ord": order, "at": now}, channel)


def unsave(connection: Connection, person: Person, paper: str, now: datetime, order: str) -> bool:
    """See `bot.ports.store.reading.ReadingStore.unsave`."""
    return bool(unsave_all(connection, person, [paper], now, order))


def unsave_all(connection: Connection, person: Person, papers: Sequence[str], now: datetime, order: str) -> list[str]:
    """See `bot.ports.store.reading.ReadingStore.unsave_all`."""
    return _mark_all(connection, person, papers, {"saved": False, "ord": order, "at": now})


def _mark_all(
    connection: Connection,
    person: Person,
    papers: Sequence[str],
    word: Mapping[str, Any],
    channel: Channel | None = None,
) -> list[str]:
    """Set the last word about these entries; those of which it changed what stands on the list.

    What the channels learn from it is learned once, for all of them.
    """
    known = resolve(connection, papers, person)
    if not known:
        return []
    whose, where = number_for(connection, person), number_of(connection, channel) if channel is not None else None
    changed: list[str] = []
    learning: set[int | None] = set()
    # in the order of their ids, so that two workers wait for each other and never in a circle
    for paper in sorted(known, key=lambda name: known[name]):
        channels = _mark(connection, whose, known[paper], word, where)
        if channels is not None:
            learning.update(channels)
            changed.append(paper)
    refresh(connection, learning, word["at"])
    return [paper for paper in papers if paper in changed]


def _mark(
    connection: Connection, person: int, paper: int, word: Mapping[str, Any], where: int | None
) -> Sequence[int | None] | None:
    """Set the last word about one entry; the channels that learn from it, None when it changed nothing on the list."""
    key = {"person": person, "paper": paper}
    if word["saved"]:
        # where it was saved, and what there is to know of it at that moment
        word = {**word, "channel": where, "known": known_now(connection, paper)}
    # inserted first: of two workers that both find nothing, the later word could be overwritten by the earlier
    fresh = insert(connection, saves).values(**key, **word).on_conflict_do_nothing()
    if connection.execute(fresh, execution_options={"preserve_rowcount": True}).rowcount == 1:
        return [where] if word["saved"] else None
    at = and_(saves.c.person == person, saves.c.paper == paper)
    last = connection.execute(select(saves.c.saved, saves.c.ord, saves.c.channel).where(at).with_for_update()).one()
    if word["ord"] <= last.ord:  # compared here: a database's collation has ideas of its own
        return None
    changed = last.saved != word["saved"]
    connection.execute(update(saves).where(at).values(**(word if changed else {"ord": word["ord"]})))
    return [last.channel, word.get("channel")] if changed else None


def known_now(connection: Connection, paper: int) -> dict[str, Any]:
    """What there is to know of a paper, as `saves.known` holds it."""
    question = select(papers.c.version, papers.c.withdrawn, papers.c.code).where(papers.c.id == paper)
    row = connection.execute(question).one()
    return codec.known(Known(row.version, row.withdrawn, bool(row.code)))


# --------------------------------------------------------------------------------------------- reading


def saved(connection: Connection, person: Person, papers: Sequence[str] | None = None) -> list[Saved]:
    """See `bot.ports.store.reading.ReadingStore.saved`."""
    if papers is None:
        rows = connection.execute(_entries(person).where(saves.c.saved)).all()
    else:
        numbers = resolve(connection, papers, person)
        ordered = list(dict.fromkeys(numbers[paper] for paper in papers if paper in numbers))
        listed = {
            row.paper: row
            for some in chunks(ordered)
            for row in connection.execute(_entries(person).where(saves.c.saved, saves.c.paper.in_(some)))
        }
        rows = [listed[number] for number in ordered if number in listed]
    found = papers_of(connection, [row.paper for row in rows], person)
    return [Saved(found[row.paper], row.at, row.note, row.key, tuple(row.tags)) for row in rows]


def shelf(connection: Connection, person: Person, groups: Sequence[Sequence[str]] = ()) -> list[Kept]:
    """See `bot.ports.store.reading.ReadingStore.shelf`."""
    question = _entries(person).where(saves.c.saved)
    if groups:
        question = question.where(saves.c.paper.in_(search.holding(connection, groups)))
    rows = connection.execute(question)
    return [Kept(codec.shown("p", row.paper), row.at, tuple(row.tags)) for row in rows]


def noted(connection: Connection, person: Person, paper: str) -> Saved | None:
    """See `bot.ports.store.reading.ReadingStore.noted`."""
    found = saved(connection, person, [paper])
    return found[0] if found else None


def ever_saved(connection: Connection, person: Person) -> bool:
    """See `bot.ports.store.reading.ReadingStore.ever_saved`."""
    theirs = exists().where(saves.c.person == persons.c.id)
    return connection.execute(row_of(person).where(theirs)).first() is not None


def _entries(person: Person) -> Select[Any]:
    """The rows of a person's list, newest first."""
    return (
        select(saves.c.paper, saves.c.at, saves.c.note, saves.c.tags, saves.c.key)
        .join(persons, persons.c.id == saves.c.person)
        .where(is_person(person))
        .order_by(saves.c.at.desc(), saves.c.paper.desc())
    )


# ---------------------------------------------------------------------------------------- notes and keys


def note(connection: Connection, person: Person, paper: str, text: str, tags: Sequence[str]) -> None:
    """See `bot.ports.store.reading.ReadingStore.note`."""
    number = resolve(connection, [paper], person).get(paper)
    theirs = row_of(person).scalar_subquery()
    entry = and_(saves.c.person == theirs, saves.c.paper == number)
    connection.execute(update(saves).where(entry).values(note=text, tags=sorted(set(tags))))


def cite(connection: Connection, person: Person, keys: Mapping[str, str]) -> None:
    """See `bot.ports.store.reading.ReadingStore.cite`. Papers that the person never saved get none."""
    known = resolve(connection, list(keys), person)
    theirs = row_of(person).scalar_subquery()
    uncited = and_(saves.c.person == theirs, saves.c.paper == bindparam("_paper"), saves.c.key == "")
    rows = [{"_paper": number, "_key": keys[paper]} for paper, number in known.items()]
    if rows:
        connection.execute(update(saves).where(uncited).values(key=bindparam("_key")), rows)


def cited(connection: Connection, person: Person) -> dict[str, str]:
    """See `bot.ports.store.reading.ReadingStore.cited`."""
    question = (
        select(saves.c.paper, saves.c.key)
        .join(persons, persons.c.id == saves.c.person)
        .where(is_person(person), saves.c.key != "")
    )
    return {codec.shown("p", row.paper): row.key for row in connection.execute(question)}
