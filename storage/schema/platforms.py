"""What platforms keep: tokens of the workspaces that installed us, and what was told of messages."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, Table

from storage.columns import Moment, Words
from storage.schema.metadata import metadata, words

installations = Table(
    "installations",
    metadata,
    Column("platform", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    #: tokens, encrypted by a key that stands in no database; see `storage.cipher`
    Column("secret", Words, nullable=False),
    #: when it was installed
    Column("at", Moment, nullable=False),
    #: when its token ends
    Column("until", Moment),
    PrimaryKeyConstraint("platform", "workspace"),
)

#: installations that begin
install_states = Table(
    "install_states",
    metadata,
    #: of platform and state: who reads it can finish no installation
    Column("digest", Words, primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)

#: messages of ours that a platform told us are there
receipts = Table(
    "receipts",
    metadata,
    Column("key", Words, primary_key=True),
    words("posted_id"),
    words("thread"),
    Column("at", Moment, nullable=False, index=True),
)
