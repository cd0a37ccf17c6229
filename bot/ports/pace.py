"""Whose turn it is to post."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

from bot.ports.platforms import Limit


class Rank(IntEnum):
    """Whose turn comes first."""

    ANSWER = 0
    LEAD = 1
    THREAD = 2


class Pace(Protocol):
    """Gives turns, so that a platform's limits are kept and never learned by a refusal."""

    async def turn(self, limits: Sequence[Limit], rank: Rank) -> float:
        """Wait until a post may go that takes from all of these buckets, in this process or any other one.

        0 when it may. When one of them is closed for longer than anybody waits here: the seconds until it opens.
        """
        ...

    async def close(self, name: str, seconds: float) -> None:
        """The platform says that nothing may be taken from that bucket for so long."""
        ...
