"""What a database goes through: killed in mid-work, and asked by many at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.rigs.storage import ADA, DATABASES, MONDAY, NLP, at, follow, opened, paper, set_schedule, tell
from tests.rigs.storage_loop import PIECE, work

KILLS = 15
#: each must find nothing
BROKEN = {
    "a paper without a name": "SELECT id FROM papers WHERE id NOT IN (SELECT paper FROM identifiers)",
    "a paper that cannot be found": "SELECT id FROM papers WHERE id NOT IN (SELECT rowid FROM search)",
    "a paper nobody told of": "SELECT id FROM papers WHERE id NOT IN (SELECT paper FROM announcements)",
    "a digest without all its parts": """
        SELECT digest FROM deliveries GROUP BY digest
        HAVING count(*) != (SELECT count(*) + 1 FROM entries
                            WHERE delivery = (SELECT min(id) FROM deliveries d WHERE d.digest = deliveries.digest))""",
    "a paper shown but not had": """
        SELECT e.paper FROM entries e JOIN deliveries d ON d.id = e.delivery
        WHERE d.holds AND NOT EXISTS (SELECT 1 FROM posted p WHERE p.channel = d.channel AND p.paper = e.paper)""",
    "a paper had but not shown": """
        SELECT paper FROM posted WHERE paper NOT IN
        (SELECT e.paper FROM entries e JOIN deliveries d ON d.id = e.delivery WHERE d.holds)""",
    "a due date of another digest": """
        SELECT id FROM channels WHERE last_date != (SELECT max(local_date) FROM digests WHERE channel = channels.id)""",
    "sent without a trace": "SELECT id FROM deliveries WHERE state IN ('sending', 'sent') AND message IS NULL",
    "a lease on what is over": "SELECT id FROM deliveries WHERE settled IS NOT NULL AND lease_until IS NOT NULL",
    "an act done that keeps its secret": "SELECT id FROM inbox WHERE done IS NOT NULL AND reply != ''",
    "a foreign key to nowhere": "SELECT * FROM pragma_foreign_key_check",
}


async def test_killed_at_any_moment_a_database_opens_and_is_whole(tmp_path: Path) -> None:
    chance = random.Random(20260413)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.rigs.storage_loop"])
    rounds = 0
    for _ in range(KILLS):
        told, tell_us = processes.Pipe(duplex=False)
        worker = processes.Process(target=work, args=(tmp_path, tell_us))
        worker.start()
        tell_us.close()
        assert await asyncio.to_thread(told.poll, 30), "the worker never came to work"
        await asyncio.sleep(chance.uniform(0, 0.15))
        worker.kill()
        await asyncio.to_thread(worker.join)
        while told.poll():
            try:
                rounds = told.recv()
            except EOFError:
                break
        async with opened(tmp_path) as store:  # opens, and checks the file
            papers = len(await store.find([], NLP))
            assert papers >= rounds * PIECE  # what was said to be done is there
            assert papers % PIECE == 0  # and nothing by halves
        with closing(sqlite3.connect(tmp_path / "paperround.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            for what, question in BROKEN.items():
                assert database.execute(question).fetchall() == [], what
        database.close()
    assert rounds >= KILLS


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_many_tasks_reading_and_writing_at_once_lose_nothing(tmp_path: Path, database: str) -> None:
    tasks, each = 8, 60
    async with opened(tmp_path, database) as store:
        await set_schedule(store, NLP)

        async def follow_many(task: int) -> None:
            for turn in range(each):
                await follow(store, NLP, f"query {task} {turn}")  # reads the last number and writes the next one
                await store.subscriptions(NLP)

        await asyncio.gather(*(follow_many(task) for task in range(tasks)))
        known = await store.subscriptions(NLP)
        assert [one.number for one in known] == list(range(1, tasks * each + 1))
        assert [one.seq for one in await store.queries()] == list(range(1, tasks * each + 1))


async def test_a_reader_is_not_held_up_by_a_long_write(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        papers = [paper(f"paper {number}") for number in range(400)]
        writing = asyncio.create_task(tell(store, *papers))
        await asyncio.sleep(0.05)
        assert await store.find([], NLP) == []  # the write is not over
        assert not writing.done()
        assert await writing == 400
        assert len(await store.find([], NLP)) == 400


async def test_a_write_that_is_cancelled_is_over_before_the_next_one_begins(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        writing = asyncio.create_task(tell(store, *(paper(f"paper {number}") for number in range(200))))
        await asyncio.sleep(0.02)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert len(await store.find([], NLP)) in (0, 200)
        assert await store.save(ADA, "p1", MONDAY, "1") == bool(await store.papers(["p1"]))
        assert await tell(store, paper("after"), now=at(1)) == 1
