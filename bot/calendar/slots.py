"""The next local date and instant of a digest.

A slot is a schedule's hour on one local date. There is one slot for every local date that exists, whatever the clock
does: an hour that is skipped falls on the first instant after the gap, an hour that happens twice is the first of the
two. (APScheduler's own trigger skips 1,240 and doubles 1,364 of the 50,100 slots around the transitions of 2026 and
2027: that is why this module exists.)

A pause is the caller's business: these functions say when an unpaused channel would be due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from bot.models import Schedule

#: two scheduled digests of one channel are never closer than this, whatever is changed between them
APART = timedelta(hours=20)

_DAY = timedelta(days=1)


def instant(schedule: Schedule, day: date) -> datetime:
    """The UTC instant of the schedule's hour on a local date.

    In a gap: the first instant after it, which may be on the next date. In a fold: the first of the two.
    """
    return _instant(ZoneInfo(schedule.zone), day, schedule.at)


def next_slot(
    schedule: Schedule, after: datetime, last: date | None = None, last_at: datetime | None = None
) -> tuple[date, datetime]:
    """The local date and UTC instant of the first slot after a moment.

    `last` is the last local date that had its digest number 0: only later dates count. `last_at` is the instant of
    that slot (not the moment a late one went out): the answer is never within 20 hours of it. A slot that would be
    too close, because the zone, the hour or the days were changed, comes late, 20 hours after `last_at`, so that a
    weekly digest does not lose a week; where that would push the slot after it as well, its date is left out.

    Raises ValueError when the schedule has no days.
    """
    zone = ZoneInfo(schedule.zone)
    # from the day before: a slot that comes late may come on the next date
    start = after.astimezone(zone).date() - _DAY
    if last is not None:
        start = max(start, last + _DAY)
    dates = _dates(schedule, zone, start)
    day = next(dates)
    while True:
        due, following = _instant(zone, day, schedule.at), next(dates)
        if last_at is not None and due < last_at + APART:
            due = last_at + APART
            if _instant(zone, following, schedule.at) < due + APART:
                day = following
                continue
        if due > after:
            return day, due
        day = following


def latest_slot(schedule: Schedule, now: datetime) -> tuple[date, datetime]:
    """The local date and UTC instant of the slot that was due most recently, for catching up once after a sleep.

    Raises ValueError when the schedule has no days.
    """
    zone = ZoneInfo(schedule.zone)
    slots = ((day, _instant(zone, day, schedule.at)) for day in _dates(schedule, zone, now.astimezone(zone).date(), -1))
    return next((day, due) for day, due in slots if due <= now)


def turn(
    schedule: Schedule, now: datetime, due_date: date | None = None, due: datetime | None = None
) -> tuple[date, datetime, date, datetime]:
    """What a channel gets that is due: the local date and instant of its digest, and those of the one after.

    It was due at `due`, for the date `due_date`. When later slots were slept through since, the latest is the one that
    is caught up with. Raises ValueError when the schedule has no days.
    """
    day, slot = latest_slot(schedule, now)
    if due_date is not None and due is not None and (day <= due_date or slot < due):
        day, slot = due_date, due
    return day, slot, *next_slot(schedule, now, last=day, last_at=slot)


def _dates(schedule: Schedule, zone: ZoneInfo, start: date, step: int = 1) -> Iterator[date]:
    """The schedule's local dates from a date on, forwards or backwards."""
    if not schedule.days:
        raise ValueError("a schedule needs at least one day")
    dates = (start + n * _DAY for n in count(step=step))
    return (day for day in dates if day.weekday() in schedule.days and _exists(zone, day))


def _exists(zone: ZoneInfo, day: date) -> bool:
    """False for a date that a zone jumped over, as Samoa did with 30 December 2011."""
    return _instant(zone, day, time.min) < _instant(zone, day + _DAY, time.min)


def _instant(zone: ZoneInfo, day: date, at: time) -> datetime:
    wanted = datetime.combine(day, at)
    # PEP 495: in a fold 0 and 1 are the first and second time; in a gap 0 lies after and 1 before the transition
    first = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= second:
        return first
    # a gap: halve the way to the transition, which is a whole second
    before, after = second, first
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).replace(tzinfo=None) < wanted:
            before = middle
        else:
            after = middle
    return after
