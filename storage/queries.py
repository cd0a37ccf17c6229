"""Queries, and the papers they match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, exists, select

from bot.models import Match, Paper
from bot.ports import StoredQuery
from storage import codec
from storage.dialect import PAPERS, alone, insert
from storage.reading import owners, papers_of, resolve
from storage.schema import announcements, matches, subscriptions
from storage.schema import queries as queries_table

_followed = exists().where(subscriptions.c.query == queries_table.c.id, subscriptions.c.ended.is_(None))


def queries(connection: Connection, after: int = 0) -> list[StoredQuery]:
    """See `bot.ports.PollStore.queries`."""
    question = select(queries_table).where(queries_table.c.seq > after, _followed).order_by(queries_table.c.seq)
    return [StoredQuery(row.id, row.text, row.seq) for row in connection.execute(question)]


def unmatched(connection: Connection, after: int = 0) -> list[tuple[int, Paper]]:
    """See `bot.ports.PollStore.unmatched`."""
    known = exists().where(matches.c.query == queries_table.c.id, matches.c.paper == announcements.c.paper)
    question = (
        select(queries_table.c.id, announcements.c.paper)
        .distinct()
        .join(announcements, announcements.c.seq < queries_table.c.seq)
        .where(announcements.c.news, announcements.c.seen > queries_table.c.since)
        .where(queries_table.c.seq > after, _followed, ~known)
        .order_by(queries_table.c.id, announcements.c.paper)
    )
    pairs = [(row.id, row.paper) for row in connection.execute(question)]
    found = papers_of(connection, sorted({paper for _, paper in pairs}))
    return [(query, found[paper]) for query, paper in pairs]


def add_matches(connection: Connection, matches: Sequence[tuple[Match, str]]) -> None:
    """See `bot.ports.PollStore.add_matches`."""
    alone(connection, PAPERS)
    match_stored(connection, [(match.query, paper, match) for match, paper in matches])


def match_stored(connection: Connection, found: Sequence[tuple[int, str, Match]]) -> None:
    """Store (query, paper id, match) of what stands in stored papers; unknown papers are left out."""
    known = resolve(connection, [paper for _, paper, _ in found])
    for owner, theirs in owners(connection, known.values()).items():
        store_matches(
            connection,
            ((query, known[paper], match) for query, paper, match in found if known.get(paper) in theirs),
            owner,
        )


def store_matches(connection: Connection, found: Iterable[tuple[int, int, Match]], owner: str) -> None:
    """Store (query, paper, match) of a text that is that workspace's, or everybody's; known ones stay as they are."""
    rows = [
        {"query": query, "paper": paper, "owner": owner, "score": match.score, "reasons": codec.reasons(match)}
        for query, paper, match in found
    ]
    if rows:
        connection.execute(insert(connection, matches).on_conflict_do_nothing(), rows)
