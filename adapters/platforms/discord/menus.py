"""Commands in the menu of any message: "Save paper" and "Why this paper?".

https://discord.com/developers/docs/interactions/application-commands#message-commands
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, Final

import discord
from discord import app_commands

from adapters.platforms.discord.acts import MENUS

#: in a server and in direct messages with us, where the app was added to a server
WHERE: Final = app_commands.AppCommandContext(guild=True, dm_channel=True)
ADDED: Final = app_commands.AppInstallationType(guild=True)
#: told which command, and on which message
Chosen = Callable[[discord.Interaction, discord.Message, str], Awaitable[None]]


def menus(chosen: Chosen) -> Iterator[app_commands.ContextMenu]:
    """The menu's commands, in servers and in direct messages."""
    for name, command in MENUS:
        yield app_commands.ContextMenu(
            name=name, callback=_callback(command, chosen), allowed_contexts=WHERE, allowed_installs=ADDED
        )


def _callback(
    command: str, chosen: Chosen
) -> Callable[[discord.Interaction, discord.Message], Coroutine[Any, Any, None]]:
    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        await chosen(interaction, message, command)

    return callback
