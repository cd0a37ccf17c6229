"""People, what they saved and did, and small facts."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Json, Moment, Words
from storage.schema.metadata import metadata, of, only, words

persons = Table(
    "persons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("outside_id", Words, nullable=False),
    words("name"),
    #: wants to hear of new versions, withdrawals and code of what they saved
    Column("news", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("platform", "workspace", "outside_id"),
)

saves = Table(
    "saves",
    metadata,
    of("person", "persons"),
    of("paper", "papers"),
    Column("saved", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    #: the platform's order of the act that said so last
    Column("ord", Words, nullable=False),
    words("note"),
    #: ["toread", …], sorted, without the #
    Column("tags", Json, nullable=False, default=list, server_default=text("'[]'")),
    #: the channel it was saved in, where that is one of ours
    Column("channel", Integer, ForeignKey("channels.id"), index=True),
    #: what the person knows of it: {"version": 2, "withdrawn": false, "code": true}; None before the first look
    Column("known", Json),
    #: the citation key it was given at its first export
    words("key"),
    PrimaryKeyConstraint("person", "paper"),
    Index(None, "paper"),
)

lists = Table(
    "lists",
    metadata,
    of("person", "persons"),
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
    words("reply"),
    Column("at", Moment, nullable=False),
    Column("done", Moment, index=True),
    words("error"),
    #: who acted ("platform/workspace/id"): one person's acts are worked on in order, by one worker at a time
    Column("person", Words, nullable=False, default="", server_default=text("''")),
    #: a worker works on that person's acts until then
    Column("lease_until", Moment),
    #: the channel as it stood when the act was first begun; None before that, and when it is done
    Column("begun", Json),
    Index("ix_inbox_open", "person", "id", **only("done IS NULL")),
)


memory = Table(
    "memory",
    metadata,
    Column("owner", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("owner", "name"),
)
