"""Several processes on one PostgreSQL: whatever they do in the same moment, it comes out as if one had done it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from bot.models import Act, Channel, Person
from bot.ports import StorageError
from storage import open_store
from storage.store import Store
from tests.rigs import postgres
from tests.rigs.storage import (
    ADA,
    MONDAY,
    NLP,
    at,
    entries,
    features,
    follow,
    opened,
    paper,
    plan,
    set_schedule,
    tell,
    waiting,
)

Crowd = list[Store]


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    """Four processes' stores on the same database."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(opened(tmp_path, "postgresql"))
        others = [
            await open_store(postgres.database(tmp_path), features=features, features_version=1) for _ in range(3)
        ]
        for store in others:
            stack.push_async_callback(store.close)
        yield [first, *others]


async def all_at_once(crowd: Crowd, turns: int, work: Callable[[Store, int], Awaitable[object]]) -> None:
    """Each process does its turns, and all of them turn by turn in the same moment."""
    for turn in range(turns):
        await asyncio.gather(*(work(store, turn) for store in crowd))


async def test_the_same_paper_from_many_sources_at_once_is_one(crowd: Crowd) -> None:
    sources = ["arxiv", "huggingface", "feed:1", "feed:2"]

    async def keep(store: Store, turn: int) -> None:
        names = [(f"arxiv:{turn}-{number}", f"doi:10.1/{turn}-{number}") for number in range(5)]
        told = [paper(f"{turn}-{number}", *named) for number, named in enumerate(names)]
        random.Random(turn).shuffle(told)
        await tell(store, *told, source=sources[crowd.index(store)], now=at(turn))

    await all_at_once(crowd, 30, keep)
    known = await crowd[0].papers_after()
    assert len(known) == len({one.title for one in known}) == 150
    for store in crowd:
        assert len(await store.find([], NLP)) == 150


async def test_papers_that_prove_to_be_one_are_merged_while_others_save_and_post_them(crowd: Crowd) -> None:
    query = (await follow(crowd[0], NLP, "tokenization", at(-1))).query
    for number in range(40):
        named = [f"arxiv:{number}", f"doi:10.1/{number}"]
        await tell(crowd[0], *(paper(f"{number}", name) for name in named), matching=[query])
    people = [Person("slack", "T1", f"U{number}") for number in range(4)]

    async def work(store: Store, turn: int) -> None:
        match crowd.index(store):
            case 0:
                await tell(store, paper(f"{turn}", f"arxiv:{turn}", f"doi:10.1/{turn}"), source="huggingface")
            case 1:
                await asyncio.gather(*(store.save(one, f"doi:10.1/{turn}", at(turn), "1") for one in people))
            case 2:
                shown = [one for one in await entries(store) if one.paper.title == f"{turn}"]
                await plan(store, shown, number=turn)
            case _:
                await store.show_list(people[0], NLP, [one.id for one in await store.papers([f"arxiv:{turn}"])])

    await all_at_once(crowd, 40, work)
    assert len(await crowd[0].papers_after()) == 40
    for one in people:
        titles = [saved.paper.title for saved in await crowd[0].saved(one)]
        assert sorted(titles, key=int) == [str(number) for number in range(40)]


async def test_everybody_follows_the_same_and_numbers_are_never_given_twice(crowd: Crowd) -> None:
    channels = [Channel("slack", "T1", f"C{number}") for number in range(3)]
    await asyncio.gather(*(set_schedule(crowd[0], channel) for channel in channels))

    async def work(store: Store, turn: int) -> None:
        channel = channels[turn % 3]
        await store.follow(channel, ADA, f"together {turn}", at(turn))
        mine, _ = await store.follow(channel, ADA, f"alone {crowd.index(store)} {turn}", at(turn))
        await store.unfollow(channel, mine.number, at(turn))
        await store.restore(channel, mine.number)

    await all_at_once(crowd, 30, work)
    known = [await crowd[0].subscriptions(channel) for channel in channels]
    for theirs in known:
        assert [one.number for one in theirs] == list(range(1, 51))
    assert Counter(one.text for theirs in known for one in theirs).most_common(1)[0][1] == 1
    seqs = [one.seq for one in await crowd[0].queries()]
    assert len(seqs) == len(set(seqs)) == 150


async def test_no_query_is_passed_over_by_an_index_that_asks_while_others_follow(crowd: Crowd) -> None:
    *followers, reader = crowd
    await set_schedule(reader, NLP)
    seen: set[str] = set()

    async def read() -> None:
        after = 0
        while len(seen) < 90:
            for query in await reader.queries(after):
                seen.add(query.text)
                after = query.seq

    async def write(store: Store, turn: int) -> None:
        await store.follow(NLP, ADA, f"{followers.index(store)} {turn}", MONDAY)

    async with asyncio.timeout(20):
        await asyncio.gather(read(), all_at_once(followers, 30, write))


