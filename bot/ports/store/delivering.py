"""What `jobs.deliver` asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.models import Channel, Delivery, Message, Person, Posted, State
from bot.ports.platforms import Limit


@dataclass(frozen=True, slots=True)
class Intent:
    """A message that is about to be posted."""

    delivery: Delivery
    message: Message
    now: datetime
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery."""

    delivery: Delivery
    state: State
    now: datetime
    posted: Posted | None = None
    reason: str = ""
    #: not before then
    again_at: datetime | None = None
    #: a parked one's papers do not wait for another digest
    paper_at_fault: bool = False
    #: two messages, each with half of its papers, take its place
    halve: bool = False


class TokenStore(Protocol):
    """What is asked where a token was perhaps repaired."""

    async def accepted(self, platform: str, workspace: str = "") -> None:
        """The token of that workspace, or ("") every one of that platform, is perhaps good again: it is tried now."""
        ...


class DeliverStore(TokenStore, Protocol):
    """What `jobs.deliver` asks. What many workers say in the same moment is recorded in one transaction."""

    async def claim(
        self, now: datetime, lease: timedelta, platforms: Sequence[str], limit: int = 50, *, doubts: bool = False
    ) -> list[Delivery]:
        """Deliveries of at most so many channels to work on now, leased for so long.

        `planned` ones whose wait is over and whose parent is sent, and `sending` or `unsure` ones whose lease ended
        (a worker died; `sending` becomes `unsure`). One worker a channel at a time, a channel's deliveries in order;
        leads of all channels before threads. A channel in trouble, and one whose token is not accepted, only when it
        is to be tried again. With `doubts` only those that may have been posted.
        """
        ...

    async def sending(self, intent: Intent) -> bool:
        """Commit the intent with the rendered message, before the first byte leaves.

        False when the lease was lost: do not send.
        """
        ...

    async def settle(self, outcome: Outcome) -> None:
        """Record what became of it and give the lease back.

        Papers of a dropped delivery, and of a parked one unless the paper is at fault, wait again. What hangs under a
        dropped or parked part is dropped too. When another worker has claimed it, only SENT is recorded: what is there
        is there. A message that was taken ends its channel's trouble.
        """
        ...

    async def give_back(self, delivery: Delivery) -> None:
        """Give back the lease of a delivery that was not worked on."""
        ...

    async def expire(self, before: datetime, now: datetime) -> int:
        """Drop what was planned before then and never posted: its papers wait for the next digest. How many."""
        ...

    async def trouble(self, channel: Channel, reason: str, now: datetime, probe: datetime) -> Person | None:
        """The platform takes nothing there: set it aside with that reason, to be tried again at `probe`.

        Whom to tell (who followed there first), once: None when somebody was told before.
        """
        ...

    async def untold(self, channel: Channel) -> None:
        """Nobody could be told of that trouble: the next failure tells."""
        ...

    async def outage(self, platform: str, workspace: str, reason: str, probe: datetime) -> None:
        """No token is accepted in that workspace ("": on that platform): nothing goes there until `probe`.

        A message that is taken there ends it.
        """
        ...

    async def seconds_now(self) -> float:
        """The time by the database, seconds since 1970: all processes on it agree on that."""
        ...

    async def reserve(self, limit: Limit, number: int, early: float = 0.0) -> float:
        """Seconds until the first of so many posts may go, by the database's clock; less than nothing after a rest.

        When that is at most `early`, they are taken from the bucket; else nothing is: ask again.
        """
        ...

    async def close_bucket(self, name: str, wait: float) -> None:
        """The platform says that nothing may be taken from that bucket for so many seconds."""
        ...
