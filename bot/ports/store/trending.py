"""What `jobs.answer` asks of what is read now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.models import Channel, Paper


class TrendingStore(Protocol):
    """What many people like, of papers that the channel may see."""

    async def most_saved(
        self, channel: Channel, since: datetime, least: int, limit: int
    ) -> Sequence[tuple[Paper, int]]:
        """Papers that at least so many people saved in that channel since then, and how many did; most first."""
        ...

    async def most_upvoted(self, channel: Channel, since: datetime, limit: int) -> Sequence[Paper]:
        """Papers that Hugging Face has shown since then, those of most upvotes first; none without any."""
        ...
