"""Tables and constraints.

    papers ── identifiers       every name a work is known by; also the ids of rows that were merged into it
      │  └─── announcements ── sources
      ├────── matches ── queries ── subscriptions ── channels
      ├────── saves ── persons ── lists
      ├────── posted ── channels                      what a channel had: the constraint that forbids a second time
      └────── entries ── deliveries ── digests ── channels
    acronyms, inbox, memory

Nothing here may be of SQLite alone: PostgreSQL runs the same tables. The search table is the exception; see
`storage.search`. Ids that come from outside stand in `outside_id`. Times are aware UTC (`columns.Moment`).

What a workspace's own feed says is only ever that workspace's: its papers carry its name as `owner` until a public
source tells of the same work, and so do the identifiers it claims and the matches of its text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Time,
    UniqueConstraint,
    text,
)

from storage.columns import Json, Moment, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False, default="")


def _only(rows: str) -> dict[str, Any]:
    """Options of an index over some rows."""
    return {"sqlite_where": text(rows), "postgresql_where": text(rows)}


def _of(name: str, table: str) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=False)


# --------------------------------------------------------------------------------------------- papers

papers = Table(
    "papers",
    metadata,
    Column("id", Integer, primary_key=True),
    #: workspace that alone may see it ("platform/workspace"); "" once a public source tells of it
    _words("owner"),
    _words("title"),
    _words("abstract"),
    Column("identifiers", Json, nullable=False),
    Column("authors", Json, nullable=False),
    Column("categories", Json, nullable=False),
    #: sources of the same owner as the row, first one first
    Column("sources", Json, nullable=False),
    _words("url"),
    _words("pdf"),
    _words("code"),
    _words("tldr"),
    _words("comment"),
    _words("journal"),
    Column("published", Moment),
    Column("version", Integer, nullable=False),
    Column("upvotes", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    #: when some source last told of it
    Column("told", Moment, nullable=False, index=True),
    #: version of the features it is indexed under; 0 while only its name is kept
    Column("features_version", Integer, nullable=False, index=True),
    sqlite_autoincrement=True,  # an id stands in buttons for ever: never give it to another paper
)

identifiers = Table(
    "identifiers",
    metadata,
    #: "arxiv:2604.10005"; or "p18", the id of a row that was merged away
    Column("value", Words, nullable=False),
    #: workspace whose feed claims it; "" when a public source does
    Column("owner", Words, nullable=False),
    _of("paper", "papers"),
    PrimaryKeyConstraint("value", "owner"),
    Index(None, "paper"),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    _words("adapter"),
    _words("url"),
    _words("title"),
    Column("owner", Words, nullable=False, default="", index=True),
    _words("cursor"),
    _words("condition"),
    _words("detail"),
    Column("retry_after", Float, nullable=False, default=0.0),
    Column("asked", Moment),
    Column("answered", Moment),
    Column("news", Moment),
    Column("next", Moment),
    #: its workspace took it away: it is polled no more, what it told stays
    Column("removed", Boolean, nullable=False, default=False),
    _words("batch"),
    Column("batch_size", Integer, nullable=False, default=0),
)

announcements = Table(
    "announcements",
    metadata,
    _of("source", "sources"),
    _of("paper", "papers"),
    #: "" when somebody looked the paper up and the source never announced it
    Column("kind", Words, nullable=False),
    #: the last batch it stood in
    Column("batch", Words, nullable=False),
    #: the title as that source said it, folded: recognises a feed that changes its ids
    Column("title", Words, nullable=False),
    Column("seen", Moment, nullable=False),
    #: when the source announced it, as far as can be known; None for what is neither new nor a cross-list
    Column("dated", Moment),
    Column("news", Boolean, nullable=False),
    #: the index's seq when it was matched
    Column("seq", Integer, nullable=False),
    PrimaryKeyConstraint("paper", "source"),
    Index(None, "source", "title"),
    Index(None, "source", "batch"),
    Index(None, "news", "seen", "source", "paper"),
    Index(None, "dated", "source", "paper"),
    sqlite_with_rowid=False,
)

# -------------------------------------------------------------------------------- channels and queries

persons = Table(
    "persons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("outside_id", Words, nullable=False),
    _words("name"),
    UniqueConstraint("platform", "workspace", "outside_id"),
)

channels = Table(
    "channels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("outside_id", Words, nullable=False),
    _words("name"),
    Column("zone", Words, nullable=False),
    Column("at", Time, nullable=False),
    Column("days", Json, nullable=False),
    Column("most", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("until", Moment),
    Column("layout", Words, nullable=False),
    Column("due", Moment, index=True),
    Column("due_date", Date),
    Column("last_date", Date),
    Column("last_at", Moment),
    Column("fresh", Boolean, nullable=False, default=True),
    _words("trouble"),
    UniqueConstraint("platform", "workspace", "outside_id"),
)

queries = Table(
    "queries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Words, nullable=False, unique=True),
    #: grows each time it becomes followed
    Column("seq", Integer, nullable=False, unique=True),
    #: what was announced after this moment has been, or is to be, matched
    Column("since", Moment, nullable=False),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    _of("channel", "channels"),
    Column("number", Integer, nullable=False),
    _of("query", "queries"),
    Column("since", Moment, nullable=False),
    _of("person", "persons"),
    Column("ended", Moment),
    UniqueConstraint("channel", "number"),
    Index(
        "uq_subscriptions_followed",
        "channel",
        "query",
        unique=True,
        **_only("ended IS NULL"),
    ),
    Index(None, "query"),
)

matches = Table(
    "matches",
    metadata,
    _of("query", "queries"),
    _of("paper", "papers"),
    #: workspace whose feed's text matches; "" when everybody's text does
    Column("owner", Words, nullable=False),
    Column("score", Float, nullable=False),
    #: [[word, field, position], …]
    Column("reasons", Json, nullable=False),
    PrimaryKeyConstraint("query", "paper", "owner"),
    Index(None, "paper"),
    sqlite_with_rowid=False,
)

acronyms = Table(
    "acronyms",
    metadata,
    Column("version", Integer, nullable=False),
    Column("acronym", Words, nullable=False),
    Column("long_form", Words, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("version", "acronym", "long_form"),
)

# -------------------------------------------------------------------------------- digests and deliveries

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    _of("channel", "channels"),
    Column("local_date", Date, nullable=False),
    Column("number", Integer, nullable=False),
    Column("papers_read", Integer, nullable=False, default=0),
    Column("slot", Moment),
    Column("late", Boolean, nullable=False, default=False),
    UniqueConstraint("channel", "local_date", "number"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    _of("digest", "digests"),
    _of("channel", "channels"),
    Column("number", Integer, nullable=False),
    Column("kind", Words, nullable=False),
    #: [[topic, how many], …]
    Column("leftover", Json, nullable=False),
    #: the delivery whose message this one hangs under
    Column("parent", Integer, ForeignKey("deliveries.id"), index=True),
    #: 1 for what hangs in a thread: leads of all channels go before it
    Column("lane", Integer, nullable=False),
    Column("state", Words, nullable=False),
    #: its papers count as had
    Column("holds", Boolean, nullable=False, default=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("attempted", Moment),
    #: how often it was claimed: the number of the lease, so that a lost one is known
    Column("claims", Integer, nullable=False, default=0),
    Column("lease_until", Moment),
    Column("not_before", Moment),
    Column("message", Json),
    _words("reason"),
    _words("posted_id"),
    _words("thread"),
    #: None while there is something to do
    Column("settled", Moment),
    UniqueConstraint("digest", "number"),
    Index(
        "ix_deliveries_open",
        "lane",
        "id",
        **_only("settled IS NULL"),
    ),
    Index(
        "ix_deliveries_open_channel",
        "channel",
        "id",
        **_only("settled IS NULL"),
    ),
    Index(None, "channel", "posted_id"),
    Index(None, "channel", "thread"),
    Index(None, "channel", "settled"),
    Index(None, "settled"),
)

entries = Table(
    "entries",
    metadata,
    _of("delivery", "deliveries"),
    Column("position", Integer, nullable=False),
    _of("paper", "papers"),
    Column("topic", Words, nullable=False),
    Column("query", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", Json, nullable=False),
    PrimaryKeyConstraint("delivery", "position"),
    Index(None, "paper"),
)

posted = Table(
    "posted",
    metadata,
    _of("channel", "channels"),
    _of("paper", "papers"),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "paper"),
    Index(None, "paper"),
    sqlite_with_rowid=False,
)

# ---------------------------------------------------------------------------------- persons and the rest

saves = Table(
    "saves",
    metadata,
    _of("person", "persons"),
    _of("paper", "papers"),
    Column("saved", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    #: the platform's order of the act that said so last
    Column("ord", Words, nullable=False),
    _words("note"),
    #: the citation key it was given at its first export
    _words("key"),
    PrimaryKeyConstraint("person", "paper"),
    Index(None, "paper"),
)

lists = Table(
    "lists",
    metadata,
    _of("person", "persons"),
    Column("platform", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("papers", Json, nullable=False),
    #: when the newest digest message there had been settled by then
    Column("after", Moment),
    PrimaryKeyConstraint("person", "platform", "workspace", "channel"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("act", Json, nullable=False),
    #: the platform's handle for a private answer: a secret, gone when the act is done
    _words("reply"),
    Column("at", Moment, nullable=False),
    Column("done", Moment, index=True),
    _words("error"),
)

memory = Table(
    "memory",
    metadata,
    Column("owner", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("owner", "name"),
)
