"""Channels, what they follow, and what that matches."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Time,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Json, Moment, Words
from storage.schema.metadata import metadata, of, only, words

channels = Table(
    "channels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("outside_id", Words, nullable=False),
    words("name"),
    #: it is a person's direct messages with the bot
    Column("direct", Boolean, nullable=False, default=False, server_default=false()),
    Column("zone", Words, nullable=False),
    Column("at", Time, nullable=False),
    Column("days", Json, nullable=False),
    Column("most", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("until", Moment),
    #: when it was paused, and when a pause without an end was recalled
    Column("paused_at", Moment),
    Column("recalled", Moment),
    Column("layout", Words, nullable=False),
    #: who may change it: "everyone", "managers", or "" for what the platform thinks right
    Column("editors", Words, nullable=False, default="", server_default=text("''")),
    #: what a day without news brings: "silent" or "line"
    Column("quiet", Words, nullable=False, default="silent", server_default=text("'silent'")),
    #: somebody said that a large channel is meant
    Column("agreed", Boolean, nullable=False, default=False, server_default=false()),
    #: what its people save, as weights that reorder its digests; see `bot.taste`
    Column("taste", Json, nullable=False, default=dict, server_default=text("'{}'")),
    Column("due", Moment, index=True),
    Column("due_date", Date),
    Column("last_date", Date),
    Column("last_at", Moment),
    Column("fresh", Boolean, nullable=False, default=True),
    #: why the platform takes nothing here; "" while it does
    words("trouble"),
    #: a channel in trouble is tried again at this moment, with its next digest
    Column("probe", Moment),
    #: when somebody was told of the trouble
    Column("told", Moment),
    #: the order of the last act that brought us in or took us out, and when we were taken out; None while we are in
    Column("presence", Words, nullable=False, default="", server_default=text("''")),
    Column("removed", Moment),
    #: a backup was restored: what was announced before this moment may have been posted, and counts as had
    Column("floor", Moment),
    UniqueConstraint("platform", "workspace", "outside_id"),
    Index("ix_channels_removed", "removed", **only("removed IS NOT NULL")),
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
    of("channel", "channels"),
    Column("number", Integer, nullable=False),
    of("query", "queries"),
    Column("since", Moment, nullable=False),
    of("person", "persons"),
    Column("ended", Moment),
    #: when another query took the place of the one before: what was announced earlier is news only if it waited then
    Column("edited", Moment),
    #: how somebody wrote the query; "" for its canonical text
    Column("typed", Words, nullable=False, default="", server_default=text("''")),
    UniqueConstraint("channel", "number"),
    Index(
        "uq_subscriptions_followed",
        "channel",
        "query",
        unique=True,
        **only("ended IS NULL"),
    ),
    Index(None, "query"),
)

#: papers that waited under a topic when its query was changed, and may still come when they match
carried = Table(
    "carried",
    metadata,
    of("subscription", "subscriptions"),
    of("paper", "papers"),
    PrimaryKeyConstraint("subscription", "paper"),
    Index(None, "paper"),
    sqlite_with_rowid=False,
)

matches = Table(
    "matches",
    metadata,
    of("query", "queries"),
    of("paper", "papers"),
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
