"""When things happen: a channel's digests, arXiv's announcements, and the words people use for times.

`slots`  the next local date and instant of a digest, across every change of the clock
`arxiv`  arXiv's own calendar, and the default hour that follows it
`zones`  what people call a time zone
`words`  hours, days, durations and dates as people type and read them

Every moment that goes in or comes out is aware; those that come out are UTC. `now` is always an argument.
"""

from bot.calendar.arxiv import (
    PATIENCE,
    arxiv_announces,
    arxiv_batch,
    arxiv_silence,
    awaited,
    default_hour,
    next_batch,
    planned_up_to,
    ready,
)
from bot.calendar.slots import APART, instant, latest_slot, next_slot, turn
from bot.calendar.words import (
    ago,
    days_in_words,
    days_to_type,
    parse_days,
    parse_duration,
    parse_since,
    parse_time,
    parse_until,
    say_date,
    say_date_of,
    say_when,
    say_zone,
)
from bot.calendar.zones import parse_zone, zones_like

__all__ = [
    "APART",
    "PATIENCE",
    "ago",
    "arxiv_announces",
    "arxiv_batch",
    "arxiv_silence",
    "awaited",
    "days_in_words",
    "days_to_type",
    "default_hour",
    "instant",
    "latest_slot",
    "next_batch",
    "next_slot",
    "parse_days",
    "parse_duration",
    "parse_since",
    "parse_time",
    "parse_until",
    "parse_zone",
    "planned_up_to",
    "ready",
    "say_date",
    "say_date_of",
    "say_when",
    "say_zone",
    "turn",
    "zones_like",
]
