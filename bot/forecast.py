"""What following a query would bring, counted over stored papers, in numbers and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot import calendar
from bot.models import Paper
from bot.variants import Variant

#: a topic that brings more than this a day is asked about first
MANY = 10
#: days of news that a rate needs; they are a week: sources announce on working days
ENOUGH = 5
#: a topic that brings less in a week may well be wider, one that brings more narrower
MODEST = 10


@dataclass(frozen=True, slots=True)
class Forecast:
    """What following a query brings, counted over stored papers."""

    #: canonical text of the query, and how it was understood
    text: str
    plain: str
    #: the days that were read, oldest first, and how many papers matched on each
    days: tuple[tuple[date, int], ...]
    #: how many of them match in the title
    in_title: int
    #: the newest ones
    latest: tuple[Paper, ...]
    #: the days are those of the last month; False while it is still being fetched, or too much to be counted
    whole: bool = True
    #: narrower or wider queries and how many papers each brings in a week, the best first
    variants: tuple[tuple[Variant, float], ...] = ()
    #: what a name in it means, or that nobody has it
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many matched in all."""
        return sum(number for _, number in self.days)

    @property
    def read(self) -> int:
        """Working days that were read."""
        return sum(day.weekday() < ENOUGH for day, _ in self.days)

    @property
    def week(self) -> float:
        """How many a week; for fewer than five working days, what these would make of one."""
        return self.total * ENOUGH / max(self.read, 1)

    @property
    def sure(self) -> bool:
        """Enough was read for a rate."""
        return self.read >= ENOUGH

    @property
    def floods(self) -> bool:
        """More a day than anybody reads."""
        return self.week > ENOUGH * MANY


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
        notes.append(f"it rests on {_days([day for day, _ in forecast.days])}")
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
