"""Token buckets: when a post may go, so that a limit is kept and never learned by a refusal.

A bucket is one number, the moment at which its next take is free (the "theoretical arrival time" of the generic cell
rate algorithm, ITU-T I.371). A bucket at rest owes at most its burst: so a row with one number serves every process.
"""

from __future__ import annotations

from bot.ports import Limit

#: so much of what is allowed is used, and one of a burst is left: posts may come closer together on the way
SHARE = 0.97


def taken(free: float, number: int, limit: Limit, now: float) -> tuple[float, float]:
    """Take so many posts; when the first of them may go, and the new `free`. Seconds on any one clock.

    The n-th of them (from 0) may go n / (rate * SHARE) after the first; a moment that has passed means at once.
    """
    rate = limit.rate * SHARE
    first = max(free, now - max(limit.burst - 2, 0) / rate)
    return first, first + number / rate


def lasts(messages: int, rate: float) -> float:
    """Seconds that so many messages take, at a rate of so many a second."""
    return messages / (rate * SHARE)
