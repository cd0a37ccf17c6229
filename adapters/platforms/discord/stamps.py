"""Moments as Discord's timestamps, which every reader sees in their own language and zone.

Only Discord's own markup shows them: titles and footers of embeds, buttons, menus, forms and names of files do not.
https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapters.platforms.discord import harmless
from bot.models import Moment

#: characters of one, until the year 2286
STAMP: Final = len("<t:9999999999:f>")


class Stamps:
    """The moments of a message that is being laid out: each is shown once, where it is said first."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self._left = list(moments)

    def has(self, text: str) -> bool:
        """One of those that are left is said in that text."""
        return any(_said(one) in text for one in self._left)

    def shown(self, text: str) -> str:
        """A text that was trimmed, escaped but for its moments; of a moment that was cut the words stay."""
        parts, end = [], 0
        for one in list(self._left):
            if (start := text.find(_said(one), end)) < 0:
                continue
            self._left.remove(one)
            at = start + len(one.before)
            parts += [harmless.escaped(text[end:at]), f"<t:{int(one.at.timestamp())}:f>"]
            end = at + len(one.words)
        return "".join([*parts, harmless.escaped(text[end:])])


def _said(moment: Moment) -> str:
    return moment.before + moment.words
