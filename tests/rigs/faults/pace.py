"""How fast a platform lets people post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.ports import Clock


@dataclass(frozen=True, slots=True)
class Pace:
    """What a platform allows: so many a second in the long run, so many at once after a rest."""

    rate: float
    burst: float = 1.0


class Buckets:
    """Token buckets of one pace, by name."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self.pace = pace
        self._clock = clock
        self._left: dict[str, tuple[float, datetime]] = {}

    def wait(self, name: str) -> float:
        """Seconds until one may be taken; 0 for now."""
        return max(0.0, (1.0 - self._level(name)) / self.pace.rate)

    def take(self, name: str) -> None:
        """Take one."""
        self._left[name] = (self._level(name) - 1.0, self._clock())

    def _level(self, name: str) -> float:
        now = self._clock()
        left, since = self._left.get(name, (self.pace.burst, now))
        return min(self.pace.burst, left + (now - since).total_seconds() * self.pace.rate)
