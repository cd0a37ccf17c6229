"""Hours, days, durations and dates, as people type them and as they read them.

What is not understood is None, never a guess. Months and weekdays may be cut to three letters; full-width digits and
every kind of dash are read. Numeric dates are ISO only: 7/1 is January to some and July to others.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.models import WEEKDAYS

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_EVERY_DAY = tuple(range(7))
_WEEKEND = (5, 6)
_DAY = timedelta(days=1)
_CENTURY = 36_525 * _DAY

_TIME = re.compile(r"(?:at )?(\d{1,2})(?:[:.h]([0-5]\d)|h)?(?: ?uhr)? ?([ap])?\.?(?:m\.?)?")
_FOUR_DIGITS = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_DURATION = re.compile(r"(\d{1,4}|an?|one|two|three) ?(hours?|h|days?|d|weeks?|w|months?|mo|years?|y)")
_SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
#: lengths in minutes
_UNITS = {"year": 525_600, "month": 43_200, "week": 10_080, "day": 1_440, "hour": 60, "minute": 1}
#: names of one zone
_UTC = {"Etc/UTC", "Etc/GMT", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "GMT", "UCT", "Universal", "Zulu"}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


# --------------------------------------------------------------------------------------------------------- hours


def parse_time(text: str) -> time | None:
    """An hour of the day: "9", "9am", "09:00", "21.30", "9:30 pm", "0930", "noon"."""
    words = _plain(text)
    if words in ("noon", "midday"):
        return time(12)
    if words == "midnight":
        return time(0)
    if match := _FOUR_DIGITS.fullmatch(words):
        return time(int(match[1]), int(match[2]))
    match = _TIME.fullmatch(words)
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 else None


# ---------------------------------------------------------------------------------------------------------- days


def parse_days(text: str) -> tuple[int, ...] | None:
    """Weekdays, Monday 0, sorted: "daily", "weekdays", "mon,thu", "Mondays", "mon-fri", "every day"."""
    words = re.sub(r"^(every|each|on) ", "", _plain(text))
    if words in ("daily", "day", "everyday", "all", "all days", "7 days"):
        return _EVERY_DAY
    if words in ("weekday", "weekdays", "workday", "workdays", "working days"):
        return WEEKDAYS
    if words in ("weekend", "weekends"):
        return _WEEKEND
    spans = re.sub(r" ?(?:-|\bto\b) ?", "-", words)
    days: set[int] = set()
    for span in re.sub(r"[,;&+/]|\band\b", " ", spans).split():
        first, dash, last = span.partition("-")
        start, end = _weekday(first), _weekday(last if dash else first)
        if start is None or end is None:
            return None
        # "fri-mon" goes over the end of the week
        days.update((start + n) % 7 for n in range((end - start) % 7 + 1))
    return tuple(sorted(days)) or None


def days_in_words(days: Sequence[int]) -> str:
    """Weekdays as people read them, and as `parse_days` reads them back: "every day", "Monday and Thursday"."""
    known = tuple(sorted(set(days)))
    named = {_EVERY_DAY: "every day", WEEKDAYS: "weekdays", _WEEKEND: "weekends"}
    if known in named:
        return named[known]
    names = [_DAYS[day] for day in known]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


# ---------------------------------------------------------------------------------------------- durations, dates


def parse_duration(text: str) -> timedelta | None:
    """A length of time, up to a century: "2w", "3 days", "14d", "a week", "1 month" (30 days), "1 year" (365 days)."""
    match = _DURATION.fullmatch(_plain(text))
    if not match:
        return None
    number = _SMALL.get(match[1]) or int(match[1])
    length = number * {"h": _DAY / 24, "d": _DAY, "w": 7 * _DAY, "m": 30 * _DAY, "y": 365 * _DAY}[match[2][0]]
    return length if timedelta() < length <= _CENTURY else None


def parse_until(text: str, now: datetime, zone: str) -> datetime | None:
    """The UTC instant at which something ends: "2w", "3 days", "1 month", "until 7 Jan", "friday", "may", "2027-01-07".

    A duration is counted from now, a month by the calendar. A date or weekday is its first moment in the zone, always
    in the future: "until Friday" lets Friday's digest come, and on a Friday it means the next one.
    """
    words = re.sub(r"^(until|till?|for|to) ", "", _plain(text))
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    if moment := _away(words, now, here, 1):
        return moment
    day = _weekday(words.removeprefix("next "))
    if words == "tomorrow":
        end: date | None = today + _DAY
    elif words in ("next week", "monday next week"):
        end = today + (7 - today.weekday()) * _DAY
    elif day is not None:
        end = today + ((day - today.weekday() - 1) % 7 + 1) * _DAY
    else:
        end = _date(words, today, 1)
    if end is None or not today < end < today + _CENTURY:
        return None
    return datetime.combine(end, time.min, here).astimezone(UTC)


def parse_since(text: str, now: datetime, zone: str) -> datetime | None:
    """The UTC instant from which something counts: "2w", "7 Jan", "may", "monday", "2026-01-07".

    A date, weekday or month is its first moment in the zone, the latest one that is not in the future.
    """
    words = re.sub(r"^(since|from|last) ", "", _plain(text)).removesuffix(" ago")
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    words = f"1 {words}" if words in ("week", "month", "year") else words
    if moment := _away(words, now, here, -1):
        return moment
    day = _weekday(words)
    if words in ("today", "yesterday"):
        start: date | None = today - (words == "yesterday") * _DAY
    elif day is not None:
        start = today - (today.weekday() - day) % 7 * _DAY
    else:
        start = _date(words, today, -1)
    if start is None or not today - _CENTURY < start <= today:
        return None
    return datetime.combine(start, time.min, here).astimezone(UTC)


# -------------------------------------------------------------------------------------------------------- saying


def say_zone(zone: str) -> str:
    """A zone as people write it: "Europe/Zurich"; "UTC+2", which the zone database calls "Etc/GMT-2"; "UTC"."""
    if distance := re.fullmatch(r"Etc/GMT([+-])(\d+)", zone):
        return f"UTC{'-' if distance[1] == '+' else '+'}{distance[2]}" if distance[2] != "0" else "UTC"
    return "UTC" if zone in _UTC else zone


def days_to_type(days: Sequence[int]) -> str:
    """Weekdays in one word that `parse_days` reads: "daily", "weekdays", "mon,thu"."""
    known = tuple(sorted(set(days)))
    return {_EVERY_DAY: "daily", WEEKDAYS: "weekdays"}.get(known) or ",".join(_DAYS[day][:3].lower() for day in known)


def say_when(moment: datetime, now: datetime, zone: str) -> str:
    """A moment in the zone: "today 09:00", "tomorrow 09:00", "Monday 09:00" in the coming week, else "13 Apr 09:00"."""
    here = ZoneInfo(zone)
    local, today = moment.astimezone(here), now.astimezone(here).date()
    distance = (local.date() - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if distance in near:
        day = near[distance]
    else:
        day = _DAYS[local.weekday()] if 1 < distance < 7 else say_date(local.date(), today)
    return f"{day} {local:%H:%M}"


def say_date(day: date, today: date | None = None) -> str:
    """A date: "13 Apr", or "13 Apr 2027" when that is another year than today's; without `today` always "13 Apr"."""
    year = f" {day.year}" if today is not None and day.year != today.year else ""
    return f"{day.day} {_MONTHS[day.month - 1][:3]}{year}"


