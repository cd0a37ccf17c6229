"""A bot with commands, a form and menus of its own, made with the real SDK: what the rig's own tests talk to."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from tests.rigs.discord.lab import Bot, Lab, app_commands, discord, lab, running


class Note(discord.ui.Modal, title="A note"):
    """A form of one field."""

    text: discord.ui.TextInput[Note] = discord.ui.TextInput(
        label="Your note", custom_id="note", max_length=20, style=discord.TextStyle.long
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Noted: {self.text.value}", ephemeral=True)


def papers() -> Bot:
    """A bot with a group of commands, as ours has one."""
    bot = Bot()
    group = app_commands.Group(name="papers", description="New papers here.")

    @group.command(description="Follow a topic.")
    async def follow(
        interaction: discord.Interaction, query: str, when: Literal["daily", "weekly"] = "daily", most: int = 5
    ) -> None:
        await interaction.response.send_message(f"{query!r} {when} {most}", ephemeral=True)

    @follow.autocomplete("query")
    async def proposals(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}ization", value=f"{current}ization")]

    @group.command(description="Say where this is.")
    async def here(interaction: discord.Interaction) -> None:
        may = interaction.permissions.manage_channels
        await interaction.response.send_message(f"{interaction.guild_id} {may} {interaction.locale}", ephemeral=True)

    @group.command(description="Think first.")
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        file = discord.File(io.BytesIO(b"@article{a}"), filename="papers.bib")
        await interaction.followup.send("thought", file=file)
        await interaction.followup.send("and more", ephemeral=True)
        await interaction.edit_original_response(content="thought twice")

    @group.command(description="Write a note.")
    async def note(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Note())

    @group.command(description="Say nothing.")
    async def nothing(interaction: discord.Interaction) -> None:
        pass

    @bot.tree.context_menu(name="Save paper")
    async def save(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"Saved {message.content}", ephemeral=True)

    @bot.tree.context_menu(name="Share with")
    async def share(interaction: discord.Interaction, user: discord.User) -> None:
        await interaction.response.send_message(f"Shared with {user.name}", ephemeral=True)

    bot.tree.add_command(group)
    return bot


@asynccontextmanager
async def talking(**more: Any) -> AsyncIterator[tuple[Lab, Bot]]:
    """A lab whose bot has its commands registered."""
    async with lab(**more) as here, running(here.discord, papers()) as bot:
        await bot.tree.sync()
        yield here, bot
    assert here.discord.violations == []
