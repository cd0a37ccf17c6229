"""`catchup`: the best of some days for what a channel follows, to one person; nothing counts as had."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import calendar, ranking
from bot.messages import following as words
from bot.models import Act, Selection
from bot.ports import CommandError
from jobs.answer.desk import Desk, Reply, private

#: without a number of days, and the most: so far back a topic's papers are counted when it is followed
USUAL, MOST = timedelta(days=7), timedelta(days=30)
#: papers that are shown
SHOWN = 10


async def catchup(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`catchup [14d]`."""
    back = span(rest)
    if not await desk.store.subscriptions(act.channel):
        raise CommandError("Nothing is followed here, so there is nothing to catch up on.", "list")
    waits = await desk.store.lately(act.channel, desk.clock() - back)
    chosen = ranking.select(waits.candidates, SHOWN, waits.taste)
    known = {
        paper.id: paper
        for paper in await desk.store.papers([pick.candidate.paper.id for pick in chosen.picks], act.channel)
    }
    picks = tuple(
        replace(pick, candidate=replace(pick.candidate, paper=known[pick.candidate.paper.id]))
        for pick in chosen.picks
        if pick.candidate.paper.id in known
    )
    if picks:
        await desk.store.show_list(act.person, act.channel, [pick.candidate.paper.id for pick in picks])
    return [private(act, words.caught_up(Selection(picks, chosen.left), back.days, len(waits.candidates)))]


def span(text: str) -> timedelta:
    """How far back: "14d", "2 weeks", "14", "a month"; a week without a word. Raises CommandError."""
    typed = text.strip().lower().removeprefix("last ").strip()
    if not typed:
        return USUAL
    typed = f"1 {typed}" if typed in ("week", "month", "day") else f"{typed} days" if typed.isdecimal() else typed
    back = calendar.parse_duration(typed)
    if back is None or back.days < 1:
        raise CommandError(f"“{text[:40]}” is no number of days. Say `catchup 14d`.", "catchup 14d")
    if back > MOST:
        raise CommandError(f"I look back {MOST.days} days at most.", f"catchup {MOST.days}d")
    return back
