"""The doors of the house, and the errors that may pass through them.

`errors`     what may go wrong, as a tree
`sources`    where papers come from
`platforms`  where people are
`pace`       whose turn it is to post
`deadline`   until when a post may begin
`summaries`  who sums up papers
`sight`      what a platform lets us see of people
`keeping`    what a platform keeps in our database
`packed`     what travels through a platform as text
`rooms`      what a platform can tell about a channel
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
    Invalid,
    NotSent,
    PaperroundError,
    PostError,
    Refused,
    SettingError,
    SourceError,
    StorageError,
    SummaryError,
    Unauthorised,
    Unusable,
)
from bot.ports.keeping import REACTIONS, Installation, Keeps, Memory, Ours, Vault, effaced, without
from bot.ports.operating import Doctor, Finding, Invites, Manifest
from bot.ports.pace import Pace, Rank
from bot.ports.packed import Packed
from bot.ports.platforms import Completion, Doubt, Inbox, Limit, OneToken, Platform, Request, Response, Routes
from bot.ports.rooms import Managed, Room, Rooms
from bot.ports.sight import Sees, Sight
from bot.ports.sources import History, Lookup, Openable, Polled, Source
from bot.ports.store import (
    AnswerStore,
    Begun,
    DeliverStore,
    EnrichStore,
    Figures,
    HousekeepingStore,
    Intent,
    MeasuringStore,
    Outcome,
    Planned,
    PlanStore,
    PollStore,
    Recalled,
    Store,
    StoredQuery,
    Traces,
    Trouble,
    Turns,
    Waiting,
    Waits,
)
from bot.ports.summaries import Summariser

__all__ = [
    "REACTIONS",
    "AnswerStore",
    "Begun",
    "Busy",
    "ChannelGone",
    "Clock",
    "CommandError",
    "Completion",
    "DeliverStore",
    "Doctor",
    "Doubt",
    "Doubtful",
    "EnrichStore",
    "Figures",
    "Finding",
    "Full",
    "History",
    "HousekeepingStore",
    "Inbox",
    "Installation",
    "Intent",
    "Invalid",
    "Invites",
    "Keeps",
    "Limit",
    "Lookup",
    "Managed",
    "Manifest",
    "MeasuringStore",
    "Memory",
    "NotSent",
    "OneToken",
    "Openable",
    "Ours",
    "Outcome",
    "Pace",
    "Packed",
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
    "Room",
    "Rooms",
    "Routes",
    "Sees",
    "SettingError",
    "Sight",
    "Source",
    "SourceError",
    "StorageError",
    "Store",
    "StoredQuery",
    "Summariser",
    "SummaryError",
    "Traces",
    "Trouble",
    "Turns",
    "Unauthorised",
    "Unusable",
    "Vault",
    "Verb",
    "Waiting",
    "Waits",
    "Wake",
    "begun_by",
    "effaced",
    "in_time",
    "is_late",
    "without",
]

#: what tells the time: aware, UTC
Clock = Callable[[], datetime]
#: wakes somebody: a plain function that may be called as often as one likes
Wake = Callable[[], None]
#: a verb that a tick runs
Verb = Callable[[], Awaitable[object]]
