"""What `jobs.poll` asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.models import Announcement, Health, Match, Paper, SourceState


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


class Turns(Protocol):
    """Turns that all processes of one deployment take one after the other."""

    async def take_turn(self, name: str, hold: float) -> tuple[bool, float]:
        """True and what to end it by: the turn of that name is ours for `hold` seconds. False and seconds to wait."""
        ...

    async def end_turn(self, name: str, taken: float, gap: float) -> None:
        """The next turn may be taken in `gap` seconds; nothing happens when ours was over already."""
        ...


class PollStore(Turns, Protocol):
    """What `jobs.poll` asks."""

    async def add_source(self, name: str, adapter: str, url: str = "", owner: str = "", title: str = "") -> None:
        """Make the source known; nothing happens when it is known already."""
        ...

    async def sources(self, due: datetime | None = None) -> list[SourceState]:
        """All sources, or those that may be asked now, the longest waiting first."""
        ...

    async def lease_source(
        self, source: str, now: datetime, lease: timedelta, *, due: bool = False
    ) -> SourceState | None:
        """That source as it is now, to be asked by us alone for so long; with `due`, only if it may be asked now.

        None when somebody else asks it, or nobody is to. `asked` gives it back.
        """
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

    async def asked(
        self,
        source: str,
        cursor: str,
        health: Health,
        now: datetime,
        next_at: datetime,
        *,
        lease: timedelta | None = None,
    ) -> None:
        """Record how the source was and where to go on; comes after the last `keep` of a page.

        With a lease there is another page: it stays ours for so long from now.
        """
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
        """The newest version of the learned acronyms, 0 for none, and its pairs (acronym, long form as written)."""
        ...

    async def add_matches(self, matches: Sequence[tuple[Match, str]]) -> None:
        """Store (match, paper id) pairs; known ones stay as they are."""
        ...
