"""What commands the app has: https://discord.com/developers/docs/interactions/application-commands."""

from __future__ import annotations

from tests.rigs.discord.methods.call import Call, Methods, guild_of
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Json, Refusal


def listed(discord: Discord, call: Call) -> list[Json]:
    """The commands of everywhere, or of one server."""
    return discord.commands.kept.get(_place(discord, call), [])


def written(discord: Discord, call: Call) -> list[Json]:
    """All commands of everywhere, or of one server, at once."""
    return discord.commands.write(call.body.said, _place(discord, call))


def _place(discord: Discord, call: Call) -> str:
    if call.path["application_id"] != discord.app.id:
        raise Refusal(10002)
    return guild_of(discord, call.path["guild_id"]).id if "guild_id" in call.path else ""


METHODS: Methods = {
    "list_application_commands": ("GET", "/applications/{application_id}/commands", listed),
    "bulk_set_application_commands": ("PUT", "/applications/{application_id}/commands", written),
    "list_guild_application_commands": ("GET", "/applications/{application_id}/guilds/{guild_id}/commands", listed),
    "bulk_set_guild_application_commands": (
        "PUT",
        "/applications/{application_id}/guilds/{guild_id}/commands",
        written,
    ),
}
