"""What a press says: the command of a button, or of what was chosen in a menu.

Everything stands in the message that was pressed (`custom_id`), so that buttons work after any restart and in any
process; the SDK's views live in one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord

from adapters.platforms.discord import custom_id
from bot.models import Action


def pressed(interaction: discord.Interaction) -> list[Action]:
    """The actions that somebody pressed or chose; none for a button that is not ours."""
    data: Any = interaction.data
    name = str(data["custom_id"])
    if values := data.get("values"):
        found = [custom_id.unpacked(str(value)) for value in values]
    else:
        found = [replace(custom_id.unpacked(name), label=_label(interaction, name))]
    return [one for one in found if one.command]


def _label(interaction: discord.Interaction, name: str) -> str:
    """What is read on a button."""
    several = _elements(interaction.message.components) if interaction.message else iter(())
    return next((str(one.label or "") for one in several if getattr(one, "custom_id", "") == name), "")


def _elements(components: Any) -> Iterator[Any]:
    for one in components:
        yield one
        yield from _elements(getattr(one, "children", ()))