async def test_the_last_word_about_a_saved_paper_wins_whoever_records_it(crowd: Crowd) -> None:
    await tell(crowd[0], *(paper(f"{number}") for number in range(40)))
    chance = random.Random(20260413)
    last: dict[int, bool] = {}
    words = [(one, order, chance.random() < 0.5) for one in range(40) for order in range(4)]
    for one, order, saved in words:
        last[one] = saved if order == 3 else last.get(one, False)
    chance.shuffle(words)

    async def work(store: Store, turn: int) -> None:
        one, order, saved = words[turn * len(crowd) + crowd.index(store)]
        await (store.save if saved else store.unsave)(ADA, f"arxiv:{one}", at(order), str(order))

    await all_at_once(crowd, 40, work)
    assert {one.paper.title for one in await crowd[0].saved(ADA)} == {str(one) for one, saved in last.items() if saved}


async def test_acronyms_learned_by_all_at_once_are_one_version(crowd: Crowd) -> None:
    async def work(store: Store, turn: int) -> None:
        assert await store.learn([("RAG", f"retrieval {turn}")], at(turn)) == turn + 1

    await all_at_once(crowd, 20, work)
    assert await crowd[0].acronyms() == (20, [("RAG", "retrieval 19")])


async def test_a_paper_that_somebody_saves_is_not_forgotten_in_that_moment(crowd: Crowd) -> None:
    tidier, saver, *_ = crowd
    for turn in range(15):
        names = [f"{turn}-{number}" for number in range(10)]
        await tell(tidier, *(paper(name) for name in names), now=at(days=-200))
        kept, _ = await asyncio.gather(
            asyncio.gather(*(saver.save(ADA, f"arxiv:{name}", MONDAY, "1") for name in names)), tidier.tidy(MONDAY)
        )
        there = {one.paper.title for one in await saver.saved(ADA)}
        assert {name for name, was_kept in zip(names, kept, strict=True) if was_kept} <= there


async def test_a_database_that_many_open_at_once_is_indexed_once(tmp_path: Path) -> None:
    async with opened(tmp_path, "postgresql") as store:
        query = (await follow(store, NLP, "tokenization", at(-1))).query
        await tell(store, *(paper(f"number{number}") for number in range(600)), matching=[query])
    url = postgres.database(tmp_path)
    newer = await asyncio.gather(
        *(open_store(url, features=lambda known: [known.title], features_version=2) for _ in range(4))
    )
    for store in newer:
        assert len(await store.find([["number*"]], NLP)) == 600
        assert len(await waiting(store)) == 600
        await store.close()
    with closing(postgres.connect(url)) as other:
        assert other.execute("SELECT count(*), count(DISTINCT rowid) FROM search").fetchone() == (600, 600)


# ---------------------------------------------------------------------------------------- killed backends

#: so many times every connection of the bot, or half of them, is ended
KILLS = 40


async def test_connections_killed_at_random_lose_nothing_and_double_nothing(crowd: Crowd, tmp_path: Path) -> None:
    url, chance = postgres.database(tmp_path), random.Random(20260413)
    working, kills, worst = 2, 0, 0.0

    async def until_done(question: Callable[[], Awaitable[object]]) -> None:
        """Ask again, as a source or a platform does, until it is done."""
        nonlocal worst
        began = time.monotonic()
        while True:
            try:
                await question()
                break
            except StorageError:
                await asyncio.sleep(0.01)
        worst = max(worst, time.monotonic() - began)

    async def keep(store: Store) -> None:
        nonlocal working
        turn = 0
        while kills < KILLS:
            names = [f"{turn}-{number}" for number in range(5)]
            told = [paper(name, f"arxiv:{name}", f"doi:10.1/{name}") for name in names]
            await until_done(lambda told=told, turn=turn: tell(store, *told, now=at(turn)))  # type: ignore[misc]
            turn += 1
        working -= 1
        kept.append(turn)

    async def take(store: Store) -> None:
        nonlocal working
        turn = 0
        while kills < KILLS:
            act = Act(f"{crowd.index(store)}-{turn}", f"{turn}", "command", NLP, ADA, MONDAY)
            await until_done(lambda act=act: store.take(act))  # type: ignore[misc]
            turn += 1
        working -= 1
        taken.append(turn)

    async def kill() -> None:
        nonlocal kills
        while kills < KILLS:
            await asyncio.sleep(chance.uniform(0, 0.06))
            kills += await asyncio.to_thread(postgres.kill_backends, url, chance) > 0

    kept: list[int] = []
    taken: list[int] = []
    first, second, third, fourth = crowd
    await asyncio.gather(kill(), keep(first), keep(second), take(third), take(fourth))
    assert worst < 10
    with closing(postgres.connect(url)) as other:
        counts = other.execute(
            "SELECT (SELECT count(*) FROM papers), (SELECT count(DISTINCT title) FROM papers), "
            "(SELECT count(*) FROM announcements), (SELECT count(*) FROM search), (SELECT count(*) FROM inbox)"
        ).fetchone()
    assert counts == (*[max(kept) * 5] * 4, sum(taken))
    assert min(kept) > 3
    assert min(taken) > 10
