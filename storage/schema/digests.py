"""Digests and their deliveries, what a channel had, and what keeps posting within its limits."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from storage.columns import Json, Moment, Words
from storage.schema.metadata import metadata, of, only, words

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    of("channel", "channels"),
    Column("local_date", Date, nullable=False),
    Column("number", Integer, nullable=False),
    Column("papers_read", Integer, nullable=False, default=0),
    Column("slot", Moment),
    Column("late", Boolean, nullable=False, default=False),
    #: when it was planned
    Column("planned", Moment),
    #: the key of the act that asked for it: it is planned once, however often the act is worked on
    Column("asked_by", Words),
    #: who shares its papers with the channel: their name stands in its messages
    Column("sharer", Integer, ForeignKey("persons.id")),
    UniqueConstraint("channel", "local_date", "number"),
    Index("ix_digests_sharer", "sharer", **only("sharer IS NOT NULL")),
    Index("uq_digests_asked_by", "asked_by", unique=True, **only("asked_by IS NOT NULL")),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    of("digest", "digests"),
    of("channel", "channels"),
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
    #: the channel that took the topics while this was on its way: its papers count as had there too
    Column("also", Integer, ForeignKey("channels.id")),
    Column("attempts", Integer, nullable=False, default=0),
    Column("attempted", Moment),
    #: how often it was claimed: the number of the lease, so that a lost one is known
    Column("claims", Integer, nullable=False, default=0),
    Column("lease_until", Moment),
    Column("not_before", Moment),
    Column("message", Json),
    words("reason"),
    words("posted_id"),
    words("thread"),
    #: None while there is something to do
    Column("settled", Moment),
    UniqueConstraint("digest", "number"),
    Index(
        "ix_deliveries_open",
        "lane",
        "id",
        **only("settled IS NULL"),
    ),
    Index(
        "ix_deliveries_open_channel",
        "channel",
        "id",
        **only("settled IS NULL"),
    ),
    Index("ix_deliveries_also", "also", **only("also IS NOT NULL")),
    Index(None, "channel", "posted_id"),
    Index(None, "channel", "thread"),
    Index(None, "channel", "settled"),
    Index(None, "settled"),
)

entries = Table(
    "entries",
    metadata,
    of("delivery", "deliveries"),
    Column("position", Integer, nullable=False),
    of("paper", "papers"),
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
    of("channel", "channels"),
    of("paper", "papers"),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "paper"),
    Index(None, "paper"),
    sqlite_with_rowid=False,
)


#: workspaces (or, with workspace "", whole platforms) whose token is not accepted
outages = Table(
    "outages",
    metadata,
    Column("platform", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("reason", Words, nullable=False),
    #: tried again at this moment
    Column("probe", Moment, nullable=False),
    PrimaryKeyConstraint("platform", "workspace"),
)

#: token buckets that several processes take from; see `bot.pace`
buckets = Table(
    "buckets",
    metadata,
    Column("name", Words, primary_key=True),
    #: when the next take is free, seconds since 1970
    Column("free", Float, nullable=False),
)
