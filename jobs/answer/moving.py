"""`move`: what a channel follows goes to another channel of the same workspace."""

from __future__ import annotations

from dataclasses import replace

from bot import commands
from bot.messages import settings as words
from bot.models import Act, Channel, Place
from bot.ports import ChannelGone, CommandError, Room
from bot.rights import may_change
from jobs.answer.desk import Desk, Reply, private
from jobs.answer.gate import large


async def move(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`move #channel`; the button *Undo* types `move back #channel`."""
    named, back, anyway = _read(rest)
    other, room = await _other(desk, act, named)
    source, target = (other, act.channel) if back else (act.channel, other)
    if not await desk.store.subscriptions(source):
        where = f"in {words.channel_name(source)}" if back else "here"
        raise CommandError(f"Nothing is followed {where}, so there is nothing to move.", "" if back else "list")
    known = await desk.store.channel(target)
    if not back and not anyway and room is not None and large(room) and not (known and known.agreed):
        return [private(act, words.move_there(target, room))]
    now = desk.clock()
    moved = await desk.store.move(source, target, now, agreed=anyway)
    if moved is None:
        raise CommandError(
            f"Something is followed in {words.channel_name(target)} already. `/papers list text` prints what is "
            "followed in one place as lines to type in the other.",
            "list text",
        )
    state, topics = moved
    missing = words.not_there_yet(other, room) if room is not None and not back else ""
    undo = f"move {'' if back else 'back '}{words.link(other)}"
    replies = [private(act, words.moved(source, state, topics, now, missing=missing, undo=undo))]
    if not source.direct:
        replies.append((Place(source), words.moves_away(act.person, target, topics)))
    if not target.direct and not missing:
        replies.append((Place(target), words.moves_in(act.person, source, topics)))
    return replies


def _read(rest: str) -> tuple[str, bool, bool]:
    """The channel as it was named, and whether topics come back from it, and whether its size was asked about."""
    named = rest.strip()
    back = named.lower().startswith("back ")
    named = named[5:] if back else named
    anyway = named.lower().endswith(" anyway")
    return (named[:-7] if anyway else named).strip(), back, anyway


async def _other(desk: Desk, act: Act, named: str) -> tuple[Channel, Room | None]:
    """The other channel, which this person may change, and what is known of it.

    Raises CommandError; of a channel that somebody cannot read it says no more than of one that is not there.
    """
    unknown = CommandError(f"I know no channel {named or '#'} in this workspace.", "")
    known = await desk.store.known_channels(act.channel)
    identifier, name = commands.channel(named)
    if not identifier:
        found = [one for one in known if name.casefold() in (one.name.removeprefix("#").casefold(), one.id.casefold())]
        if not found:
            raise unknown
        if len(found) > 1:
            raise CommandError(f"Several channels are called {named}. Type # and choose one.", "")
        other = found[0]
    else:
        other = Channel(act.channel.platform, act.channel.workspace, identifier, name)
        stored = next((one for one in known if one == other), None)
        if stored is None and not desk.rooms.can_tell(other):
            raise unknown  # nobody can say that there is such a channel
        other = stored or other
    if other == act.channel:
        raise CommandError("That is this channel. Name the one that the topics go to.", "")
    try:
        room = await desk.rooms.room(other, act.person)
    except ChannelGone:
        raise unknown from None
    if room is None and desk.rooms.can_tell(other):
        raise CommandError("I could not ask about that channel just now; nothing has moved. Try again.", "")
    state = await desk.store.channel(other)
    if (room is not None and room.reads is False) or (state is not None and state.channel.direct):
        raise unknown
    if room is not None and room.name:
        other = replace(other, name=room.name)
    # what nobody can say is no right: it is not the channel that this person acts in
    manager = bool(room and room.manager)
    chosen, only_managers = state.editors if state else "", desk.rooms.only_managers(other)
    if not may_change(chosen, only_managers=only_managers, manager=manager, guest=act.guest):
        raise CommandError(f"You may not change {words.channel_name(other)}; whoever manages it can.", "")
    return other, room
