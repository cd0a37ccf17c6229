"""Papers, the names they are known by, their sources, and what those announce."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, PrimaryKeyConstraint, Table, text

from storage.columns import Json, Moment, Words
from storage.schema.metadata import metadata, of, words

papers = Table(
    "papers",
    metadata,
    Column("id", Integer, primary_key=True),
    #: workspace that alone may see it ("platform/workspace"); "" once a public source tells of it
    words("owner"),
    words("title"),
    words("abstract"),
    Column("identifiers", Json, nullable=False),
    Column("authors", Json, nullable=False),
    Column("categories", Json, nullable=False),
    #: sources of the same owner as the row, first one first
    Column("sources", Json, nullable=False),
    words("url"),
    words("pdf"),
    words("code"),
    words("tldr"),
    words("comment"),
    words("journal"),
    #: its plain summary, and the version of `bot.summary` that made it; 0 before there is one
    Column("plain", Words, nullable=False, default="", server_default=text("''")),
    Column("plain_version", Integer, nullable=False, default=0, server_default=text("0"), index=True),
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
    of("paper", "papers"),
    PrimaryKeyConstraint("value", "owner"),
    Index(None, "paper"),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    words("adapter"),
    words("url"),
    words("title"),
    Column("owner", Words, nullable=False, default="", index=True),
    words("cursor"),
    words("condition"),
    words("detail"),
    Column("retry_after", Float, nullable=False, default=0.0),
    Column("asked", Moment),
    Column("answered", Moment),
    Column("news", Moment),
    Column("next", Moment),
    #: its workspace took it away: it is polled no more, what it told stays
    Column("removed", Boolean, nullable=False, default=False),
    words("batch"),
    Column("batch_size", Integer, nullable=False, default=0),
    #: a worker asks it until then
    Column("lease_until", Moment),
)

announcements = Table(
    "announcements",
    metadata,
    of("source", "sources"),
    of("paper", "papers"),
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
