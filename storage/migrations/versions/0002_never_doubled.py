"""Leases of the inbox and the sources, channels that are probed, tokens that fail, token buckets, restored backups."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and two tables; nothing that is there changes."""
    for column in ("probe", "told", "floor"):
        op.add_column("channels", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("digests", sa.Column("planned", sa.DateTime(timezone=True), nullable=True))
    op.add_column("digests", sa.Column("asked_by", sa.Text(), nullable=True))
    op.create_index(
        "uq_digests_asked_by",
        "digests",
        ["asked_by"],
        unique=True,
        sqlite_where=sa.text("asked_by IS NOT NULL"),
        postgresql_where=sa.text("asked_by IS NOT NULL"),
    )
    op.add_column("sources", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inbox", sa.Column("person", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("inbox", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["person", "id"],
        sqlite_where=sa.text("done IS NULL"),
        postgresql_where=sa.text("done IS NULL"),
    )
    op.create_table(
        "outages",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("probe", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", name=op.f("pk_outages")),
    )
    op.create_table(
        "buckets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("free", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_buckets")),
    )
