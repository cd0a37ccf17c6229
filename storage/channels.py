"""Channels, and what they follow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from bot.models import Channel, ChannelState, Match, Person, Schedule, Subscription
from storage import codec
from storage.dialect import PAPERS, QUERIES, alone, new_id
from storage.dialect import insert as insert_or
from storage.persons import number_for
from storage.queries import match_stored
from storage.reading import at, number_of, owner, stored_channel, told_to
from storage.schema import announcements, matches, outages, persons, queries, subscriptions
from storage.schema import channels as channels_table

#: somebody follows something there
FOLLOWS = exists().where(subscriptions.c.channel == channels_table.c.id, subscriptions.c.ended.is_(None))
#: what a channel is that takes messages
WELL = {"trouble": "", "probe": None, "told": None, "removed": None}


def channel(connection: Connection, channel: Channel) -> ChannelState | None:
    """See `bot.ports.AnswerStore.channel`."""
    row = connection.execute(select(channels_table).where(at(channel))).one_or_none()
    return codec.channel_state(row) if row else None


def locked(connection: Connection, wanted: Collection[Channel]) -> dict[Channel, Row[Any]]:
    """The rows of the channels, which nobody else changes until this transaction is over; those not stored left out.

    In the order of their ids, so that two who do this wait for each other and never in a circle. What only refers to a
    channel does not wait (`FOR NO KEY UPDATE`): https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-ROWS
    """
    key = (channels_table.c.platform, channels_table.c.workspace, channels_table.c.outside_id)
    theirs = tuple_(*key).in_([(one.platform, one.workspace, one.id) for one in wanted])
    question = select(channels_table).where(theirs).order_by(channels_table.c.id).with_for_update(key_share=True)
    return {codec.channel(row): row for row in connection.execute(question).all()}


def change(
    connection: Connection, channel: Channel, schedule: Schedule, change: Callable[[ChannelState], ChannelState]
) -> ChannelState:
    """See `bot.ports.PlanStore.change`."""
    row = locked(connection, [channel]).get(channel)
    if row is None:
        key = {"platform": channel.platform, "workspace": channel.workspace, "outside_id": channel.id}
        new = insert_or(connection, channels_table).values(**key, **_values(ChannelState(channel, schedule)))
        connection.execute(new.on_conflict_do_nothing())
        row = locked(connection, [channel])[channel]
    before = codec.channel_state(row)
    after = replace(change(before), channel=_known(before.channel, channel))
    was, values = _values(before), _values(after)
    values = {name: value for name, value in values.items() if value != was[name]}
    if not after.trouble:
        values |= WELL
    if values:
        connection.execute(update(channels_table).where(channels_table.c.id == row.id).values(**values))
    return after


def _known(stored: Channel, told: Channel) -> Channel:
    """The channel with what is told of it now; not everybody who names a channel tells all."""
    return replace(stored, name=told.name or stored.name, direct=told.direct or stored.direct)


def _values(state: ChannelState) -> dict[str, Any]:
    """What people change of a channel, as columns; the rest is planning's."""
    schedule = state.schedule
    return {
        "name": state.channel.name,
        "direct": state.channel.direct,
        "zone": schedule.zone,
        "at": schedule.at,
        "days": list(schedule.days),
        "most": schedule.most,
        "paused": schedule.paused,
        "until": schedule.until,
        "layout": schedule.layout,
        "quiet": schedule.quiet,
        "due": state.due,
        "due_date": state.due_date,
        "trouble": state.trouble,
        "editors": state.editors,
        "agreed": state.agreed,
        "paused_at": state.paused_at,
    }


def due(
    connection: Connection,
    now: datetime,
    limit: int = 500,
    *,
    upto: datetime | None = None,
    ahead: Collection[tuple[str, datetime]] = (),
    after: ChannelState | None = None,
) -> list[ChannelState]:
    """See `bot.ports.PlanStore.due`. A pause whose end has come is over."""
    table = channels_table.c
    its_time = [table.due <= (upto or now), *(and_(table.platform == name, table.due == at) for name, at in ahead)]
    question = select(channels_table).where(or_(*its_time), *_awake(now)).order_by(table.due, table.id).limit(limit)
    if after is not None and after.due is not None:
        last = select(table.id).where(at(after.channel)).scalar_subquery()
        question = question.where(table.due >= after.due, or_(table.due > after.due, table.id > last))
    return [codec.channel_state(row) for row in connection.execute(question).all()]


def crowds(connection: Connection, now: datetime, until: datetime) -> list[tuple[str, datetime, int]]:
    """See `bot.ports.PlanStore.crowds`."""
    table = channels_table.c
    question = (
        select(table.platform, table.due, func.count())
        .where(table.due > now, table.due <= until)
        .group_by(table.platform, table.due)
        .order_by(table.due, table.platform)
    )
    return [(platform, at, many) for platform, at, many in connection.execute(question)]