def say_date_of(moment: datetime, now: datetime, zone: str) -> str:
    """The date of a moment in the zone: "13 Apr", with the year when that is another than now."""
    here = ZoneInfo(zone)
    return say_date(moment.astimezone(here).date(), now.astimezone(here).date())


def ago(moment: datetime, now: datetime) -> str:
    """How long ago a moment was: "just now", "5 minutes ago", "1 hour ago", "3 days ago", "2 months ago"."""
    minutes = (now - moment) // timedelta(minutes=1)
    for unit, size in _UNITS.items():
        # weeks from the second on: "9 days ago" says more than "1 week ago"
        if minutes >= size * (2 if unit == "week" else 1):
            number = minutes // size
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"


# ------------------------------------------------------------------------------------------------------- reading


def _plain(text: str) -> str:
    """Lower case, full-width letters and digits made plain, every dash a hyphen, single spaces."""
    plain = re.sub("[‐-―−]", "-", unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(plain.split())


def _named(word: str, names: Sequence[str]) -> int | None:
    """The place of a name in a list of names, cut to three letters or more."""
    word = word.strip().rstrip(".")
    found = [n for n, name in enumerate(names) if len(word) > 2 and name.casefold().startswith(word)]
    return found[0] if len(found) == 1 else None


def _weekday(word: str) -> int | None:
    plain = word.strip().rstrip(".")
    known = _named(plain, _DAYS)
    return known if known is not None else _named(plain.removesuffix("s"), _DAYS)


def _month(word: str) -> int | None:
    if word.rstrip(".") == "sept":
        return 9
    known = _named(word, _MONTHS)
    return None if known is None else known + 1


def _date(words: str, today: date, direction: int) -> date | None:
    """A date; "may" is its first day; without a year the nearest after today (direction 1), or not after it (-1)."""
    if match := _ISO.fullmatch(words):
        return _calendar_date(int(match[1]), int(match[2]), int(match[3]))
    parts = words.replace(",", " ").replace(" of ", " ").split()
    numbers = [int(match[1]) for part in parts if (match := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th|\.)?", part))]
    months = [month for part in parts if (month := _month(part)) is not None]
    if len(months) != 1 or len(numbers) + 1 != len(parts) or len(numbers) > 2:
        return None
    if len(numbers) == 2:
        return _calendar_date(max(numbers), months[0], min(numbers)) if max(numbers) > 31 else None
    # eight years hold every 29 February
    years = range(today.year, today.year + 9 * direction, direction)
    first = numbers[0] if numbers else 1
    dates = [day for year in years if (day := _calendar_date(year, months[0], first))]
    return next((day for day in dates if (day > today if direction > 0 else day <= today)), None)


def _calendar_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _away(words: str, now: datetime, here: ZoneInfo, direction: int) -> datetime | None:
    """A duration from now (direction 1) or before now (-1): days and months by the local calendar, hours exactly."""
    match, length = _DURATION.fullmatch(words), parse_duration(words)
    if match is None or length is None:
        return None
    local = now.astimezone(here)
    if match[2][0] in "my":
        number = _SMALL.get(match[1]) or int(match[1])
        day = _months_away(local.date(), direction * number * (12 if match[2][0] == "y" else 1))
    elif match[2][0] in "dw":
        day = local.date() + direction * length
    else:
        return now.astimezone(UTC) + direction * length
    return datetime.combine(day, local.time(), here).astimezone(UTC)


def _months_away(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
