"""Commands about papers: what was read about a topic, what waits of it, and one paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import ranking
from bot.matching import matches, prefilter
from bot.messages import answers
from bot.models import Act, Match, Paper
from bot.query import parse
from jobs.answer.desk import Desk, Reply, private

#: entries of a list that are shown at once
PAGE = 10
#: where a page begins, as buttons type it: "search from:11 tokenization"
_FROM = re.compile(r"(?<!\S)from:(\d{1,3})(?!\S)")


async def search(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`search QUERY`; `search from:11 QUERY` is its second page."""
    first, text = page(rest)
    query = parse(text)
    found, whole = await desk.search(query, act, prefilter(query, desk.acronyms()), first - 1 + PAGE)
    papers = [seen.paper for seen, _ in found]
    shown = await numbered(desk, act, papers, first)
    return [private(act, answers.found(query, shown, len(papers), first, whole=whole, own=await own(desk, act, shown)))]


async def more(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`more QUERY`, typed by a digest's button: what it had no room for of one topic, the best first."""
    first, text = page(rest)
    query = parse(text)
    topic = next((one for one in await desk.store.subscriptions(act.channel) if parse(one.text) == query), None)
    state = await desk.store.channel(act.channel)
    if topic is None or state is None:
        return await search(desk, act, rest)
    since = (state.last_at or desk.clock()) - ranking.LEFT_OVER
    waits = (await desk.store.candidates([act.channel], since)).get(act.channel)
    candidates = [
        one
        for one in (waits.candidates if waits else ())
        # counted once, under the topic that it matches best
        if min(one.topics, key=lambda known: (-known[1].score, known[0].number))[0].number == topic.number
    ]
    best = ranking.select(candidates, len(candidates), waits.taste if waits else {}).picks
    papers = await desk.store.papers([pick.candidate.paper.id for pick in best], act.channel)
    shown = await numbered(desk, act, papers, first)
    return [private(act, answers.waiting(query.typed, shown, len(papers), first, await own(desk, act, shown)))]


async def show(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`show PAPER`."""
    paper = await desk.paper(act, rest)
    reasons: list[tuple[str, Match]] = []
    for one in await desk.store.subscriptions(act.channel):
        match = matches(parse(one.text), paper, desk.acronyms())
        if match is not None:
            reasons.append((one.text, match))
    return [private(act, answers.shown(paper, reasons, await desk.store.noted(act.person, paper.id)))]


async def own(desk: Desk, act: Act, papers: Sequence[Paper]) -> frozenset[str]:
    """Those that are on that person's list already: they are not offered to be saved."""
    saved = await desk.store.saved(act.person, [paper.id for paper in papers]) if papers else ()
    return frozenset(one.paper.id for one in saved)


def page(rest: str) -> tuple[int, str]:
    """The number with which the wanted page begins, and the other words, each where it stood."""
    found = _FROM.search(rest)
    if found is None:
        return 1, rest
    return max(1, int(found[1])), rest[: found.start()] + " " * len(found[0]) + rest[found.end() :]


async def numbered(desk: Desk, act: Act, papers: Sequence[Paper], first: int) -> list[Paper]:
    """The page of a list that begins with number `first`; it and the pages before it are the list seen last."""
    last = first - 1 + PAGE
    if shown := list(papers[first - 1 : last]):
        await desk.store.show_list(act.person, act.channel, [paper.id for paper in papers[:last]])
    return shown
