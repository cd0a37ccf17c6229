"""Who somebody is, who oneself is, servers and channels: what an app looks up."""

from __future__ import annotations

from tests.rigs.discord.methods.call import Call, Methods, channel_of, guild_of
from tests.rigs.discord.permissions import May, in_channel, in_guild
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Json, Problem, Refusal, length, malformed


def myself(discord: Discord, call: Call) -> Json:
    """The bot."""
    return discord.bot.json() | {"flags": 0, "verified": True, "mfa_enabled": False, "locale": "en-US"}


def user(discord: Discord, call: Call) -> Json:
    """Somebody."""
    found = discord.accounts.get(call.path["user_id"])
    if found is None:
        raise Refusal(10013)
    return found.json()


def application(discord: Discord, call: Call) -> Json:
    """The app."""
    return {
        "id": discord.app.id,
        "name": discord.app.name,
        "description": "",
        "icon": None,
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": discord.app.public_key,
        "flags": discord.app.flags,
        "owner": {"id": "1", "username": "owner", "discriminator": "0", "avatar": None, "public_flags": 0, "flags": 0},
        "team": None,
        "approximate_guild_count": len(discord.mine()),
        "bot": discord.bot.json(),
    }


def gateway(discord: Discord, call: Call) -> Json:
    """Where the gateway is."""
    return {"url": discord.url.replace("http", "ws", 1) + "/gateway"}


def bot_gateway(discord: Discord, call: Call) -> Json:
    """Where it is, how many shards it wants, and how many sessions may still be started."""
    told = discord.gateway
    return gateway(discord, call) | {"shards": told.shards, "session_start_limit": told.limits()}


def guild(discord: Discord, call: Call) -> Json:
    """A server."""
    return guild_of(discord, call.path["guild_id"]).json()


def channels(discord: Discord, call: Call) -> list[Json]:
    """The channels of a server, threads apart."""
    found = guild_of(discord, call.path["guild_id"])
    return [one.json() for one in found.channels.values() if not one.threaded and not one.deleted]


def roles(discord: Discord, call: Call) -> list[Json]:
    """The roles of a server."""
    return [one.json() for one in guild_of(discord, call.path["guild_id"]).roles.values()]


def member(discord: Discord, call: Call) -> Json:
    """Somebody in a server."""
    found = guild_of(discord, call.path["guild_id"]).members.get(call.path["user_id"])
    if found is None:
        raise Refusal(10007 if call.path["user_id"] in discord.accounts else 10013)
    return found.json()


def mine(discord: Discord, call: Call) -> list[Json]:
    """The servers that the bot is in, by id."""
    after, limit = int(call.query.get("after", "0")), call.number("limit", 200, 200)
    several = sorted((one for one in discord.mine() if int(one.id) > after), key=lambda one: int(one.id))[:limit]
    return [
        {
            "id": one.id,
            "name": one.name,
            "icon": None,
            "owner": False,
            "permissions": str(int(in_guild(one, discord.bot))),
            "features": [],
        }
        for one in several
    ]


def leave(discord: Discord, call: Call) -> None:
    """Leave a server."""
    found = guild_of(discord, call.path["guild_id"])
    discord.event("GUILD_DELETE", {"id": found.id}, found)
    del found.members[discord.bot.id]


def channel(discord: Discord, call: Call) -> Json:
    """A channel."""
    return channel_of(discord, call).json()


def change(discord: Discord, call: Call) -> Json:
    """Rename a channel, or wake, lay to rest or lock a thread."""
    found = channel_of(discord, call)
    may, said = in_channel(found, discord.bot), call.said
    if problems := length("name", said.get("name"), 100, 1):
        raise malformed(problems)
    own = found.threaded and found.owner == discord.bot.id and not found.locked
    if not own and (May.MANAGE_THREADS if found.threaded else May.MANAGE_CHANNELS) not in may:
        raise Refusal(50013)
    if found.archived and said.get("archived") is not False:
        raise Refusal(50083)
    found.name = said.get("name") or found.name
    if found.threaded:
        found.archived = bool(said.get("archived", found.archived))
        found.locked = bool(said.get("locked", found.locked))
        found.rests_after = said.get("auto_archive_duration") or found.rests_after
        discord.event("THREAD_UPDATE", found.json(), found)
    else:
        discord.event("CHANNEL_UPDATE", found.json(), found)
    return found.json()


def direct(discord: Discord, call: Call) -> Json:
    """The direct messages with somebody: the same each time."""
    if "recipient_id" not in call.said:
        raise malformed([Problem("recipient_id", "BASE_TYPE_REQUIRED", "This field is required")])
    other = discord.accounts.get(str(call.said["recipient_id"]))
    if other is None:
        raise malformed([Problem("recipient_id", "USER_INVALID", "Unknown User")])
    if other.bot:
        raise Refusal(50007)
    return discord.direct(other).json()


def typing(discord: Discord, call: Call) -> None:
    """People see that the bot types."""
    channel_of(discord, call, May.SEND_MESSAGES)


METHODS: Methods = {
    "get_my_user": ("GET", "/users/@me", myself),
    "get_user": ("GET", "/users/{user_id}", user),
    "get_my_application": ("GET", "/applications/@me", application),
    "get_my_oauth2_application": ("GET", "/oauth2/applications/@me", application),
    "get_gateway": ("GET", "/gateway", gateway),
    "get_bot_gateway": ("GET", "/gateway/bot", bot_gateway),
    "get_guild": ("GET", "/guilds/{guild_id}", guild),
    "list_guild_channels": ("GET", "/guilds/{guild_id}/channels", channels),
    "list_guild_roles": ("GET", "/guilds/{guild_id}/roles", roles),
    "get_guild_member": ("GET", "/guilds/{guild_id}/members/{user_id}", member),
    "list_my_guilds": ("GET", "/users/@me/guilds", mine),
    "leave_guild": ("DELETE", "/users/@me/guilds/{guild_id}", leave),
    "get_channel": ("GET", "/channels/{channel_id}", channel),
    "update_channel": ("PATCH", "/channels/{channel_id}", change),
    "create_dm": ("POST", "/users/@me/channels", direct),
    "trigger_typing_indicator": ("POST", "/channels/{channel_id}/typing", typing),
}
