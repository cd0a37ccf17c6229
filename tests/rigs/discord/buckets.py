"""How often what may be asked, and what happens to whoever asks in vain too often.

https://discord.com/developers/docs/topics/rate-limits
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.ports import Clock
from tests.rigs.discord.wire import VIA, cloudflare, too_many
from tests.rigs.faults import Answer


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in a window of so many seconds, for each channel, server or interaction."""

    requests: int
    seconds: float


#: what is not limited says so in every answer
FREE: Final = Limit(1000, 1.0)
#: as bots see them; Discord documents none and changes them
LIMITS: Final[Mapping[str, Limit]] = {
    "add_my_message_reaction": Limit(1, 0.25),
    "bulk_set_application_commands": Limit(2, 60.0),
    "bulk_set_guild_application_commands": Limit(2, 60.0),
    "create_dm": Limit(10, 600.0),
    "create_message": Limit(5, 5.0),
    "create_thread": Limit(50, 300.0),
    "create_thread_from_message": Limit(50, 300.0),
    "delete_message": Limit(5, 1.0),
    "execute_webhook": Limit(5, 5.0),
    "list_message_reactions_by_emoji": Limit(4, 1.0),
    "list_messages": Limit(10, 5.0),
    "update_message": Limit(5, 5.0),
}
#: requests a second over everything, interactions apart
GLOBAL: Final = 50
#: answers of 401, 403 and 429 within ten minutes, and how long nothing may be asked after them
MOST_INVALID: Final = 10_000
TEN_MINUTES: Final = timedelta(minutes=10)
BAN: Final = timedelta(hours=1)


class Buckets:
    """Windows by method and what they belong to; none refills on a clock that stands still."""

    def __init__(self, limits: Mapping[str, Limit], per_second: int, clock: Clock) -> None:
        self._limits, self._per_second, self._clock = limits, per_second, clock
        self._windows: dict[tuple[str, str], tuple[datetime, int]] = {}

    def take(self, method: str, whose: str, *, interaction: bool = False) -> tuple[dict[str, str], Answer | None]:
        """Count a request; gives the headers of its answer, and how one too many is answered."""
        limit = self._limits.get(method, FREE)
        counted = method in self._limits
        end, used = self._window((method, whose), limit.seconds)
        name = hashlib.md5(method.encode(), usedforsecurity=False).hexdigest()
        left = max(0.0, (end - self._clock()).total_seconds())
        headers = {
            **VIA,
            "X-RateLimit-Bucket": name,
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(max(0, limit.requests - used - 1) if counted else limit.requests - 1),
            "X-RateLimit-Reset": f"{end.timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
        }
        if counted and used >= limit.requests:
            return headers, too_many(f"{left:.3f}")
        if self._per_second and not interaction:
            second, asked = self._window(("", ""), 1.0)
            if asked >= self._per_second:
                wait = max(0.001, (second - self._clock()).total_seconds())
                return {}, too_many(f"{wait:.3f}", "global")
            self._windows["", ""] = second, asked + 1
        self._windows[method, whose] = end, used + 1
        return headers, None

    def _window(self, name: tuple[str, str], seconds: float) -> tuple[datetime, int]:
        now = self._clock()
        end, used = self._windows.get(name, (now, 0))
        return (end, used) if now < end else (now + timedelta(seconds=seconds), 0)


class Invalid:
    """Answers that say that one should not have asked."""

    def __init__(self, most: int, clock: Clock) -> None:
        self.most = most
        self._clock = clock
        self._times: list[datetime] = []
        #: Cloudflare lets nothing through before
        self.until: datetime | None = None
        #: requests that came during a ban
        self.ignored = 0

    def count(self) -> int:
        """Those of the last ten minutes."""
        since = self._clock() - TEN_MINUTES
        self._times = [one for one in self._times if one > since]
        return len(self._times)

    def heard(self, status: int, scope: str) -> None:
        """An answer was given; what many share does not count."""
        if status in (401, 403) or (status == 429 and scope != "shared"):
            self._times.append(self._clock())
            if self.count() >= self.most and not self.wall():
                self.until = self._clock() + BAN

    def wall(self) -> Answer | None:
        """What is answered during a ban."""
        if self.until is None or self._clock() >= self.until:
            return None
        return cloudflare(str(math.ceil((self.until - self._clock()).total_seconds())))
