"""What we may do in a channel, and what somebody may: computed as Discord does.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
#: kinds of channel that are threads
THREADS: Final = (10, 11, 12)


async def permissions(web: Web, guild: str, channel: str, person: str = "") -> int:
    """What somebody may in a channel, or, of nobody, what we may. Raises PostError, Told."""
    whole = await web.asked("GET", "/guilds/{guild_id}", guild_id=guild, params={"with_counts": 0})
    there = await web.asked("GET", "/channels/{channel_id}", channel_id=channel)
    if there.get("type") in THREADS and there.get("parent_id"):
        there = await web.asked("GET", "/channels/{channel_id}", channel_id=there["parent_id"])
    whose = person or await web.myself()
    member = await web.asked("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild, user_id=whose)
    return allowed(whole, there, member, whose)


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
