"""`catchup`: the best of some days for what a channel follows, to one person; nothing counts as had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import calendar, ranking
from bot.messages import answers, refusing
from bot.models import Act, Pick, Selection, Subscription
from bot.ports import CommandError, Waits
from jobs.answer.desk import Desk, Reply, private
from jobs.answer.papers import PAGE as SHOWN
from jobs.answer.papers import own, page

#: without a number of days, and the most: so far back a topic's papers are counted when it is followed
USUAL, MOST = timedelta(days=7), timedelta(days=30)


async def catchup(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`catchup [14d]`; `catchup from:11 14d` is its second page."""
    first, text = page(rest)
    first -= (first - 1) % SHOWN
    back = span(text)
    if not await desk.store.subscriptions(act.channel):
        raise CommandError(refusing.NOTHING_TO_CATCH_UP, "list")
    waits = await desk.store.lately(act.channel, desk.clock() - back)
    picks, left = _best(waits, first)
    papers = await desk.store.papers([pick.candidate.paper.id for pick in picks], act.channel)
    known = {paper.id: paper for paper in papers}
    shown = [
        replace(pick, candidate=replace(pick.candidate, paper=known[pick.candidate.paper.id]))
        for pick in picks[first - 1 :]
        if pick.candidate.paper.id in known
    ]
    if shown:
        # the numbers go on from the page before, and its papers keep theirs
        await desk.store.show_list(act.person, act.channel, [pick.candidate.paper.id for pick in picks])
    mine = await own(desk, act, [pick.candidate.paper for pick in shown])
    return [private(act, answers.caught_up(shown, left, back.days, len(waits.candidates), first, mine))]


def _best(waits: Waits, first: int) -> tuple[list[Pick], Sequence[tuple[Subscription, int]]]:
    """The picks of all pages up to the one that begins with number `first`, and what is left over by topic.

    Each page is chosen as if those before it had been digests.
    """
    picks: list[Pick] = []
    chosen, rest = Selection(()), waits.candidates
    while len(picks) < first and rest:
        chosen = ranking.select(rest, SHOWN)
        picks += chosen.picks
        taken = {pick.candidate.paper.id for pick in chosen.picks}
        rest = tuple(one for one in rest if one.paper.id not in taken)
        if not taken:
            break
    return picks, chosen.left


def span(text: str) -> timedelta:
    """How far back: "14d", "2 weeks", "14", "a month"; a week without a word. Raises CommandError."""
    typed = text.strip().lower().removeprefix("last ").strip()
    if not typed:
        return USUAL
    typed = f"1 {typed}" if typed in ("week", "month", "day") else f"{typed} days" if typed.isdecimal() else typed
    back = calendar.parse_duration(typed)
    if back is None or back.days < 1:
        raise CommandError(refusing.no_days(text), "catchup 14d")
    if back > MOST:
        raise CommandError(refusing.too_far_back(MOST.days), f"catchup {MOST.days}d")
    return back
