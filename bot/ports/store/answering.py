"""What `jobs.answer` asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.models import Act, Channel, ChannelState, Digest, Match, Paper, Person, Seen, SourceState, State, Subscription
from bot.ports.store.completing import CompletingStore
from bot.ports.store.delivering import TokenStore
from bot.ports.store.following import FollowingStore
from bot.ports.store.forgetting import ForgettingStore
from bot.ports.store.membership import MembershipStore
from bot.ports.store.planning import PlanStore
from bot.ports.store.polling import PollStore
from bot.ports.store.reading import ReadingStore
from bot.ports.store.settings import SettingsStore
from bot.ports.store.understanding import UnderstandingStore


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that was set aside or whose fate is not known."""

    id: int
    digest: Digest
    state: State
    reason: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A channel as it stood when somebody's act upon it was first begun.

    An act that a crash cut off is worked on again: by this it says what it changed, and not that it is so already.
    """

    state: ChannelState
    #: what it followed; who follows it is left out
    topics: tuple[Subscription, ...]
    #: it was begun before: perhaps it has changed the channel already
    before: bool


class AnswerStore(
    PollStore,
    PlanStore,
    TokenStore,
    UnderstandingStore,
    CompletingStore,
    FollowingStore,
    ForgettingStore,
    MembershipStore,
    ReadingStore,
    SettingsStore,
    Protocol,
):
    """What `jobs.answer` asks; following and `now` also poll and plan."""

    # -- the inbox
    async def take(self, act: Act) -> bool:
        """Record an act; False when its key is known already. Raises Busy after 0.8 s."""
        ...

    async def acts(self, now: datetime, lease: timedelta, limit: int = 50) -> list[Act]:
        """The first open act of each of so many people, in the order they came, to be worked on under a lease.

        One person's acts are worked on in order, by one worker at a time: the next one follows when this one is done,
        and this one comes again when its lease has run out.
        """
        ...

    async def done(self, act: Act, now: datetime, error: str = "") -> bool:
        """That act has been worked on; `error` is kept for `status`.

        False when somebody said so before: a worker whose lease was lost leaves the answer to the other one.
        """
        ...

    async def begin(self, act: Act, known: ChannelState) -> Begun:
        """An act upon that channel begins; how the channel stands, or stood when it began for the first time.

        `known` is the channel as it would be if it is not stored. It is forgotten when the act is done.
        """
        ...

    async def put_back(self, act: Act, until: datetime) -> None:
        """That act cannot be worked on yet: it comes again then, and holds up nothing else of its person meanwhile."""
        ...

    async def undone(self, act: Act) -> bool:
        """True while that act is recorded and not worked on."""
        ...

    # -- channels and what they follow
    async def follow(  # noqa: PLR0917 - all of a topic
        self,
        channel: Channel,
        person: Person,
        text: str,
        now: datetime,
        matches: Sequence[tuple[Match, str]] = (),
        typed: str = "",
    ) -> tuple[Subscription, bool]:
        """Follow the query of that canonical text, shown as typed; False beside it when it was followed already.

        The channel must be stored. `matches` are what it found in stored papers (their query number is filled in here).
        """
        ...

    async def unfollow(self, channel: Channel, number: int, now: datetime) -> Subscription | None:
        """Stop; the row stays, so that it can be restored. None when the channel has no such number."""
        ...

    async def restore(self, channel: Channel, number: int) -> Subscription | None:
        """Follow again as if it had never stopped: same owner, same date."""
        ...

    async def counts(self, channel: Channel, now: datetime) -> Mapping[int, tuple[int, int]]:
        """By subscription number: news that matched in the last 7 and 30 days."""
        ...

    # -- sources
    async def sources_for(self, channel: Channel, *, removed: bool = False) -> list[SourceState]:
        """The sources the channel may see: the public ones and those its workspace added; or added and removed."""
        ...

    async def remove_source(self, name: str, owner: str) -> bool:
        """Poll a source no more; False unless that workspace ("platform/workspace") added it."""
        ...

    # -- papers
    async def find(
        self, groups: Sequence[Sequence[str]], channel: Channel, since: datetime | None = None, limit: int = 20_000
    ) -> list[Seen]:
        """Stored papers of sources the channel may see that hold one feature of each group; newest first.

        A feature ending in "*" is a prefix. A superset of what a query matches: the matcher decides.
        """
        ...

    async def papers(self, ids: Sequence[str], channel: Channel | None = None) -> list[Paper]:
        """The papers of these ids or identifiers ("p17", "arxiv:2604.10005"), in that order, unknown ones left out.

        With a channel: only those of sources it may see.
        """
        ...

    async def keep_paper(self, paper: Paper, source: str, now: datetime) -> Paper:
        """Store a paper that nobody announced (somebody asked for it); merged, with its id."""
        ...

    async def days_read(self, channel: Channel, since: datetime) -> list[tuple[date, int]]:
        """By UTC day on which news arrived since then: how many papers; empty days are left out."""
        ...

    # -- what somebody saw last, and what stands in a message
    async def show_list(self, person: Person, channel: Channel, papers: Sequence[str]) -> None:
        """Remember the paper ids of the list that person was shown last in that channel."""
        ...

    async def shown_list(self, person: Person, channel: Channel, at: datetime | None = None) -> tuple[str, ...]:
        """The paper ids of that list; what was last posted in the channel (up to that moment) when that is later."""
        ...

    async def last_digest(self, channel: Channel) -> tuple[date, tuple[str, ...]] | None:
        """The local date of the digest with papers that was last posted in the channel, and their ids; or None."""
        ...

    async def posted_papers(self, channel: Channel, message: str) -> tuple[str, ...]:
        """Paper ids of a message of ours, in order; empty when it is not ours."""
        ...

    # -- status
    async def troubles(self, channel: Channel) -> list[Trouble]:
        """Deliveries of the channel that are parked or unknown, newest first."""
        ...

    async def outage_of(self, channel: Channel) -> str:
        """Why no token is accepted in that workspace; "" while one is."""
        ...

    async def again(self, channel: Channel, delivery: int, now: datetime) -> bool:
        """Plan an unknown or parked delivery once more, because a person says so."""
        ...

    # -- small facts
    async def memory(self, owner: str, name: str) -> str:
        """A small fact kept for somebody ("console", "demo"), or ""."""
        ...

    async def remember(self, owner: str, name: str, value: str) -> None:
        """Keep a small fact."""
        ...
