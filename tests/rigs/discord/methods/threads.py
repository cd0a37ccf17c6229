"""Threads and the posts of forums: https://discord.com/developers/docs/topics/threads."""

from __future__ import annotations

from typing import Final

from tests.rigs.discord.composing import allowed, composed
from tests.rigs.discord.methods.call import Call, Methods, channel_of, guild_of, message_of
from tests.rigs.discord.permissions import May, in_channel, need
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Json, Problem, Refusal, length, malformed
from tests.rigs.discord.world import Channel, Kind

RESTS: Final = (60, 1440, 4320, 10080)
MOST_TAGS: Final = 5


def from_message(discord: Discord, call: Call) -> Json:
    """Open the thread of a message, which has the message's id; there is never a second one."""
    channel = channel_of(discord, call)
    said = message_of(channel, call)
    if channel.kind not in ("text", "news"):
        raise Refusal(50024)
    need(channel, discord.bot, May.CREATE_PUBLIC_THREADS)
    _named(call.said)
    if said.thread is not None:
        raise Refusal(160004)
    kind: Kind = "news_thread" if channel.kind == "news" else "thread"
    thread = opened(discord, channel, call.said, kind, said.id)
    said.thread = thread
    return thread.json()


def create(discord: Discord, call: Call) -> Json:
    """Open a thread of its own; in a forum a post, with its first message."""
    channel = channel_of(discord, call)
    said = call.said
    _named(said)
    if channel.kind == "forum":
        need(channel, discord.bot, May.SEND_MESSAGES)
        return _post(discord, channel, call)
    if channel.kind not in ("text", "news"):
        raise Refusal(50024)
    private = said.get("type", 12) == 12
    need(channel, discord.bot, May.CREATE_PRIVATE_THREADS if private else May.CREATE_PUBLIC_THREADS)
    kind: Kind = "private_thread" if private else "news_thread" if channel.kind == "news" else "thread"
    return opened(discord, channel, said, kind).json()


def opened(discord: Discord, channel: Channel, said: Json, kind: Kind, number: str = "") -> Channel:
    """A new thread; the app is told, and is in it."""
    thread = Channel(
        number or discord.snowflake(),
        said["name"],
        kind,
        channel.guild,
        channel,
        owner=discord.bot.id,
        since=discord.clock(),
        rests_after=said.get("auto_archive_duration") or 4320,
        applied=[str(one) for one in said.get("applied_tags") or ()],
    )
    assert channel.guild is not None
    channel.guild.channels[thread.id] = discord.channels[thread.id] = thread
    discord.event("THREAD_CREATE", thread.json() | {"newly_created": True}, thread)
    return thread


def active(discord: Discord, call: Call) -> Json:
    """The threads of a server that do not rest."""
    guild = guild_of(discord, call.path["guild_id"])
    several = [one for one in guild.channels.values() if one.threaded and not one.archived and not one.deleted]
    return {"threads": [one.json() for one in several if in_channel(one, discord.bot)], "members": []}


def archived(discord: Discord, call: Call) -> Json:
    """The threads of a channel that rest."""
    channel = channel_of(discord, call, May.READ_MESSAGE_HISTORY)
    resting = [one.json() for one in discord.threads(channel) if one.archived]
    return {"threads": resting, "members": [], "has_more": False}


def joined(discord: Discord, call: Call) -> None:
    """Be in a thread."""
    thread = channel_of(discord, call)
    if not thread.threaded:
        raise Refusal(50024)
    if thread.archived:
        raise Refusal(50083)


def _post(discord: Discord, forum: Channel, call: Call) -> Json:
    said = call.said
    tags = [str(one) for one in said.get("applied_tags") or ()]
    if forum.needs_tag and not tags:
        raise Refusal(40067)
    if len(tags) > MOST_TAGS or set(tags) - set(forum.tags.values()):
        raise malformed([Problem("applied_tags", "INVALID_FORUM_TAG", "There is no such tag, or there are too many.")])
    if not isinstance(said.get("message"), dict):
        raise malformed([Problem("message", "BASE_TYPE_REQUIRED", "This field is required")])
    made = composed(discord, forum, said["message"], call.body.files, author=discord.bot)
    allowed(forum, discord.bot, made)
    thread = opened(discord, forum, said, "thread")
    # the first message of a post has the post's id, and no nonce is ever looked at
    first = discord.say(thread, discord.bot, made.pop("content"), number=thread.id, **made)
    return thread.json() | {"message": first.json(discord.bot.id)}


def _named(said: Json) -> None:
    found = length("name", said.get("name") or "", 100, 1)
    if (rests := said.get("auto_archive_duration")) is not None and rests not in RESTS:
        found.append(Problem("auto_archive_duration", "BASE_TYPE_CHOICES", f"Value must be one of {RESTS}."))
    if found:
        raise malformed(found)


METHODS: Methods = {
    "create_thread_from_message": ("POST", "/channels/{channel_id}/messages/{message_id}/threads", from_message),
    "create_thread": ("POST", "/channels/{channel_id}/threads", create),
    "get_active_guild_threads": ("GET", "/guilds/{guild_id}/threads/active", active),
    "list_public_archived_threads": ("GET", "/channels/{channel_id}/threads/archived/public", archived),
    "join_thread": ("PUT", "/channels/{channel_id}/thread-members/@me", joined),
}
