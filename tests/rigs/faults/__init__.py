"""A server that keeps its own record of what arrived and misbehaves when told to: what every platform's rig stands on.

    request -> recorded, `on_first_byte` -> pace -> wait -> commit, `on_commit` -> wait -> answer, `on_answer`

A rig gives each request to `Faults.answer` together with what the platform would do and say; the rest happens there.

`fault`        every way to misbehave
`record`       what arrived, and what was ordered for it
`pace`         how fast one may post
`misbehaving`  `Faults`: a server's record and orders, and the way of a request
`loopback`     an application on 127.0.0.1
`serving`      what every rig that is a server does
"""

from tests.rigs.faults.fault import (
    CUT_AFTER,
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    ERROR_BEFORE,
    GARBAGE_AFTER,
    GARBAGE_BEFORE,
    LIMITED,
    UNAVAILABLE,
    WELL,
    Answer,
    Fault,
    Span,
    limited,
    slow_after,
    slow_before,
    too_many,
)
from tests.rigs.faults.loopback import Loopback
from tests.rigs.faults.misbehaving import Faults, now
from tests.rigs.faults.pace import Pace
from tests.rigs.faults.record import Arrival, Order
from tests.rigs.faults.serving import Serving

__all__ = [
    "CUT_AFTER",
    "DROP_AFTER",
    "DROP_BEFORE",
    "ERROR_AFTER",
    "ERROR_BEFORE",
    "GARBAGE_AFTER",
    "GARBAGE_BEFORE",
    "LIMITED",
    "UNAVAILABLE",
    "WELL",
    "Answer",
    "Arrival",
    "Fault",
    "Faults",
    "Loopback",
    "Order",
    "Pace",
    "Serving",
    "Span",
    "limited",
    "now",
    "slow_after",
    "slow_before",
    "too_many",
]
