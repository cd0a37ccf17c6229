"""What is remembered, grouped by who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.models import Paper
from bot.ports.keeping import Memory, Vault
from bot.ports.store.answering import AnswerStore, Begun, Trouble
from bot.ports.store.delivering import DeliverStore, Intent, Outcome
from bot.ports.store.enriching import EnrichStore
from bot.ports.store.forgetting import Traces
from bot.ports.store.measuring import Figures, MeasuringStore
from bot.ports.store.planning import Planned, PlanStore, Waiting, Waits
from bot.ports.store.polling import PollStore, Recalled, StoredQuery, Turns
from bot.ports.store.reading import NewsStore

__all__ = [
    "AnswerStore",
    "Begun",
    "DeliverStore",
    "EnrichStore",
    "Figures",
    "HousekeepingStore",
    "Intent",
    "MeasuringStore",
    "NewsStore",
    "Outcome",
    "PlanStore",
    "Planned",
    "PollStore",
    "Recalled",
    "Store",
    "StoredQuery",
    "Traces",
    "Trouble",
    "Turns",
    "Waiting",
    "Waits",
]


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


class Store(
    AnswerStore, DeliverStore, EnrichStore, NewsStore, HousekeepingStore, MeasuringStore, Memory, Vault, Protocol
):
    """All of it, as the composition root sees it."""

    async def undecryptable(self) -> int:
        """Installations whose tokens no key of ours opens: they count as not installed."""
        ...

    async def close(self) -> None:
        """Give back every connection."""
        ...
