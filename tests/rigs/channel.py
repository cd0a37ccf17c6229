"""A platform that keeps its own books and misbehaves when told to; it speaks through the doors alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.models import Message, Place, Posted
from bot.ports import Doubt, Inbox, Limit, PostError


@dataclass
class Noticeboard:
    """Everything that was posted, in order; `before` and `after` are told of each delivery and may raise."""

    name: str = "console"
    says: Doubt = Doubt.NEITHER
    counts: Sequence[Limit] = ()
    before: Callable[[Place, Message], None] = lambda _place, _message: None
    after: Callable[[Place, Message], None] = lambda _place, _message: None
    books: list[tuple[Place, Message, str]] = field(default_factory=list)
    #: for one that repeats safely: the time, and how long it knows a key again
    clock: Callable[[], datetime] | None = None
    window: timedelta = timedelta(seconds=120)
    _at: dict[str, datetime] = field(default_factory=dict)

    async def run(self, inbox: Inbox) -> None:
        """Nobody ever types here."""
        await asyncio.Event().wait()

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Write it down, unless told otherwise."""
        if key:
            self.before(place, message)
        if self.says is Doubt.REPEATS_SAFELY and self._remembers(key) and (known := self._of(key)):
            return known
        self.books.append((place, message, key))
        if self.clock is not None:
            self._at[key] = self.clock()
        if key:
            self.after(place, message)
        return Posted(f"m{len(self.books)}")

    def doubt(self, place: Place) -> Sequence[Doubt]:
        """What it was told to say."""
        return (self.says,)

    def limits(self, place: Place) -> Sequence[Limit]:
        """What it was told to count."""
        return self.counts

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """Look in the books."""
        return self._of(key)

    def _remembers(self, key: str) -> bool:
        return self.clock is None or key not in self._at or self.clock() - self._at[key] < self.window

    def _of(self, key: str) -> Posted | None:
        return next((Posted(f"m{n}") for n, (_, _, known) in enumerate(self.books, 1) if key and known == key), None)

    def titles(self) -> list[str]:
        """Titles of the papers posted in channels and threads, singles and items, in order."""
        public = [message for place, message, key in self.books if key]
        return [title for message in public for title in ([one.title for one in message.items] or [message.title])]


def failing(error: PostError, times: int = 1) -> Callable[[Place, Message], None]:
    """Raise that error so many times, then no more."""
    left = times

    def fail(_place: Place, _message: Message) -> None:
        nonlocal left
        if left:
            left -= 1
            raise error

    return fail
