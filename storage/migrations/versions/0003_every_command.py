"""What a model said of papers; settings of channels and people; tags, and what somebody knows of a saved paper."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and a table; what is there learns since when it is paused, and whose direct messages it is."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    off, empty = sa.text("false" if postgresql else "0"), sa.text("''")
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("direct", sa.Boolean(), nullable=False, server_default=off),
        sa.Column("paused_at", moment, nullable=True),
        sa.Column("recalled", moment, nullable=True),
        sa.Column("editors", sa.Text(), nullable=False, server_default=empty),
        sa.Column("quiet", sa.Text(), nullable=False, server_default=sa.text("'silent'")),
        sa.Column("agreed", sa.Boolean(), nullable=False, server_default=off),
        sa.Column("taste", sa.Text(), nullable=False, server_default=sa.text("'{}'")),
    ):
        op.add_column("channels", column)
    # a pause that began at a time nobody noted is recalled 30 days from now; the form is that of `columns.Moment`
    now = "CURRENT_TIMESTAMP" if postgresql else "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
    op.execute(f"UPDATE channels SET paused_at = {now} WHERE paused")  # noqa: S608 - ours
    theirs = ("platform", "workspace", "outside_id")
    same = " AND ".join(f"persons.{name} = channels.{name}" for name in theirs)
    on = "true" if postgresql else "1"
    op.execute(f"UPDATE channels SET direct = {on} WHERE EXISTS (SELECT 1 FROM persons WHERE {same})")  # noqa: S608 - ours
    for table, name, other in (("digests", "sharer", "persons"), ("deliveries", "also", "channels")):
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column(name, sa.Integer(), nullable=True))
            changed.create_foreign_key(op.f(f"fk_{table}_{name}"), other, [name], ["id"])
        known = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_{table}_{name}", table, [name], sqlite_where=known, postgresql_where=known)
    op.add_column("subscriptions", sa.Column("typed", sa.Text(), nullable=False, server_default=empty))
    op.add_column("persons", sa.Column("news", sa.Boolean(), nullable=False, server_default=off))
    op.add_column("papers", sa.Column("plain", sa.Text(), nullable=False, server_default=empty))
    op.add_column("papers", sa.Column("plain_version", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_papers_plain_version"), "papers", ["plain_version"], unique=False)
    op.add_column("inbox", sa.Column("begun", sa.Text(), nullable=True))
    # of an act that is done only the key stays
    op.execute("UPDATE inbox SET act = '{}', person = '' WHERE done IS NOT NULL")
    with op.batch_alter_table("saves") as saves:
        saves.add_column(sa.Column("tags", sa.Text(), nullable=False, server_default=sa.text("'[]'")))
        saves.add_column(sa.Column("known", sa.Text(), nullable=True))
        saves.add_column(sa.Column("channel", sa.Integer(), nullable=True))
        saves.create_foreign_key(op.f("fk_saves_channel"), "channels", ["channel"], ["id"])
        saves.create_index(op.f("ix_saves_channel"), ["channel"], unique=False)
    op.create_table(
        "summaries",
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"], name=op.f("fk_summaries_paper")),
        sa.PrimaryKeyConstraint("paper", "fingerprint", name=op.f("pk_summaries")),
    )
    op.create_index(op.f("ix_summaries_at"), "summaries", ["at"], unique=False)
