"""What Discord knows of a channel.

https://discord.com/developers/docs/resources/channel#channel-object
"""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.platforms.discord import harmless
from adapters.platforms.discord.errors import Told
from adapters.platforms.discord.permissions import MANAGE_CHANNELS, POST, VIEW, allowed, may
from adapters.platforms.discord.web import Web
from bot.models import Channel, Person
from bot.ports import ChannelGone, Room


async def look(web: Web, channel: Channel, person: Person) -> Room:
    """Ask about a channel and that person in it. Raises PostError, ChannelGone for one that is not there."""
    if channel.direct:
        return Room(inside=True, posts=True, reads=channel.id == person.id)
    try:
        about: Any = await web.asked("GET", "/channels/{channel_id}", channel_id=channel.id)
    except Told as told:
        if told.status != 403:
            raise told.error from told
        # it is there, and we do not see it
        return Room(name=channel.name, inside=False, posts=False)
    if str(about.get("guild_id") or "") != channel.workspace:
        raise ChannelGone("That channel is not in this server.")
    try:
        guild: Any = await web.asked("GET", "/guilds/{guild_id}", guild_id=channel.workspace, params={"with_counts": 1})
        mine, theirs = await asyncio.gather(
            *(may(web, guild, about, whose) for whose in (await web.myself(), person.id))
        )
    except Told as told:
        raise told.error from told
    people = guild.get("approximate_member_count")
    everybody = {"roles": ()}
    return Room(
        name=harmless.line(str(about.get("name") or "")),
        # how many are in the server, where everybody reads the channel; of others nobody counts them
        people=people if isinstance(people, int) and allowed(guild, about, everybody, "") & VIEW else None,
        general=str(guild.get("system_channel_id") or "") == channel.id,
        inside=bool(mine & VIEW),
        posts=mine & POST == POST,
        reads=bool(theirs & VIEW),
        manager=bool(theirs & MANAGE_CHANNELS),
    )
