"""Our bot was brought into a channel, or taken out of it."""

from __future__ import annotations

from bot.messages import membership as words
from bot.models import Act, ChannelState
from bot.ports.store.membership import KEPT
from jobs.answer.desk import Desk, Reply, public
from jobs.answer.following import due_after

#: the acts that are our bot's own: nobody waits for an answer to them
KINDS = ("joined", "left")


async def moved(desk: Desk, act: Act) -> list[Reply]:
    """What is said where our bot was brought in; nothing where it was taken out."""
    if act.kind == "left":
        now = desk.clock()
        reason = words.taken_out(now + KEPT, now)
        await desk.store.taken_out(act.channel, act.order, reason, now, now + desk.probe)
        return []
    return await _joined(desk, act)


async def _joined(desk: Desk, act: Act) -> list[Reply]:
    """What was set aside there goes on at once; one line to a channel that gets no digest by it."""
    set_aside = await desk.store.brought_in(act.channel, act.order)
    if set_aside is None:
        return []
    if not act.channel.id:
        # whoever installs us anew brings a token that is good
        await desk.store.accepted(act.channel.platform, act.channel.workspace)
    for state in set_aside:
        await _go_on(desk, act, state)
    desk.deliver(act.channel.platform)
    if not act.channel.id or act.channel.direct or await desk.store.papers_asked_by(_name(act, act.channel.id)):
        return []
    topics = await desk.store.subscriptions(act.channel)
    return [public(act, words.back(await desk.state(act), len(topics), desk.clock()) if topics else words.welcome())]


async def _go_on(desk: Desk, act: Act, state: ChannelState) -> None:
    """Plan what waits and then open the channel: cut off in between, it is done again and planned once."""
    now = desk.clock()
    if not state.schedule.rests(now):
        await desk.plan_now(state, _name(act, state.channel.id))
        await desk.store.change(state.channel, state.schedule, lambda known: due_after(known.awake(), now))
    await desk.store.goes_on(state.channel, act.order)


def _name(act: Act, channel: str) -> str:
    """What its digest in that channel is asked for under."""
    return f"{act.key}/{channel}"
