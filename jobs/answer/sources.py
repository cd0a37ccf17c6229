"""`sources`: where papers come from here."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.identity import web_link
from bot.messages import refusing, reports
from bot.models import Act, SourceState
from bot.ports import CommandError
from bot.text import one_line
from jobs.answer.desk import Desk, Reply, private, public

#: feeds that one workspace may add
MOST_FEEDS = 200


async def sources(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`sources`, `sources add URL`, `sources remove NAME`."""
    verb, _, what = rest.partition(" ")
    match verb.lower():
        case "":
            states, state = await desk.store.sources_for(act.channel), await desk.state(act)
            return [private(act, reports.sources(states, desk.clock(), state.schedule.zone))]
        case "add" if what.strip():
            return await add_source(desk, act, what.strip().strip("<>"))
        case "remove" if what.strip():
            return await remove_source(desk, act, what.strip().strip("<>"))
        case _:
            raise CommandError(refusing.SOURCES_HOW, "sources")


async def add_source(desk: Desk, act: Act, url: str) -> list[Reply]:
    """Make a feed known to this workspace and read it once, in silence."""
    if not web_link(url) or urlsplit(url).username is not None or not (host := urlsplit(url).hostname):
        raise CommandError(refusing.NO_FEED)
    states = await desk.store.sources_for(act.channel)
    owner = f"{act.channel.platform}/{act.channel.workspace}"
    name = source_name(owner, url)
    known = any(state.name == name for state in states)
    if not known and sum(bool(state.owner) for state in states) >= MOST_FEEDS:
        raise CommandError(refusing.enough_feeds(MOST_FEEDS), "sources")
    begun = await desk.begin(act)
    if known:
        if not begun.before:
            return [private(act, reports.source_known(host))]
        # it was this act that added it, before a crash: it is read again from the beginning, to tell what there is
        await desk.store.remove_source(name, owner)
    await desk.store.add_source(name, "feed", url, owner, one_line(host))
    state = next(one for one in await desk.store.sources_for(act.channel) if one.name == name)
    polled = await desk.poll_one(state)
    state = next(one for one in await desk.store.sources_for(act.channel) if one.name == name)
    if state.asked is None or not state.health.well:
        await desk.store.remove_source(name, owner)
        detail = state.health.detail or str(state.health.condition)
        if urlsplit(url).scheme == "http":
            detail = reports.ONLY_HTTPS
        return [private(act, reports.source_refused(url, detail))]
    return [
        private(act, reports.source_added(host, name, polled.read)),
        public(act, reports.adds_source(act.person, host)),
    ]


def source_name(owner: str, url: str) -> str:
    """The name of a feed that a workspace added: always the same for the same address."""
    return "feed:" + base64.b32encode(hashlib.sha256(f"{owner} {url}".encode()).digest()[:5]).decode().lower()


async def remove_source(desk: Desk, act: Act, what: str) -> list[Reply]:
    """Take a feed away from this workspace."""
    owner = f"{act.channel.platform}/{act.channel.workspace}"
    begun, states = await desk.begin(act), await desk.store.sources_for(act.channel)
    found = _named(what, [one for one in states if one.owner == owner])
    if not found and begun.before:  # it was this act that removed it, before a crash
        found = _named(what, await desk.store.sources_for(act.channel, removed=True))
    public_one = [one for one in states if not one.owner and what.casefold() in _names(one)]
    if public_one and not found:
        title = reports.source_name(public_one[0])
        raise CommandError(refusing.for_everybody(title, public_one[0].name), "list")
    if not found:
        raise CommandError(refusing.no_feed_called(what), "sources")
    if len(found) > 1:
        raise CommandError(refusing.which_feed([one.url for one in found]), "sources")
    await desk.store.remove_source(found[0].name, owner)
    return [
        private(act, reports.source_removed(found[0])),
        public(act, reports.removes_source(act.person, found[0])),
    ]


def _named(what: str, mine: Sequence[SourceState]) -> list[SourceState]:
    """Those of a workspace's own sources that a name or an address means."""
    found = [one for one in mine if what in (one.name, one.url)]
    return found or [one for one in mine if what.casefold() == one.title.casefold()]


def _names(source: SourceState) -> set[str]:
    """What a public source is called."""
    return {one.casefold() for one in (source.name, source.title, reports.source_name(source)) if one}
