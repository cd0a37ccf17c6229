"""Messages: https://discord.com/developers/docs/resources/message."""

from __future__ import annotations

from typing import Final

from tests.rigs.discord.composing import allowed, composed
from tests.rigs.discord.methods.call import Call, Methods, channel_of, message_of
from tests.rigs.discord.permissions import May, in_channel
from tests.rigs.discord.said import Said
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Json, Problem, Refusal, malformed
from tests.rigs.discord.world import Channel

#: where nothing is written, only in its posts
TEXTLESS: Final = ("forum",)


def create(discord: Discord, call: Call) -> Json:
    """Post a message; the same nonce again, enforced, gives the one that is there."""
    channel = channel_of(discord, call)
    if channel.kind in TEXTLESS:
        raise Refusal(50008)
    may_write(discord, channel)
    said, nonce = call.said, str(call.said.get("nonce") or "")
    made = composed(discord, channel, said, call.body.files, author=discord.bot)
    allowed(channel, discord.bot, made)
    enforced = bool(nonce) and said.get("enforce_nonce") is True
    if enforced and (known := discord.remembered(discord.bot, nonce)):
        return known.json(discord.bot.id)
    posted = discord.say(
        channel, discord.bot, made.pop("content"), nonce=nonce, reference=_reference(channel, said), **made
    )
    if nonce:
        discord.remember(posted)
    return posted.json(discord.bot.id)


def may_write(discord: Discord, channel: Channel) -> None:
    """The bot may write there. Raises Refusal."""
    if channel.guild is None:
        other = next(one for one in channel.recipients if one is not discord.bot)
        shared = any(other.id in guild.members for guild in discord.mine())
        if other.closed or not shared or other.bot:
            raise Refusal(50007)
        return
    may = in_channel(channel, discord.bot)
    if (May.SEND_MESSAGES_IN_THREADS if channel.threaded else May.SEND_MESSAGES) not in may:
        raise Refusal(50013)
    if channel.locked and May.MANAGE_THREADS not in may:
        raise Refusal(160005)


def listed(discord: Discord, call: Call) -> list[Json]:
    """Messages of a channel, newest first; none for whoever may not read what was said before."""
    channel = channel_of(discord, call)
    several = [one for one in channel.said if not one.deleted and not one.to]
    limit = call.number("limit", 50, 100)
    if channel.guild is not None and May.READ_MESSAGE_HISTORY not in in_channel(channel, discord.bot):
        return []
    if len({"after", "before", "around"} & set(call.query)) > 1:
        raise malformed([Problem("after", "BASE_TYPE_EXCLUSIVE", "Only one of after, before and around.")])
    if after := call.query.get("after"):
        several = [one for one in several if int(one.id) > int(after)][:limit]
    if before := call.query.get("before"):
        several = [one for one in several if int(one.id) < int(before)]
    if around := call.query.get("around"):
        nearest = sorted(several, key=lambda one: abs(int(one.id) - int(around)))[:limit]
        several = [one for one in several if one in nearest]
    return [one.json(discord.bot.id, content=readable(discord, one)) for one in reversed(several[-limit:])]


def readable(discord: Discord, said: Said) -> bool:
    """The bot may read the words of that message: its own, in direct messages, where it is named, or by intent."""
    own = said.author is discord.bot or said.channel.guild is None or discord.bot in said.mentions
    return own or bool(discord.app.flags & 1 << 19)


def got(discord: Discord, call: Call) -> Json:
    """One message."""
    said = message_of(channel_of(discord, call, May.READ_MESSAGE_HISTORY), call)
    return said.json(discord.bot.id, content=readable(discord, said))


def update(discord: Discord, call: Call) -> Json:
    """Change one's own message."""
    channel = channel_of(discord, call)
    said = message_of(channel, call)
    if said.author is not discord.bot:
        raise Refusal(50005)
    if channel.archived:
        raise Refusal(50083)
    made = composed(discord, channel, call.said, call.body.files, author=discord.bot, old=said)
    allowed(channel, discord.bot, made)
    change(discord, said, made)
    return said.json(discord.bot.id)


def change(discord: Discord, said: Said, made: Json) -> None:
    """A message says something else now."""
    for name, value in made.items():
        setattr(said, name, value)
    said.edited = discord.clock()
    if not said.to:
        discord.heard("MESSAGE_UPDATE", said)


def delete(discord: Discord, call: Call) -> None:
    """Delete a message: one's own, or whose one may."""
    channel = channel_of(discord, call)
    said = message_of(channel, call)
    if said.author is not discord.bot and May.MANAGE_MESSAGES not in in_channel(channel, discord.bot):
        raise Refusal(50013)
    if channel.archived:
        raise Refusal(50083)
    discord.delete(said)


def _reference(channel: Channel, said: Json) -> Json | None:
    asked = said.get("message_reference")
    if not asked:
        return None
    number = str(asked["message_id"])
    if channel.message(number) is None:
        if asked.get("fail_if_not_exists") is False:
            return None
        raise malformed([Problem("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")])
    return {"type": 0, "message_id": number, "channel_id": channel.id}


_PLACE: Final = "/channels/{channel_id}/messages"
METHODS: Methods = {
    "create_message": ("POST", _PLACE, create),
    "list_messages": ("GET", _PLACE, listed),
    "get_message": ("GET", _PLACE + "/{message_id}", got),
    "update_message": ("PATCH", _PLACE + "/{message_id}", update),
    "delete_message": ("DELETE", _PLACE + "/{message_id}", delete),
}
