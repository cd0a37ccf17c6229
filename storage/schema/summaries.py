"""What a model of the operator's choice said of papers."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table

from storage.columns import Moment, Words
from storage.schema.metadata import metadata, of, words

summaries = Table(
    "summaries",
    metadata,
    of("paper", "papers"),
    #: fingerprint of the title and abstract that were summed up: a new version is summed up anew
    Column("fingerprint", Words, nullable=False),
    Column("model", Words, nullable=False),
    #: "" while nothing came that can be shown
    words("text"),
    #: when it was asked; the rows of a date are what was spent
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("paper", "fingerprint"),
    Index(None, "at"),
)
