"""What `jobs.enrich` asks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from bot.models import Paper


class EnrichStore(Protocol):
    """What `jobs.enrich` asks. Papers that one workspace's own feed alone told of are nobody else's, and never told."""

    async def unsummarised(self, model: str, now: datetime, limit: int = 400) -> list[Paper]:
        """Papers of messages that are planned and were never attempted, those of most channels first.

        Each once, and without those of which there is a summary of the text as it stands, or that this model was asked
        about in the last 24 hours.
        """
        ...

    async def spent_today(self, now: datetime) -> int:
        """How many papers a model was asked about on that date (UTC), whatever came of it."""
        ...

    async def begin_summary(self, paper: Paper, model: str, budget: int, now: datetime) -> bool:
        """Count a question about that paper, before it is asked; one question a paper in all processes.

        False, and it is not to be asked: the day's budget is spent, somebody else asks, or it is not stored any more.
        """
        ...

    async def keep_summary(self, paper: Paper, text: str) -> None:
        """Keep the answer to that question ("": nothing that can be shown), and let the messages of it go."""
        ...

    async def let_go(
        self, now: datetime, patience: timedelta, *, but: Collection[str] = (), late: Collection[str] = ()
    ) -> None:
        """Messages that wait for a summary, at most that long, wait no longer.

        But for those of these paper ids, and of papers that somebody, perhaps another process, was asked about in that
        time and has not answered; `late` are ids whose answers are not waited for any more.
        """
        ...
