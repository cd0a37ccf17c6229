"""One request, and what most methods look up first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.rigs.discord.permissions import May, need
from tests.rigs.discord.said import Said
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Body, Json, Problem, Refusal, malformed
from tests.rigs.discord.world import Channel, Guild
from tests.rigs.faults import Arrival


@dataclass(eq=False, slots=True)
class Call:
    """A request of a method, as the API's own document names it: "create_message"."""

    method: str
    #: the parts of its path
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Body
    token: str
    at: datetime
    arrival: Arrival
    #: the code that Discord refused it with, 0 for a refusal without one; None for none
    error: int | None = None

    @property
    def said(self) -> Json:
        """What its body says; an empty one for none. Raises Refusal for what has no names in it."""
        said = {} if self.body.said is None else self.body.said
        if not isinstance(said, dict):
            raise malformed([Problem("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")])
        return said

    def number(self, name: str, default: int, most: int) -> int:
        """A number of the query. Raises Refusal."""
        text = self.query.get(name, str(default))
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise malformed([Problem(name, "NUMBER_TYPE_MAX", f"int value should be between 1 and {most}.")])
        return int(text)

    def flag(self, name: str) -> bool:
        """A truth of the query; discord.py says 1."""
        return self.query.get(name, "").lower() in ("1", "true")


Method = Callable[[Discord, Call], Any]
#: operation -> verb, path, and what it does: gives what is said, None for nothing
Methods = dict[str, tuple[str, str, Method]]


def guild_of(discord: Discord, number: str) -> Guild:
    """The server of that id, if the bot is in it. Raises Refusal."""
    found = discord.guilds.get(number)
    if found is None:
        raise Refusal(10004)
    if discord.bot.id not in found.members:
        raise Refusal(50001)
    if found.unavailable:
        raise Refusal(0, "503: Service Unavailable", status=503)
    return found


def channel_of(discord: Discord, call: Call, *several: May) -> Channel:
    """The channel of a request, where the bot may do all of that. Raises Refusal."""
    found = discord.channels.get(call.path["channel_id"])
    if found is None or found.deleted or (found.guild is None and discord.bot not in found.recipients):
        raise Refusal(10003)
    if found.guild is not None:
        guild_of(discord, found.guild.id)
    need(found, discord.bot, *several)
    return found


def message_of(channel: Channel, call: Call) -> Said:
    """The message of a request. Raises Refusal."""
    found = channel.message(call.path["message_id"])
    if found is None:
        raise Refusal(10008)
    return found
