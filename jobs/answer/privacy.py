"""Being forgotten."""

from __future__ import annotations

from bot.messages import helping
from bot.models import Act
from bot.ports import CommandError
from jobs.answer.desk import Desk, Reply, private


async def forget(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`forget me` says what goes and what stays; `forget me now`, typed by its button, does it."""
    match rest.lower().split():
        case ["me"]:
            return [private(act, helping.forget_asked(await desk.store.traces(act.person)))]
        case ["me", "now"]:
            await desk.store.forget(act.person, desk.clock())
            return [private(act, helping.forgotten())]
        case _:
            raise CommandError("Say `forget me`: it tells what goes and what stays, and asks first.", "forget me")
