"""The search table: the features of every paper, so that a question finds a superset of what the matcher matches.

SQLite: FTS5 without positions, one token a feature. PostgreSQL: a tsvector made of the features as they are, with a
GIN index. What a paper is indexed under has a version; `papers.features_version` tells which rows are behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    cast,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql

from bot.models import Channel, Paper, Seen
from storage import codec
from storage.dialect import PAPERS, alone, is_sqlite
from storage.reading import chunks, papers_of, told_of, told_to
from storage.schema import announcements, papers

#: in the place of a version: to be indexed, whatever the features
UNINDEXED = -1

_search = table("search", column("rowid", Integer), column("features"))


@dataclass(frozen=True, slots=True)
class Indexer:
    """What is made of a paper's text when it is stored: what it is found under, and its plain summary.

    Each of the two ideas has a version.
    """

    features: Callable[[Paper], Sequence[str]]
    version: int
    plain: Callable[[Paper], str]
    plain_version: int


def index(connection: Connection, indexer: Indexer, ids: Collection[int]) -> None:
    """Index these papers anew."""
    add = "INSERT INTO search (rowid, features) VALUES (:paper, :features)"
    if not is_sqlite(connection):
        add = "INSERT INTO search (rowid, features) VALUES (:paper, array_to_tsvector(CAST(:features AS text[])))"
    for some in chunks(sorted(ids)):
        forget(connection, some)
        told = told_of(connection, some)
        rows = []
        for number, paper in papers_of(connection, some).items():
            # also the names of private sources: `source:` must find them, and `find` shows only what may be seen
            names = dict.fromkeys((*paper.sources, *told.get(number, ())))
            features = indexer.features(replace(paper, sources=tuple(names)))
            tokens = sorted({token(feature) for feature in features})
            rows.append({"paper": number, "features": " ".join(tokens) if is_sqlite(connection) else tokens})
        if rows:
            connection.execute(text(add), rows)
            connection.execute(update(papers).where(papers.c.id.in_(some)).values(features_version=indexer.version))
        _sum_up(connection, indexer, papers.c.id.in_(some))


def _sum_up(connection: Connection, indexer: Indexer, which: ColumnElement[bool], limit: int | None = None) -> bool:
    """Make the plain summaries that are not there, or of an older version; False when none is left.

    A source tells of the same papers again and again: choosing two sentences is done for a new text only.
    """
    behind = select(papers).where(which, papers.c.plain_version < indexer.plain_version).limit(limit)
    made = [
        {"paper": row.id, "made": indexer.plain(codec.paper(row)), "made_version": indexer.plain_version}
        for row in connection.execute(behind)
    ]
    if made:
        theirs = update(papers).where(papers.c.id == bindparam("paper"))
        theirs = theirs.values(plain=bindparam("made"), plain_version=bindparam("made_version"))
        connection.execute(theirs, made)
    return bool(made)


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Take these papers out of the index."""
    gone = text("DELETE FROM search WHERE rowid IN :ids").bindparams(bindparam("ids", expanding=True))
    connection.execute(gone, {"ids": list(ids)})


def index_behind(connection: Connection, indexer: Indexer, limit: int = 500) -> bool:
    """Index some papers whose features or summaries are of an older version; False when there are none left."""
    alone(connection, PAPERS)
    behind = or_(papers.c.features_version.between(1, indexer.version - 1), papers.c.features_version == UNINDEXED)
    ids = connection.execute(select(papers.c.id).where(behind).limit(limit)).scalars().all()
    index(connection, indexer, ids)
    return _sum_up(connection, indexer, true(), limit) or bool(ids)


def find(
    connection: Connection,
    groups: Sequence[Sequence[str]],
    channel: Channel,
    since: datetime | None = None,
    limit: int = 20_000,
) -> list[Seen]:
    """See `bot.ports.AnswerStore.find`."""
    at = func.coalesce(func.min(announcements.c.dated), func.min(announcements.c.seen)).label("at")
    question = (
        select(announcements.c.paper, at)
        .where(told_to(channel))
        .group_by(announcements.c.paper)
        .order_by(at.desc(), announcements.c.paper.desc())
        .limit(limit)
    )
    if groups:
        question = question.where(announcements.c.paper.in_(holding(connection, groups)))
    if since is not None:
        question = question.having(at >= since)
    found = {row.paper: row.at for row in connection.execute(question)}
    known = papers_of(connection, list(found), channel)
    return [Seen(known[paper], at) for paper, at in found.items() if paper in known]


def holding(connection: Connection, groups: Sequence[Sequence[str]]) -> Select[int]:
    """Ids of papers that hold one feature of each group."""
    words = [[(token(word), word.endswith("*")) for word in group if token(word)] for group in groups]
    if not all(words):
        return select(_search.c.rowid).where(false())
    if is_sqlite(connection):
        # https://www.sqlite.org/fts5.html#full_text_query_syntax
        ways = [" OR ".join(f'"{word}"' + "*" * prefix for word, prefix in group) for group in words]
        question = " AND ".join(f"({way})" for way in ways)
        return select(_search.c.rowid).where(literal_column("search").op("MATCH")(question))
    # https://www.postgresql.org/docs/15/datatype-textsearch.html: quoted lexemes are taken as they are
    ways = [" | ".join(f"'{word}'" + ":*" * prefix for word, prefix in group) for group in words]
    question = " & ".join(f"({way})" for way in ways)
    return select(_search.c.rowid).where(_search.c.features.op("@@")(cast(question, postgresql.TSQUERY)))


def token(feature: str) -> str:
    """A feature as exactly one token: lower-case letters and digits stay, all else is spelled out."""
    feature = feature.removesuffix("*").lower()
    if feature.isascii() and feature.replace("_", "a").isalnum():
        return feature
    return "".join(c if c.isascii() and (c.isalnum() or c == "_") else f"_{ord(c):x}_" for c in feature)
