"""When a channel's digest comes: its hour, a pause, and at once."""

from __future__ import annotations

from dataclasses import replace

from bot import calendar, commands
from bot.messages import answers, refusing
from bot.messages import settings as words
from bot.models import Act, ChannelState
from bot.ports import CommandError
from jobs.answer import gate
from jobs.answer.desk import Desk, Reply, private, public
from jobs.answer.following import changed, due_after, due_next, without_topics


async def schedule(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`schedule [09:00] [weekdays] [Europe/Zurich] [max 10]`."""
    before, now = await desk.state(act), desk.clock()
    if rest:
        before = (await desk.begin(act)).state
    wanted = commands.schedule(rest, before.schedule)
    if not rest:
        return [private(act, words.schedule(before, now))]
    # said of what stands there then: somebody else may set another part of it in this moment
    state = await changed(
        desk, act, lambda known: due_next(replace(known, schedule=commands.schedule(rest, known.schedule)), now)
    )
    if wanted == before.schedule:
        return [private(act, words.scheduled_already(state, now))]
    return [
        private(act, words.scheduled(before.schedule, state, now)),
        public(act, words.schedules(act.person, state.schedule)),
    ]


async def now(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`now`."""
    refuse(rest, "now")
    state = await desk.store.channel(act.channel)
    if state is not None and state.trouble:
        state = await changed(desk, act, lambda known: known)
    papers = await desk.plan_now(state, act.key) if state is not None else 0
    desk.deliver(act.channel.platform)
    return [private(act, answers.sent_now(papers))]


async def pause(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`pause [2w | until 7 Jan]`."""
    before, moment = (await desk.begin(act)).state, desk.clock()
    until = None
    if rest:
        until = calendar.parse_until(rest, moment, before.schedule.zone)
        if until is None or until <= moment:
            raise CommandError(refusing.no_moment(rest), "pause 2w")

    def paused(known: ChannelState) -> ChannelState:
        schedule = replace(known.schedule, paused=True, until=until)
        return due_after(replace(known, schedule=schedule, paused_at=moment), until)

    state = await desk.store.change(act.channel, before.schedule, paused)
    said = words.pauses(act.person, state, moment)
    # pressed twice, the channel hears it once; another end is said
    twice = before.schedule.rests(moment) and said.body == words.pauses(act.person, before, moment).body
    return [private(act, words.paused(state, moment)), *(() if twice else (public(act, said),))]


async def resume(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`resume`."""
    refuse(rest, "resume")
    outage = ""
    if gate.for_all(desk, act):
        outage = await desk.store.outage_of(act.channel)
        # whoever repaired the token says so with this word: what waits is tried at once
        await desk.store.accepted(act.channel.platform, act.channel.workspace)
        desk.deliver(act.channel.platform)
    state, moment = (await desk.begin(act)).state, desk.clock()
    paused = state.schedule.rests(moment)
    if not paused and not state.trouble and not outage:
        return [private(act, words.not_paused(state, moment))]
    state = await changed(desk, act, lambda known: due_after(known.awake(), moment))
    if not await desk.store.subscriptions(act.channel):
        state = await without_topics(desk, act)
    waiting = {one.paper.id for one in await desk.store.waiting(act.channel, state.last_at)}
    sent = await desk.plan_now(state, act.key)
    desk.deliver(act.channel.platform)
    return [
        private(act, words.resumed(state, len(waiting), sent, moment, paused=paused)),
        public(act, words.resumes(act.person)),
    ]


def refuse(rest: str, command: str) -> None:
    """Refuse words after a command that takes none."""
    if rest:
        raise CommandError(refusing.no_words(command), command)
