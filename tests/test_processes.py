"""More than one process on one database: nothing twice, nothing lost, whoever is killed, stopped or cut off."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.models import Channel, Fetched, Health
from bot.ports import Doubt
from storage import engines
from tests.rigs import house as houses
from tests.rigs import postgres
from tests.rigs.faults import Fault
from tests.rigs.house import Hands
from tests.rigs.neutral import NeutralServer, noticeboard
from tests.rigs.processes import ROOT, Processes, ended, processes, program
from tests.rigs.storage import DATABASES, entries, follow, opened, paper, plan, set_schedule, tell
from tests.rigs.waiting import until

#: what divides every time limit of the children; then seconds of a lease, and between two ticks
SHRINK = 25
LEASE, TICK = 50 / SHRINK, 10 / SHRINK
DIGESTS = 100
#: a lead and two papers in its thread
MESSAGES = 3 * DIGESTS


def channel(number: int) -> Channel:
    """One of the channels, ten to a workspace."""
    return Channel("neutral", f"lab{number // 10}", f"C{number}", f"papers-{number}")


async def planned(folder: Path) -> str:
    """A database with a digest planned in every channel; its address."""
    now = datetime.now(UTC)
    async with opened(folder, "postgresql") as store:
        for number in range(DIGESTS):
            await set_schedule(store, channel(number))
            query = (await follow(store, channel(number), "tokenization", now - timedelta(hours=1))).query
        await tell(store, paper("one"), paper("two"), now=now - timedelta(minutes=30), matching=[query])
        shown = await entries(store, channel(0))
        for number in range(DIGESTS):
            assert await plan(store, shown, channel=channel(number), threads=True, now=now)
    return DATABASES["postgresql"](folder)


@asynccontextmanager
async def delivering(folder: Path, slow: float = 0.05) -> AsyncIterator[tuple[str, NeutralServer, Processes]]:
    """Everything is planned, the platform takes its time and can be asked, and processes may start."""
    url = await planned(folder)
    async with NeutralServer(can=[Doubt.FINDS], repeat_acts=0.5) as server:
        server.fail(Fault("delays", before=(0, slow), after=(0, slow)), times=None)
        with processes(folder, url, server, SHRINK=SHRINK) as running:
            yield url, server, running


async def some_sent(server: NeutralServer, running: Processes, number: int) -> None:
    """Wait until so many messages were posted."""
    await until(
        lambda: len(server.digests()) >= number, lambda: f"{len(server.digests())} of {number}\n{running.said()}", 60
    )


async def all_recorded(url: str, running: Processes) -> None:
    """Wait until every message is known to be sent."""
    await until(lambda: states(url) == {"sent": MESSAGES}, lambda: f"{states(url)}\n{running.said()}", 60)


def states(url: str) -> dict[str, int]:
    """How many deliveries are in which state."""
    with closing(postgres.connect(url)) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())


def once_each(server: NeutralServer) -> bool:
    """Every message is there, none twice, each in its thread."""
    assert server.doubled() == []
    assert server.violations == []
    return len(server.digests()) == MESSAGES


# ------------------------------------------------------------------------------------ delivering side by side


async def test_two_workers_and_a_listener_deliver_everything_once_and_answer(tmp_path: Path) -> None:
    async with delivering(tmp_path) as (url, server, running):
        for command in ("worker", "worker", "listen"):
            running.start(command)
        await server.people.until_connected()
        server.people.types(channel(0), houses.BOB, "help")
        await some_sent(server, running, MESSAGES)
        await all_recorded(url, running)
        await until(lambda: len(server.books) > MESSAGES, running.said, 20)

        assert once_each(server)


async def test_when_a_worker_is_killed_another_takes_over_after_a_lease_and_a_tick(tmp_path: Path) -> None:
    async with delivering(tmp_path, slow=0.3) as (url, server, running):
        doomed = running.start("worker")
        await some_sent(server, running, 20)
        running.start("worker")
        await some_sent(server, running, 60)
        doomed.kill()
        killed = time.monotonic()
        assert states(url).get("sending")
        await all_recorded(url, running)

        assert time.monotonic() - killed < LEASE + TICK + 30
        assert once_each(server)


async def test_a_worker_that_was_stopped_past_its_lease_doubles_nothing(tmp_path: Path) -> None:
    async with delivering(tmp_path, slow=0.3) as (url, server, running):
        stopped = running.start("worker")
        await some_sent(server, running, 20)
        stopped.send_signal(signal.SIGSTOP)
        assert states(url).get("sending")
        running.start("worker")
        await all_recorded(url, running)
        stopped.send_signal(signal.SIGCONT)
        await asyncio.sleep(2)

        assert once_each(server)
        assert states(url) == {"sent": MESSAGES}


async def test_connections_that_the_database_ends_at_random_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(6)
    async with delivering(tmp_path) as (url, server, running):
        for _ in range(2):
            running.start("worker")
        await some_sent(server, running, 10)
        killed = 0
        while len(server.digests()) < MESSAGES - 20:
            killed += postgres.kill_backends(url, chance)
            await asyncio.sleep(chance.uniform(0.1, 0.5))
        last = time.monotonic()
        await all_recorded(url, running)

        assert killed > 5
        assert time.monotonic() - last < 30
        assert once_each(server)


async def test_a_database_that_is_away_for_a_while_stops_nobody(tmp_path: Path) -> None:
    async with delivering(tmp_path) as (url, server, running):
        running.start("worker")
        await some_sent(server, running, 30)
        with postgres.away(url):
            await asyncio.sleep(2)
        back = time.monotonic()
        posted = len(server.digests())
        await some_sent(server, running, posted + 1)
        assert time.monotonic() - back < 30
        await all_recorded(url, running)

        assert once_each(server)


async def test_sigterm_in_the_middle_of_digests_ends_a_worker_in_time_and_leaves_nothing_in_doubt(
    tmp_path: Path,
) -> None:
    restarts = 3
    async with delivering(tmp_path, slow=0.2) as (url, server, running):
        took: list[float] = []
        for _ in range(restarts):
            worker = running.start("worker")
            await some_sent(server, running, len(server.digests()) + 20)
            took.append(await asyncio.to_thread(ended, worker, 12))
            assert states(url).keys() <= {"planned", "sent"}
            assert worker.returncode == 0
        running.start("worker")
        await all_recorded(url, running)

        assert max(took) < 10
        assert once_each(server)


async def test_what_is_planned_at_once_by_two_workers_is_planned_once(tmp_path: Path) -> None:
    channels, clock = 20, Hands()
    async with noticeboard(clock, doubt=Doubt.FINDS) as (server, platform):
        async with (
            houses.opened(tmp_path, {"console": platform}, clock, database="postgresql") as one,
            houses.opened(tmp_path, {"console": platform}, clock, database="postgresql") as other,
        ):
            for number in range(channels):
                place = Channel("console", "terminal", f"C{number}")
                await houses.typed(one, clock.act("follow tokenization", channel=place))
            await houses.announce(one, houses.paper(1))
            clock.move(days=1)
            planned = await asyncio.gather(*(house.plan.due() for house in (one, other) * 2))
            sent = await asyncio.gather(*(house.deliver.due() for house in (one, other)))

        assert sum(planned) == sum(sent) == channels
        assert server.doubled() == []
        assert len(server.digests()) == channels


async def test_an_act_whose_hint_was_lost_is_worked_on_at_the_next_tick(tmp_path: Path) -> None:
    url = postgres.database(tmp_path)
    async with NeutralServer() as server:
        with processes(tmp_path, url, server, SHRINK=SHRINK) as running:
            running.start("worker")
            async with opened(tmp_path, "postgresql") as store:
                for number in range(3):
                    act = server.people.command(channel(0), houses.BOB, "help")
                    await store.take(act)
                    wanted = number + 1
                    await until(lambda wanted=wanted: len(server.books) >= wanted, running.said, 20)  # type: ignore[misc]


# ------------------------------------------------------------------------------------------- who may start


@pytest.mark.parametrize("words", [("worker",), ("web",), ("listen", "console")])
def test_on_a_sqlite_file_a_process_beside_others_is_refused_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    said, errors = program(tmp_path, *words).communicate(timeout=30)

    assert said == ""
    assert errors == (
        f"paperround: `paperround {words[0]}` needs DATABASE_URL to name a PostgreSQL: a SQLite file has one process, "
        "and `paperround run` is all in one.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_platform_that_there_is_not_is_one_sentence(tmp_path: Path) -> None:
    url = postgres.database(tmp_path)
    _, errors = program(tmp_path, "listen", "telegram", DATABASE_URL=url).communicate(timeout=30)

    assert len(errors.splitlines()) == 1
    assert "“telegram”; this release has: console, " in errors


def test_the_procfile_as_it_is_shipped_runs(tmp_path: Path) -> None:
    """Every line of it, with Slack as the platform and nothing at Slack's address."""
    lines = [line for line in (ROOT / "Procfile").read_text().splitlines() if not line.startswith("#")]
    commands = {name: command.split()[1:] for name, _, command in (line.partition(": ") for line in lines)}
    settings = {
        "DATABASE_URL": postgres.database(tmp_path, migrated=False),
        "PLATFORMS": "slack",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:1/",
        "SOURCES": "feed",
        "PORT": "0",
        "LOG_LEVEL": "INFO",
    }
    begun = {"web": "Listening on port", "worker": "Acronyms: version", "slack": "Slack does not say who we are"}
    said, errors = program(tmp_path, *commands.pop("release"), **settings).communicate(timeout=60)
    assert said.startswith("Applied: ")
    assert "Traceback" not in errors

    running = {name: program(tmp_path, *words, **settings) for name, words in commands.items()}
    try:
        assert set(running) == set(begun)
        for name, child in running.items():
            assert child.stderr is not None
            assert any(begun[name] in line for line in child.stderr), f"{name} ended"
        for child in running.values():
            ended(child, 20)
            assert child.returncode == 0
    finally:
        for child in running.values():
            child.kill()
            assert "Traceback" not in child.communicate()[1]


