"""What `jobs.answer` asks when our bot is brought into a channel or taken out of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from bot.models import Channel, ChannelState, Person

#: what is followed where we are no more is kept so long
KEPT = timedelta(days=30)


class MembershipStore(Protocol):
    """Acts come in any order: of two about one channel the greater `order` is what holds.

    A channel with an empty id stands for all of its workspace.
    """

    async def taken_out(self, channel: Channel, order: str, reason: str, now: datetime, probe: datetime) -> None:
        """What follows something there is set aside with that reason, and kept for 30 days; nobody is told."""
        ...

    async def brought_in(self, channel: Channel, order: str) -> list[ChannelState] | None:
        """Channels there that follow something and are set aside; None when it is known that we were taken out since.

        They stay set aside until `goes_on`, so that an act which a crash cut off finds them again.
        """
        ...

    async def goes_on(self, channel: Channel, order: str) -> None:
        """Nothing stands in its way any more, unless we were taken out since."""
        ...

    async def where_removed(self, person: Person) -> list[ChannelState]:
        """Channels where that person follows something, and from which we were taken."""
        ...
