"""What waits for a digest: for one channel with all that can be said of it, for many with what choosing needs.

News is old for a subscription when any source the channel may see had announced the paper before it began, or before
the channel's floor; what stood on a first, silent page was announced when its date says. When a topic's query was
changed, what came before that is news only if it waited under the topic then: changing never posts the past.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
)

from bot.models import Candidate, Channel, Match, Paper, Person, Subscription
from bot.ports import Waiting, Waits
from bot.ranking import LEFT_OVER
from storage import codec
from storage.channels import subscriptions_of
from storage.dialect import insert as insert_or
from storage.reading import chunks, number_of, papers_of
from storage.schema import announcements, carried, channels, matches, papers, posted, queries, sources, subscriptions

#: channels asked for in one statement, by three names each
_MANY = 150
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
#: who follows, where nobody asks
_SOMEBODY = Person("", "", "")
#: since when a paper is news, and its topics by number
_Brought = tuple[datetime, dict[int, tuple[Subscription, Match]]]


@dataclass(frozen=True, slots=True)
class Packed(Match):
    """A match with its reasons as they are stored: what is only passed on need not be unpacked."""

    packed: str = ""


def waited(paper: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that the paper waited under a subscription when its query was changed."""
    theirs = exists().where(carried.c.subscription == subscriptions.c.id, carried.c.paper == paper)
    return theirs.correlate_except(carried)


def _waiting(*more: ColumnElement[Any]) -> Select[Any]:
    """A row for each (subscription, paper, owner of a match) that waits; asks for `channels` and `after`."""
    told = func.min(case((announcements.c.news, announcements.c.seen), else_=announcements.c.dated))
    seen = func.min(case((announcements.c.news, announcements.c.seen)))
    seen_by = ["", channels.c.platform + "/" + channels.c.workspace]
    # in the order in which SQLite comes by them, so that it need not sort
    as_found = (channels.c.id, subscriptions.c.query, matches.c.paper, matches.c.owner)
    had = exists().where(posted.c.channel == subscriptions.c.channel, posted.c.paper == matches.c.paper)
    return (
        select(
            subscriptions.c.channel,
            subscriptions.c.number,
            matches.c.query,
            matches.c.paper,
            matches.c.owner,
            matches.c.score,
            seen.label("seen"),
            *more,
        )
        .select_from(subscriptions)
        .join(channels, channels.c.id == subscriptions.c.channel)
        .join(matches, matches.c.query == subscriptions.c.query)
        .join(papers, papers.c.id == matches.c.paper)
        .join(announcements, announcements.c.paper == matches.c.paper)
        .join(sources, sources.c.id == announcements.c.source)
        .where(subscriptions.c.channel.in_(bindparam("channels", expanding=True)), subscriptions.c.ended.is_(None))
        .where(sources.c.owner.in_(seen_by), matches.c.owner.in_(seen_by), ~had)
        .group_by(*as_found, matches.c.query, subscriptions.c.id, papers.c.id)
        .having(told > subscriptions.c.since, or_(channels.c.floor.is_(None), told > channels.c.floor))
        .having(or_(subscriptions.c.edited.is_(None), told > subscriptions.c.edited, waited(matches.c.paper)))
        .having(seen > bindparam("after", type_=announcements.c.seen.type))
    )


_IN_FULL = _waiting(matches.c.reasons)
_IN_SHORT = _waiting(papers.c.upvotes, type_coerce(matches.c.reasons, Text))


def carry(connection: Connection, channel: int, number: int) -> None:
    """Keep what waits under a topic whose query is about to change: it may still come.

    Also what waited when it was changed before, so that a change can be undone.
    """
    known = connection.execute(select(channels.c.last_at).where(channels.c.id == channel)).scalar_one()
    after = known - LEFT_OVER if known else _EVER
    found = connection.execute(_IN_SHORT, {"channels": [channel], "after": after}).all()
    topic = and_(subscriptions.c.channel == channel, subscriptions.c.number == number)
    row = connection.execute(select(subscriptions.c.id).where(topic)).scalar_one()
    rows = [{"subscription": row, "paper": paper} for paper in {one.paper for one in found if one.number == number}]
    if rows:
        connection.execute(insert_or(connection, carried).on_conflict_do_nothing(), rows)


