"""Whether a message is there: by our key, which one of its buttons carries.

Whoever may not read what was said before is answered with an empty list: that proves nothing.
https://discord.com/developers/docs/resources/message#get-channel-messages
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from adapters.platforms.discord import limits
from adapters.platforms.discord.buttons import key_of
from adapters.platforms.discord.errors import UNKNOWN_CHANNEL, Told
from adapters.platforms.discord.permissions import READ_HISTORY, permissions
from adapters.platforms.discord.web import Web
from bot.models import Channel, Place, Posted
from bot.ports import ChannelGone, Doubtful, Refused

#: pages that are looked through; more was said meanwhile than anybody reads
PAGES: Final = 10
#: our clock may be so far ahead of Discord's
SKEW: Final = timedelta(seconds=5)
#: the first millisecond of Discord's ids
EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)


class Finding:
    """Looks for messages of ours."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def found(self, place: Place, channel: str, key: str, since: datetime) -> Posted | None:
        """The message of that key in a channel or thread. Raises PostError when it could not be looked for."""
        guild = "" if place.channel.direct or place.kind in ("direct", "home") else place.channel.workspace
        try:
            return await self._in(channel, guild, place.channel.id, key, since)
        except Told as told:
            if told.code == UNKNOWN_CHANNEL and place.kind == "thread":
                return None  # a thread that was never opened
            raise told.error from told

    async def in_forum(self, forum: Channel, key: str, since: datetime | None) -> Posted | None:
        """The post of that key in a forum, among ours that do not rest and those that came to rest last.

        Raises PostError when it could not be looked for.
        """
        try:
            if not await permissions(self._web, forum.workspace, forum.id) & READ_HISTORY:
                raise ChannelGone("I may not read what was posted in the forum. Give me Read Message History there.")
            for post in await self._posts(forum, _snowflake(since) if since else 0):
                if await self._begins(post, key):
                    return Posted(post, post)
        except Told as told:
            raise told.error from told
        return None

    async def _posts(self, forum: Channel, first: int) -> list[str]:
        """The posts in a forum that we began, newest first, from that id on. Raises PostError, Told."""
        me = await self._web.myself()
        awake = await self._web.asked("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.workspace)
        resting = await self._web.asked(
            "GET", "/channels/{channel_id}/threads/archived/public", channel_id=forum.id, params={"limit": 100}
        )
        mine = [
            int(one["id"])
            for one in (*_threads(awake), *_threads(resting))
            if str(one.get("parent_id")) == forum.id and str(one.get("owner_id")) == me
        ]
        return [str(one) for one in sorted(mine, reverse=True) if one >= first][: limits.PAGE]

    async def _begins(self, thread: str, key: str) -> bool:
        """Whether a post's first message is that of the key."""
        try:
            said = await self._web.asked(
                "GET", "/channels/{channel_id}/messages/{message_id}", channel_id=thread, message_id=thread
            )
        except Told as told:
            if told.status == 404:
                return False
            raise
        return isinstance(said, Mapping) and key_of(said.get("components")) == key

    async def _in(self, channel: str, guild: str, parent: str, key: str, since: datetime) -> Posted | None:
        after = _snowflake(since)
        for page in range(PAGES):
            said = await self._web.asked(
                "GET",
                "/channels/{channel_id}/messages",
                channel_id=channel,
                params={"limit": limits.PAGE, "after": str(after)},
            )
            if not isinstance(said, list):
                raise Doubtful("Discord answered, and not in its own words.")
            for one in said:
                if key_of(one.get("components")) == key:
                    return Posted(str(one["id"]))
            if not said and not page and guild and not await permissions(self._web, guild, parent) & READ_HISTORY:
                raise ChannelGone("I may not read what was said there. Give me Read Message History in the channel.")
            if len(said) < limits.PAGE:
                return None
            after = max(int(one["id"]) for one in said)
        raise Refused("Too much was said there since to look for it.")


def _threads(said: Any) -> list[Mapping[str, Any]]:
    threads = said.get("threads") if isinstance(said, Mapping) else None
    if not isinstance(threads, list):
        raise Doubtful("Discord answered, and not in its own words.")
    return threads


def _snowflake(since: datetime) -> int:
    """The least id that Discord gives from then on."""
    return max(0, int((since - SKEW - EPOCH).total_seconds() * 1000)) << 22
