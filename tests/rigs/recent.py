"""What was announced lately, before anybody followed anything."""

from __future__ import annotations

from dataclasses import replace

from bot.models import Announcement, Kind, Message, Paper
from jobs.house import House
from tests.rigs.house import Hands, paper


def buttons(message: Message) -> dict[str, str]:
    """Its labels, and what each types."""
    return {action.label: action.command for action in message.actions}


def about(number: int, title: str, abstract: str = "", *, cat: str = "cs.CL", author: str = "Ada Example") -> Paper:
    """A paper about something."""
    return replace(paper(number, title, abstract or title), categories=(cat,), authors=(author,))


async def past(house: House, clock: Hands, *days: list[Paper]) -> None:
    """What arXiv announced on the last working days, the newest one last, and nobody was told of."""
    await house.store.add_source("arxiv", "arxiv")
    await house.followed.refresh()
    moment, before = clock.moment, 0
    for papers in reversed(days):
        clock.move(days=-before)
        while clock.moment.weekday() > 4:
            clock.move(days=-1)
        day = clock.moment.date().isoformat()
        told = [(Announcement(one, Kind.NEW, day), ()) for one in papers]
        await house.store.keep("arxiv", told, seq=house.followed.seq, now=moment, news=False)
        before = 1
    clock.moment = moment


def week(per_day: int, title: str = "Tokenization, part", abstract: str = "") -> list[list[Paper]]:
    """A working week of papers about something, some of each day with it in the title alone, beside others."""
    days = []
    for day in range(5):
        first = 100 * day + 1
        days.append([about(first + n, f"{title} {first + n}", abstract) for n in range(per_day)])
        days[-1].append(about(first + 90, "Black Holes", "Mergers.", cat="gr-qc"))
    return days


def crowded(per_day: int, more: int) -> list[list[Paper]]:
    """Such a week, and on each of its days so many papers with it in the abstract alone."""
    days = week(per_day)
    for number, day in enumerate(days):
        day += [about(100 * number + 50 + n, "On Words", "We tokenize.") for n in range(more)]
    return days
