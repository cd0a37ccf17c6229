"""What `jobs.answer` asks of a channel's taste."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.models import Channel, Person


@dataclass(frozen=True, slots=True)
class Tasted:
    """What the people of a channel save, and how many of them it was learned from."""

    #: see `bot.taste`
    weights: Mapping[str, float] = field(default_factory=dict)
    #: people beside the one who asks; whether that one does
    others: int = 0
    own: bool = False


class TasteStore(Protocol):
    """What `jobs.answer` asks of a channel's taste; saving and un-saving there learns it."""

    async def taste(self, channel: Channel, person: Person) -> Tasted:
        """What the channel's people save, for that person to be told."""
        ...
