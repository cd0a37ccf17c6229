"""The platforms of the drill, by name: what they are here, and what the children speak to them with.

`scene`    what the drill asks of each
`neutral`  a platform of no kind
`slack`    the real adapter with the real SDK; `discord` likewise
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters import platforms
from tests.chaos.scenes import discord, neutral, slack
from tests.chaos.scenes.scene import LEAD, Adapter, Answered, Arrived, Opens, Scene

__all__ = ["ADAPTERS", "LEAD", "SCENES", "Answered", "Arrived", "Scene"]

#: opens the server
SCENES: Final[Mapping[str, Opens]] = {
    neutral.NAME: neutral.opened,
    slack.NAME: slack.opened,
    discord.NAME: discord.opened,
}
#: makes the adapter
ADAPTERS: Final[Mapping[str, Adapter]] = {
    neutral.NAME: neutral.adapter,
    slack.NAME: platforms.slack.platform,
    discord.NAME: platforms.discord.platform,
}
