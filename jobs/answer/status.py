"""`status`: quiet or broken, and what to do."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import reports
from bot.models import Act
from bot.ports import CommandError
from jobs.answer.desk import Desk, Reply, private
from jobs.answer.schedule import refuse


async def status(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`status`."""
    refuse(rest, "status")
    moment = desk.clock()
    state = await desk.store.channel(act.channel)
    since = state.last_at if state and state.last_at else moment - timedelta(days=1)
    waiting = {one.paper.id for one in await desk.store.waiting(act.channel)}
    message = reports.status(
        await desk.store.sources_for(act.channel),
        state,
        await desk.store.troubles(act.channel),
        topics=len(await desk.store.subscriptions(act.channel)),
        waiting=len(waiting),
        read=await desk.store.read_since(act.channel, since),
        outage=await desk.store.outage_of(act.channel),
        now=moment,
    )
    return [private(act, message)]


async def again(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`again 5`, typed by the button *Send it again*."""
    # no id of ours has more digits
    known = rest.isdecimal() and len(rest) <= 9
    if not known or not await desk.store.again(act.channel, int(rest), desk.clock()):
        raise CommandError("There is no such message to send again.", "status")
    desk.deliver()
    return [private(act, reports.sending_again())]
