"""A forecast in words: what following a query would bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot import calendar
from bot.forecast import ENOUGH, MANY, Forecast

#: numbers that are said in words
_SMALL = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def rate(week: float) -> str:
    """So many a week in words: "about 20 a week", "about 80 a day", "one in two weeks"."""
    if week > ENOUGH * MANY:
        return f"about {round(week / ENOUGH):,} a day"
    if week >= 0.75:
        return f"about {round(week)} a week"
    return f"about {max(round(week * 30 / 7), 1)} a month" if week else "none"


def about(forecast: Forecast) -> str:
    """The rate in words, or how little was read."""
    if not forecast.days:
        return "no papers read yet"
    if forecast.early:
        return f"{forecast.total or 'none'} {_read(forecast)}"
    if forecast.floods:
        return rate(forecast.week)
    if round(forecast.week) == 0:
        days = 30 if forecast.whole else (forecast.days[-1][0] - forecast.days[0][0]).days + 1
        return f"{forecast.total or 'none'} in the last {days} days"
    return rate(forecast.week)


def brings(forecast: Forecast, week: float) -> str:
    """What a variant brings, in the unit that the forecast itself is told in: "8 a week", "28 a day", "2 that day"."""
    if not forecast.early:
        return rate(week).removeprefix("about ")
    when = "that day" if len(forecast.days) == 1 else "on those days"
    return f"{round(week * max(forecast.read, 1) / ENOUGH):,} {when}"


def lines(forecast: Forecast) -> tuple[str, ...]:
    """The forecast in one or two lines: "tokenization: about 20 a week (8 in titles).", "Last week by day: …"."""
    if not forecast.days:
        return (
            f"{forecast.text}: I am still fetching the last 30 days; "
            f"type `/papers preview {forecast.text}` again in a few minutes.",
        )
    share = forecast.week / forecast.total if forecast.total and not forecast.early else 1
    if forecast.floods and not forecast.early:
        share = forecast.week / forecast.total / ENOUGH
    in_title = round(forecast.in_title * share)
    notes = [f"{in_title:,} in titles"] if in_title else []
    if not forecast.whole and not forecast.early:
        notes.append(f"from the papers of {days([day for day, _ in forecast.days])}")
    more = f" ({'; '.join(notes)})" if notes else ""
    said = [f"{forecast.text}: {about(forecast)}{more}."]
    if forecast.sure and forecast.total:
        last = [(day, number) for day, number in forecast.days if (forecast.days[-1][0] - day).days < 7]
        said.append("Last week by day: " + ", ".join(f"{number:,}" for _, number in last) + ".")
    return tuple(said)


def days(read: Sequence[date]) -> str:
    """The days in words: "13 Apr", "13 and 14 Apr", "6 to 14 Apr", "30 Mar to 14 Apr"."""
    first, last = read[0], read[-1]
    if first == last:
        return calendar.say_date(last)
    said = str(first.day) if (first.year, first.month) == (last.year, last.month) else calendar.say_date(first)
    return f"{said} {'and' if len(read) == 2 else 'to'} {calendar.say_date(last)}"


def _read(forecast: Forecast) -> str:
    """The few days that were read: "on 13 Apr, the one day read so far"."""
    read = [day for day, _ in forecast.days]
    many = _SMALL.get(len(read), str(len(read)))
    said = f"{'on' if len(read) < 3 else 'from'} {days(read)}"
    return f"{said}, the {many} {'day' if len(read) == 1 else 'days'} read so far"
