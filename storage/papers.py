"""Papers: keeping them, and what sources announced of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, and_, func, insert, select, update

from bot.identity import normal_title
from bot.models import Announcement, Channel, Kind, Match, Paper
from bot.ports import Recalled
from storage import codec, search, sources
from storage.dialect import PAPERS, alone
from storage.dialect import insert as insert_or
from storage.identity import NEWS, place
from storage.queries import store_matches
from storage.reading import chunks, owner, owners, papers_of, resolve
from storage.schema import announcements, identifiers, memory
from storage.schema import papers as papers_table
from storage.schema import sources as sources_table
from storage.search import Indexer

#: whose memory holds, by source, when the house was restored from a backup: nobody listened before that
RESTORED = "restored"
_ARXIV = "arxiv"


def keep(
    connection: Connection,
    indexer: Indexer,
    source: str,
    announcements: Sequence[tuple[Announcement, Sequence[Match]]],
    *,
    seq: int,
    now: datetime,
    news: bool,
) -> int:
    """See `bot.ports.PollStore.keep`."""
    alone(connection, PAPERS)
    origin = sources.stored(connection, source)
    restored = _restored(connection, source)
    fresh: set[int] = set()
    touched: set[int] = set()
    for announcement, found in announcements:
        paper = replace(announcement.paper, sources=(source,))
        if announcement.kind is Kind.WITHDRAWAL:
            paper = replace(paper, withdrawn=True)
        number = place(connection, paper, origin.owner, now)
        touched.add(number)
        heard = news and not (restored and _told_meanwhile(connection, source, number, paper, restored))
        dated = _dated(announcement, heard, now, restored or now)
        if _announce(connection, origin.id, number, announcement, seq=seq, now=now, news=heard, dated=dated):
            fresh.add(number)
        store_matches(connection, ((match.query, number, match) for match in found), origin.owner)
    search.index(connection, indexer, touched)
    sources.brought(
        connection, origin.id, [announcement.batch for announcement, _ in announcements], now if fresh else None
    )
    return len(fresh)


def keep_paper(connection: Connection, indexer: Indexer, paper: Paper, source: str, now: datetime) -> Paper:
    """See `bot.ports.AnswerStore.keep_paper`."""
    alone(connection, PAPERS)
    origin = sources.stored(connection, source)
    number = place(connection, replace(paper, sources=(source,)), origin.owner, now)
    # a row of no kind: the source may be asked who may see the paper, and will still be able to announce it
    seen = insert_or(connection, announcements).values(
        source=origin.id, paper=number, kind="", batch="", title=normal_title(paper.title), seen=now, news=False, seq=0
    )
    connection.execute(seen.on_conflict_do_nothing())
    search.index(connection, indexer, [number])
    return papers_of(connection, [number])[number]


def papers(connection: Connection, ids: Sequence[str], channel: Channel | None = None) -> list[Paper]:
    """See `bot.ports.AnswerStore.papers`. With a channel, only what its workspace may see."""
    known = resolve(connection, ids, channel)
    if channel is not None:
        theirs = owners(connection, known.values())
        seen = theirs[""] | theirs[owner(channel)]
        known = {wanted: number for wanted, number in known.items() if number in seen}
    found = papers_of(connection, sorted(set(known.values())), channel)
    return [found[known[wanted]] for wanted in ids if wanted in known]


def papers_after(connection: Connection, paper: str = "", limit: int = 1000) -> list[Paper]:
    """See `bot.ports.HousekeepingStore.papers_after`. Only what is everybody's, and not yet forgotten."""
    after = codec.stored("p", paper) or 0
    public = and_(papers_table.c.owner == "", papers_table.c.features_version > 0)
    question = select(papers_table).where(papers_table.c.id > after, public).order_by(papers_table.c.id).limit(limit)
    return [codec.paper(row) for row in connection.execute(question)]


