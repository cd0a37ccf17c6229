"""Reactions as Unicode: Slack has them by name, the house as the character.

Only those that mean something to us; an alias that a workspace made for itself is not known.
https://docs.slack.dev/reference/events/reaction_added
"""

from __future__ import annotations

from typing import Final

NAMES: Final = {
    "bookmark": "🔖",
    "one": "1\ufe0f\u20e3",
    "two": "2\ufe0f\u20e3",
    "three": "3\ufe0f\u20e3",
    "four": "4\ufe0f\u20e3",
    "five": "5\ufe0f\u20e3",
    "six": "6\ufe0f\u20e3",
    "seven": "7\ufe0f\u20e3",
    "eight": "8\ufe0f\u20e3",
    "nine": "9\ufe0f\u20e3",
    "keycap_ten": "🔟",
    "ten": "🔟",
}


def unicode(name: str) -> str:
    """The character of a name, in any skin ("bookmark::skin-tone-3"); "" for one that means nothing to us."""
    return NAMES.get(name.strip(":").partition("::")[0], "")
