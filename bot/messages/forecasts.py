"""A forecast in words: what following a query would bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot import calendar
from bot.forecast import ENOUGH, MANY, Forecast


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
    if forecast.floods:
        return rate(forecast.week)
    if not forecast.sure:
        return f"{forecast.total or 'none'} in the papers read so far"
    if round(forecast.week) == 0:
        days = 30 if forecast.whole else (forecast.days[-1][0] - forecast.days[0][0]).days + 1
        return f"{forecast.total or 'none'} in the last {days} days"
    return rate(forecast.week)


def brings(forecast: Forecast, week: float) -> str:
    """What a variant brings, in the unit that the forecast itself is told in: "8 a week", "28 a day", "2 so far"."""
    if forecast.sure or forecast.floods:
        return rate(week).removeprefix("about ")
    return f"{round(week * max(forecast.read, 1) / ENOUGH):,} so far"


def lines(forecast: Forecast) -> tuple[str, ...]:
    """The forecast in one or two lines: "tokenization: about 20 a week (8 in titles).", "Last week by day: …"."""
    share = forecast.week / forecast.total if forecast.total and forecast.sure else 1
    if forecast.floods:
        share = forecast.week / forecast.total / ENOUGH
    in_title = round(forecast.in_title * share)
    notes = [f"{in_title:,} in titles"] if in_title else []
    if forecast.days and not forecast.whole:
        notes.append(f"from the papers of {_days([day for day, _ in forecast.days])}")
    more = f" ({'; '.join(notes)})" if notes else ""
    said = [f"{forecast.text}: {about(forecast)}{more}."]
    if forecast.sure and forecast.total:
        last = [(day, number) for day, number in forecast.days if (forecast.days[-1][0] - day).days < 7]
        said.append("Last week by day: " + ", ".join(f"{number:,}" for _, number in last) + ".")
    return tuple(said)


def _days(days: Sequence[date]) -> str:
    """The days in words: "13 Apr", "13 and 14 Apr", "6 Apr to 14 Apr"."""
    said = [calendar.say_date(day) for day in days]
    return " and ".join(said) if len(days) < 3 else f"{said[0]} to {said[-1]}"
