"""What `jobs.answer` asks when somebody shares papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from bot.models import Channel, Digest, Message, Part, Person


class SharingStore(Protocol):
    """What `jobs.answer` asks when somebody shares papers."""

    async def share(
        self, digest: Digest, parts: Sequence[tuple[Part, str, Message]], now: datetime, act: str, person: Person
    ) -> bool:
        """Store what that person shares by the act of that key: messages of one paper each, as they will be posted.

        Each with its key. The papers count as had by the channel, and may have been had before. False, and nothing
        changes, when the channel has that date and number already, when a paper is forgotten, or when that act shared
        already. Raises StorageError when the channel is not stored. (The messages are made here and not when they are
        sent: who shares stands in them, and goes when that person is forgotten.)
        """
        ...

    async def shared(self, channel: Channel, person: Person, day: date) -> int:
        """How many papers that person shared with that channel on that local date."""
        ...
