"""Who may do what in a channel: https://discord.com/developers/docs/topics/permissions."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from tests.rigs.discord.wire import Refusal

if TYPE_CHECKING:
    from tests.rigs.discord.world import Account, Channel, Guild


class May(enum.IntFlag):
    """The permissions that a bot like ours meets."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


NOTHING: Final = May(0)
EVERYTHING: Final = May((1 << 52) - 1)
#: what everybody may in a new server
EVERYBODY: Final = (
    May.ADD_REACTIONS
    | May.VIEW_CHANNEL
    | May.SEND_MESSAGES
    | May.EMBED_LINKS
    | May.ATTACH_FILES
    | May.READ_MESSAGE_HISTORY
    | May.USE_EXTERNAL_EMOJIS
    | May.USE_APPLICATION_COMMANDS
    | May.CREATE_PUBLIC_THREADS
    | May.SEND_MESSAGES_IN_THREADS
)
#: what a bot may be invited with, and no more than ours needs
INVITED: Final = (
    May.VIEW_CHANNEL
    | May.SEND_MESSAGES
    | May.EMBED_LINKS
    | May.ATTACH_FILES
    | May.READ_MESSAGE_HISTORY
    | May.ADD_REACTIONS
    | May.CREATE_PUBLIC_THREADS
    | May.SEND_MESSAGES_IN_THREADS
)


def in_guild(guild: Guild, account: Account) -> May:
    """What somebody may in a whole server; nothing for whoever is not in it."""
    member = guild.members.get(account.id)
    if member is None:
        return NOTHING
    if guild.owner == account.id:
        return EVERYTHING
    may = guild.roles[guild.id].permissions
    for role in member.roles:
        may |= guild.roles[role].permissions
    return EVERYTHING if May.ADMINISTRATOR in may else may


def in_channel(channel: Channel, account: Account) -> May:
    """What somebody may in a channel; a thread asks its parent."""
    guild = channel.guild
    if guild is None:
        return EVERYBODY if account in channel.recipients else NOTHING
    may = in_guild(guild, account)
    if may == EVERYTHING or not may:
        return may
    changes = (channel.parent or channel).overwrites if channel.threaded else channel.overwrites
    member = guild.members[account.id]
    for layer in ([guild.id], member.roles, [account.id]):
        allow = deny = NOTHING
        for one in layer:
            more, less = changes.get(one, (NOTHING, NOTHING))
            allow, deny = allow | more, deny | less
        may = (may & ~deny) | allow
    return may if May.VIEW_CHANNEL in may else NOTHING


def need(channel: Channel, account: Account, *several: May) -> None:
    """All of these. Raises Refusal: without sight of the channel 50001, without anything else 50013."""
    may = in_channel(channel, account)
    if May.VIEW_CHANNEL not in may:
        raise Refusal(50001)
    if any(one not in may for one in several):
        raise Refusal(50013)
