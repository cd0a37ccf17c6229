"""The database is full, locked, gone or damaged: nothing is posted that cannot be recorded, and it heals by itself.

And what a platform cannot say is left to a person.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.ports import Busy, Doubt, Full, StorageError, Unusable
from jobs import house as houses
from jobs.house import House
from jobs.settings import Settings
from storage import open_store
from tests.chaos import desk
from tests.chaos.books import Books
from tests.chaos.morning import prepare
from tests.chaos.rows import FACTOR
from tests.chaos.scenes import ADAPTERS, slack
from tests.rigs import postgres
from tests.rigs.faults import DROP_BEFORE, Arrival, now
from tests.rigs.house import Hands, announce, opened, paper, typed
from tests.rigs.neutral import NeutralServer, noticeboard
from tests.rigs.waiting import until
from tests.test_storage_open import in_every_transaction

FILE = "paperround.db"


async def eve(house: House, clock: Hands) -> None:
    """Ten papers wait as a lead and its thread, planned for now."""
    await typed(house, clock.act("follow tokenization"))
    await announce(
        house, *(paper(number, f"Tokenization, part {number} " + "of many " * 40) for number in range(1, 11))
    )
    clock.move(hours=3)
    await house.plan.due()


async def mended(house: House, server: NeutralServer, clock: Hands) -> None:
    """Ticks go by; everything comes, once."""
    for _ in range(6):
        clock.move(seconds=80)
        await house.plan.due()
        await house.deliver.due()
    assert len(server.digests()) == 11
    assert server.doubled() == []
    assert server.violations == []


# ------------------------------------------------------------------------------------------- a full disk


FULL = "PRAGMA max_page_count = 1"  # no page more than the file has
ROOM = "PRAGMA max_page_count = 1000000"


async def test_on_a_full_disk_nothing_is_posted_and_it_goes_on_when_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Hands()
    async with (
        noticeboard(clock, doubt=Doubt.FINDS) as (server, platform),
        opened(tmp_path, {"console": platform}, clock, database="sqlite") as house,
    ):
        await eve(house, clock)
        with in_every_transaction(FULL):
            await house.deliver.due()
            with pytest.raises(Full, match="There is no room left"):
                await announce(house, *(paper(number, "On birds", "words " * 900) for number in range(50, 90)))
            assert server.digests() == []
        assert "There is no room left" in caplog.text
        with in_every_transaction(ROOM):
            await mended(house, server, clock)


@pytest.mark.parametrize("doubt", [Doubt.FINDS, Doubt.REPEATS_SAFELY])
async def test_what_was_posted_as_the_disk_filled_up_is_recorded_later_and_not_posted_again(
    tmp_path: Path, doubt: Doubt
) -> None:
    clock = Hands()
    async with (
        noticeboard(clock, doubt=doubt) as (server, platform),
        opened(tmp_path, {"console": platform}, clock, database="sqlite") as house,
    ):
        await eve(house, clock)
        with locked(tmp_path / FILE) as lock:
            server.faults.on_commit = lambda _arrival: lock()
            house.store._wait = 0.05  # type: ignore[attr-defined]
            await house.deliver.due()
            server.faults.on_commit = lambda _arrival: None
            house.store._wait = 30.0  # type: ignore[attr-defined]
        assert len(server.digests()) == 1
        await mended(house, server, clock)


# ----------------------------------------------------------------------------------------- a locked file


@contextmanager
def locked(file: Path) -> Iterator[Callable[[], None]]:
    """Another program can hold the write lock of the file, from when it is told to until the end."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=5, check_same_thread=False)) as other:
        held: list[sqlite3.Cursor] = []

        def lock() -> None:
            if not held:
                held.append(other.execute("BEGIN IMMEDIATE"))

        yield lock
        if held:
            other.execute("ROLLBACK")


async def test_while_another_program_locks_the_file_people_are_told_in_time_and_nothing_is_posted(
    tmp_path: Path,
) -> None:
    clock = Hands()
    async with (
        noticeboard(clock, doubt=Doubt.FINDS) as (server, platform),
        opened(tmp_path, {"console": platform}, clock, database="sqlite") as house,
    ):
        await eve(house, clock)
        house.store._wait = 0.2  # type: ignore[attr-defined]
        with locked(tmp_path / FILE) as lock:
            lock()
            begun = time.monotonic()
            with pytest.raises(Busy, match="Somebody else is writing"):
                await house.answer.take(clock.act("help"))
            assert time.monotonic() - begun < 10
            await house.deliver.due()
            assert server.digests() == []
        house.store._wait = 30.0  # type: ignore[attr-defined]
        await mended(house, server, clock)


