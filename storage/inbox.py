"""The inbox: acts recorded before they are acknowledged, and small facts kept for somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, or_, select, update

from bot.models import Act, ChannelState, Person
from bot.ports import Begun
from storage import channels, codec
from storage.dialect import insert
from storage.schema import inbox
from storage.schema import memory as memory_table

#: an act that is over: nobody's, and nothing
OVER: dict[str, Any] = {"act": {}, "person": "", "reply": "", "begun": None}


def take(connection: Connection, act: Act) -> bool:
    """See `bot.ports.AnswerStore.take`."""
    row = {"key": act.key, "act": codec.pack_act(act), "reply": act.reply, "at": act.at, "person": _name(act.person)}
    taken = insert(connection, inbox).values(**row).on_conflict_do_nothing()
    return connection.execute(taken, execution_options={"preserve_rowcount": True}).rowcount == 1


def acts(connection: Connection, now: datetime, lease: timedelta, limit: int = 50) -> list[Act]:
    """See `bot.ports.AnswerStore.acts`.

    The lease lies on the first act alone: the person's next one is nobody's before that is done.
    """
    other = inbox.alias("other")
    at_work_or_earlier = exists().where(
        other.c.person == inbox.c.person,
        other.c.done.is_(None),
        or_(other.c.lease_until > now, other.c.id < inbox.c.id),
    )
    question = (
        select(inbox.c.id, inbox.c.act, inbox.c.reply)
        .where(inbox.c.done.is_(None), func.coalesce(inbox.c.lease_until, now) <= now, ~at_work_or_earlier)
        .order_by(inbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(question).all()
    if rows:
        mine = inbox.c.id.in_([row.id for row in rows])
        connection.execute(update(inbox).where(mine).values(lease_until=now + lease))
    found: list[Act] = []
    for row in rows:
        try:
            found.append(codec.act(row.act, row.reply))
        except (KeyError, TypeError, ValueError):
            # written by another release: it holds up neither its person nor anybody else
            connection.execute(update(inbox).where(inbox.c.id == row.id).values(done=now, error="unreadable", **OVER))
    return found


def done(connection: Connection, act: Act, now: datetime, error: str = "") -> bool:
    """See `bot.ports.AnswerStore.done`.

    Only its key stays, so that a repeat is known: neither the reply handle, which is a secret, nor what somebody did
    outlives its use.
    """
    over = OVER | {"done": now, "error": error, "lease_until": None}
    ours = update(inbox).where(inbox.c.key == act.key, inbox.c.done.is_(None)).values(**over)
    return connection.execute(ours).rowcount == 1


def begin(connection: Connection, act: Act, known: ChannelState) -> Begun:
    """See `bot.ports.AnswerStore.begin`."""
    ours = and_(inbox.c.key == act.key, inbox.c.done.is_(None))
    begun = connection.execute(select(inbox.c.begun).where(ours)).scalar_one_or_none()
    if begun is not None:
        return codec.begun(begun, known.channel)
    there = channels.channel(connection, known.channel) or known
    first = Begun(there, tuple(channels.subscriptions_of(connection, known.channel)), before=False)
    connection.execute(update(inbox).where(ours).values(begun=codec.pack_begun(first)))
    return first


def put_back(connection: Connection, act: Act, until: datetime) -> None:
    """See `bot.ports.AnswerStore.put_back`. It stands in a line of its own from now on."""
    apart = f"{_name(act.person)}\n{act.key}"
    ours = update(inbox).where(inbox.c.key == act.key, inbox.c.done.is_(None))
    connection.execute(ours.values(person=apart, lease_until=until))


def undone(connection: Connection, act: Act) -> bool:
    """See `bot.ports.AnswerStore.undone`."""
    waits = exists().where(inbox.c.key == act.key, inbox.c.done.is_(None))
    return bool(connection.execute(select(waits)).scalar_one())


def _name(person: Person) -> str:
    return f"{person.platform}/{person.workspace}/{person.id}"


def memory(connection: Connection, owner: str, name: str) -> str:
    """See `bot.ports.AnswerStore.memory`."""
    question = select(memory_table.c.value).where(memory_table.c.owner == owner, memory_table.c.name == name)
    return connection.execute(question).scalar_one_or_none() or ""


def remember(connection: Connection, owner: str, name: str, value: str) -> None:
    """See `bot.ports.AnswerStore.remember`."""
    if not value:
        connection.execute(delete(memory_table).where(memory_table.c.owner == owner, memory_table.c.name == name))
        return
    fact = insert(connection, memory_table).values(owner=owner, name=name, value=value)
    connection.execute(fact.on_conflict_do_update(index_elements=["owner", "name"], set_={"value": value}))
