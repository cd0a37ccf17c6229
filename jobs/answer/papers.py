"""Commands about papers."""

from __future__ import annotations

from bot.matching import matches, prefilter
from bot.messages import answers
from bot.models import Act, Match
from bot.query import parse
from jobs.answer.desk import Desk, Reply, private

#: entries of a list that are shown at once
PAGE = 10


async def search(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`search QUERY`."""
    query = parse(rest)
    found, whole = await desk.search(query, act, prefilter(query, desk.acronyms()), PAGE)
    shown = [seen.paper for seen, _ in found[:PAGE]]
    await desk.store.show_list(act.person, act.channel, [paper.id for paper in shown])
    return [private(act, answers.found(query.text, shown, len(found), whole))]


async def show(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`show PAPER`."""
    paper = await desk.paper(act, rest)
    reasons: list[tuple[str, Match]] = []
    for one in await desk.store.subscriptions(act.channel):
        match = matches(parse(one.text), paper, desk.acronyms())
        if match is not None:
            reasons.append((one.text, match))
    return [private(act, answers.shown(paper, reasons))]
