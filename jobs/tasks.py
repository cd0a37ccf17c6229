"""Tasks that go on until somebody ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

log = logging.getLogger(__name__)


def begun(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task of that name; one that breaks is told of in the log when it does, not when somebody asks."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_tell)
    return task


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("%s broke and stands still", task.get_name(), exc_info=task.exception(), extra={"action": "broke"})


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel and wait."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
