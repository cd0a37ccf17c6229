"""The doors of the house, and the errors that may pass through them.

`errors`     what may go wrong, as a tree
`sources`    where papers come from
`platforms`  where people are
`store`      what is remembered, grouped by who asks
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.ports.errors import (
    Busy,
    ChannelGone,
    CommandError,
    Doubtful,
    Full,
    NotSent,
    PaperroundError,
    PostError,
    Refused,
    SettingError,
    SourceError,
    StorageError,
    Unauthorised,
    Unusable,
)
from bot.ports.platforms import Doubt, Inbox, Platform
from bot.ports.sources import History, Lookup, Openable, Polled, Source
from bot.ports.store import (
    AnswerStore,
    DeliverStore,
    HousekeepingStore,
    PlanStore,
    PollStore,
    Recalled,
    Store,
    StoredQuery,
    Trouble,
    Waiting,
)

__all__ = [
    "AnswerStore",
    "Busy",
    "ChannelGone",
    "Clock",
    "CommandError",
    "DeliverStore",
    "Doubt",
    "Doubtful",
    "Full",
    "History",
    "HousekeepingStore",
    "Inbox",
    "Lookup",
    "NotSent",
    "Openable",
    "PaperroundError",
    "PlanStore",
    "Platform",
    "PollStore",
    "Polled",
    "PostError",
    "Recalled",
    "Refused",
    "SettingError",
    "Source",
    "SourceError",
    "StorageError",
    "Store",
    "StoredQuery",
    "Trouble",
    "Unauthorised",
    "Unusable",
    "Verb",
    "Waiting",
    "Wake",
]

#: what tells the time: aware, UTC
Clock = Callable[[], datetime]
#: wakes somebody: a plain function that may be called as often as one likes
Wake = Callable[[], None]
#: a verb that a tick runs
Verb = Callable[[], Awaitable[object]]
