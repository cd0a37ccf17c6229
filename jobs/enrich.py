"""Picked papers -> summaries by a model, between plan and deliver.

    store.unsummarised -> budget -> store.begin_summary -> summariser -> summary.checked -> store.keep_summary

Messages of single papers are planned to wait a little (`Plan.hold`); each goes as soon as its summary is there, or at
once when none is to come, and never later than that, whatever happens here: the wait ends by itself. Leads and lines
show no summary and never wait. What fails, is late, over budget or refused by the check is shown with the plain one.
No transaction is open while a model thinks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.models import Paper
from bot.ports import Clock, EnrichStore, StorageError, Summariser, SummaryError, Wake
from bot.summary import checked, may_be_asked

log = logging.getLogger(__name__)

#: papers that a model is asked about at the same time
SIDE_BY_SIDE = 4
#: after so many failures in a row it is left alone for so long
FAILURES = 3
REST = timedelta(minutes=10)


class Enrich:
    """Asks a model about papers that are about to be posted."""

    def __init__(
        self, store: EnrichStore, summariser: Summariser | None, clock: Clock, wake: Wake, *, shrink: float = 1.0
    ) -> None:
        """`wake` is called when messages may go; `shrink` divides every time. Without a summariser nothing waits."""
        self._store = store
        self._summariser = summariser
        self._clock = clock
        self._wake = wake
        #: how long a message waits for its summary at most
        self.patience = timedelta(seconds=summariser.patience / shrink) if summariser else timedelta()
        self._rest = REST / shrink
        self._rests_until: datetime | None = None
        self._failures = 0
        self._room = asyncio.Semaphore(SIDE_BY_SIDE)
        self._asking: set[asyncio.Task[None]] = set()

    async def due(self) -> None:
        """Ask about every paper that waits, as far as the budget and the patience go.

        What is still being asked then is kept when it comes, for messages that have not gone by then.
        """
        if self._summariser is None:
            self._wake()
            return
        papers = await self._chosen(self._summariser)
        await self._let_go(but=[paper.id for paper in papers])
        if not papers:
            return
        patience = self.patience.total_seconds()
        until = asyncio.get_running_loop().time() + patience
        asking = {asyncio.create_task(self._guarded(self._summariser, paper, until)): paper.id for paper in papers}
        self._asking |= asking.keys()
        for task in asking:
            task.add_done_callback(self._asking.discard)
        _, late = await asyncio.wait(asking, timeout=patience)
        await self._let_go(late=[asking[task] for task in late])

    async def stop(self) -> None:
        """Ask nothing more; what was asked is not waited for."""
        asking = list(self._asking)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _chosen(self, summariser: Summariser) -> list[Paper]:
        """The papers to ask about now."""
        now = self._clock()
        if self._resting():
            return []
        left = summariser.budget - await self._store.spent_today(now)
        if left <= 0:
            return []
        waiting = await self._store.unsummarised(summariser.model, now)
        return [paper for paper in waiting if may_be_asked(paper)][:left]

    async def _let_go(self, *, but: Sequence[str] = (), late: Sequence[str] = ()) -> None:
        await self._store.let_go(self._clock(), self.patience, but=but, late=late)
        self._wake()

    async def _guarded(self, summariser: Summariser, paper: Paper, until: float) -> None:
        """Ask about one paper when there is room before that moment; what goes wrong is told and stops nothing."""
        async with self._room:
            if self._resting() or asyncio.get_running_loop().time() >= until:
                return
            try:
                await self._one(summariser, paper)
            except StorageError as error:
                log.warning("A summary was not kept: %s", error, extra={"action": "summary_not_kept"})
            except Exception:
                log.exception("Summing up a paper broke", extra={"action": "summary_broke"})

    async def _one(self, summariser: Summariser, paper: Paper) -> None:
        if await self._store.begin_summary(paper, summariser.model, summariser.budget, self._clock()):
            await self._store.keep_summary(paper, await self._said(summariser, paper))
            self._wake()

    async def _said(self, summariser: Summariser, paper: Paper) -> str:
        """What the model says of it, or "" when that cannot be shown."""
        try:
            said = await summariser.summarise(paper.title, paper.abstract)
        except SummaryError as error:
            self._failed(error)
            return ""
        self._failures = 0
        try:
            return checked(said, paper.title, paper.abstract)
        except SummaryError as error:
            log.info("A summary is not shown: %s", error, extra={"action": "summary_refused"})
            return ""

    def _failed(self, error: SummaryError) -> None:
        """Leave a model alone that asks for it, or that fails again and again."""
        self._failures += 1
        log.warning("No summary: %s", error, extra={"action": "no_summary"})
        if self._failures >= FAILURES or error.retry_after:
            self._failures = 0
            self._rests_until = self._clock() + max(self._rest, timedelta(seconds=error.retry_after))

    def _resting(self) -> bool:
        return self._rests_until is not None and self._clock() < self._rests_until
