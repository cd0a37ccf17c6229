"""What `jobs.web` asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is to do and how it goes; nothing of who reads what."""

    #: by state: those with something left to do, and those that were settled in the last hour
    deliveries: Mapping[str, int]
    #: acts that nobody has worked on yet
    acts: int
    #: by condition; those that were never asked are left out
    sources: Mapping[str, int]
    #: when a source last answered
    answered: datetime | None


class MeasuringStore(Protocol):
    """What `jobs.web` asks."""

    async def memory(self, owner: str, name: str) -> str:
        """A small fact kept for somebody, or "": the smallest question there is."""
        ...

    async def figures(self, now: datetime) -> Figures:
        """How much there is to do, counted along indexes."""
        ...
