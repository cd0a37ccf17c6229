"""In which words the app is told what one person does.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.rigs.discord.commands import CHANNEL, MESSAGE, PERSON, ROLE, USER
from tests.rigs.discord.permissions import in_channel
from tests.rigs.discord.said import Said
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Json
from tests.rigs.discord.world import Account, Channel


class Payloads:
    """What one person does."""

    def __init__(self, discord: Discord, by: Account) -> None:
        self._discord = discord
        self._by = by

    def command(self, where: Channel, command: Json, options: Sequence[Json]) -> Json:
        """A command with its options, or one that is still being typed."""
        data = self._named(command) | {"options": list(options), "resolved": self._resolved(where, options)}
        return self._interaction(where) | {"data": data}

    def menu(self, where: Channel, command: Json, on: Said | Account) -> Json:
        """A command from the menu of a message or of a person."""
        resolved = (
            {"messages": {on.id: on.json(self._discord.bot.id)}} if isinstance(on, Said) else self._person(where, on)
        )
        assert command["type"] == (MESSAGE if isinstance(on, Said) else USER)
        return self._interaction(where) | {
            "data": self._named(command) | {"target_id": on.id, "resolved": resolved, "options": []}
        }

    def pressed(self, on: Said, element: Json, values: Sequence[str] = ()) -> Json:
        """A button or a menu of a message."""
        data = {"custom_id": element["custom_id"], "component_type": element["type"], "id": element.get("id", 1)}
        if element["type"] != 2:
            data |= {"values": list(values), "resolved": {}}
        return self._interaction(on.channel) | {"data": data, "message": on.json(self._discord.bot.id)}

    def submitted(self, where: Channel, name: str, components: list[Json], on: Said | None) -> Json:
        """A form, and the message whose button opened it."""
        said = self._interaction(where) | {"data": {"custom_id": name, "components": components, "resolved": {}}}
        return said | ({"message": on.json(self._discord.bot.id)} if on else {})

    def _interaction(self, where: Channel) -> Json:
        discord, guild = self._discord, where.guild
        said: Json = {
            "id": discord.snowflake(),
            "application_id": discord.app.id,
            "version": 1,
            "channel_id": where.id,
            "channel": where.json() | {"permissions": str(int(in_channel(where, self._by)))},
            "app_permissions": str(int(in_channel(where, discord.bot))),
            "locale": self._by.locale,
            "entitlements": [],
            "attachment_size_limit": 10 * 2**20,
            # 0: in a server; 1: in direct messages with the bot
            "context": 0 if guild else 1,
            "authorizing_integration_owners": {"0": guild.id if guild else "0"},
        }
        if guild is None:
            return said | {"user": self._by.json()}
        member = guild.members[self._by.id].json() | {"permissions": str(int(in_channel(where, self._by)))}
        # no payload holds a null or empty guild_id: discord.py's gateway task would end
        return said | {
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": member,
        }

    def _named(self, command: Json) -> Json:
        said = {"id": command["id"], "name": command["name"], "type": command["type"]}
        # without it discord.py does not find a server's own command
        return said | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})

    def _person(self, where: Channel, who: Account) -> Json:
        said: Json = {"users": {who.id: who.json()}}
        if where.guild and who.id in where.guild.members:
            member = where.guild.members[who.id].json(user=False)
            said["members"] = {who.id: member | {"permissions": str(int(in_channel(where, who)))}}
        return said

    def _resolved(self, where: Channel, options: Sequence[Json]) -> Json:
        """The people, channels and roles that options name."""
        found: Json = {}
        for one in options:
            inner: Json = {}
            if one.get("options"):
                inner = self._resolved(where, one["options"])
            elif one["type"] == PERSON and one["value"] in self._discord.accounts:
                inner = self._person(where, self._discord.accounts[one["value"]])
            elif one["type"] == CHANNEL and one["value"] in self._discord.channels:
                channel = self._discord.channels[one["value"]]
                inner = {
                    "channels": {channel.id: channel.json() | {"permissions": str(int(in_channel(channel, self._by)))}}
                }
            elif one["type"] == ROLE and where.guild and one["value"] in where.guild.roles:
                inner = {"roles": {one["value"]: where.guild.roles[one["value"]].json()}}
            for kind, several in inner.items():
                found.setdefault(kind, {}).update(several)
        return found
