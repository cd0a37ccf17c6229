"""What `jobs.plan` asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.models import Candidate, Channel, ChannelState, Digest, Match, Paper, Part, Schedule, SourceState, Subscription


@dataclass(frozen=True, slots=True)
class Waiting:
    """One (subscription, paper) that waits for a digest."""

    subscription: Subscription
    paper: Paper
    match: Match
    seen: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for one channel, as far as choosing needs it."""

    #: what it follows; who follows it is left out
    topics: tuple[Subscription, ...] = ()
    #: their papers have an id and upvotes and nothing else, their matches a query and a score
    candidates: tuple[Candidate, ...] = ()
    #: what the channel's people save (see `bot.taste`); where there is something, papers have their traits too
    taste: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A scheduled digest to be stored."""

    #: the channel as it was when this was planned
    state: ChannelState
    digest: Digest
    #: each part with its key; may be empty: a silent day
    parts: Sequence[tuple[Part, str]]
    #: when the channel's next digest is due
    due_date: date
    due: datetime


class PlanStore(Protocol):
    """What `jobs.plan` asks."""

    async def due(
        self,
        now: datetime,
        limit: int = 500,
        *,
        upto: datetime | None = None,
        ahead: Collection[tuple[str, datetime]] = (),
        after: ChannelState | None = None,
    ) -> list[ChannelState]:
        """Channels whose digest is due, the longest waiting first, those after `after` in that order.

        Due by `upto`, or by now; and those of a (platform, moment) of `ahead`, whose moment is still to come. A channel
        in trouble is due again at its probe; one whose token is not accepted is not.
        """
        ...

    async def crowds(self, now: datetime, until: datetime) -> list[tuple[str, datetime, int]]:
        """How many channels of each platform are due at one moment after `now`, `until` at the latest."""
        ...

    async def source(self, name: str) -> SourceState | None:
        """The source of that name, as long as it is polled."""
        ...

    async def subscriptions(self, channel: Channel) -> list[Subscription]:
        """What the channel follows, by number."""
        ...

    async def channel(self, channel: Channel) -> ChannelState | None:
        """The channel as stored; None when nobody set anything there."""
        ...

    async def change(
        self, channel: Channel, schedule: Schedule, change: Callable[[ChannelState], ChannelState]
    ) -> ChannelState:
        """Change the channel as it is stored now (with that schedule when it is new), in one transaction; the new one.

        Nobody else changes it meanwhile. `change` is pure and quick; what it raises passes, and nothing changes. It may
        give another schedule, due date, trouble, and what people set beside; the rest belongs to planning.
        """
        ...

    async def waiting(self, channel: Channel, after: datetime | None = None) -> list[Waiting]:
        """What the channel may be shown now: news after each subscription began (and `after`), that it never had."""
        ...

    async def candidates(self, channels: Sequence[Channel], after: datetime) -> Mapping[Channel, Waits]:
        """What `waiting` says for many stored channels, and no more of it than choosing needs."""
        ...

    async def read_since(self, channel: Channel, since: datetime) -> int:
        """How many papers the sources this channel may see brought as news since then."""
        ...

    async def plan(
        self,
        digest: Digest,
        parts: Sequence[tuple[Part, str]],
        now: datetime,
        due_date: date | None,
        due: datetime | None,
        *,
        asked_by: str | None = None,
    ) -> bool:
        """Store the digest, its parts with their keys as deliveries, and the channel's next due date; one transaction.

        False, and nothing changes, when that channel has that date and number already, when a paper in it was posted in
        the meantime, or when the act of that key (`asked_by`) has its digest already. `parts` may be empty: a
        silent day. A number above 0 leaves the due date alone. Score
        and reasons of an entry are those of the stored match.
        """
        ...

    async def papers_asked_by(self, act: str) -> int:
        """How many papers the digest shows that was planned for the act of that key; 0 when there is none."""
        ...

    async def plan_all(self, plans: Sequence[Planned], now: datetime) -> list[bool]:
        """Store scheduled digests of different channels, as `plan` does, in one transaction; which were stored.

        Each one is stored whole or not at all, whatever becomes of the others; also not when its channel is not as it
        was any more. A channel that has the digest of that date already gets its next due date all the same.
        """
        ...

    async def long_paused(self, before: datetime) -> list[ChannelState]:
        """Channels that follow something, paused without an end since before that moment and not told of it yet."""
        ...

    async def recall_pause(self, state: ChannelState, digest: Digest, part: tuple[Part, str], now: datetime) -> bool:
        """Plan the line that recalls a pause; False, and nothing changes, when the channel is not as it was any more.

        The channel is told once in each pause.
        """
        ...

    async def next_number(self, channel: Channel, day: date) -> int:
        """The next free number of an asked-for digest on that local date: 1 or more."""
        ...