# ------------------------------------------------------------------------------------- a lost connection


async def test_while_the_database_server_is_away_nothing_is_posted_and_then_everything_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Hands()
    url = postgres.database(tmp_path)
    async with (
        noticeboard(clock, doubt=Doubt.FINDS) as (server, platform),
        opened(tmp_path, {"console": platform}, clock, database="postgresql") as house,
    ):
        await eve(house, clock)
        with postgres.away(url):
            await house.deliver.due()
            with pytest.raises(StorageError, match="There is no connection to"):
                await house.answer.take(clock.act("help"))
            assert server.digests() == []
        assert "There is no connection to" in caplog.text
        await mended(house, server, clock)


async def test_while_the_inbox_cannot_be_read_the_log_says_so_once_and_when_it_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Hands()
    url = postgres.database(tmp_path)
    async with (
        noticeboard(clock, doubt=Doubt.FINDS) as (_, platform),
        opened(tmp_path, {"console": platform}, clock, database="postgresql") as house,
    ):
        working = asyncio.create_task(house.answer.run())
        with postgres.away(url):
            house.answer.wake()
            await asyncio.sleep(2.5)  # it tries every second
        await asyncio.sleep(2)
        working.cancel()
    said = [record.getMessage() for record in caplog.records if record.name == "jobs.answer"]
    assert [sentence.partition(":")[0] for sentence in said] == [
        "The inbox could not be read",
        "The inbox is read again.",
    ]


async def test_connections_that_die_between_a_post_and_its_record_double_nothing(tmp_path: Path) -> None:
    clock = Hands()
    url = postgres.database(tmp_path)
    deaths: list[int] = []

    def kill(arrival: Arrival) -> None:
        if arrival.key and len(deaths) < 5:
            deaths.append(postgres.kill_backends(url))

    async with (
        noticeboard(clock, doubt=Doubt.FINDS) as (server, platform),
        opened(tmp_path, {"console": platform}, clock, database="postgresql") as house,
    ):
        await eve(house, clock)
        server.faults.on_commit = kill
        for _ in range(8):
            await asyncio.wait_for(house.deliver.due(), 10)
            clock.move(seconds=80)
        await mended(house, server, clock)
    assert len(deaths) == 5


# --------------------------------------------------------------------------------------- a damaged file


async def test_a_damaged_file_is_refused_with_its_name_and_what_to_do(tmp_path: Path) -> None:
    clock = Hands()
    async with (
        noticeboard(clock) as (_, platform),
        opened(tmp_path, {"console": platform}, clock, database="sqlite") as house,
    ):
        await eve(house, clock)
    file = tmp_path / FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * 4096 * 8 + whole[8192 + 4096 * 8 :])

    with pytest.raises(Unusable, match=rf"{FILE} is damaged.*restore a backup"):
        await open_store(f"sqlite:///{file}")


# --------------------------------------------------------------------------------- what nobody can know


async def test_what_slack_cannot_say_is_shown_in_status_and_comes_once_a_person_sends_it_again(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/{FILE}", platforms=("slack",), sources=("lab",), shrink=FACTOR
    )
    async with slack.opened("confirms", seed=1) as scene:
        platform = ADAPTERS["slack"](scene.given, clock=now, shrink=FACTOR)
        expected = await prepare(settings, scene, 3, 0.1)
        books = Books(scene, expected)
        scene.server.faults.order(DROP_BEFORE)  # one message never arrives, and nothing says so
        async with houses.build(settings, {"slack": platform}, {}) as house:
            house.work()
            background = [asyncio.create_task(platform.run(house.answer)), asyncio.create_task(ticks(house))]
            try:
                await scene.server.sockets.until_connected()
                shown = await desk.read(scene, expected)
                while not desk.said(shown, desk.UNKNOWN):
                    shown = await desk.read(scene, expected)
                # the others come, and that one does not
                await until(lambda: sum(map(len, books.missing().values())) == 1)

                assert desk.press(shown) == 1
                await until(lambda: not books.missing())
                assert desk.said(await desk.read(scene, expected), desk.UNKNOWN) == 0
                assert books.doubled() == []
            finally:
                for task in background:
                    task.cancel()
                await asyncio.gather(*background, return_exceptions=True)
                await house.rest()
                await platform.close()


async def ticks(house: House) -> None:
    """The ticks, in divided time."""
    while True:
        await house.plan.due()
        await house.deliver.due()
        await asyncio.sleep(10 / FACTOR)
