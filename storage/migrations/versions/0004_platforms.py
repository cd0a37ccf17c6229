"""Workspaces that installed us, messages that a platform told of, and since when we are out of a channel."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add two columns and three tables; nothing that is there changes."""
    moment, empty = sa.DateTime(timezone=True), sa.text("''")
    op.add_column("channels", sa.Column("presence", sa.Text(), nullable=False, server_default=empty))
    op.add_column("channels", sa.Column("removed", moment, nullable=True))
    removed = sa.text("removed IS NOT NULL")
    op.create_index("ix_channels_removed", "channels", ["removed"], sqlite_where=removed, postgresql_where=removed)
    op.create_table(
        "installations",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("until", moment, nullable=True),
        sa.PrimaryKeyConstraint("platform", "workspace", name=op.f("pk_installations")),
    )
    op.create_table(
        "install_states",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_install_states")),
    )
    op.create_index(op.f("ix_install_states_until"), "install_states", ["until"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("posted_id", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_at"), "receipts", ["at"], unique=False)
