"""What people read in a message, and what in it acts."""

from __future__ import annotations

from tests.rigs.discord.components import elements
from tests.rigs.discord.markdown import Active, components_read, embeds_read, label, read
from tests.rigs.discord.said import SUPPRESS_EMBEDS, Said

THINKING = "is thinking…"


def lines(said: Said) -> list[str]:
    """What people read in a message: its text, its embeds, its buttons and menus, its files."""
    if said.loading:
        return [THINKING]
    shown = [read(said.content)[0], *embeds_read(said.shown())[0], *components_read(said.components)[0]]
    for one in said.files:
        shown += [one.name, one.content.decode(errors="replace")]
    return [line for line in shown if line]


def notice(said: Said) -> str:
    """What a notification says of a message: its text, or of one without the first line of its embeds."""
    return read(said.content)[0] or next(iter(embeds_read(said.shown())[0]), "")


def spoken(said: Said) -> list[str]:
    """What a screen reader calls each button and menu of a message, in order."""
    return [label(one) or one.get("placeholder") or "" for one in elements(said.components)]


def acting(said: Said) -> list[Active]:
    """Everything in a message that is more than text."""
    return [*read(said.content)[1], *embeds_read(said.shown())[1], *components_read(said.components)[1]]


def previewed(said: Said) -> bool:
    """Discord would hang previews of its own under it: its text has links that nobody made quiet."""
    loud = [one for one in read(said.content)[1] if one.kind == "link" and not one.quiet]
    return bool(loud) and not said.flags & SUPPRESS_EMBEDS
