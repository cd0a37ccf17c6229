"""What following a query would bring, counted over stored papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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

    #: the query as somebody typed it, and how it was understood
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
    #: more match than can be counted: the days are those that were
    cut: bool = False
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
    def early(self) -> bool:
        """So few days were read that their papers are told, and no rate."""
        return not self.sure and not self.cut

    @property
    def floods(self) -> bool:
        """More a day than anybody reads."""
        return self.week > ENOUGH * MANY