# ---------------------------------------------------------------------- nobody waits inside a transaction


def writable(database: str, url: str) -> bool:
    """True when nobody has a transaction open that others would have to wait for."""
    if database == "postgresql":
        with closing(postgres.connect(url)) as connection:
            question = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                          AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"""
            return connection.execute(question).fetchone() == (0,)
    engine = create_engine(engines.address(url), connect_args={"timeout": 0}, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text("BEGIN IMMEDIATE"))
            connection.execute(text("ROLLBACK"))
    except Exception:
        return False
    finally:
        engine.dispose()
    return True


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_while_a_source_or_a_platform_is_spoken_to_no_transaction_is_open(tmp_path: Path, database: str) -> None:
    url = DATABASES[database](tmp_path)
    clock = Hands()
    free: list[bool] = []

    class Listening:
        """A source that looks at the database while it is asked."""

        name = "arxiv"

        async def fetch(self, cursor: str) -> Fetched:
            free.append(await asyncio.to_thread(writable, database, url))
            return Fetched((), "1", Health())

    async with noticeboard(clock, doubt=Doubt.FINDS) as (server, platform):
        server.faults.on_first_byte = server.faults.on_commit = lambda _: free.append(writable(database, url))
        async with houses.opened(tmp_path, {"console": platform}, clock, {"arxiv": Listening()}, database) as house:
            await houses.typed(house, clock.act("follow tokenization"))
            clock.move(minutes=1)
            await houses.announce(house, *(houses.paper(number) for number in range(1, 6)))
            await house.poll.every_one()
            clock.move(days=1)
            await house.plan.due()
            assert await house.deliver.due() > 0
    assert len(free) > 10
    assert all(free)


def test_that_rig_sees_an_open_transaction(tmp_path: Path) -> None:
    for database in DATABASES:
        url = DATABASES[database](tmp_path)
        engine = engines.writing(engines.address(url))
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            assert not writable(database, url)
        assert writable(database, url)
        engine.dispose()
