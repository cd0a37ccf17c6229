"""Who is woken: one verb in this process, and workers of other processes over PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager
from psycopg import sql

from bot.ports import Busy, StorageError
from jobs import queue
from jobs.queue import Queue, Woken, migrate
from tests.rigs import postgres
from tests.rigs.waiting import until

NOWHERE = "postgresql+psycopg://paperround@127.0.0.1:1/nothing"


class Heard:
    """Counts how often it was woken."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1

    async def at_least(self, times: int, seconds: float = 10) -> None:
        """Wait until it was woken so often."""
        await until(lambda: self.times >= times, lambda: f"woken {self.times} times", seconds)


@asynccontextmanager
async def running(*queues: Queue) -> AsyncIterator[None]:
    """These queues carry hints."""
    tasks = [asyncio.create_task(one.run()) for one in queues]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def jobs(url: str) -> list[Mapping[str, object]]:
    """What stands in Procrastinate's table."""
    with closing(postgres.connect(url)) as connection:
        rows = connection.execute("SELECT queueing_lock, status::text FROM procrastinate.procrastinate_jobs ORDER BY 1")
        return [{"lock": row[0], "status": row[1]} for row in rows]


@pytest.fixture
async def url(tmp_path: Path) -> str:
    """A database with Procrastinate's tables."""
    address = postgres.database(tmp_path)
    await migrate(address)
    return address


# ------------------------------------------------------------------------------------------ in this process


async def test_wakes_during_a_run_lead_to_one_more_run() -> None:
    runs, go_on = 0, asyncio.Event()

    async def verb() -> None:
        nonlocal runs
        runs += 1
        await go_on.wait()

    woken = Woken(verb)
    task = asyncio.create_task(woken.run())
    woken.wake()
    await asyncio.sleep(0)
    for _ in range(5):
        woken.wake()
    go_on.set()
    await woken.idle()
    task.cancel()

    assert runs == 2


@pytest.mark.parametrize("error", [Busy("Somebody else is writing."), ZeroDivisionError()])
async def test_a_verb_that_fails_runs_at_the_next_wake(error: Exception) -> None:
    runs = 0

    async def verb() -> None:
        nonlocal runs
        runs += 1
        raise error

    woken = Woken(verb)
    task = asyncio.create_task(woken.run())
    for _ in range(2):
        woken.wake()
        await woken.idle()
    task.cancel()

    assert runs == 2


# ------------------------------------------------------------------------------------- between processes


async def test_a_hint_wakes_one_worker_of_another_process_and_leaves_nothing_behind(url: str) -> None:
    one, other = Heard(), Heard()
    web = Queue(url)
    async with running(web, Queue(url, {"answer": one}), Queue(url, {"answer": other})):
        for number in range(1, 4):
            web.wake("answer")
            await until(lambda wanted=number: one.times + other.times >= wanted, lambda: "not woken", 20)  # type: ignore[misc]
        await until(lambda: not jobs(url), lambda: str(jobs(url)), 20)

        assert one.times + other.times == 3


async def test_a_verb_is_heard_by_those_who_work_on_it_alone(url: str) -> None:
    answering, delivering = Heard(), Heard()
    async with running(web := Queue(url), Queue(url, {"answer": answering}), Queue(url, {"deliver": delivering})):
        web.wake("deliver")
        await delivering.at_least(1)

        assert answering.times == 0


async def test_many_wakes_while_nobody_works_are_one_job_and_one_for_each_shard_of_a_crowd(url: str) -> None:
    async with running(web := Queue(url)):
        for _ in range(100):
            web.wake("answer")
            await asyncio.sleep(0)
        web.wake("deliver", 3 * queue.SHARD)
        await until(lambda: len(jobs(url)) == 4, lambda: str(jobs(url)), 20)
        web.wake("answer")
        await asyncio.sleep(0.2)
    assert [job["lock"] for job in jobs(url)] == ["answer/0", "deliver/0", "deliver/1", "deliver/2"]

    worker = Heard()
    async with running(Queue(url, {"answer": worker})):  # what was said before it came is heard too
        await worker.at_least(1)


async def test_a_job_whose_worker_died_is_gone_when_the_next_one_comes(url: str) -> None:
    with closing(postgres.connect(url)) as connection:
        connection.execute("SET search_path TO procrastinate")
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('answer', 'wake', 'doing')"
        )
    async with running(Queue(url, {"answer": Heard()})):
        await until(lambda: not jobs(url), lambda: str(jobs(url)), 20)


# ------------------------------------------------------------------------------------------- when it is lost


async def test_lost_connections_are_opened_again_and_what_was_said_meanwhile_is_heard(url: str) -> None:
    heard, web = Heard(), Queue(url)
    async with running(web, Queue(url, {"answer": heard})):
        web.wake("answer")
        await heard.at_least(1)
        with postgres.away(url):
            web.wake("answer")
            await asyncio.sleep(2 * queue.PAUSE)
        await heard.at_least(2)


async def test_without_a_database_a_wake_returns_at_once_and_one_warning_is_enough(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PATIENCE", 0.2)
    monkeypatch.setattr(queue, "PAUSE", 0.05)
    nowhere = Queue(NOWHERE, {"answer": Heard()})
    async with running(nowhere):
        nowhere.wake("answer")
        await asyncio.sleep(2)

    assert [(record.levelno, record.name) for record in caplog.records] == [(logging.WARNING, "jobs.queue")]
    assert "until it is back, work starts up to 15 seconds later." in caplog.text
    with pytest.raises(StorageError):
        await migrate(NOWHERE)


# ----------------------------------------------------------------------------------------------- its tables


async def test_its_tables_are_made_once_by_however_many_begin(tmp_path: Path) -> None:
    address = postgres.database(tmp_path)

    applied = await asyncio.gather(*(migrate(address) for _ in range(4)))

    assert sorted(map(len, applied)) == [0, 0, 0, 1]


def older_than(release: str) -> list[bytes]:
    """The scripts that made the tables of the releases before that one."""
    scripts = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    return [script.read_bytes() for script in scripts if script.name < release]


async def test_tables_of_an_older_release_are_brought_up_to_date(tmp_path: Path) -> None:
    address = postgres.database(tmp_path)
    with closing(postgres.connect(address)) as connection:
        connection.execute("CREATE SCHEMA procrastinate")
        connection.execute("SET search_path TO procrastinate")
        for script in older_than("03.04"):
            connection.execute(script)
        connection.execute(sql.SQL("COMMENT ON SCHEMA procrastinate IS {}").format(sql.Literal("3.3.0")))

    assert len(await migrate(address)) == 1
    assert await migrate(address) == []

    heard, web = Heard(), Queue(address)
    async with running(web, Queue(address, {"answer": heard})):
        web.wake("answer")
        await heard.at_least(1)
