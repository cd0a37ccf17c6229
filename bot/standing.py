"""How a platform stands: what its last answers say of its tokens, its buckets and itself. Answers in, decisions out.

A platform that has taken nothing lately is approached with a few messages first, and left alone for a while when none
of them arrives; so is one workspace that fails while others do well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.policy import DOWN, USUAL, Limits
from bot.ports import Limit

_DAY = timedelta(days=1)


class Standing:
    """How one platform has answered this process lately."""

    def __init__(self) -> None:
        #: failures in a row by workspace, since the platform took a message last
        self._failures: Counter[str] = Counter()
        self._closed_until: datetime | None = None
        self._last_well: datetime | None = None
        #: until when nothing goes to a workspace ("": to any), or out of a bucket
        self._shut: dict[str, datetime] = {}
        self._resting: dict[str, datetime] = {}

    def room(self, now: datetime, most: int, limits: Limits = USUAL) -> int:
        """How many channels may be worked on: `most`; few while it is not known to be well; one or none in trouble."""
        if self._closed_until is not None:
            return 1 if self._closed_until <= now else 0
        if self._failures.total() >= DOWN:
            return 1
        if self._last_well is None or now - self._last_well > limits.closed:
            return DOWN
        return most

    def rests(self, workspace: str, limits: Sequence[Limit], now: datetime) -> timedelta:
        """For how long nothing is to be posted there; 0 for now."""
        until = [self._closed_until or now, self._shut.get("", now), self._shut.get(workspace, now)]
        until += [self._resting.get(limit.name, now) for limit in limits]
        return max(max(until) - now, timedelta())

    def well(self, workspace: str, now: datetime) -> None:
        """A message was taken: whatever was wrong is over."""
        self._closed_until, self._last_well = None, now
        self._failures.clear()
        for name in ("", workspace):
            self._shut.pop(name, None)

    def failed(self, workspace: str, now: datetime, limits: Limits) -> None:
        """A message surely or perhaps did not arrive: after several in a row it is left alone.

        The workspace alone, and the platform when several fail: one sick workspace is not to stop the others.
        """
        self._failures[workspace] += 1
        if self._failures[workspace] >= DOWN:
            self._shut[workspace] = now + limits.closed
        if self._failures.total() >= DOWN and len(self._failures) > 1:
            self._closed_until = now + limits.closed

    def shut(self, workspace: str, until: datetime) -> None:
        """The token of a workspace ("": of all of them) is refused."""
        self._shut[workspace] = until

    def close(self, bucket: str, until: datetime) -> None:
        """Nothing is taken from a bucket."""
        self._resting = {name: rest for name, rest in self._resting.items() if rest > until - _DAY} | {bucket: until}
