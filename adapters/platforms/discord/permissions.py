"""What we may do in a channel, and what somebody may: computed as Discord does.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.platforms.discord.errors import Told
from adapters.platforms.discord.web import Web

Json = Mapping[str, Any]
ADMINISTRATOR: Final = 1 << 3
MANAGE_CHANNELS: Final = 1 << 4
VIEW: Final = 1 << 10
SEND: Final = 1 << 11
EMBED: Final = 1 << 14
READ_HISTORY: Final = 1 << 16
#: what a digest needs
POST: Final = VIEW | SEND | EMBED
ALL: Final = (1 << 53) - 1


async def permissions(web: Web, guild: str, channel: str) -> int:
    """What we may do in a channel. Raises PostError, Told."""
    whole = await web.asked("GET", "/guilds/{guild_id}", guild_id=guild)
    there = await web.asked("GET", "/channels/{channel_id}", channel_id=channel)
    return await may(web, whole, there, await web.myself())


async def may(web: Web, guild: Json, channel: Json, person: str) -> int:
    """What somebody may do there; nothing for whoever is not in the server. Raises PostError, Told."""
    path = "/guilds/{guild_id}/members/{user_id}"
    try:
        member = await web.asked("GET", path, guild_id=str(guild["id"]), user_id=person)
    except Told as told:
        if told.status == 404:
            return 0
        raise
    return allowed(guild, channel, member, person)


def allowed(guild: Json, channel: Json, member: Json, person: str) -> int:
    """What a member may in a channel of a server, as the API tells of all three."""
    if str(guild.get("owner_id")) == person:
        return ALL
    mine = {str(role) for role in member.get("roles") or ()}
    everybody = str(guild["id"])
    roles = {str(role["id"]): int(role["permissions"]) for role in guild.get("roles") or ()}
    may = roles.get(everybody, 0)
    for role in mine:
        may |= roles.get(role, 0)
    if may & ADMINISTRATOR:
        return ALL
    changes = {
        str(one["id"]): (int(one["allow"]), int(one["deny"])) for one in channel.get("permission_overwrites") or ()
    }
    for layer in ({everybody}, mine, {person}):
        allow = deny = 0
        for one in layer & changes.keys():
            allow, deny = allow | changes[one][0], deny | changes[one][1]
        may = (may & ~deny) | allow
    return may if may & VIEW else 0
