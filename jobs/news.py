"""What happened to papers that people saved -> one message a day to whoever asked for it.

A new version, a withdrawal, code found: told once each, in their direct messages, at their own hours, through the same
line as every digest. What a person knows is kept in the transaction that plans the message, so that a crash neither
loses nor repeats anything. Nothing is asked of any source: only papers that one told of again are looked at.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot import news, policy
from bot.messages.reading import happened
from bot.models import Digest, Entry, Match, Part, Person
from bot.ports import Clock, StorageError
from bot.ports.store.reading import Heard, NewsStore

log = logging.getLogger(__name__)

#: what a source told longer ago than this is told to nobody any more
BACK = timedelta(days=30)
#: papers of one message; what is more comes the next day
MOST = 10
#: persons that are read together
TOGETHER = 100


class News:
    """Tells people what happened to the papers they saved."""

    def __init__(self, store: NewsStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def due(self) -> int:
        """Plan a message to everybody who wants to hear of something now; returns how many were planned."""
        now, planned = self._clock(), 0
        last: Person | None = None
        while people := await self._store.unheard(last, now - BACK, TOGETHER):
            last = people[-1].person
            for one in people:
                try:
                    planned += await self._tell(one, now)
                except StorageError as error:
                    log.warning("Somebody hears later of their papers: %s", error, extra={"action": "news_wait"})
        return planned

    async def _tell(self, one: Heard, now: datetime) -> bool:
        """Plan the message to one person, if there is anything to tell and this is the hour."""
        today = news.day(one.schedule, now)
        changes = [(news.change(paper, known), known) for paper, known in one.papers if known is not None]
        # what nobody kept when it was saved, and what was taken back, is known from now on and told to nobody
        told = {paper.id: news.of(paper) for paper, known in one.papers if known is None}
        for change, known in changes:
            if not change and (after := news.after(change.paper, known)) != known:
                told[change.paper.id] = after
        telling = [(change, known) for change, known in changes if change][:MOST]
        if not telling or today is None or today == one.last:
            if told:
                await self._store.tell(one.person, told, None, (), now)
            return False
        told |= {change.paper.id: news.after(change.paper, known) for change, known in telling}
        entries = tuple(Entry(change.paper, happened(change), Match(0, 0.0)) for change, _ in telling)
        channel = one.person.direct
        digest = Digest(channel, today, await self._store.next_number(channel, today))
        parts = [(Part(0, "news", entries), policy.key(digest, 0))]
        return await self._store.tell(one.person, told, digest, parts, now)
