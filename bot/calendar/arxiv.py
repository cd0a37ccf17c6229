"""arXiv's own calendar, and the default hour that follows it.

arXiv announces from Sunday to Thursday at 20:00 US Eastern and is silent on Friday and Saturday
(https://info.arxiv.org/help/availability.html). The feeds turn over at midnight US Eastern, four hours later
(https://info.arxiv.org/help/rss.html): 04:00 UTC in summer, 05:00 UTC in winter. A batch is called by that midnight's
date, which is also the date of the mailing and the feed's `pubDate`: Sunday evening's announcement is Monday's batch.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.models import SourceState

_DAY = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5

#: arXiv's holidays of 2026, as info.arxiv.org/help/availability.html lists them
#: (github.com/arXiv/arxiv-docs, source/help/availability.md at commit 8332d7e).
#: Years that are not here follow the weekday rule alone.
HOLIDAYS = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 9, 7),
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2026, 12, 29),
        date(2026, 12, 31),
    }
)

#: how long a batch is out before a digest counts on it: the feeds of some categories turn over late
_READ = timedelta(minutes=30)
#: how long a digest waits at most for a batch that is late
PATIENCE = timedelta(hours=3)
_MORNING, _EVENING = time(9), time(18)


def arxiv_silence(day: date) -> Literal["", "weekend", "holiday"]:
    """Why arXiv announces nothing on the evening of that day, US Eastern; "" when it does announce.

    A holiday on a Friday silences the Sunday after it: Friday's submissions were not looked at. arXiv listed
    "Sunday 6 July" for Friday 4 July in 2025, and public crawls hold no new batch for Sunday 21 June and Sunday
    5 July 2026, after the Fridays of the list.
    """
    if day.weekday() in (_FRIDAY, _SATURDAY):
        return "weekend"
    friday = day - 2 * _DAY
    if day in HOLIDAYS or (friday.weekday() == _FRIDAY and friday in HOLIDAYS):
        return "holiday"
    return ""


def arxiv_announces(day: date) -> bool:
    """Whether arXiv announces papers on the evening of that day, US Eastern."""
    return not arxiv_silence(day)


def next_batch(now: datetime) -> datetime:
    """The UTC instant after `now` at which arXiv's feeds next turn over to a new batch."""
    day = now.astimezone(_eastern()).date() + _DAY
    while not arxiv_announces(day - _DAY):
        day += _DAY
    return _midnight(day)


def arxiv_batch(now: datetime) -> date:
    """The date of the batch in arXiv's feeds at that moment: on a Saturday still Friday's."""
    day = now.astimezone(_eastern()).date()
    while not arxiv_announces(day - _DAY):
        day -= _DAY
    return day


def awaited(arxiv: SourceState, now: datetime) -> datetime | None:
    """From when on slots wait for a batch of arXiv's that has not come; None when there is nothing to wait for.

    A slot counts on a batch that has been out for half an hour. A source that never brought a batch, or that has not
    answered for a day, is not waited for.
    """
    newest = _day_of(arxiv.batch)
    if newest is None or arxiv.answered is None or now - arxiv.answered > _DAY:
        return None
    return next_batch(_midnight(newest)) + _READ


def planned_up_to(arxiv: SourceState, now: datetime) -> datetime:
    """Up to which slot digests may be planned now: those that wait for a batch do so until they are 3 hours late."""
    waiting_from = awaited(arxiv, now)
    if waiting_from is None or waiting_from > now:
        return now
    return max(waiting_from - timedelta(microseconds=1), now - PATIENCE)


def ready(slot: datetime, arxiv: SourceState) -> datetime:
    """From when on the digest of a slot could be planned: its slot, or later when it waited for arXiv's batch."""
    newest, counted_on = _day_of(arxiv.batch), arxiv_batch(slot - _READ)
    if newest is None or newest > counted_on:
        return slot
    came = arxiv.news if newest == counted_on and arxiv.news is not None else slot + PATIENCE
    return min(max(slot, came), slot + PATIENCE)


def default_hour(zone: str, year: int = 2026) -> time:
    """The first full hour from 09:00 at which arXiv's batch has been out for half an hour, all year round.

    The half hour is what asking for every category politely needs. Both zones may change their clocks on different
    days, so every midnight of the year is looked at and the latest counts: 09:00 in the Americas, Europe and Africa,
    11:00 in India, 12:00 in Nepal, 14:00 in China, 15:00 in Japan and Korea, 17:00 in Sydney. Where that would be
    later than 18:00 (Auckland, and Hawaii, where the batch comes in the evening) the digest comes the next morning at
    09:00. Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown zone.
    """
    here = ZoneInfo(zone)
    midnights = (_midnight(date(year, 1, 1) + n * _DAY) for n in range(366))
    ready = max((midnight + _READ).astimezone(here).time() for midnight in midnights)
    if ready > _EVENING:
        return _MORNING
    hour = ready.hour + (ready > time(ready.hour))
    return max(_MORNING, time(hour))


def _day_of(batch: str) -> date | None:
    try:
        return date.fromisoformat(batch)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, _eastern()).astimezone(UTC)


def _eastern() -> ZoneInfo:
    return ZoneInfo("America/New_York")