def recall(connection: Connection, source: str, papers: Sequence[Paper]) -> list[Recalled]:
    """See `bot.ports.PollStore.recall`."""
    origin = sources.stored(connection, source)
    theirs = and_(announcements.c.source == origin.id, announcements.c.kind != "")
    known: set[str] = set()
    for values in chunks({value for paper in papers for value in paper.identifiers}):
        question = (
            select(identifiers.c.value)
            .join(announcements, announcements.c.paper == identifiers.c.paper)
            .where(identifiers.c.value.in_(values), identifiers.c.owner.in_(["", origin.owner]), theirs)
        )
        known.update(connection.execute(question).scalars())
    titled: dict[str, int] = {}
    for titles in chunks({normal_title(paper.title) for paper in papers} - {""}):
        question = (
            select(announcements.c.title, func.max(announcements.c.paper).label("paper"))
            .where(announcements.c.title.in_(titles), theirs)
            .group_by(announcements.c.title)
        )
        titled.update({row.title: row.paper for row in connection.execute(question)})
    names: dict[int, list[str]] = {}
    for some in chunks(titled.values()):
        for row in connection.execute(
            select(identifiers.c.paper, identifiers.c.value)
            .where(identifiers.c.paper.in_(some), identifiers.c.owner.in_(["", origin.owner]))
            .where(identifiers.c.value.contains(":"))  # not the ids of rows that were merged away
            .order_by(identifiers.c.value)
        ):
            names.setdefault(row.paper, []).append(row.value)
    return [
        Recalled(
            known=any(value in known for value in paper.identifiers),
            titled=tuple(names.get(titled.get(normal_title(paper.title), 0), ())),
        )
        for paper in papers
    ]


# --------------------------------------------------------------------------------------- announcements


def _announce(
    connection: Connection,
    source: int,
    paper: int,
    told: Announcement,
    *,
    seq: int,
    now: datetime,
    news: bool,
    dated: datetime,
) -> bool:
    """Record what the source says of the paper; True when that is news for the first time."""
    known = connection.execute(
        select(announcements.c.kind, announcements.c.batch).where(
            announcements.c.source == source, announcements.c.paper == paper
        )
    ).one_or_none()
    is_news = news and told.kind in NEWS
    row = {"batch": told.batch, "title": normal_title(told.paper.title)}
    may_be = dated if told.kind in NEWS else None
    first = {"kind": str(told.kind), "seen": now, "dated": may_be, "news": is_news, "seq": seq}
    if known is None:
        connection.execute(insert(announcements), {"source": source, "paper": paper, **row, **first})
        return is_news
    # what was announced once (or lay on the first, silent page) is never news again; a replacement is no such thing
    speaks_first = known.kind == "" or (known.kind not in NEWS and told.kind in NEWS)
    connection.execute(
        update(announcements)
        .where(announcements.c.source == source, announcements.c.paper == paper)
        .values(**row, **(first if speaks_first else {}))
    )
    return speaks_first and is_news


def _dated(told: Announcement, news: bool, now: datetime, restored: datetime) -> datetime:
    """When the source announced it: the day of its batch; else, for what was there before we came, its own date.

    What was there when a source is asked again after a restore was there before that.
    """
    latest = now if news else min(now, restored)
    with suppress(ValueError):
        return min(latest, datetime.combine(date.fromisoformat(told.batch), time(), UTC))
    return latest if news else min(latest, told.paper.published or now)


def _restored(connection: Connection, source: str) -> datetime | None:
    """When the house was restored from a backup that knew this source."""
    question = select(memory.c.value).where(memory.c.owner == RESTORED, memory.c.name == source)
    moment = connection.execute(question).scalar_one_or_none()
    return datetime.fromisoformat(moment) if moment else None


def _told_meanwhile(connection: Connection, source: str, number: int, paper: Paper, restored: datetime) -> bool:
    """True for a paper of arXiv's that another source names, and that arXiv announced before the restore, unheard.

    Daily Papers lists what arXiv announced days ago, and arXiv's own feeds hold one day: such a paper may have been
    posted between the backup and the restore.
    """
    if source == _ARXIV or not paper.identifier(_ARXIV) or paper.published is None or paper.published > restored:
        return False
    arxiv = select(sources_table.c.id).where(sources_table.c.name == _ARXIV, ~sources_table.c.removed).scalar_subquery()
    told = select(announcements.c.kind).where(announcements.c.paper == number, announcements.c.source == arxiv)
    is_read = connection.execute(select(arxiv)).scalar_one_or_none() is not None
    return is_read and connection.execute(told).first() is None
