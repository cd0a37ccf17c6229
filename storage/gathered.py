"""One commit for what many say in the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.ports import StorageError

#: in one transaction at most; a transaction of this many takes a few milliseconds
_MOST = 200
#: seconds between two transactions in which many speak
_PAUSE = 0.01
Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Gathered(Generic[Item, Answer]):
    """A question about one thing, asked for all things that came while the last ones were being answered.

    Whoever asks waits until the answer about his own thing is committed, and gets its error.
    """

    def __init__(self, ask_all: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]]) -> None:
        self._ask_all = ask_all
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Answer:
        """Ask about one thing. What was asked is answered even when nobody waits for it any more."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await answer

    async def over(self) -> None:
        """Wait until nothing is being asked."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            together = 1
            while self._waiting:
                if together > 1:
                    # where many speak, more will in a moment: one commit for all of them
                    await asyncio.sleep(_PAUSE)
                together = len(self._waiting)
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._answer(batch)
        finally:
            self._task = None

    async def _answer(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._ask_all([item for item, _ in batch])
        except StorageError as error:
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
        except Exception as error:
            if len(batch) > 1:
                # one of them breaks the question: it alone is to fail
                for one in batch:
                    await self._answer([one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
        else:
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if not waiting.done():
                    waiting.set_result(answer)
