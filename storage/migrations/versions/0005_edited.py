"""When a topic's query was changed, and what waited under it then."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a column and a table; nothing that is there changes: a topic that was edited before asks since it began."""
    op.add_column("subscriptions", sa.Column("edited", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "carried",
        sa.Column("subscription", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscription"], ["subscriptions.id"], name=op.f("fk_carried_subscription")),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_carried_paper")),
        sa.PrimaryKeyConstraint("subscription", "paper", name=op.f("pk_carried")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_carried_paper"), "carried", ["paper"], unique=False)
