"""Commands that explain: which papers are near one, and why one came here or not."""

from __future__ import annotations

import asyncio

from bot import why as explaining
from bot.messages import understanding
from bot.models import Act
from bot.similarity import CANDIDATES, nearest, telling
from jobs.answer.desk import Desk, Reply, private


async def similar(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`similar PAPER`."""
    paper = await desk.paper(act, rest)
    # one more than are compared: the paper itself is among them
    found = await desk.store.heaviest(telling(paper), act.channel, CANDIDATES + 1)
    # twenty milliseconds of counting, in which others are answered
    near = await asyncio.to_thread(nearest, paper, found)
    if near:
        await desk.store.show_list(act.person, act.channel, [one.paper.id for one in near])
    return [private(act, understanding.similar(paper, near))]


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
    return [private(act, understanding.explained(paper, history, topics, state, now))]
