"""What a channel's people save, learned anew whenever one of them saves or un-saves something there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, select, update

from bot.models import Channel, Paper, Person, State
from bot.ports.store.tasting import Tasted
from bot.taste import SHOWN, learn
from storage.persons import is_person
from storage.reading import at, number_of
from storage.schema import channels, deliveries, entries, papers, persons, saves

#: what was shown longer ago says nothing any more
LOOKED_BACK = timedelta(days=90)


def refresh(connection: Connection, ids: Collection[int | None], now: datetime) -> None:
    """Learn the taste of these channels, by their row ids, from what their digests showed and what was saved there."""
    # in the order of their ids, so that two who do this wait for each other and never in a circle
    for channel in sorted({number for number in ids if number is not None}):
        table = channels.c
        row = select(table.taste).where(table.id == channel).with_for_update(key_share=True)
        known = connection.execute(row).scalar_one_or_none()
        taste = learn(_shown(connection, channel, now))
        if known is not None and taste != known:
            connection.execute(update(channels).where(table.id == channel).values(taste=taste))


def _shown(connection: Connection, channel: int, now: datetime) -> list[tuple[Paper, bool]]:
    """The papers that digests showed last, and whether anybody saved them here. What somebody shared is no digest."""
    last = (
        select(entries.c.paper, func.max(deliveries.c.id).label("last"))
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .where(deliveries.c.channel == channel, deliveries.c.settled > now - LOOKED_BACK)
        .where(deliveries.c.state == State.SENT, entries.c.topic != "")
        .group_by(entries.c.paper)
        .order_by(func.max(deliveries.c.id).desc())
        .limit(SHOWN)
        .subquery()
    )
    is_saved = exists().where(saves.c.paper == papers.c.id, saves.c.channel == channel, saves.c.saved)
    question = select(papers.c.title, papers.c.categories, papers.c.authors, is_saved).join(
        last, last.c.paper == papers.c.id
    )
    return [
        (Paper("", title, categories=tuple(categories), authors=tuple(authors)), bool(saved))
        for title, categories, authors, saved in connection.execute(question).all()
    ]


def taste(connection: Connection, channel: Channel, person: Person) -> Tasted:
    """See `bot.ports.store.tasting.TasteStore.taste`."""
    weights = connection.execute(select(channels.c.taste).where(at(channel))).scalar_one_or_none()
    savers = (
        select(saves.c.person, is_person(person).label("own"))
        .join(persons, persons.c.id == saves.c.person)
        .where(saves.c.channel == number_of(connection, channel), saves.c.saved)
        .distinct()
    )
    own = [bool(row.own) for row in connection.execute(savers)]
    return Tasted(weights or {}, own.count(False), own.count(True) > 0)
