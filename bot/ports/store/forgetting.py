"""What `jobs.answer` asks when somebody wants to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.models import Person


@dataclass(frozen=True, slots=True)
class Traces:
    """What is kept of a person, counted."""

    #: papers on their reading list; how many of them have a note or tags
    saved: int = 0
    noted: int = 0
    #: topics followed in their direct messages: they go with them
    direct: int = 0
    #: topics that they followed in channels: these stay, by a former member
    followed: int = 0


class ForgettingStore(Protocol):
    """What `jobs.answer` asks when somebody wants to be forgotten."""

    async def traces(self, person: Person) -> Traces:
        """What would go and what would stay."""
        ...

    async def forget(self, person: Person, now: datetime) -> None:
        """Forget that person: name, reading list, settings, direct messages; at once and for good.

        What they followed in channels goes on, by nobody (`Person.id` is ""). Asked again it changes nothing.
        """
        ...
