"""Commands about the channel: when its digest comes, where papers come from, how things are."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from bot import calendar, commands
from bot.identity import web_link
from bot.messages import answers, reports
from bot.models import Act, ChannelState
from bot.ports import CommandError
from jobs.answer.desk import Desk, Reply, private, public
from jobs.answer.following import changed, due_after, due_next, without_topics

#: feeds that one workspace may add
MOST_FEEDS = 200


async def schedule(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`schedule [09:00] [weekdays] [Europe/Zurich] [max 10]`."""
    before, now = await desk.state(act), desk.clock()
    wanted = commands.schedule(rest, before.schedule)
    if not rest:
        return [private(act, answers.scheduled(wanted, before, now, changed=False))]
    # said of what stands there then: somebody else may set another part of it in this moment
    state = await changed(
        desk, act, lambda known: due_next(replace(known, schedule=commands.schedule(rest, known.schedule)), now)
    )
    message = answers.scheduled(state.schedule, state, now, changed=wanted != before.schedule)
    if wanted == before.schedule:
        return [private(act, message)]
    said = answers.said(act.person, f"set the digest: {answers.when(state.schedule)}.")
    return [private(act, message), public(act, said)]


async def now(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`now`."""
    refuse(rest, "now")
    state = await desk.store.channel(act.channel)
    if state is not None and state.trouble:
        state = await changed(desk, act, lambda known: known)
    papers = await desk.plan_now(state, act.key) if state is not None else 0
    desk.deliver()
    return [private(act, answers.sent_now(papers))]


async def pause(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`pause [2w | until 7 Jan]`."""
    state, moment = await desk.state(act), desk.clock()
    until = None
    if rest:
        until = calendar.parse_until(rest, moment, state.schedule.zone)
        if until is None or until <= moment:
            raise CommandError(f"“{rest}” is no end of a pause. Say `pause 2w` or `pause until 7 Jan`.", "pause 2w")

    def paused(known: ChannelState) -> ChannelState:
        return due_after(replace(known, schedule=replace(known.schedule, paused=True, until=until)), until)

    state = await desk.store.change(act.channel, state.schedule, paused)
    return [private(act, answers.paused(state, moment)), public(act, answers.pauses(act.person, state, moment))]


async def resume(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`resume`."""
    refuse(rest, "resume")
    # whoever repaired the token says so with this word: what waits is tried at once
    await desk.store.accepted(act.channel.platform, act.channel.workspace)
    desk.deliver()
    state, moment = await desk.state(act), desk.clock()
    if not state.schedule.paused and not state.trouble:
        return [private(act, answers.resumed(state, moment))]

    def resumed(known: ChannelState) -> ChannelState:
        return due_after(replace(known, schedule=replace(known.schedule, paused=False, until=None)), moment)

    state = await changed(desk, act, resumed)
    if not await desk.store.subscriptions(act.channel):
        state = await without_topics(desk, act)
    return [private(act, answers.resumed(state, moment)), public(act, answers.said(act.person, "resumed the digest."))]


async def sources(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`sources`, `sources add URL`, `sources remove NAME`."""
    verb, _, what = rest.partition(" ")
    match verb.lower():
        case "":
            states = await desk.store.sources_for(act.channel)
            return [private(act, reports.sources(states, desk.clock()))]
        case "add" if what.strip():
            return await add_source(desk, act, what.strip().strip("<>"))
        case "remove" if what.strip():
            return await remove_source(desk, act, what.strip().strip("<>"))
        case _:
            raise CommandError("Say `sources`, `sources add URL` or `sources remove NAME`.", "sources")


async def add_source(desk: Desk, act: Act, url: str) -> list[Reply]:
    """Make a feed known to this workspace and read it once, in silence."""
    if not web_link(url) or urlsplit(url).username is not None or not (host := urlsplit(url).hostname):
        raise CommandError("A source is a feed's address that begins with https:// and holds no password.")
    states = await desk.store.sources_for(act.channel)
    if sum(bool(state.owner) for state in states) >= MOST_FEEDS:
        raise CommandError(f"A workspace adds at most {MOST_FEEDS} feeds. `/papers sources` shows them.", "sources")
    owner = f"{act.channel.platform}/{act.channel.workspace}"
    name = source_name(owner, url)
    if any(state.name == name for state in states):
        return [private(act, reports.source_known(host))]
    await desk.store.add_source(name, "feed", url, owner, host)
    state = next(one for one in await desk.store.sources_for(act.channel) if one.name == name)
    polled = await desk.poll_one(state)
    state = next(one for one in await desk.store.sources_for(act.channel) if one.name == name)
    if state.asked is None or not state.health.well:
        await desk.store.remove_source(name, owner)
        return [private(act, reports.source_refused(url, state.health.detail or str(state.health.condition)))]
    return [
        private(act, reports.source_added(host, name, polled.read)),
        public(act, answers.said(act.person, f"added the source {host}.")),
    ]


def source_name(owner: str, url: str) -> str:
    """The name of a feed that a workspace added: always the same for the same address."""
    return "feed:" + base64.b32encode(hashlib.sha256(f"{owner} {url}".encode()).digest()[:5]).decode().lower()


async def remove_source(desk: Desk, act: Act, what: str) -> list[Reply]:
    """Take a feed away from this workspace."""
    owner = f"{act.channel.platform}/{act.channel.workspace}"
    mine = [one for one in await desk.store.sources_for(act.channel) if one.owner == owner]
    found = [one for one in mine if what in (one.name, one.url, one.title)]
    if not found:
        raise CommandError(f"This workspace added no source called “{what}”.", "sources")
    if len(found) > 1:
        raise CommandError(f"Which one? Name it by its address: {', '.join(one.url for one in found)}.", "sources")
    await desk.store.remove_source(found[0].name, owner)
    name = reports.source_name(found[0])
    return [
        private(act, reports.source_removed(name)),
        public(act, answers.said(act.person, f"removed the source {name}.")),
    ]


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
    if not rest.isdecimal() or not await desk.store.again(act.channel, int(rest), desk.clock()):
        raise CommandError("There is no such message to send again.", "status")
    desk.deliver()
    return [private(act, reports.sending_again())]


async def help_(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`help [COMMAND]`."""
    word = rest.strip().lower()
    if word == "all":
        return [private(act, reports.help_all())]
    if not word:
        return [private(act, reports.help_short())]
    message = reports.help_one(word)
    if message is None:
        raise CommandError(f"There is no command “{word}”.", "help all")
    return [private(act, message)]


def refuse(rest: str, command: str) -> None:
    """Refuse words after a command that takes none."""
    if rest:
        raise CommandError(f"`{command}` stands alone: “{rest}” is too much.", command)
