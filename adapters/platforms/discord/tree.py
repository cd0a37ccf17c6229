"""The slash command /papers, and the menu of messages, as Discord is told of them: made of the house's own table.

They are written to Discord only when they changed: a hash of what was written last is remembered.
https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import discord
from discord import app_commands

from adapters.platforms.discord import limits
from adapters.platforms.discord.acts import NAME
from adapters.platforms.discord.menus import ADDED, WHERE, Chosen, menus
from adapters.platforms.discord.options import CHOICE, Option, Subcommand, subcommands
from bot.messages import windows
from bot.ports import Memory

log = logging.getLogger(__name__)

#: the group's name
GROUP: Final = "papers"
#: told what a command types; and what is being typed, of which only what an option takes is proposed
Typed = Callable[[discord.Interaction, str], Awaitable[None]]
Asked = Callable[[discord.Interaction, str, Callable[[str], bool]], Awaitable[list[tuple[str, str]]]]


class PostingChannel(app_commands.Transformer):
    """A channel where papers can be posted."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord asks for."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Text channels, announcements, forums."""
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]

    async def transform(self, _: discord.Interaction[Any], value: Any, /) -> Any:
        """The channel, with its id and its name."""
        return value


_TYPES: Final[Mapping[str, Any]] = {
    "text": str,
    "channel": app_commands.Transform[app_commands.AppCommandChannel, PostingChannel],
}


class Tree(app_commands.CommandTree[discord.AutoShardedClient]):
    """Our commands."""

    def __init__(self, client: discord.AutoShardedClient, typed: Typed, asked: Asked, chosen: Chosen) -> None:
        super().__init__(client)
        group = app_commands.Group(
            name=GROUP, description=windows.COMMANDS, allowed_contexts=WHERE, allowed_installs=ADDED
        )
        for one in subcommands():
            group.add_command(_command(one, typed, asked))
        self.add_command(group)
        for menu in menus(chosen):
            self.add_command(menu)

    async def synchronise(self, memory: Memory | None) -> bool:
        """Tell Discord, if anything changed since it was told last; True when it was told.

        Raises StorageError, and what the SDK raises.
        """
        name = f"commands/{self.client.application_id}"
        now = self.digest()
        if memory is not None and await memory.memory(NAME, name) == now:
            return False
        await self.sync()
        if memory is not None:
            await memory.remember(NAME, name, now)
        log.info("Discord knows our commands", extra={"action": "commands_told"})
        return True

    def definition(self) -> list[dict[str, Any]]:
        """What Discord is told."""
        # a group has no type, and lists hold both kinds
        known = [*self.get_commands(type=discord.AppCommandType.chat_input)]
        return [one.to_dict(self) for one in (*known, *self.get_commands(type=discord.AppCommandType.message))]

    def digest(self) -> str:
        """A name for it."""
        return hashlib.sha256(json.dumps(self.definition(), sort_keys=True).encode()).hexdigest()[:32]

    async def interaction_check(self, _: discord.Interaction[Any], /) -> bool:
        """Whoever leaves begins nothing more."""
        return not self.client.is_closed()

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """A command that Discord shows and we no longer have, or one of ours that broke: whoever typed it is told."""
        changed = isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch)
        if not changed:
            log.error("A command broke", exc_info=error, extra={"action": "act_broke"})
        if not interaction.response.is_done():
            text = windows.CHANGED if changed else windows.BROKEN
            await interaction.response.send_message(text, ephemeral=True)


def _command(made: Subcommand, typed: Typed, asked: Asked) -> app_commands.Command[Any, ..., None]:
    """One subcommand. The SDK reads what is asked for out of a function's signature, so it gets one."""
    parameters = [inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY, annotation=discord.Interaction)]
    # "for" and "as" are options, and no names in Python
    safe = {f"{one.name}_": one for one in made.options}

    async def callback(interaction: discord.Interaction, /, **values: Any) -> None:
        await typed(interaction, made.typed({safe[name].name: value for name, value in values.items()}))

    for name, one in safe.items():
        default = inspect.Parameter.empty if one.required else None
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(name, kind, default=default, annotation=_annotation(one)))
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # as `inspect` documents it
    described = app_commands.describe(**{name: one.says[: limits.OPTION] for name, one in safe.items()})(callback)
    described = app_commands.rename(**{name: one.name for name, one in safe.items()})(described)
    described = app_commands.choices(
        **{
            name: [app_commands.Choice(name=choice, value=choice) for choice in one.choices]
            for name, one in safe.items()
            if one.choices
        }
    )(described)
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=made.command.word, description=made.command.does[: limits.OPTION], callback=described
    )
    for name, one in safe.items():
        if one.proposes:
            command.autocomplete(name)(_proposing(made, one, asked))
    return command


def _annotation(option: Option) -> Any:
    if option.kind == "number":
        inside: Any = app_commands.Range[int, option.least, option.most]
    else:
        inside = _TYPES[option.kind]
    return inside if option.required else inside | None


def _proposing(made: Subcommand, option: Option, asked: Asked) -> Any:
    async def propose(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        known = {name: value for name, value in interaction.namespace if name != CHOICE or not made.shared}
        text = made.typing(known, option.name, current)
        proposed = await asked(interaction, text, option.takes)
        return [app_commands.Choice(name=shown, value=value) for value, shown in proposed]

    return propose
