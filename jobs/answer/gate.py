"""The one place where it is asked who may change a channel or post there, and whether a large one is meant.

    typed -> may they? -> is this channel meant? -> the command's handler -> is the bot there yet?

A button is a command somebody else typed: it passes here too, with the rights of whoever presses it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.commands import Typed
from bot.messages import settings as words
from bot.models import Act, ChannelState, Message, Place
from bot.ports import ChannelGone, Room
from bot.query import QueryError, different_topics, parse, separate_topics
from bot.rights import may_change, may_share
from jobs.answer.desk import Desk, Reply, private

Handler = Callable[[Desk, Act, str], Awaitable[list[Reply]]]

#: from so many people on, a channel is asked about before the first follow
MANY = 100


async def answered(desk: Desk, act: Act, typed: Typed, handler: Handler, *, agreed: bool = False) -> list[Reply]:
    """The answers to a command, when it may be worked on; `agreed`: this channel is meant, however many read it."""
    if typed.command.shares and not may_share(direct=act.channel.direct, writes=act.writes):
        return [private(act, words.NO_SHARING)]
    if not typed.changes:
        return await handler(desk, act, typed.rest)
    if act.channel.direct:
        if typed.command.workspace and not for_all(desk, act):
            return [private(act, words.refused_for_all(typed))]
        # whoever gets the private answer is the whole channel
        return [reply for reply in await handler(desk, act, typed.rest) if reply[0] != Place(act.channel)]
    state = await desk.store.channel(act.channel)
    chosen, only_managers = state.editors if state else "", desk.rooms.only_managers(act.channel)
    if not may_change(chosen, only_managers=only_managers, manager=act.manager, guest=act.guest):
        managers = only_managers or chosen == "managers"
        return [private(act, words.refused(typed, managers=managers))]
    if typed.command.word not in ("follow", "follow!"):
        return await handler(desk, act, typed.rest)
    return await _followed(desk, act, typed, handler, state, agreed=agreed)


def for_all(desk: Desk, act: Act) -> bool:
    """True when somebody may change from here what all channels of the workspace share.

    In direct messages nobody manages anything: there it is what the platform lets everybody do, guests excepted.
    """
    return not act.channel.direct or not (act.guest or desk.rooms.only_managers(act.channel))


async def _followed(
    desk: Desk, act: Act, typed: Typed, handler: Handler, state: ChannelState | None, *, agreed: bool
) -> list[Reply]:
    """The answers to `follow`: a large channel is asked about once, before the first one there."""
    if agreed:
        new = await desk.state(act)
        state = await desk.store.change(act.channel, new.schedule, lambda known: replace(known, agreed=True))
    room = await _room(desk, act) if state is None or state.fresh else None
    if room is None:
        return await handler(desk, act, typed.rest)
    if large(room) and not (state and state.agreed) and _follows(typed.rest):
        return [private(act, words.post_here(room, typed))]
    replies = await handler(desk, act, typed.rest)
    absent = words.not_there_yet(act.channel, room)
    if not absent or not await desk.store.subscriptions(act.channel):
        return replies
    return [
        (place, replace(message, body="\n".join(filter(None, (message.body, absent)))))
        for place, message in replies
        if place != Place(act.channel)  # nobody could read it there
    ]


async def _room(desk: Desk, act: Act) -> Room | None:
    try:
        return await desk.rooms.room(act.channel, act.person)
    except ChannelGone:
        return None


def large(room: Room) -> bool:
    """True for a channel that is asked about."""
    return room.general or (room.people or 0) >= MANY


def _follows(rest: str) -> bool:
    """True when following that would follow something at once; a wrong query is answered as everywhere."""
    try:
        return len(separate_topics(rest)) > 1 or (len(different_topics(rest)) == 1 and bool(parse(rest)))
    except QueryError:
        return False


# ------------------------------------------------------------------------------- in somebody's own messages


def in_direct(act: Act, text: str) -> Act:
    """The act as if that person had typed that in their direct messages; a guest is one there too."""
    return replace(act, channel=act.person.direct, text=text, message="", manager=None)


def brought_back(act: Act, replies: list[Reply]) -> list[Reply]:
    """The private answers to where somebody really is; their buttons go on acting in the direct messages."""
    return [
        (replace(place, channel=act.channel), words.in_direct(_there(message))) if place.kind == "private" else reply
        for reply in replies
        for place, message in (reply,)
    ]


def _there(message: Message) -> Message:
    """The message with buttons that act in the direct messages."""
    actions = [replace(one, command=f"dm {one.command}") if one.command else one for one in message.actions]
    return replace(message, actions=tuple(actions), items=tuple(map(_there, message.items)))
