"""`status`: quiet or broken, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.messages import refusing, reports
from bot.messages.membership import elsewhere
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
    if act.channel.direct:
        removed = await desk.store.where_removed(act.person)
        message = replace(message, body="\n".join([message.body, *elsewhere(removed)]))
    return [private(act, message)]


async def again(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`again 5`, typed by the button *Send it again*."""
    # no id of ours has more digits
    known = rest.isdecimal() and len(rest) <= 9
    begun = await desk.begin(act)
    # begun before, a crash cut it off and the message may be on its way already
    if not known or not (await desk.store.again(act.channel, int(rest), desk.clock()) or begun.before):
        raise CommandError(refusing.NO_MESSAGE, "status")
    desk.deliver(act.channel.platform)
    return [private(act, reports.sending_again())]
