"""What is remembered, grouped by who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.models import (
    Act,
    Announcement,
    Channel,
    ChannelState,
    Delivery,
    Digest,
    Health,
    Match,
    Message,
    Paper,
    Part,
    Person,
    Posted,
    Saved,
    Schedule,
    Seen,
    SourceState,
    State,
    Subscription,
)


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A followed query. `seq` grows each time a query becomes followed, so that an index knows what it lacks."""

    id: int
    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a source has said before about a paper it announces."""

    #: it announced this identifier before
    known: bool
    #: identifiers of the stored paper that this source announced under the same title, if there is one
    titled: tuple[str, ...] = ()


class PollStore(Protocol):
    """What `jobs.poll` asks."""

    async def add_source(self, name: str, adapter: str, url: str = "", owner: str = "", title: str = "") -> None:
        """Make the source known; nothing happens when it is known already."""
        ...

    async def sources(self, due: datetime | None = None) -> list[SourceState]:
        """All sources, or those that may be asked now, the longest waiting first."""
        ...

    async def recall(self, source: str, papers: Sequence[Paper]) -> list[Recalled]:
        """What that source has said before about each of the papers."""
        ...

    async def keep(
        self,
        source: str,
        announcements: Sequence[tuple[Announcement, Sequence[Match]]],
        *,
        seq: int,
        now: datetime,
        news: bool,
    ) -> int:
        """Store papers (merged by any shared identifier), announcements and matches in one transaction.

        `news` False stores the announcements as seen but never as news. `seq` is the index's. A source's second
        announcement of a paper as news changes nothing but the paper. Returns how many papers are new as news.
        """
        ...

    async def asked(self, source: str, cursor: str, health: Health, now: datetime, next_at: datetime) -> None:
        """Record how the source was and where to go on; comes after the last `keep` of a page."""
        ...

    async def queries(self, after: int = 0) -> list[StoredQuery]:
        """Followed queries whose seq is greater than `after`, in order of seq."""
        ...

    async def unmatched(self, after: int = 0) -> list[tuple[int, Paper]]:
        """(query, paper) pairs that an index missed, for queries of seq greater than `after`.

        Papers first seen after the query was followed, but kept by an index that did not know the query yet.
        """
        ...

    async def acronyms(self) -> tuple[int, list[tuple[str, str]]]:
        """The newest version of the learned acronyms, and its pairs (acronym, long form); 0 when none is learned."""
        ...

    async def add_matches(self, matches: Sequence[tuple[Match, str]]) -> None:
        """Store (match, paper id) pairs; known ones stay as they are."""
        ...


class PlanStore(Protocol):
    """What `jobs.plan` asks."""

    async def due(self, now: datetime, limit: int = 500) -> list[ChannelState]:
        """Channels whose digest is due, the longest waiting first; troubled ones are not."""
        ...

    async def subscriptions(self, channel: Channel) -> list[Subscription]:
        """What the channel follows, by number."""
        ...

    async def channel(self, channel: Channel) -> ChannelState | None:
        """The channel as stored; None when nobody set anything there."""
        ...

    async def set_schedule(
        self, channel: Channel, schedule: Schedule, due_date: date | None, due: datetime | None
    ) -> None:
        """Store the channel (new or known) with that schedule and next due date."""
        ...

    async def waiting(self, channel: Channel, after: datetime | None = None) -> list[Waiting]:
        """What the channel may be shown now: news after each subscription began (and `after`), that it never had."""
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
    ) -> bool:
        """Store the digest, its parts with their keys as deliveries, and the channel's next due date; one transaction.

        False, and nothing changes, when that channel has that date and number already, or when a paper in it was
        posted in the meantime. `parts` may be empty: a silent day. A number above 0 leaves the due date alone.
        """
        ...

    async def next_number(self, channel: Channel, day: date) -> int:
        """The next free number of an asked-for digest on that local date: 1 or more."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """One (subscription, paper) that waits for a digest; `jobs.plan` groups them into candidates."""

    subscription: Subscription
    paper: Paper
    match: Match
    seen: datetime


class DeliverStore(Protocol):
    """What `jobs.deliver` asks."""

    async def claim(self, now: datetime, lease: float, platforms: Sequence[str], limit: int = 50) -> list[Delivery]:
        """Deliveries to work on now, leased for so many seconds.

        `planned` ones whose wait is over and whose parent is sent, and `sending` or `unsure` ones whose lease ended
        (a worker died; `sending` becomes `unsure`). One worker a channel at a time, a channel's deliveries in order;
        leads of all channels before threads.
        """
        ...

    async def sending(self, delivery: Delivery, message: Message, now: datetime, lease: float) -> bool:
        """Commit the intent with the rendered message, before the first byte leaves.

        False when the lease was lost: do not send.
        """
        ...

    async def settle(
        self,
        delivery: Delivery,
        state: State,
        now: datetime,
        *,
        posted: Posted | None = None,
        reason: str = "",
        again_at: datetime | None = None,
        paper_at_fault: bool = False,
    ) -> None:
        """Record what became of it and give the lease back. `again_at`: not before then.

        Papers of a dropped delivery, and of a parked one unless the paper is at fault, wait again. What hangs under a
        dropped or parked part is dropped too.
        """
        ...

    async def trouble(self, channel: Channel, reason: str, now: datetime) -> bool:
        """The platform takes nothing there: set it aside with that reason. True the first time."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that was set aside or whose fate is not known."""

    id: int
    digest: Digest
    state: State
    reason: str
    titles: tuple[str, ...]


