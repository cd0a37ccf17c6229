"""A process that works on a database without end, to be killed."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from bot.models import Act, Digest, Message, Part, Posted, State
from tests.rigs.storage import ADA, MONDAY, NLP, claim, entries, follow, intend, opened, paper, settle, tell

#: papers told of in one transaction, and papers in one digest
PIECE = 7
SHOWN = 5


def work(folder: Path, ready: Connection) -> None:
    """Tell, plan, claim, send, settle, save and record acts; says so after the first round."""
    asyncio.run(_work(folder, ready))


async def _work(folder: Path, ready: Connection) -> None:
    async with opened(folder) as store:
        query = (await follow(store, NLP, "tokenization", MONDAY)).query
        done = len(await store.find([], NLP)) // PIECE
        while True:
            done += 1
            now = MONDAY + timedelta(minutes=done)
            names = [f"{done}-{number}" for number in range(PIECE)]
            await tell(
                store, *(paper(name, f"arxiv:{name}", f"doi:{name}") for name in names), now=now, matching=[query]
            )
            shown = (await entries(store))[:SHOWN]
            day = date(2026, 4, 14) + timedelta(days=done)
            parts = [(Part(0, "lead", tuple(shown)), f"{day}-0")]
            parts += [(Part(place, "paper", (one,), under=0), f"{day}-{place}") for place, one in enumerate(shown, 1)]
            await store.plan(Digest(NLP, day, 0), parts, now, day + timedelta(days=1), now + timedelta(days=1))
            for _ in range(3):
                for delivery in await claim(store, now):
                    if await intend(store, delivery, Message("text" * 50), now):
                        state = State.DROPPED if delivery.id % 5 == 0 else State.SENT
                        await settle(store, delivery, state, now, posted=Posted(f"m{delivery.id}"))
            await store.save(ADA, f"arxiv:{names[0]}", now, f"{done:09}")
            act = Act(f"act {done}", "", "command", NLP, ADA, now, reply="secret")
            await store.take(act)
            await store.done(act, now)
            with contextlib.suppress(BrokenPipeError):
                ready.send(done)
