"""Until when a post may begin.

Who posts promises the others that no request of his is in flight after some time, and they look for the message then.
A process that was stopped in between (a suspended machine, SIGSTOP) must not send what it was about to send. So an
adapter asks, as late as it can, when the connection is there and before the first byte: `in_time`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.ports.errors import NotSent

#: seconds on some clock; with which clock, and until when
_latest: ContextVar[tuple[Callable[[], float], float] | None] = ContextVar("latest", default=None)


@contextmanager
def begun_by(clock: Callable[[], float], moment: float) -> Iterator[None]:
    """Posts in here begin by that moment of that clock (which goes on while a machine sleeps), or not at all."""
    token = _latest.set((clock, moment))
    try:
        yield
    finally:
        _latest.reset(token)


def is_late() -> bool:
    """True when the time to begin is over."""
    latest = _latest.get()
    return latest is not None and latest[0]() > latest[1]


def in_time() -> None:
    """Raises NotSent when the time to begin is over."""
    if is_late():
        raise NotSent("We stood still, and it was too late to send it.")
