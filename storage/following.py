"""What a channel follows, beyond one topic at a time; each question is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from bot.models import Candidate, Channel, Match, Paper, Person, Subscription
from bot.ports import Waits
from bot.ports.store.following import Wanted
from storage import codec
from storage.channels import follow, followed_query, subscriptions_of, unfollow
from storage.dialect import PAPERS, QUERIES, alone
from storage.queries import match_stored
from storage.reading import number_of, owner, stored_channel, told_to
from storage.schema import announcements, matches, papers, subscriptions
from storage.waiting import carry


def follow_all(  # noqa: PLR0917 - as at the door
    connection: Connection, channel: Channel, person: Person, wanted: Sequence[Wanted], now: datetime, most: int
) -> list[tuple[Subscription, bool] | None]:
    """See `bot.ports.store.following.FollowingStore.follow_all`."""
    if any(found for _, found, _ in wanted):
        alone(connection, PAPERS)
    alone(connection, QUERIES)
    followed = {one.text for one in subscriptions_of(connection, channel)}
    answers: list[tuple[Subscription, bool] | None] = []
    for text, found, typed in wanted:
        if text not in followed and len(followed) >= most:
            answers.append(None)
            continue
        followed.add(text)
        answers.append(follow(connection, channel, person, text, now, found, typed))
    return answers


def unfollow_all(connection: Connection, channel: Channel, numbers: Sequence[int], now: datetime) -> list[Subscription]:
    """See `bot.ports.store.following.FollowingStore.unfollow_all`."""
    alone(connection, QUERIES)
    stopped = [unfollow(connection, channel, number, now) for number in numbers]
    return [one for one in stopped if one is not None]


def edit(  # noqa: PLR0917 - as at the door
    connection: Connection,
    channel: Channel,
    number: int,
    text: str,
    now: datetime,
    matches: Sequence[tuple[Match, str]] = (),
    typed: str = "",
) -> tuple[Subscription, Subscription] | None:
    """See `bot.ports.store.following.FollowingStore.edit`."""
    if matches:
        alone(connection, PAPERS)
    alone(connection, QUERIES)
    followed = subscriptions_of(connection, channel)
    before = next((one for one in followed if one.number == number), None)
    if before is None or any(one.text == text and one.number != number for one in followed):
        return None
    typed = typed if typed != text else ""
    # the query is told to indexes before anybody follows it, as when it is followed
    query = followed_query(connection, text, now)
    match_stored(connection, [(query, paper, match) for match, paper in matches])
    theirs = and_(subscriptions.c.channel == number_of(connection, channel), subscriptions.c.number == number)
    if query != before.query:
        carry(connection, stored_channel(connection, channel), number)
    edited = before.edited if query == before.query else now
    connection.execute(update(subscriptions).where(theirs).values(query=query, typed=typed, edited=edited))
    return before, replace(before, query=query, text=text, typed=typed, edited=edited)


def lately(connection: Connection, channel: Channel, after: datetime) -> Waits:
    """See `bot.ports.store.following.FollowingStore.lately`."""
    topics = {one.number: one for one in subscriptions_of(connection, channel)}
    first = func.min(announcements.c.dated)
    question = (
        select(
            subscriptions.c.number,
            matches.c.query,
            matches.c.paper,
            func.max(matches.c.score).label("score"),
            papers.c.upvotes,
            first.label("dated"),
        )
        .select_from(subscriptions)
        .join(matches, matches.c.query == subscriptions.c.query)
        .join(papers, papers.c.id == matches.c.paper)
        .join(announcements, announcements.c.paper == matches.c.paper)
        .where(subscriptions.c.channel == number_of(connection, channel), subscriptions.c.ended.is_(None))
        .where(told_to(channel), matches.c.owner.in_(["", owner(channel)]))
        .group_by(subscriptions.c.number, matches.c.query, matches.c.paper, papers.c.upvotes)
        .having(first > after)
        .order_by(matches.c.paper, subscriptions.c.number)
    )
    known: dict[int, Paper] = {}
    dated: dict[int, datetime] = {}
    under: dict[int, list[tuple[Subscription, Match]]] = {}
    for row in connection.execute(question):
        known[row.paper] = Paper(codec.shown("p", row.paper), "", upvotes=row.upvotes)
        dated[row.paper] = row.dated
        under.setdefault(row.paper, []).append((topics[row.number], Match(row.query, row.score)))
    candidates = tuple(Candidate(paper, tuple(under[number]), dated[number]) for number, paper in known.items())
    return Waits(tuple(topics.values()), candidates)
