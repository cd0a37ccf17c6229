"""What `jobs.answer` asks to explain: which papers are like one, and what happened to a paper in a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.models import Channel, Digest, Match, Paper, State
from bot.ports.store.narrowing import NarrowingStore
from bot.ports.store.sharing import SharingStore
from bot.ports.store.tasting import TasteStore
from bot.ports.store.trending import TrendingStore


@dataclass(frozen=True, slots=True)
class Told:
    """What one source said of a paper."""

    #: name of the source ("feed:17"), and what its workspace calls it
    source: str
    title: str
    #: as `bot.models.Kind`; "" when somebody looked the paper up there and it was never announced
    kind: str
    seen: datetime
    #: when the source announced it, as far as can be known; None for what is neither new nor a cross-list
    dated: datetime | None
    #: it was news: not on the first, silent page
    news: bool


@dataclass(frozen=True, slots=True)
class Showing:
    """A message of a channel that shows a paper, and its fate."""

    delivery: int
    digest: Digest
    state: State
    #: canonical text of the topic it stood under, and the match of that time
    topic: str
    match: Match
    #: when its fate was settled; None while there is something to do
    at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A digest of a channel that came after a paper was news, and shows others."""

    digest: Digest
    planned: datetime
    papers: int


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a paper, as far as a channel may know it."""

    #: by the sources that the channel may see, the first one first
    told: tuple[Told, ...] = ()
    #: the channel's messages that show it, the newest first
    shown: tuple[Showing, ...] = ()
    #: matches that were stored when it came, by the number of the channel's subscription
    matched: Mapping[int, Match] = field(default_factory=dict)
    #: digests planned since it was news, the newest first
    passed: tuple[Passed, ...] = ()
    #: it counts as had by the channel, whatever became of the messages
    had: bool = False
    #: a backup was restored: what came before this moment counts as had
    floor: datetime | None = None
    #: numbers of the subscriptions under which it waited when their query was changed
    carried: frozenset[int] = frozenset()

    @property
    def came(self) -> datetime | None:
        """When the channel could first have known of it."""
        moments = (one.seen if one.news else one.dated for one in self.told)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def news(self) -> datetime | None:
        """When it was first news for the channel; None when it never was."""
        return min((one.seen for one in self.told if one.news), default=None)


class UnderstandingStore(NarrowingStore, TasteStore, TrendingStore, SharingStore, Protocol):
    """What `jobs.answer` asks to explain."""

    async def heaviest(self, weights: Mapping[str, float], channel: Channel, limit: int = 100) -> list[Paper]:
        """The stored papers the channel may see whose features among these weigh most together, the heaviest first."""
        ...

    async def history(self, channel: Channel, paper: str) -> History:
        """What happened to that paper; empty for one that is not stored or that the channel may not see."""
        ...
