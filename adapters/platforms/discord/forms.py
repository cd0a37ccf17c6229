"""A button that asks first: its form, and the command that the answers fill.

What is asked travels in the button (`custom_id`), and the command in the form: any process can open it and take it
back. So the SDK, which keeps forms in the process that opened them, is not asked to remember any.
https://discord.com/developers/docs/components/using-modal-components
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from adapters.platforms.discord import custom_id, harmless, limits
from bot.forms import fields, filled
from bot.messages import windows
from bot.models import Action


def view(action: Action) -> discord.ui.Modal:
    """The form of an action; at most five fields fit."""
    title = harmless.trimmed(harmless.line(action.label) or windows.FORM, limits.FORM)
    modal = discord.ui.Modal(title=title, custom_id=custom_id.packed(action.command), timeout=None)
    for ask in action.ask[: limits.FIELDS]:
        label = harmless.trimmed(harmless.line(ask.label) or ask.name, limits.LABEL)
        field: discord.ui.Item[Any]
        if ask.kind == "choice":
            options = [
                discord.SelectOption(label=one[: limits.OPTION], value=one[: limits.OPTION], default=one == ask.value)
                for one in ask.choices[: limits.OPTIONS]
            ]
            field = discord.ui.Select(custom_id=ask.name, options=options, required=not ask.optional)
        else:
            # what is long is a note, in a form of its own
            style = discord.TextStyle.long if ask.current and len(action.ask) == 1 else discord.TextStyle.short
            field = discord.ui.TextInput(
                custom_id=ask.name,
                default=harmless.trimmed(ask.value, limits.FIELD) or None,
                required=not ask.optional,
                max_length=limits.FIELD,
                style=style,
            )
        modal.add_item(discord.ui.Label(text=label, component=field))
    # one that is over is not kept by the SDK when it is sent
    modal.stop()
    return modal


def sent(interaction: discord.Interaction) -> str:
    """The command of a form that somebody sent; "" for one that is not ours."""
    data: Any = interaction.data
    action = custom_id.unpacked(str(data["custom_id"]))
    # a field that Discord does not tell of stays empty
    nothing = dict.fromkeys(fields(action.command), "")
    return filled(action.command, nothing | answers(data["components"]))


def answers(components: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What somebody filled in, by the names of the fields."""
    return dict(_answers(components))


def _answers(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in components:
        if inside := one.get("component"):
            yield from _answers([inside])
        elif several := one.get("components"):
            yield from _answers(several)
        elif name := one.get("custom_id"):
            values = one.get("values") or [one.get("value") or ""]
            yield str(name), str(values[0]).strip()
