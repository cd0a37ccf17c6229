"""Until when a post may begin.

Who posts promises the others that no request of his is in flight after some time, and they look for the message then.
A process that was stopped in between (a suspended machine, SIGSTOP) must not send what it was about to send. So an
adapter asks, as late as it can, when the connection is there and before the first byte: `in_time`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.ports.errors import NotSent

#: seconds on the event loop's clock
_latest: ContextVar[float | None] = ContextVar("latest", default=None)


@contextmanager
def begun_by(moment: float) -> Iterator[None]:
    """Posts in here begin by that moment of the event loop's clock, or not at all."""
    token = _latest.set(moment)
    try:
        yield
    finally:
        _latest.reset(token)


def in_time(now: float) -> None:
    """Raises NotSent when the time to begin is over."""
    latest = _latest.get()
    if latest is not None and now > latest:
        raise NotSent("We stood still, and it was too late to send it.")
