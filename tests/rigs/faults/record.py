"""What a server remembers: each request, and what it was told to do wrong with some of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.rigs.faults.fault import Fault


@dataclass(slots=True)
class Arrival:
    """A request as the server saw it."""

    number: int
    method: str
    path: str
    #: when it began, by `time.monotonic()` and by the calendar
    at: float
    wall: datetime
    token: str = ""
    channel: str = ""
    key: str = ""
    #: name of the fault it met
    fault: str = ""
    #: what was asked for was done
    committed: bool = False
    #: the status answered, heard or not; None while nothing is, and for ever where the connection was dropped
    status: int | None = None
    #: when it was over, by `time.monotonic()`
    ended: float | None = None


@dataclass(slots=True)
class Order:
    """A fault that was ordered, and for what; an empty filter fits everything."""

    fault: Fault
    path: str
    #: so many times; None: until it is cancelled
    times: int | None = 1
    chance: float = 1.0
    channel: str = ""
    token: str = ""
    #: text that the message contains, as it stands on the wire
    marker: str = ""
    #: how often it was met
    met: int = 0

    def fits(self, arrival: Arrival, text: str) -> bool:
        """True when the order is meant for that request; `chance` has not been asked yet."""
        return (
            (self.times is None or self.met < self.times)
            and arrival.path.startswith(self.path)
            and self.channel in ("", arrival.channel)
            and self.token in ("", arrival.token)
            and self.marker in text
        )

    def cancel(self) -> None:
        """Never again."""
        self.times = 0
