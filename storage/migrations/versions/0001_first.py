"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them, and the search table of this kind of database."""
    op.create_table(
        "acronyms",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("acronym", sa.Text(), nullable=False),
        sa.Column("long_form", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", "acronym", "long_form", name=op.f("pk_acronyms")),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("outside_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint(
            "platform", "workspace", "outside_id", name=op.f("uq_channels_platform_workspace_outside_id")
        ),
    )
    op.create_index(op.f("ix_channels_due"), "channels", ["due"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("key", name=op.f("uq_inbox_key")),
    )
    op.create_index(op.f("ix_inbox_done"), "inbox", ["done"], unique=False)
    op.create_table(
        "memory",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name=op.f("pk_memory")),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("identifiers", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("pdf", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("tldr", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("upvotes", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("told", sa.DateTime(timezone=True), nullable=False),
        sa.Column("features_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_papers_features_version"), "papers", ["features_version"], unique=False)
    op.create_index(op.f("ix_papers_told"), "papers", ["told"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("outside_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint(
            "platform", "workspace", "outside_id", name=op.f("uq_persons_platform_workspace_outside_id")
        ),
    )
    op.create_table(
        "queries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queries")),
        sa.UniqueConstraint("seq", name=op.f("uq_queries_seq")),
        sa.UniqueConstraint("text", name=op.f("uq_queries_text")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("retry_after", sa.Float(), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("batch_size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    op.create_index(op.f("ix_sources_owner"), "sources", ["owner"], unique=False)
    op.create_table(
        "announcements",
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dated", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_announcements_paper")),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_announcements_source")),
        sa.PrimaryKeyConstraint("paper", "source", name=op.f("pk_announcements")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_announcements_dated_source_paper"), "announcements", ["dated", "source", "paper"], unique=False
    )
    op.create_index(
        op.f("ix_announcements_news_seen_source_paper"),
        "announcements",
        ["news", "seen", "source", "paper"],
        unique=False,
    )
    op.create_index(op.f("ix_announcements_source_batch"), "announcements", ["source", "batch"], unique=False)
    op.create_index(op.f("ix_announcements_source_title"), "announcements", ["source", "title"], unique=False)
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("papers_read", sa.Integer(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_digests_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("channel", "local_date", "number", name=op.f("uq_digests_channel_local_date_number")),
    )
    op.create_table(
        "identifiers",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_identifiers_paper")),
        sa.PrimaryKeyConstraint("value", "owner", name=op.f("pk_identifiers")),
    )
    op.create_index(op.f("ix_identifiers_paper"), "identifiers", ["paper"], unique=False)
    op.create_table(
        "lists",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("papers", sa.Text(), nullable=False),
        sa.Column("after", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_lists_person")),
        sa.PrimaryKeyConstraint("person", "platform", "workspace", "channel", name=op.f("pk_lists")),
    )
    op.create_table(
        "matches",
        sa.Column("query", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_matches_paper")),
        sa.ForeignKeyConstraint(["query"], ["queries.id"], name=op.f("fk_matches_query")),
        sa.PrimaryKeyConstraint("query", "paper", "owner", name=op.f("pk_matches")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_matches_paper"), "matches", ["paper"], unique=False)
    op.create_table(
        "posted",
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_posted_channel")),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_posted_paper")),
        sa.PrimaryKeyConstraint("channel", "paper", name=op.f("pk_posted")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_posted_paper"), "posted", ["paper"], unique=False)
    op.create_table(
        "saves",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("saved", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ord", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_saves_paper")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_saves_person")),
        sa.PrimaryKeyConstraint("person", "paper", name=op.f("pk_saves")),
    )
    op.create_index(op.f("ix_saves_paper"), "saves", ["paper"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("query", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_subscriptions_channel")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_subscriptions_person")),
        sa.ForeignKeyConstraint(["query"], ["queries.id"], name=op.f("fk_subscriptions_query")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("channel", "number", name=op.f("uq_subscriptions_channel_number")),
    )
    op.create_index(op.f("ix_subscriptions_query"), "subscriptions", ["query"], unique=False)
    op.create_index(
        "uq_subscriptions_followed",
        "subscriptions",
        ["channel", "query"],
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("leftover", sa.Text(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("posted_id", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_deliveries_channel")),
        sa.ForeignKeyConstraint(["digest"], ["digests.id"], name=op.f("fk_deliveries_digest")),
        sa.ForeignKeyConstraint(["parent"], ["deliveries.id"], name=op.f("fk_deliveries_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("digest", "number", name=op.f("uq_deliveries_digest_number")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    op.create_index(op.f("ix_deliveries_channel_posted_id"), "deliveries", ["channel", "posted_id"], unique=False)
    op.create_index(op.f("ix_deliveries_channel_settled"), "deliveries", ["channel", "settled"], unique=False)
    op.create_index(op.f("ix_deliveries_channel_thread"), "deliveries", ["channel", "thread"], unique=False)
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("settled IS NULL"),
        postgresql_where=sa.text("settled IS NULL"),
    )
    op.create_index(
        "ix_deliveries_open_channel",
        "deliveries",
        ["channel", "id"],
        unique=False,
        sqlite_where=sa.text("settled IS NULL"),
        postgresql_where=sa.text("settled IS NULL"),
    )
    op.create_index(op.f("ix_deliveries_parent"), "deliveries", ["parent"], unique=False)
    op.create_index(op.f("ix_deliveries_settled"), "deliveries", ["settled"], unique=False)
    op.create_table(
        "entries",
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("query", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_entries_delivery")),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_entries_paper")),
        sa.PrimaryKeyConstraint("delivery", "position", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_paper"), "entries", ["paper"], unique=False)
    for statement in _SEARCH_ON_SQLITE if op.get_bind().dialect.name == "sqlite" else _SEARCH_ON_POSTGRESQL:
        op.execute(statement)


_SEARCH_ON_SQLITE = (
    # detail=none keeps no positions: a question is "which papers hold this feature", nothing more
    "CREATE VIRTUAL TABLE search USING fts5(features, detail=none, "
    "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
)
_SEARCH_ON_POSTGRESQL = (
    "CREATE TABLE search (rowid integer PRIMARY KEY, features tsvector NOT NULL)",
    "CREATE INDEX ix_search_features ON search USING gin (features)",
)
