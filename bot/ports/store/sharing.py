"""What `jobs.answer` asks when somebody shares papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.models import Digest, Message, Part


class SharingStore(Protocol):
    """What `jobs.answer` asks when somebody shares papers."""

    async def share(self, digest: Digest, parts: Sequence[tuple[Part, str, Message]], now: datetime, act: str) -> bool:
        """Store what the act of that key shares: messages of one paper each, with their keys, as they will be posted.

        The papers count as had by the channel, and may have been had before. False, and nothing changes, when the
        channel has that date and number already, when a paper is forgotten, or when that act shared already. Raises
        StorageError when the channel is not stored. (The messages are made here and not when they are sent: who shares
        stands in them, and nowhere else.)
        """
        ...
