"""The doors of the house, and the errors that may pass through them.

`errors`     what may go wrong, as a tree
`sources`    where papers come from
`platforms`  where people are
`pace`       whose turn it is to post
`deadline`   until when a post may begin
`store`      what is remembered, grouped by who asks
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.ports.deadline import begun_by, in_time, is_late
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
from bot.ports.pace import Pace, Rank
from bot.ports.platforms import Doubt, Inbox, Limit, OneToken, Platform, Request, Response, Routes
from bot.ports.sources import History, Lookup, Openable, Polled, Source
from bot.ports.store import (
    AnswerStore,
    DeliverStore,
    HousekeepingStore,
    Intent,
    Outcome,
    Planned,
    PlanStore,
    PollStore,
    Recalled,
    Store,
    StoredQuery,
    Trouble,
    Turns,
    Waiting,
    Waits,
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
    "Intent",
    "Limit",
    "Lookup",
    "NotSent",
    "OneToken",
    "Openable",
    "Outcome",
    "Pace",
    "PaperroundError",
    "PlanStore",
    "Planned",
    "Platform",
    "PollStore",
    "Polled",
    "PostError",
    "Rank",
    "Recalled",
    "Refused",
    "Request",
    "Response",
    "Routes",
    "SettingError",
    "Source",
    "SourceError",
    "StorageError",
    "Store",
    "StoredQuery",
    "Trouble",
    "Turns",
    "Unauthorised",
    "Unusable",
    "Verb",
    "Waiting",
    "Waits",
    "Wake",
    "begun_by",
    "in_time",
    "is_late",
]

#: what tells the time: aware, UTC
Clock = Callable[[], datetime]
#: wakes somebody: a plain function that may be called as often as one likes
Wake = Callable[[], None]
#: a verb that a tick runs
Verb = Callable[[], Awaitable[object]]
