"""What `jobs.answer` asks to move a channel and to set what is a person's own."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.models import Channel, ChannelState, Person, Subscription


class SettingsStore(Protocol):
    """What `jobs.answer` asks to move a channel and to set what is a person's own."""

    async def known_channels(self, channel: Channel) -> list[Channel]:
        """The stored channels of that channel's workspace, itself among them; nobody's direct messages."""
        ...

    async def move(
        self, channel: Channel, target: Channel, now: datetime, *, agreed: bool = False
    ) -> tuple[ChannelState, list[Subscription]] | None:
        """Move what the channel follows, its settings and what counts as had to another one, in one transaction.

        The target as it is then, and what it follows. What is being sent stays where it goes; what was only planned
        waits again. None, and nothing changes, when the target follows something, or the channel nothing. `agreed`:
        somebody said that this large channel is meant.
        """
        ...

    async def news(self, person: Person) -> bool:
        """True when that person wants to hear of what happens to papers they saved."""
        ...

    async def set_news(self, person: Person, wanted: bool) -> None:
        """Keep whether that person wants to hear of it."""
        ...
