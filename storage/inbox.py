"""The inbox: acts recorded before they are acknowledged, and small facts kept for somebody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.models import Act
from storage import codec
from storage.dialect import insert
from storage.schema import inbox
from storage.schema import memory as memory_table


def take(connection: Connection, act: Act) -> bool:
    """See `bot.ports.AnswerStore.take`."""
    row = {"key": act.key, "act": codec.pack_act(act), "reply": act.reply, "at": act.at}
    taken = insert(connection, inbox).values(**row).on_conflict_do_nothing()
    return connection.execute(taken, execution_options={"preserve_rowcount": True}).rowcount == 1


def acts(connection: Connection, limit: int = 50) -> list[Act]:
    """See `bot.ports.AnswerStore.acts`."""
    question = select(inbox.c.act, inbox.c.reply).where(inbox.c.done.is_(None)).order_by(inbox.c.id).limit(limit)
    return [codec.act(row.act, row.reply) for row in connection.execute(question)]


def done(connection: Connection, act: Act, now: datetime, error: str = "") -> None:
    """See `bot.ports.AnswerStore.done`. The reply handle goes: a secret must not outlive its use."""
    connection.execute(update(inbox).where(inbox.c.key == act.key).values(done=now, error=error, reply=""))


def memory(connection: Connection, owner: str, name: str) -> str:
    """See `bot.ports.AnswerStore.memory`."""
    question = select(memory_table.c.value).where(memory_table.c.owner == owner, memory_table.c.name == name)
    return connection.execute(question).scalar_one_or_none() or ""


def remember(connection: Connection, owner: str, name: str, value: str) -> None:
    """See `bot.ports.AnswerStore.remember`."""
    fact = insert(connection, memory_table).values(owner=owner, name=name, value=value)
    connection.execute(fact.on_conflict_do_update(index_elements=["owner", "name"], set_={"value": value}))
