"""Figures for whoever watches over the bot: counts, without an id or a name."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.ports import Figures
from storage.schema import deliveries, inbox, sources

#: what was settled so long ago counts no more
SETTLED = timedelta(hours=1)


def figures(connection: Connection, now: datetime) -> Figures:
    """See `bot.ports.MeasuringStore.figures`."""
    number = func.count().label("number")
    counted: Counter[str] = Counter()
    # two questions, for each has an index of its own
    for which in (deliveries.c.settled.is_(None), deliveries.c.settled > now - SETTLED):
        states = select(deliveries.c.state, number).where(which).group_by(deliveries.c.state)
        counted.update({row.state: row.number for row in connection.execute(states)})
    acts = connection.execute(select(number).where(inbox.c.done.is_(None))).scalar_one()
    asked = select(sources.c.condition, number).where(~sources.c.removed, sources.c.asked.is_not(None))
    conditions = {row.condition: row.number for row in connection.execute(asked.group_by(sources.c.condition))}
    answered = connection.execute(select(func.max(sources.c.answered))).scalar_one()
    return Figures(counted, acts, conditions, answered)