class AnswerStore(PollStore, PlanStore, Protocol):
    """What `jobs.answer` asks; following and `now` also poll and plan."""

    # -- the inbox
    async def take(self, act: Act) -> bool:
        """Record an act; False when its key is known already. Raises Busy after 0.8 s."""
        ...

    async def acts(self, limit: int = 50) -> list[Act]:
        """Acts not yet worked on, in the order they came."""
        ...

    async def done(self, act: Act, now: datetime, error: str = "") -> None:
        """That act has been worked on; `error` is kept for `status`."""
        ...

    # -- channels and what they follow
    async def follow(
        self, channel: Channel, person: Person, text: str, now: datetime, matches: Sequence[tuple[Match, str]] = ()
    ) -> tuple[Subscription, bool]:
        """Follow the query of that canonical text; False beside it when it was followed already.

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
    async def sources_for(self, channel: Channel) -> list[SourceState]:
        """The sources the channel may see: the public ones and those its workspace added."""
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

    async def shown_list(self, person: Person, channel: Channel) -> tuple[str, ...]:
        """The paper ids of that list; what was last posted in the channel when that is later."""
        ...

    async def posted_papers(self, channel: Channel, message: str) -> tuple[str, ...]:
        """Paper ids of a message of ours, in order; empty when it is not ours."""
        ...

    # -- the reading list
    async def save(self, person: Person, paper: str, now: datetime, order: str) -> bool:
        """Put it on that person's list; True when it was not there. An order not above the last one changes nothing."""
        ...

    async def unsave(self, person: Person, paper: str, now: datetime, order: str) -> bool:
        """Take it off that person's list; True when it was there."""
        ...

    async def saved(self, person: Person) -> list[Saved]:
        """That person's list, newest first."""
        ...

    async def cite(self, person: Person, keys: Mapping[str, str]) -> None:
        """Give citation keys by paper id; one that was given before never changes."""
        ...

    # -- status
    async def troubles(self, channel: Channel) -> list[Trouble]:
        """Deliveries of the channel that are parked or unknown, newest first."""
        ...

    async def again(self, channel: Channel, delivery: int) -> bool:
        """Plan an unknown or parked delivery once more, because a person says so."""
        ...

    # -- small facts
    async def memory(self, owner: str, name: str) -> str:
        """A small fact kept for somebody ("console", "demo"), or ""."""
        ...

    async def remember(self, owner: str, name: str, value: str) -> None:
        """Keep a small fact."""
        ...


class HousekeepingStore(Protocol):
    """What the housekeeping tick asks."""

    async def tidy(self, now: datetime) -> None:
        """Forget what its time is over for: papers after 180 days, inbox rows after 7, messages 48 h after settling."""
        ...

    async def papers_after(self, paper: str = "", limit: int = 1000) -> list[Paper]:
        """The next stored papers after that id, in order of id."""
        ...

    async def learn(self, pairs: Sequence[tuple[str, str]], now: datetime) -> int:
        """Keep learned acronyms as a new version when they differ from the newest; the version in force."""
        ...


class Store(AnswerStore, DeliverStore, HousekeepingStore, Protocol):
    """All of it, as the composition root sees it."""

    async def close(self) -> None:
        """Give back every connection."""
        ...
