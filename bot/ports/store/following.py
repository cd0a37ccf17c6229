"""What `jobs.answer` asks about what a channel follows, beyond one topic at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.models import Channel, Match, Person, Subscription
from bot.ports.store.planning import Waits

#: canonical text of a query, what it found in stored papers (their query number is filled in here), how it was typed
Wanted = tuple[str, Sequence[tuple[Match, str]], str]


class FollowingStore(Protocol):
    """What `jobs.answer` asks about what a channel follows, beyond one topic at a time."""

    async def follow_all(
        self, channel: Channel, person: Person, wanted: Sequence[Wanted], now: datetime, most: int
    ) -> list[tuple[Subscription, bool] | None]:
        """Follow all these queries or, when that breaks off, none; for each what `follow` gives.

        None for those that are new when the channel follows `most` already. The channel must be stored.
        """
        ...

    async def unfollow_all(self, channel: Channel, numbers: Sequence[int], now: datetime) -> list[Subscription]:
        """Stop all of these; those that were followed. The rows stay, so that they can be restored."""
        ...

    async def edit(  # noqa: PLR0917 - as `follow`
        self,
        channel: Channel,
        number: int,
        text: str,
        now: datetime,
        matches: Sequence[tuple[Match, str]] = (),
        typed: str = "",
    ) -> tuple[Subscription, Subscription] | None:
        """Let that number follow another query: same number, owner and date. Before, and now.

        None, and nothing changes, when the channel does not follow that number, or follows that query under another.
        """
        ...

    async def lately(self, channel: Channel, after: datetime) -> Waits:
        """What matched the channel's topics since then, had or not: what choosing needs, as `PlanStore.candidates`.

        Also what was announced before a topic was followed, as far as its matches are stored.
        """
        ...
