"""`move`: what a channel follows goes to another channel of the same workspace."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import commands
from bot.messages import refusing
from bot.messages import settings as words
from bot.models import Act, Channel, ChannelState, Place, Subscription
from bot.ports import Begun, ChannelGone, CommandError, Room
from bot.rights import may_change
from jobs.answer.desk import Desk, Reply, private
from jobs.answer.gate import large

#: channels of one name that are looked at
NAMESAKES = 10


async def move(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`move #channel`; the button *Undo* types `move back #channel`."""
    named, back, anyway = _read(rest)
    other, room = await _other(desk, act, named)
    source, target = (other, act.channel) if back else (act.channel, other)
    begun = await desk.begin(act, source)
    nothing = CommandError(refusing.nothing_to_move(source if back else None), "" if back else "list")
    if not begun.topics:
        raise nothing
    there = await _here(desk, act) if back else room
    known = await desk.store.channel(target)
    # where a digest came before, its topics come back
    agreed = anyway or (known is not None and (known.agreed or (back and not known.fresh)))
    if not agreed and there is not None and large(there):
        return [private(act, words.move_there(target, there, f"move {'back ' if back else ''}{words.link(other)}"))]
    now = desk.clock()
    moved = await desk.store.move(source, target, now, agreed=anyway)
    if moved is None and begun.before:
        moved = await _moved(desk, begun, target)
    if moved is None and not await desk.store.subscriptions(source):
        raise nothing  # somebody else was faster
    if moved is None:
        raise CommandError(refusing.taken(target), "list text")
    state, topics = moved
    missing = words.not_there_yet(other, room) if room is not None and not back else ""
    undo = f"move {'' if back else 'back '}{words.link(other)}"
    replies = [private(act, words.moved(source, state, topics, now, missing=missing, undo=undo))]
    if not source.direct:
        replies.append((Place(source), words.moves_away(act.person, target, topics)))
    if not target.direct and not missing:
        replies.append((Place(target), words.moves_in(act.person, source, topics)))
    return replies


async def _moved(desk: Desk, begun: Begun, target: Channel) -> tuple[ChannelState, list[Subscription]] | None:
    """What this act moved before a crash made it be worked on again, and where; None when it did not come to that."""
    there, topics = await desk.store.channel(target), await desk.store.subscriptions(target)
    gone = not await desk.store.subscriptions(begun.state.channel)
    came = {one.text for one in begun.topics} <= {one.text for one in topics}
    return (there, topics) if there is not None and gone and came else None


def _read(rest: str) -> tuple[str, bool, bool]:
    """The channel as it was named, and whether topics come back from it, and whether its size was asked about."""
    # what buttons say beside a channel; a channel may also be called "back office"
    pressed = re.fullmatch(r"(back\s+)?(<#[^>]+>|#\S+)(\s+anyway)?", rest.strip(), re.IGNORECASE)
    if pressed is None:
        return rest.strip(), False, False
    return pressed[2], pressed[1] is not None, pressed[3] is not None


async def _here(desk: Desk, act: Act) -> Room | None:
    """What is known of the channel that somebody acts in."""
    try:
        return await desk.rooms.room(act.channel, act.person)
    except ChannelGone:
        return None


async def _other(desk: Desk, act: Act, named: str) -> tuple[Channel, Room | None]:
    """The other channel, which this person may change, and what is known of it.

    Raises CommandError; of a channel that somebody cannot read it says no more than of one that is not there.
    """
    unknown = CommandError(refusing.no_channel(named))
    known = await desk.store.known_channels(act.channel)
    identifier, name = commands.channel(named)
    if not identifier:
        found = [one for one in known if name.casefold() in (one.name.removeprefix("#").casefold(), one.id.casefold())]
        if len(found) > 1:
            found = [one for one in found[:NAMESAKES] if await _readable(desk, act, one)]
        if not found and set(known) <= {act.channel} and not desk.rooms.can_tell(act.channel):
            raise CommandError(refusing.ONE_CHANNEL)
        if not found:
            raise unknown
        if len(found) > 1:
            raise CommandError(refusing.several_channels(named))
        other = found[0]
    else:
        other = Channel(act.channel.platform, act.channel.workspace, identifier, name)
        stored = next((one for one in known if one == other), None)
        if stored is None and not desk.rooms.can_tell(other):
            raise unknown  # nobody can say that there is such a channel
        other = stored or other
    if other == act.channel:
        raise CommandError(refusing.THIS_CHANNEL)
    try:
        room = await _room(desk, act, other)
    except ChannelGone:
        raise unknown from None
    state = await desk.store.channel(other)
    if (room is not None and room.reads is False) or (state is not None and state.channel.direct):
        raise unknown
    if room is not None and room.name:
        other = replace(other, name=room.name)
    # what nobody can say is no right: it is not the channel that this person acts in
    manager = bool(room and room.manager)
    chosen, only_managers = state.editors if state else "", desk.rooms.only_managers(other)
    if not may_change(chosen, only_managers=only_managers, manager=manager, guest=act.guest):
        raise CommandError(refusing.not_your_channel(other))
    return other, room


async def _readable(desk: Desk, act: Act, channel: Channel) -> bool:
    """True when that person reads that channel, or nobody can tell: of others not even the name is theirs to know."""
    try:
        room = await _room(desk, act, channel)
    except ChannelGone:
        return False
    return room is None or room.reads is not False


async def _room(desk: Desk, act: Act, channel: Channel) -> Room | None:
    """What is known of that channel; None where nobody can tell. Raises ChannelGone, and CommandError for no answer."""
    room = await desk.rooms.room(channel, act.person)
    if room is None and desk.rooms.can_tell(channel):
        raise CommandError(refusing.CHANNEL_UNASKED)
    return room
