"""Which papers are one, and making one row of two.

Identity is any shared identifier, never a title; different arXiv ids, or else different DOIs, are different works
whatever link or guid they share. What a public source tells is everybody's; what a workspace's own source tells is
that workspace's alone:

- a public source's paper joins every stored paper that a public source named so, and every private one of that name;
- a private source's paper joins the public one of that name without changing it, or the workspace's own one.

So no workspace can change what another one sees, nor make two works of others one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, select, update

from bot.models import Kind, Paper
from storage import codec, search
from storage.dialect import insert as insert_or
from storage.dialect import new_id
from storage.merging import merged, sureness
from storage.reading import chunks
from storage.schema import announcements, carried, entries, identifiers, matches, papers, posted, saves, summaries

#: kinds of announcement that may be news
NEWS = (Kind.NEW, Kind.CROSS)


def place(connection: Connection, paper: Paper, owner: str, now: datetime) -> int:
    """Store the paper under one row, whatever was stored of it under several; the row's id."""
    names = tuple(dict.fromkeys(paper.identifiers))
    same, public_names = _same(connection, names, owner)
    rows = _rows(connection, same)
    public = owner == "" or any(row_owner == "" for _, row_owner in rows)
    texts = [text for text, row_owner in rows if row_owner == "" or not public]
    if owner == "" or not public:
        texts.append(replace(paper, identifiers=names))
    told = reduce(merged, texts)
    values = codec.paper_values(told) | {"owner": "" if public else owner, "told": now}
    if rows and _text(told) != _text(rows[0][0]):
        values["plain_version"] = 0  # it is summed up anew
    if same:
        number = same[0]
        if len(same) > 1:
            # whoever saves or posts one of them now waits; what they did a moment ago is seen below
            connection.execute(select(papers.c.id).where(papers.c.id.in_(same)).with_for_update())
        for gone in same[1:]:
            _absorb(connection, number, gone)
        connection.execute(update(papers).where(papers.c.id == number).values(**values))
    else:
        added = connection.execute(insert(papers), {**values, "features_version": 0})
        number = new_id(added)
    claimed = [name for name in names if owner == "" or name not in public_names]
    if claimed:
        connection.execute(
            insert_or(connection, identifiers).on_conflict_do_nothing(),
            [{"value": name, "owner": owner, "paper": number} for name in claimed],
        )
    return number


def _text(paper: Paper) -> tuple[str, str, str]:
    """What its summary is made of."""
    return paper.title, paper.abstract, paper.tldr


def _same(connection: Connection, names: Sequence[str], owner: str) -> tuple[list[int], set[str]]:
    """Ids of the stored papers that are the one of these names, oldest first; and which names are public."""
    found: list[Any] = []
    for some in chunks(names):
        question = (
            select(
                identifiers.c.value,
                identifiers.c.owner,
                identifiers.c.paper,
                papers.c.owner.label("paper_owner"),
                papers.c.identifiers,
            )
            .join(papers, papers.c.id == identifiers.c.paper)
            .where(identifiers.c.value.in_(some))
        )
        if owner:
            question = question.where(identifiers.c.owner.in_(["", owner]))
        found += connection.execute(question).all()
    same: set[int] = set()
    one_public = False
    together = set(names)
    # what is public first, the surest name first: what it leads to may contradict what a weaker one says
    for row in sorted(found, key=lambda row: (row.paper_owner != "", sureness(row.value), row.paper)):
        if row.paper in same or _contradict(together, row.identifiers):
            continue
        if owner == "" and row.owner and row.paper_owner == "":
            continue  # a private name of a public paper proves nothing to others
        if owner and row.paper_owner == "":
            if one_public:
                continue  # a private source does not make one of two public papers
            one_public = True
        same.add(row.paper)
        if owner or not row.paper_owner:
            together.update(row.identifiers)
    return sorted(same), {row.value for row in found if row.owner == ""}


def _contradict(some: Collection[str], others: Collection[str]) -> bool:
    """True when two sets of names surely belong to different works, whatever link or guid they share."""
    for scheme in ("arxiv:", "doi:"):
        mine = {name for name in some if name.startswith(scheme)}
        theirs = {name for name in others if name.startswith(scheme)}
        if mine and theirs:
            return mine.isdisjoint(theirs)
    return False


def _rows(connection: Connection, ids: Collection[int]) -> list[tuple[Paper, str]]:
    """Those papers with their owners, oldest first."""
    if not ids:
        return []
    question = select(papers).where(papers.c.id.in_(ids)).order_by(papers.c.id)
    return [(codec.paper(row), row.owner) for row in connection.execute(question)]


def _absorb(connection: Connection, heir: int, gone: int) -> None:
    """Make one row of two: everything that spoke of `gone` speaks of `heir`, and its id leads there."""
    for table in (identifiers, entries):
        connection.execute(update(table).where(table.c.paper == gone).values(paper=heir))
    _absorb_announcements(connection, heir, gone)
    _absorb_saves(connection, heir, gone)
    kept = (
        (matches, ("query", "owner")),
        (posted, ("channel",)),
        (summaries, ("fingerprint",)),
        (carried, ("subscription",)),
    )
    for table, keys in kept:
        other = table.alias("other")
        twin = exists().where(other.c.paper == heir, *(other.c[key] == table.c[key] for key in keys))
        connection.execute(delete(table).where(table.c.paper == gone, twin))
        connection.execute(update(table).where(table.c.paper == gone).values(paper=heir))
    search.forget(connection, [gone])
    connection.execute(delete(papers).where(papers.c.id == gone))
    name = {"value": codec.shown("p", gone), "owner": "", "paper": heir}
    connection.execute(insert(identifiers), name)


def _absorb_announcements(connection: Connection, heir: int, gone: int) -> None:
    """Of two announcements by one source the one that counts as heard first stays."""
    rows = connection.execute(select(announcements).where(announcements.c.paper.in_([heir, gone]))).all()
    for source in {row.source for row in rows if row.paper == gone}:
        both = [row for row in rows if row.source == source]
        stays = min(both, key=lambda row: (row.kind not in NEWS, not row.news, row.seen))
        for row in both:
            at = and_(announcements.c.source == source, announcements.c.paper == row.paper)
            if row is not stays:
                connection.execute(delete(announcements).where(at))
        at = and_(announcements.c.source == source, announcements.c.paper == stays.paper)
        connection.execute(update(announcements).where(at).values(paper=heir))


def _absorb_saves(connection: Connection, heir: int, gone: int) -> None:
    """Of two entries of one reading list the later word stays, with whatever was noted and the elder's key."""
    rows = connection.execute(select(saves).where(saves.c.paper.in_([heir, gone]))).all()
    for person in {row.person for row in rows if row.paper == gone}:
        both = sorted((row for row in rows if row.person == person), key=lambda row: row.ord)
        note = " · ".join(dict.fromkeys(row.note for row in both if row.note))
        tags = sorted({tag for row in both for tag in row.tags})
        key = min(((row.paper, row.key) for row in both if row.key), default=(heir, ""))[1]
        at = and_(saves.c.person == person, saves.c.paper.in_([heir, gone]))
        connection.execute(delete(saves).where(at))
        connection.execute(insert(saves), both[-1]._asdict() | {"paper": heir, "note": note, "tags": tags, "key": key})
