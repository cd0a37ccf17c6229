"""The app as its page in the developer portal describes it, and what it may be told."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final


class Intent(enum.IntFlag):
    """https://discord.com/developers/docs/events/gateway#gateway-intents: those that are more than a number here."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    MESSAGE_CONTENT = 1 << 15


NO_INTENT: Final = Intent(0)
#: what must be turned on in the portal before it may be asked for
PRIVILEGED: Final = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
#: every bit that means something; any other is close code 4013
KNOWN: Final = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))


@dataclass(frozen=True, slots=True)
class App:
    """One app and its bot. All its secrets are made up."""

    #: ids are above 2^53: whoever reads them as a float loses digits
    id: str = "1105000000000000123"
    name: str = "Paperround"
    token: str = field(default="MTEwNTAwMDAwMDAwMDAwMDEyMw.rig.token-of-the-rig", repr=False)
    public_key: str = "0" * 64
    #: privileged intents that are turned on in the portal
    granted: Intent = NO_INTENT

    @property
    def flags(self) -> int:
        """What the app's flags say of its privileged intents, as of a small app."""
        bits = {Intent.GUILD_PRESENCES: 13, Intent.GUILD_MEMBERS: 15, Intent.MESSAGE_CONTENT: 19}
        return sum(1 << bit for intent, bit in bits.items() if intent in self.granted)


def needed(event: str, *, direct: bool) -> Intent:
    """The intent that an event needs; 0 for what everybody is told."""
    if event.startswith("MESSAGE_REACTION"):
        return Intent.DIRECT_MESSAGE_REACTIONS if direct else Intent.GUILD_MESSAGE_REACTIONS
    if event.startswith("MESSAGE_"):
        return Intent.DIRECT_MESSAGES if direct else Intent.GUILD_MESSAGES
    if event in ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"):
        return Intent.GUILD_MEMBERS
    if event.startswith(("GUILD_", "CHANNEL_", "THREAD_")):
        return Intent.GUILDS
    return NO_INTENT
