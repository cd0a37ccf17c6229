"""What `jobs.answer` asks of a person's reading list, and `jobs.news` of what happened to the papers on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.models import Channel, Digest, Paper, Part, Person, Saved, Schedule
from bot.news import Known
from bot.ports.store.planning import PlanStore


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry of a reading list, without the paper itself."""

    #: id of the paper
    paper: str
    at: datetime
    tags: tuple[str, ...] = ()


class ReadingStore(Protocol):
    """What `jobs.answer` asks of a person's own list."""

    async def save(self, person: Person, paper: str, now: datetime, order: str, channel: Channel | None = None) -> bool:
        """Put it on that person's list; True when it was not there. An order not above the last one changes nothing.

        `channel` is where they did it; what there is to know of the paper at that moment is kept beside.
        """
        ...

    async def save_all(
        self, person: Person, papers: Sequence[str], now: datetime, order: str, channel: Channel | None = None
    ) -> list[str]:
        """Put all of them on that person's list, in one transaction; those that were not there."""
        ...

    async def unsave(self, person: Person, paper: str, now: datetime, order: str) -> bool:
        """Take it off that person's list; True when it was there. Note, tags and key come back with it."""
        ...

    async def unsave_all(self, person: Person, papers: Sequence[str], now: datetime, order: str) -> list[str]:
        """Take all of them off that person's list, in one transaction; those that were there."""
        ...

    async def saved(self, person: Person, papers: Sequence[str] | None = None) -> list[Saved]:
        """That person's list, newest first; or of these papers those that are on it, in that order."""
        ...

    async def shelf(self, person: Person, groups: Sequence[Sequence[str]] = ()) -> list[Kept]:
        """That person's list, newest first, without the papers: for counting and turning pages.

        With groups only what holds one feature of each, as `AnswerStore.find`: the matcher decides.
        """
        ...

    async def noted(self, person: Person, paper: str) -> Saved | None:
        """One entry of that person's list; None when the paper is not on it."""
        ...

    async def ever_saved(self, person: Person) -> bool:
        """True for somebody who saved something once, also when nothing of it is left on the list."""
        ...

    async def note(self, person: Person, paper: str, text: str, tags: Sequence[str]) -> None:
        """Set text and tags of an entry; both empty remove the note. Nothing happens when there is no such entry."""
        ...

    async def cite(self, person: Person, keys: Mapping[str, str]) -> None:
        """Give citation keys by paper id; one that was given before never changes."""
        ...

    async def cited(self, person: Person) -> Mapping[str, str]:
        """Every citation key that was ever given to that person, by paper id; also of what is off the list again."""
        ...

    async def on_its_way(self, channel: Channel) -> bool:
        """True while a message of that channel may be there already and is not recorded as sent."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody who wants to hear of their papers, and what happened to these since."""

    person: Person
    #: of their direct messages; before anything was set there, of the channel where they saved last
    schedule: Schedule
    #: each with what the person knows of it; None when that was never kept
    papers: tuple[tuple[Paper, Known | None], ...]
    #: the local date of their last news message
    last: date | None = None


class NewsStore(PlanStore, Protocol):
    """What `jobs.news` asks."""

    async def unheard(self, after: Person | None, since: datetime, limit: int = 100) -> list[Heard]:
        """The next persons with `news on` and papers on their lists that a source told of since then and since saving.

        In a fixed order, those behind `after`; who has nothing of the kind is left out.
        """
        ...

    async def tell(
        self,
        person: Person,
        told: Mapping[str, Known],
        digest: Digest | None,
        parts: Sequence[tuple[Part, str]],
        now: datetime,
    ) -> bool:
        """Plan a news message to that person, and what they know from now on; one transaction.

        Without a digest only what they know is kept. Their direct messages are stored when they are not yet. False, and
        nothing changes, when that person has a news message of that date already, does not want any (more), or knows
        more by now.
        """
        ...