def _awake(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a channel gets a digest when it is due."""
    table = channels_table.c
    not_accepted = exists().where(
        outages.c.platform == table.platform, outages.c.workspace.in_(["", table.workspace]), outages.c.probe > now
    )
    return (
        or_(~table.paused, table.until <= now),
        or_(table.trouble == "", table.probe <= now),
        ~not_accepted,
    )


# --------------------------------------------------------------------------------------- subscriptions


def subscriptions_of(connection: Connection, channel: Channel) -> list[Subscription]:
    """See `bot.ports.PlanStore.subscriptions`."""
    number = number_of(connection, channel)
    question = _all().where(subscriptions.c.channel == number, subscriptions.c.ended.is_(None))
    rows = connection.execute(question.order_by(subscriptions.c.number))
    return [codec.subscription(row) for row in rows]


def follow(  # noqa: PLR0917 - as at the door
    connection: Connection,
    channel: Channel,
    person: Person,
    text: str,
    now: datetime,
    matches: Sequence[tuple[Match, str]] = (),
    typed: str = "",
) -> tuple[Subscription, bool]:
    """See `bot.ports.AnswerStore.follow`."""
    if matches:
        alone(connection, PAPERS)
    alone(connection, QUERIES)
    number = stored_channel(connection, channel)
    query = followed_query(connection, text, now)
    match_stored(connection, [(query, paper, match) for match, paper in matches])
    theirs = and_(subscriptions.c.channel == number, subscriptions.c.query == query, subscriptions.c.ended.is_(None))
    row = connection.execute(_all().where(theirs)).one_or_none()
    if row is not None:
        return codec.subscription(row), False
    last = select(func.coalesce(func.max(subscriptions.c.number), 0)).where(subscriptions.c.channel == number)
    connection.execute(
        insert(subscriptions).values(
            channel=number,
            number=connection.execute(last).scalar_one() + 1,
            query=query,
            since=now,
            person=number_for(connection, person),
            typed=typed if typed != text else "",
        )
    )
    return codec.subscription(connection.execute(_all().where(theirs)).one()), True


def unfollow(connection: Connection, channel: Channel, number: int, now: datetime) -> Subscription | None:
    """See `bot.ports.AnswerStore.unfollow`."""
    alone(connection, QUERIES)
    theirs = _one(connection, channel, number)
    row = connection.execute(_all().where(theirs, subscriptions.c.ended.is_(None))).one_or_none()
    if row is None:
        return None
    connection.execute(update(subscriptions).where(theirs).values(ended=now))
    return codec.subscription(row)


def restore(connection: Connection, channel: Channel, number: int) -> Subscription | None:
    """See `bot.ports.AnswerStore.restore`. Followed anew in the meantime, the later number goes."""
    alone(connection, QUERIES)
    theirs = _one(connection, channel, number)
    row = connection.execute(_all().where(theirs)).one_or_none()
    if row is None or row.ended is None:
        return codec.subscription(row) if row else None
    _follow_again(connection, row.query, row.ended)
    twin = and_(
        subscriptions.c.channel == row.channel, subscriptions.c.query == row.query, subscriptions.c.ended.is_(None)
    )
    connection.execute(update(subscriptions).where(twin).values(ended=subscriptions.c.since))
    connection.execute(update(subscriptions).where(theirs).values(ended=None))
    return codec.subscription(row)


def counts(connection: Connection, channel: Channel, now: datetime) -> Mapping[int, tuple[int, int]]:
    """See `bot.ports.AnswerStore.counts`."""
    first = func.min(announcements.c.dated)
    news = (
        select(subscriptions.c.number, first.label("dated"))
        .select_from(subscriptions)
        .join(matches, matches.c.query == subscriptions.c.query)
        .join(announcements, announcements.c.paper == matches.c.paper)
        .where(subscriptions.c.channel == number_of(connection, channel), subscriptions.c.ended.is_(None))
        .where(told_to(channel), matches.c.owner.in_(["", owner(channel)]))
        .group_by(subscriptions.c.number, matches.c.paper)
        .having(first > now - timedelta(days=30))
        .subquery()
    )
    week = func.count(case((news.c.dated > now - timedelta(days=7), 1)))
    question = select(news.c.number, week.label("week"), func.count().label("month")).group_by(news.c.number)
    counted = {row.number: (row.week, row.month) for row in connection.execute(question)}
    return {known.number: counted.get(known.number, (0, 0)) for known in subscriptions_of(connection, channel)}


def _all() -> Select[tuple[int, int, int, str, datetime, datetime | None, str, datetime | None, str, str, str, str]]:
    """Subscriptions with the text of their queries and who followed."""
    return (
        select(
            subscriptions.c.channel,
            subscriptions.c.number,
            subscriptions.c.query,
            queries.c.text,
            subscriptions.c.since,
            subscriptions.c.ended,
            subscriptions.c.typed,
            subscriptions.c.edited,
            persons.c.platform,
            persons.c.workspace,
            persons.c.outside_id,
            persons.c.name,
        )
        .join(queries, queries.c.id == subscriptions.c.query)
        .join(persons, persons.c.id == subscriptions.c.person)
    )


def _one(connection: Connection, channel: Channel, number: int) -> ColumnElement[bool]:
    return and_(subscriptions.c.channel == number_of(connection, channel), subscriptions.c.number == number)


# --------------------------------------------------------------------------------------------- queries


def followed_query(connection: Connection, text: str, now: datetime) -> int:
    """The query of that text, followed from now on at the latest."""
    row = connection.execute(select(queries).where(queries.c.text == text)).one_or_none()
    if row is None:
        added = connection.execute(insert(queries).values(text=text, seq=_next_seq(connection), since=now))
        return new_id(added)
    _follow_again(connection, row.id, now)
    return int(row.id)


def _follow_again(connection: Connection, query: int, since: datetime) -> None:
    """Make sure that indexes know the query, and match what was announced after `since` while none did."""
    followed = exists().where(subscriptions.c.query == query, subscriptions.c.ended.is_(None))
    # as long as somebody follows it, all after queries.since is matched
    covered = and_(followed, queries.c.since <= since)
    earliest = case((and_(followed, queries.c.since < since), queries.c.since), else_=since)
    connection.execute(
        update(queries).where(queries.c.id == query, ~covered).values(seq=_next_seq(connection), since=earliest)
    )


def _next_seq(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(queries.c.seq), 0) + 1)).scalar_one())
