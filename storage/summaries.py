"""Summaries by a model: one question a paper and text, and what came of it.

A row is written before the question is asked: it is the reservation, the count of the budget, and the reason why
nobody asks again. It stays without a text when nothing came that can be shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from bot.models import Paper, State
from bot.summary import fingerprint
from storage import codec
from storage.dialect import alone, insert
from storage.reading import chunks, papers_of, resolve
from storage.schema import deliveries, entries, papers, summaries

#: what `storage.dialect.alone` is said of
SUMMARIES = "summaries"
#: a paper of which nothing came that can be shown is asked about again after this long
AGAIN = timedelta(days=1)

#: messages of one paper that were planned and never attempted
_planned = and_(
    deliveries.c.settled.is_(None),
    deliveries.c.state == State.PLANNED,
    deliveries.c.kind == "paper",
    deliveries.c.message.is_(None),
    deliveries.c.attempts == 0,
)


def unsummarised(connection: Connection, model: str, now: datetime, limit: int = 400) -> list[Paper]:
    """See `bot.ports.EnrichStore.unsummarised`."""
    wanted = (
        select(entries.c.paper)
        .join(deliveries, deliveries.c.id == entries.c.delivery)
        .join(papers, papers.c.id == entries.c.paper)
        .where(_planned, papers.c.owner == "", papers.c.tldr == "")
        .group_by(entries.c.paper)
        .order_by(func.count().desc(), entries.c.paper)
    )
    found: list[Paper] = []
    for some in chunks(connection.execute(wanted).scalars().all()):
        settled = {
            (row.paper, row.fingerprint)
            for row in connection.execute(
                select(summaries).where(summaries.c.paper.in_(some), ~_may_be_asked_again(model, now))
            )
        }
        known = papers_of(connection, some)
        found += [known[one] for one in some if (one, fingerprint(known[one])) not in settled]
        if len(found) >= limit:
            break
    return found[:limit]


def _may_be_asked_again(model: str, now: datetime) -> ColumnElement[bool]:
    long_ago = or_(summaries.c.at <= now - AGAIN, summaries.c.model != model)
    return and_(summaries.c.text == "", long_ago)


def spent_today(connection: Connection, now: datetime) -> int:
    """See `bot.ports.EnrichStore.spent_today`."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    question = select(func.count()).select_from(summaries).where(summaries.c.at >= midnight)
    return int(connection.execute(question).scalar_one())


def begin_summary(connection: Connection, paper: Paper, model: str, budget: int, now: datetime) -> bool:
    """See `bot.ports.EnrichStore.begin_summary`."""
    alone(connection, SUMMARIES)
    number = resolve(connection, [paper.id]).get(paper.id)
    if number is None or spent_today(connection, now) >= budget:
        return False
    asked = insert(connection, summaries).values(
        paper=number, fingerprint=fingerprint(paper), model=model, text="", at=now
    )
    asked = asked.on_conflict_do_update(
        index_elements=["paper", "fingerprint"],
        set_={"model": model, "at": now},
        where=_may_be_asked_again(model, now),
    )
    return connection.execute(asked.returning(summaries.c.paper)).first() is not None


def keep_summary(connection: Connection, paper: Paper, text: str) -> None:
    """See `bot.ports.EnrichStore.keep_summary`."""
    number = resolve(connection, [paper.id]).get(paper.id)
    theirs = and_(summaries.c.paper == number, summaries.c.fingerprint == fingerprint(paper))
    connection.execute(update(summaries).where(theirs).values(text=text))
    shows_it = exists().where(entries.c.delivery == deliveries.c.id, entries.c.paper == number)
    connection.execute(update(deliveries).where(_planned, shows_it).values(not_before=None))


def let_go(
    connection: Connection,
    now: datetime,
    patience: timedelta,
    *,
    but: Collection[str] = (),
    late: Collection[str] = (),
) -> None:
    """See `bot.ports.EnrichStore.let_go`."""
    # what is put off for longer waits for something else
    waits = and_(_planned, deliveries.c.not_before <= now + patience)
    asked = exists().where(
        summaries.c.paper == entries.c.paper, summaries.c.text == "", summaries.c.at > now - patience
    )
    awaited = or_(entries.c.paper.in_(_numbers(but)), and_(asked, entries.c.paper.not_in(_numbers(late))))
    shows_one = exists().where(entries.c.delivery == deliveries.c.id, awaited)
    connection.execute(update(deliveries).where(waits, ~shows_one).values(not_before=None))


def _numbers(ids: Collection[str]) -> list[int]:
    return [number for number in (codec.stored("p", one) for one in ids) if number is not None]


def summaries_of(connection: Connection, shown: Mapping[int, Paper]) -> dict[int, str]:
    """By paper, what a model said of its text as it stands; papers of which nothing can be shown are left out."""
    found: dict[int, str] = {}
    for some in chunks(shown):
        question = select(summaries).where(summaries.c.paper.in_(some), summaries.c.text != "")
        for row in connection.execute(question):
            if row.fingerprint == fingerprint(shown[row.paper]):
                found[row.paper] = row.text
    return found
