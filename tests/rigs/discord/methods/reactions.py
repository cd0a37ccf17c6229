"""Reactions: https://discord.com/developers/docs/resources/message#create-reaction."""

from __future__ import annotations

from typing import Final

from tests.rigs.discord.components import drawn
from tests.rigs.discord.methods.call import Call, Methods, channel_of, message_of
from tests.rigs.discord.permissions import May, in_channel
from tests.rigs.discord.said import Said, emoji_of
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Json, Refusal
from tests.rigs.discord.world import Account

MOST: Final = 20


def add(discord: Discord, call: Call) -> None:
    """React; once more is nothing."""
    channel = channel_of(discord, call, May.READ_MESSAGE_HISTORY)
    said = message_of(channel, call)
    emoji = _emoji(call)
    if channel.archived:
        raise Refusal(50083)
    if emoji not in said.reactions:
        if channel.guild and May.ADD_REACTIONS not in in_channel(channel, discord.bot):
            raise Refusal(50013)
        if len(said.reactions) >= MOST:
            raise Refusal(30010)
    react(discord, said, discord.bot, emoji)


def remove(discord: Discord, call: Call) -> None:
    """Take one's own reaction back."""
    channel = channel_of(discord, call)
    said = message_of(channel, call)
    emoji = _emoji(call)
    if channel.archived:
        raise Refusal(50083)
    if (discord.bot.id, False) not in said.reactions.get(emoji, ()):
        raise Refusal(10014)
    react(discord, said, discord.bot, emoji, back=True)


def who(discord: Discord, call: Call) -> list[Json]:
    """Who reacted with an emoji, by id; super reactions only when asked for (`type` 1)."""
    channel = channel_of(discord, call)
    said = message_of(channel, call)
    burst, after = call.query.get("type") == "1", int(call.query.get("after", "0"))
    people = sorted(int(one) for one, kind in said.reactions.get(_emoji(call), ()) if kind == burst)
    return [discord.accounts[str(one)].json() for one in people if one > after][: call.number("limit", 25, 100)]


def react(discord: Discord, said: Said, who: Account, emoji: str, *, back: bool = False, burst: bool = False) -> bool:
    """Somebody reacts, or takes that back; False when nobody is told."""
    made = said.reactions.setdefault(emoji, [])
    mine = (who.id, burst)
    if back:
        made.remove(mine)
    elif mine not in made:
        made.append(mine)
    else:
        return False
    if not made:
        del said.reactions[emoji]
    payload: Json = {
        "user_id": who.id,
        "channel_id": said.channel.id,
        "message_id": said.id,
        "emoji": emoji_of(emoji),
        "burst": burst,
        # without it discord.py's gateway task ends
        "type": int(burst),
    }
    if back:
        return discord.event("MESSAGE_REACTION_REMOVE", payload, said.channel)
    payload |= {"message_author_id": said.author.id} | ({"burst_colors": ["#5865f2"]} if burst else {})
    guild = said.channel.guild
    if guild is not None and who.id in guild.members:
        payload["member"] = guild.members[who.id].json()
    return discord.event("MESSAGE_REACTION_ADD", payload, said.channel)


def _emoji(call: Call) -> str:
    """The emoji of a path. Raises Refusal for what is none."""
    emoji = call.path["emoji_name"]
    if not drawn(emoji_of(emoji)):
        raise Refusal(10014)
    return emoji


_PLACE: Final = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"
METHODS: Methods = {
    "add_my_message_reaction": ("PUT", _PLACE + "/@me", add),
    "delete_my_message_reaction": ("DELETE", _PLACE + "/@me", remove),
    "list_message_reactions_by_emoji": ("GET", _PLACE, who),
}
