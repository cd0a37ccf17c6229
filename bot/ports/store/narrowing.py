"""What `jobs.answer` asks to offer a narrower topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.models import Channel, Match, Paper


class NarrowingStore(Protocol):
    """What `jobs.answer` asks to offer a narrower topic."""

    async def brought(
        self, channel: Channel, number: int, since: datetime, limit: int
    ) -> tuple[int, Sequence[tuple[Paper, Match]]]:
        """What a topic of the channel, by its number, matched of what was announced since then.

        How many papers, and so many of them at most, the newest first.
        """
        ...

    async def saved_here(self, channel: Channel) -> frozenset[str]:
        """The ids of the papers that somebody saved in that channel; who did is not told."""
        ...
