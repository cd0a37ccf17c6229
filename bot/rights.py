"""Who may change a channel."""

from __future__ import annotations

from typing import Literal

Editors = Literal["everyone", "managers"]


def editors(chosen: Literal["", "everyone", "managers"], *, only_managers: bool) -> Editors:
    """Who may change a channel: those that were chosen there, or else as its platform thinks right."""
    return chosen or ("managers" if only_managers else "everyone")


def may_change(
    chosen: Literal["", "everyone", "managers"], *, only_managers: bool, manager: bool | None, guest: bool = False
) -> bool:
    """True when that person may change that channel.

    A guest may only where everyone was chosen. Where the platform has no managers (None), nobody lacks that right.
    """
    if editors(chosen, only_managers=only_managers) == "managers":
        return manager is not False
    return chosen == "everyone" or not guest


def may_share(*, direct: bool, writes: bool) -> bool:
    """True when that person may let the bot post papers in that channel, in their name: whoever may write there.

    It changes nothing that the channel follows, so it is not left to managers.
    """
    return direct or writes
