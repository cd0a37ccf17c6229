"""Waiting for what only a record shows: a rig's books tell nobody that something came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def until(found: Callable[[], T], what: Callable[[], object] = lambda: "nothing came", seconds: float = 10) -> T:
    """What is found, as soon as there is any; a LookupError is nothing. Raises TimeoutError, with what `what` says."""
    end = time.monotonic() + seconds
    while True:
        try:
            if some := found():
                return some
        except LookupError:
            pass
        if time.monotonic() > end:
            raise TimeoutError(what())
        await asyncio.sleep(0.005)
