"""`settings`: everything that can be set, and setting it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from bot.messages import refusing
from bot.messages import settings as words
from bot.models import Act, ChannelState, Message
from bot.ports import CommandError
from bot.rights import editors
from jobs.answer.desk import Desk, Reply, private, public
from jobs.answer.following import changed

#: what each setting may be
VALUES = {
    "editors": ("everyone", "managers"),
    "quiet": ("silent", "line"),
    "layout": ("auto", "list"),
    "news": ("on", "off"),
}


#: what somebody looks for among the settings and a command of its own sets, with what stands before the value
_ELSEWHERE = {
    **dict.fromkeys(("zone", "timezone", "time", "hour", "at", "days", "day", "schedule"), "schedule"),
    **dict.fromkeys(("max", "most", "maximum"), "schedule max"),
    "pause": "pause",
    "resume": "resume",
}


async def settings(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`settings`, `settings NAME VALUE`."""
    if not rest:
        return [private(act, await _shown(desk, act))]
    name, _, value = rest.partition(" ")
    better = value.strip(" :=")
    name, value = name.lower().rstrip(":="), value.lower().strip(" :=")
    if name in _ELSEWHERE:
        better = f"{_ELSEWHERE[name]} {better}".strip()
        raise CommandError(refusing.set_elsewhere(better), better)
    if name not in VALUES:
        raise CommandError(refusing.no_setting(name), "settings")
    values = VALUES[name]
    if value not in values:
        raise await _no_value(desk, act, name)
    other = values[1 - values.index(value)]
    if name == "news":
        return await _news(desk, act, value, other)
    if name == "editors":
        _refuse_editors(act)
    before = (await desk.begin(act)).state
    if _with(before, name, value) == before:
        return [private(act, words.set_already(name, value))]
    await changed(desk, act, lambda known: _with(known, name, value))
    return [
        private(act, words.was_set(name, value, other)),
        public(act, words.sets(act.person, name, value)),
    ]


async def _no_value(desk: Desk, act: Act, name: str) -> CommandError:
    """What a setting is now, and what it may be."""
    if name == "news":
        now = "on" if await desk.store.news(act.person) else "off"
    else:
        state = await desk.state(act)
        only_managers = desk.rooms.only_managers(act.channel)
        now = {
            "quiet": state.schedule.quiet,
            "layout": state.schedule.layout,
            "editors": editors(state.editors, only_managers=only_managers),
        }[name]
    first, second = VALUES[name]
    other = second if now == first else first
    return CommandError(words.is_now(name, now, other), f"settings {name} {other}")


def _with(state: ChannelState, name: str, value: str) -> ChannelState:
    """The channel with one setting set."""
    match name:
        case "editors":
            return replace(state, editors=cast(Literal["everyone", "managers"], value))
        case "quiet":
            return replace(state, schedule=replace(state.schedule, quiet=cast(Literal["silent", "line"], value)))
        case _:
            return replace(state, schedule=replace(state.schedule, layout=cast(Literal["auto", "list"], value)))


async def _news(desk: Desk, act: Act, value: str, other: str) -> list[Reply]:
    """A person's own: no rights are needed, and nobody else hears of it."""
    if await desk.store.news(act.person) == (value == "on"):
        return [private(act, words.set_already("news", value))]
    await desk.store.set_news(act.person, value == "on")
    return [private(act, words.was_set("news", value, other))]


def _refuse_editors(act: Act) -> None:
    """Refuse to say who may change the channel, where that means nothing or would lock others out."""
    if act.channel.direct:
        raise CommandError(refusing.OWN_MESSAGES, "settings")
    if act.manager is None:
        raise CommandError(refusing.NO_MANAGERS, "settings")
    if not act.manager:
        raise CommandError(refusing.ONLY_MANAGERS, "settings")


async def _shown(desk: Desk, act: Act) -> Message:
    return words.settings(
        await desk.state(act),
        news=await desk.store.news(act.person),
        only_managers=desk.rooms.only_managers(act.channel),
        manager=act.manager,
        topics=len(await desk.store.subscriptions(act.channel)),
        now=desk.clock(),
    )