def waiting(connection: Connection, channel: Channel, after: datetime | None = None) -> list[Waiting]:
    """See `bot.ports.PlanStore.waiting`."""
    number = number_of(connection, channel)
    if number is None:
        return []
    told = connection.execute(_IN_FULL, {"channels": [number], "after": after or _EVER}).all()
    # where everybody's text and their own feed's match, everybody's comes last and counts
    told = sorted(told, key=lambda row: (row.number, row.paper, not row.owner))
    rows = {(row.number, row.paper): row for row in told}.values()
    topics = {known.number: known for known in subscriptions_of(connection, channel)}
    found = papers_of(connection, list(dict.fromkeys(row.paper for row in rows)), channel)
    return [
        Waiting(topics[row.number], found[row.paper], codec.match(row.query, row.score, row.reasons), row.seen)
        for row in rows
    ]


def _topics(
    connection: Connection, wanted: Sequence[Channel]
) -> dict[Channel, tuple[int, dict[int, Subscription], dict[str, float]]]:
    """The row ids of the channels, what each follows, by number (who follows it is not asked), and its taste."""
    names = (channels.c.platform, channels.c.workspace, channels.c.outside_id)
    followed = and_(subscriptions.c.channel == channels.c.id, subscriptions.c.ended.is_(None))
    question = (
        select(
            *(*names, channels.c.id, channels.c.taste),
            *(subscriptions.c.number, queries.c.id, queries.c.text, subscriptions.c.since),
            subscriptions.c.typed,
        )
        .select_from(channels)
        .outerjoin(subscriptions, followed)
        .outerjoin(queries, queries.c.id == subscriptions.c.query)
        .order_by(channels.c.id, subscriptions.c.number)
    )
    found: dict[tuple[str, str, str], tuple[int, dict[int, Subscription], dict[str, float]]] = {}
    for some in chunks(wanted, _MANY):
        theirs = tuple_(*names).in_([(one.platform, one.workspace, one.id) for one in some])
        for platform, workspace, name, channel, taste, number, query, text, since, typed in connection.execute(
            question.where(theirs)
        ).all():
            _, topics, _ = found.setdefault((platform, workspace, name), (channel, {}, taste))
            if number is not None:
                topics[number] = Subscription(number, query, text, since, _SOMEBODY, typed)
    ours = {(one.platform, one.workspace, one.id): one for one in wanted}
    return {ours[name]: known for name, known in found.items()}


def candidates(connection: Connection, wanted: Sequence[Channel], after: datetime) -> dict[Channel, Waits]:
    """See `bot.ports.PlanStore.candidates`."""
    topics = _topics(connection, wanted)
    by_number = {number: followed for number, followed, _ in topics.values()}
    known: dict[int, Paper] = {}
    found: dict[int, dict[int, _Brought]] = {channel: {} for channel in by_number}
    for some in chunks(by_number):
        for row in connection.execute(_IN_SHORT, {"channels": some, "after": after}).all():
            channel, number, query, paper, private, score, seen, upvotes, reasons = row
            brought = found[channel].get(paper)
            if brought is None:
                brought = found[channel][paper] = (seen, {})
                if paper not in known:
                    known[paper] = Paper(codec.shown("p", paper), "", upvotes=upvotes)
            if not private or number not in brought[1]:
                brought[1][number] = by_number[channel][number], Packed(query, score, (), reasons)
    _tell_traits(connection, known, {paper for number, _, taste in topics.values() if taste for paper in found[number]})
    return {
        channel: Waits(
            tuple(followed.values()),
            tuple([Candidate(known[paper], tuple(under.values()), at) for paper, (at, under) in found[number].items()]),
            taste,
        )
        for channel, (number, followed, taste) in topics.items()
    }


def _tell_traits(connection: Connection, known: dict[int, Paper], wanted: Collection[int]) -> None:
    """Fill in what `bot.taste` asks of these papers."""
    for some in chunks(wanted):
        question = select(papers.c.id, papers.c.title, papers.c.categories, papers.c.authors)
        for number, title, categories, authors in connection.execute(question.where(papers.c.id.in_(some))).all():
            traits = {"title": title, "categories": tuple(categories), "authors": tuple(authors)}
            known[number] = replace(known[number], **traits)
