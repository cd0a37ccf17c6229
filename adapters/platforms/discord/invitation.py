"""The link that invites the bot to a server, with the least permissions and intents, and what each is for."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlencode

from adapters.platforms.discord.permissions import EMBED, READ_HISTORY, SEND, VIEW
from adapters.platforms.discord.web import Web

PAGE: Final = "https://discord.com/oauth2/authorize"
SCOPES: Final = ("bot", "applications.commands")


class Permission(NamedTuple):
    """One that is asked for: https://discord.com/developers/docs/topics/permissions ."""

    bit: int
    #: as Discord's settings name it
    name: str
    reason: str


PERMISSIONS: Final = (
    Permission(VIEW, "View Channels", "sees the channels it is to post in, and reactions there"),
    Permission(SEND, "Send Messages", "posts digests, and posts in forums"),
    Permission(1 << 38, "Send Messages in Threads", "posts the papers of a longer digest in its thread"),
    Permission(1 << 35, "Create Public Threads", "opens that thread"),
    Permission(EMBED, "Embed Links", "shows a paper with its title, authors and summary"),
    Permission(READ_HISTORY, "Read Message History", "looks for a message of its own that may have been lost"),
)


class Intent(NamedTuple):
    """What is told at the gateway: https://discord.com/developers/docs/events/gateway#gateway-intents ."""

    #: as the SDK names them
    flags: tuple[str, ...]
    #: as Discord's documents and settings name them
    name: str
    reason: str


INTENTS: Final = (
    Intent(("guilds",), "Guilds", "knows the servers and channels it is in"),
    Intent(
        ("guild_messages", "dm_messages"),
        "Guild Messages, Direct Messages",
        "hears commands behind its name, and in direct messages",
    ),
    Intent(
        ("guild_reactions", "dm_reactions"),
        "Guild Message Reactions, Direct Message Reactions",
        "hears 🔖 and number reactions",
    ),
)
#: only where the operator turned it on
CONTENT: Final = Intent(
    ("message_content",), "Message Content (privileged)", "🔖 saves papers from other people's messages too"
)


def link(application: str) -> str:
    """The link for that application's id."""
    bits = sum(one.bit for one in PERMISSIONS)
    asked = {"client_id": application, "permissions": str(bits), "scope": " ".join(SCOPES)}
    return f"{PAGE}?{urlencode(asked)}"


async def invitation(web: Web) -> str:
    """The link and the permissions, ready to read. Raises PostError when Discord does not say who we are."""
    application = await web.done("GET", "/applications/@me")
    widest = max(len(one.name) for one in PERMISSIONS)
    asked = (f"  {one.name.ljust(widest)}  {one.reason}" for one in PERMISSIONS)
    return "\n".join((link(str(application["id"])), "", "It asks for:", *asked))
