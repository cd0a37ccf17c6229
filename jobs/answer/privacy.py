"""Being forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.messages import helping, refusing
from bot.models import Act
from bot.ports import CommandError, Traces
from jobs.answer.desk import Desk, Reply, private
from jobs.answer.proposals import owner

#: the question stands for so long
ASKED = timedelta(minutes=10)
#: the fact that remembers when it was asked
FACT = "forgetting"


async def forget(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`forget me` says what goes and what stays; `forget me now`, typed by its button, does it.

    Where there is something to lose it is done only when the question was asked in the last ten minutes.
    """
    match rest.lower().split():
        case ["me"]:
            return await _asked(desk, act, await desk.store.traces(act.person))
        case ["me", "now"]:
            traces = await desk.store.traces(act.person)
            if traces != Traces() and not await _just_asked(desk, act):
                return await _asked(desk, act, traces)
            await desk.store.forget(act.person, desk.clock())
            return [private(act, helping.forgotten())]
        case _:
            raise CommandError(refusing.FORGET_HOW, "forget me")


async def _asked(desk: Desk, act: Act, traces: Traces) -> list[Reply]:
    await desk.store.remember(owner(act.person), FACT, act.at.isoformat())
    return [private(act, helping.forget_asked(traces))]


async def _just_asked(desk: Desk, act: Act) -> bool:
    """True when an act before this one asked: one that a crash makes be worked on again is no answer to itself."""
    asked = await desk.store.memory(owner(act.person), FACT)
    return bool(asked) and datetime.fromisoformat(asked) < act.at <= datetime.fromisoformat(asked) + ASKED
