"""Commands that explain: which papers are near one, and why one came here or not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot import why as explaining
from bot.forecast import ENOUGH
from bot.matching import QueryIndex
from bot.messages import narrowing, refusing, understanding
from bot.messages import trending as liked
from bot.models import Act
from bot.ports import CommandError
from bot.query import parse
from bot.remedies import remedies
from bot.similarity import CANDIDATES, nearest, telling
from jobs.answer.desk import Desk, Reply, private
from jobs.answer.papers import own

#: what `trending` looks back over
SPANS = {"week": timedelta(days=7), "month": timedelta(days=30)}
#: people of whom it may be said how many saved a paper: of fewer somebody could be guessed
PEOPLE = 3
#: papers of each list
MOST = 5
#: topics that brought a paper and are told how to bring fewer, and the papers of each that are looked through
TOPICS, SAMPLE = 3, 200


async def similar(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`similar PAPER`."""
    paper = await desk.paper(act, rest)
    # one more than are compared: the paper itself is among them
    found = await desk.store.heaviest(telling(paper), act.channel, CANDIDATES + 1)
    # twenty milliseconds of counting, in which others are answered
    near = await asyncio.to_thread(nearest, paper, found)
    if near:
        await desk.store.show_list(act.person, act.channel, [one.paper.id for one in near])
    return [private(act, understanding.similar(paper, near, await own(desk, act, [one.paper for one in near])))]


async def why(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`why PAPER`."""
    paper, now = await desk.paper(act, rest), desk.clock()
    history = await desk.store.history(act.channel, paper.id)
    state = await desk.store.channel(act.channel)
    topics = await asyncio.to_thread(
        explaining.explained,
        paper,
        history,
        await desk.store.subscriptions(act.channel),
        state.last_at if state is not None else None,
        now=now,
        acronyms=desk.acronyms(),
    )
    tasted = await desk.store.taste(act.channel, act.person)
    entry = await desk.store.noted(act.person, paper.id)
    return [private(act, understanding.explained(paper, history, topics, state, now, tasted, entry))]


async def trending(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`trending [week|month]`."""
    span = rest.lower() or "week"
    if span not in SPANS:
        raise CommandError(refusing.TRENDING_HOW, "trending")
    since = desk.clock() - SPANS[span]
    saved = await desk.store.most_saved(act.channel, since, PEOPLE, MOST)
    upvoted = await desk.store.most_upvoted(act.channel, since, 2 * MOST)
    # a paper that stands in both lists is told once
    named = {paper.id for paper, _ in saved}
    others = [paper for paper in upvoted if paper.id not in named][:MOST]
    papers = [*(paper for paper, _ in saved), *others]
    if papers:
        await desk.store.show_list(act.person, act.channel, [paper.id for paper in papers])
    savers = await desk.store.taste(act.channel, act.person)
    enough = savers.others + savers.own >= PEOPLE
    mine = await own(desk, act, papers)
    return [private(act, liked.trending(saved, others, span, PEOPLE, enough=enough, own=mine))]


async def not_this(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`notthis PAPER`, typed by the button *Not this*."""
    paper, now = await desk.paper(act, rest), desk.clock()
    history = await desk.store.history(act.channel, paper.id)
    index, topics = QueryIndex(desk.acronyms()), await desk.store.subscriptions(act.channel)
    for topic in topics:
        index.add(topic.number, parse(topic.text))
    found = {match.query: match for match in index.match(paper)} | dict(history.matched)
    saved = await desk.store.saved_here(act.channel)
    read = [day for day, _ in await desk.store.days_read(act.channel, now - SPANS["month"])]
    few = () if sum(day.weekday() < ENOUGH for day in read) >= ENOUGH else tuple(sorted(read))
    narrowed = []
    for topic in [one for one in topics if one.number in found][:TOPICS]:
        total, lately = await desk.store.brought(act.channel, topic.number, now - SPANS["month"], SAMPLE)
        brought = {one.id: (one, match) for one, match in lately}
        offered = await asyncio.to_thread(remedies, parse(topic.shown), paper, brought, saved, desk.acronyms())
        narrowed.append(narrowing.Narrowed(topic, found[topic.number], total, len(lately), tuple(offered), few))
    return [private(act, narrowing.not_this(paper, narrowed, shared=any(not one.topic for one in history.shown)))]
