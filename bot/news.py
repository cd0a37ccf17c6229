"""What happened to a paper that somebody saved: a new version, a withdrawal, code; and when they are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.models import Paper, Schedule

#: for so long after the hour of their direct messages people are told of their papers: never at night
WAKING = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Known:
    """What a person knows of a paper."""

    version: int = 1
    withdrawn: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a person does not know yet of a paper."""

    paper: Paper
    #: the version they know; None when that is still the latest one
    since: int | None = None
    withdrawn: bool = False
    code: bool = False

    def __bool__(self) -> bool:
        return self.since is not None or self.withdrawn or self.code


def of(paper: Paper) -> Known:
    """What there is to know of a paper."""
    return Known(paper.version, paper.withdrawn, bool(paper.code))


def change(paper: Paper, known: Known) -> Change:
    """What somebody who knows that much would be told of the paper now; false when there is nothing."""
    return Change(
        paper,
        since=known.version if paper.version > known.version else None,
        withdrawn=paper.withdrawn and not known.withdrawn,
        code=bool(paper.code) and not known.code,
    )


def after(paper: Paper, known: Known) -> Known:
    """What they know when they were told: a version or code that a source takes back is not told a second time."""
    now = of(paper)
    return Known(max(now.version, known.version), now.withdrawn, now.code or known.code)


def day(schedule: Schedule, now: datetime) -> date | None:
    """The local date on which somebody with these hours may be told now; None while they are left alone.

    From the hour of their direct messages on, for twelve hours, on the days they chose, and not while they pause.
    """
    if schedule.rests(now):
        return None
    local = now.astimezone(ZoneInfo(schedule.zone))
    for today in (local.date(), local.date() - timedelta(days=1)):
        begin = datetime.combine(today, schedule.at, local.tzinfo)
        if today.weekday() in schedule.days and begin <= local < begin + WAKING:
            return today
    return None
