"""Channels, and what they follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, insert, or_, select, update

from bot.models import Channel, ChannelState, Match, Person, Schedule, Subscription
from storage import codec
from storage.dialect import insert as insert_or
from storage.dialect import new_id
from storage.persons import number_for
from storage.queries import match_stored
from storage.reading import at, number_of, owner, stored_channel, told_to
from storage.schema import announcements, matches, persons, queries, subscriptions
from storage.schema import channels as channels_table


def channel(connection: Connection, channel: Channel) -> ChannelState | None:
    """See `bot.ports.AnswerStore.channel`."""
    row = connection.execute(select(channels_table).where(at(channel))).one_or_none()
    return codec.channel_state(row) if row else None


def set_schedule(
    connection: Connection, channel: Channel, schedule: Schedule, due_date: date | None, due: datetime | None
) -> None:
    """See `bot.ports.AnswerStore.set_schedule`. A channel that somebody sets is no longer set aside."""
    values = {
        "zone": schedule.zone,
        "at": schedule.at,
        "days": list(schedule.days),
        "most": schedule.most,
        "paused": schedule.paused,
        "until": schedule.until,
        "layout": schedule.layout,
        "due": due,
        "due_date": due_date,
        "trouble": "",
    }
    if channel.name:
        values["name"] = channel.name
    key = {"platform": channel.platform, "workspace": channel.workspace, "outside_id": channel.id}
    added = insert_or(connection, channels_table).values(**key, **values)
    connection.execute(added.on_conflict_do_update(index_elements=list(key), set_=values))


def due(connection: Connection, now: datetime, limit: int = 500) -> list[ChannelState]:
    """See `bot.ports.PlanStore.due`. A pause whose end has come is over."""
    awake = or_(~channels_table.c.paused, channels_table.c.until <= now)
    question = (
        select(channels_table)
        .where(channels_table.c.due <= now, channels_table.c.trouble == "", awake)
        .order_by(channels_table.c.due, channels_table.c.id)
        .limit(limit)
    )
    return [codec.channel_state(row) for row in connection.execute(question)]


# --------------------------------------------------------------------------------------- subscriptions


def subscriptions_of(connection: Connection, channel: Channel) -> list[Subscription]:
    """See `bot.ports.AnswerStore.subscriptions`."""
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
) -> tuple[Subscription, bool]:
    """See `bot.ports.AnswerStore.follow`."""
    number = stored_channel(connection, channel)
    query = _followed_query(connection, text, now)
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
        )
    )
    return codec.subscription(connection.execute(_all().where(theirs)).one()), True


def unfollow(connection: Connection, channel: Channel, number: int, now: datetime) -> Subscription | None:
    """See `bot.ports.AnswerStore.unfollow`."""
    theirs = _one(connection, channel, number)
    row = connection.execute(_all().where(theirs, subscriptions.c.ended.is_(None))).one_or_none()
    if row is None:
        return None
    connection.execute(update(subscriptions).where(theirs).values(ended=now))
    return codec.subscription(row)


def restore(connection: Connection, channel: Channel, number: int) -> Subscription | None:
    """See `bot.ports.AnswerStore.restore`. Followed anew in the meantime, the later number goes."""
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


def _all() -> Select[tuple[int, int, int, str, datetime, datetime | None, str, str, str, str]]:
    """Subscriptions with the text of their queries and who followed."""
    return (
        select(
            subscriptions.c.channel,
            subscriptions.c.number,
            subscriptions.c.query,
            queries.c.text,
            subscriptions.c.since,
            subscriptions.c.ended,
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


def _followed_query(connection: Connection, text: str, now: datetime) -> int:
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
