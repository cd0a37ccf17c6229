"""What people do: recorded before it is acknowledged, worked on once and in order, by whoever is there."""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.models import Act, Channel, Person
from bot.ports import Busy
from jobs.answer import reading as reading_commands
from storage import engines, open_store
from storage import saves as reading_lists
from storage.store import Store
from tests.rigs import house as houses
from tests.rigs.channel import Noticeboard
from tests.rigs.house import Hands, announce
from tests.rigs.neutral import NeutralServer
from tests.rigs.processes import Processes, processes
from tests.rigs.storage import ADA, BOB, DATABASES, MONDAY, NLP, at, opened, paper, tell
from tests.rigs.waiting import until

LEASE = timedelta(seconds=60)
LAB = Channel("neutral", "lab", "papers")


def act(key: str, person: Person = ADA, **more: Any) -> Act:
    return Act(key, key, "command", NLP, person, MONDAY, **more)


@pytest.fixture(params=sorted(DATABASES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path, request.param) as known:
        yield known


async def claimed(store: Store, now: datetime = MONDAY, limit: int = 50) -> list[str]:
    """Keys of the acts that a worker gets now."""
    return [one.key for one in await store.acts(now, LEASE, limit)]


# ---------------------------------------------------------------------------------------- who works on it


async def test_one_persons_acts_are_in_order_by_one_worker_and_other_peoples_are_side_by_side(store: Store) -> None:
    for one in (act("a1"), act("b1", BOB), act("a2"), act("b2", BOB)):
        await store.take(one)

    assert await claimed(store, limit=1) == ["a1"]
    assert await claimed(store) == ["b1"]
    assert await claimed(store) == []
    await store.done(act("a1"), MONDAY)
    assert await claimed(store) == ["a2"]
    await store.done(act("b1", BOB), MONDAY)
    assert await claimed(store) == ["b2"]


async def test_an_act_whose_worker_died_comes_again_when_its_lease_is_over(store: Store) -> None:
    await store.take(act("a1"))
    await store.take(act("a2"))
    assert await claimed(store) == ["a1"]

    assert await claimed(store, MONDAY + LEASE - timedelta(seconds=1)) == []
    assert await claimed(store, MONDAY + LEASE) == ["a1"]


async def test_a_slow_worker_that_ends_late_does_not_begin_an_act_anew(store: Store) -> None:
    await store.take(act("a1"))
    await claimed(store)
    await claimed(store, at(1))  # another worker has it now
    await store.done(act("a1"), at(1), "by the other")
    await store.done(act("a1"), at(2))  # the slow one

    assert await claimed(store, at(3)) == []
    assert not await store.undone(act("a1"))


async def test_what_a_dead_process_had_in_hand_is_free_when_its_file_is_opened_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.take(act("a1"))
        assert await claimed(store) == ["a1"]
    async with opened(tmp_path) as store:
        assert await claimed(store) == ["a1"]


async def test_an_act_that_cannot_be_read_holds_up_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.take(act("a1"))
        await store.take(act("a2"))
    engine = create_engine(engines.address(DATABASES["sqlite"](tmp_path)))
    with engine.begin() as connection:
        connection.execute(text("""UPDATE inbox SET act = '{"kind": "of another release"}' WHERE key = 'a1'"""))
    engine.dispose()
    async with opened(tmp_path) as store:
        assert await claimed(store) == []
        assert await claimed(store) == ["a2"]
        assert not await store.undone(act("a1"))


async def test_two_workers_never_get_the_same_act_nor_two_of_one_person(tmp_path: Path) -> None:
    people = [replace(ADA, id=f"U{number}") for number in range(20)]
    async with opened(tmp_path, "postgresql") as one:
        other = await open_store(DATABASES["postgresql"](tmp_path))
        try:
            for number, person in itertools.product(range(10), people):
                await one.take(act(f"{person.id}-{number}", person))
            order: dict[str, list[str]] = {}
            in_hand: set[str] = set()

            async def work(store: Store, chance: random.Random) -> None:
                while acts := await store.acts(MONDAY, LEASE, 5):
                    for known in acts:
                        assert known.person.id not in in_hand
                        in_hand.add(known.person.id)
                    await asyncio.sleep(chance.uniform(0, 0.005))
                    for known in acts:
                        order.setdefault(known.person.id, []).append(known.key)
                        in_hand.discard(known.person.id)
                        await store.done(known, MONDAY)

            await asyncio.gather(*(work(store, random.Random(seed)) for seed, store in enumerate((one, other) * 2)))
        finally:
            await other.close()
    assert order == {person.id: [f"{person.id}-{number}" for number in range(10)] for person in people}


# --------------------------------------------------------------------------------- the last word wins (I11)


@pytest.mark.parametrize(("database", "cases"), [("sqlite", 1000), ("postgresql", 200)])
async def test_of_add_remove_and_add_the_last_wins_in_whatever_order_they_are_worked_on(
    tmp_path: Path, database: str, cases: int
) -> None:
    chance = random.Random(11)
    url = DATABASES[database](tmp_path)
    async with opened(tmp_path, database) as store:
        await tell(store, paper("one"))
    engine = engines.writing(engines.address(url))
    with engine.begin() as connection:
        for number in range(cases):
            person = replace(ADA, id=f"U{number:04}")
            # every other time a removal comes last
            said = [("1", True), ("2", False), ("3", True)] + [("4", False)] * (number % 2)
            chance.shuffle(said)
            for order, adds in said:
                (reading_lists.save if adds else reading_lists.unsave)(connection, person, "p1", MONDAY, order)
    engine.dispose()
    assert saved(url) == [(f"U{number:04}", 1) for number in range(0, cases, 2)]


async def test_of_two_workers_that_add_and_remove_at_once_the_last_word_wins(tmp_path: Path) -> None:
    url = DATABASES["postgresql"](tmp_path)
    async with opened(tmp_path, "postgresql") as store:
        await tell(store, paper("one"))
        await store.show_list(ADA, NLP, [])  # she is known
        engine = engines.writing(engines.address(url))
        with engine.begin() as connection:
            reading_lists.unsave(connection, ADA, "p1", MONDAY, "2")
            earlier = asyncio.create_task(store.save(ADA, "p1", MONDAY, "1"))
            await asyncio.sleep(0.2)  # it finds nothing, and waits for the other to end
        assert await earlier is False
        engine.dispose()
    assert saved(url) == []


# ------------------------------------------------------------------------------------- told again (I2), lost (I1)


@asynccontextmanager
async def neutral(folder: Path, database: str, papers: int) -> AsyncIterator[tuple[str, NeutralServer]]:
    """A database with so many papers to save, and the platform on which people say so."""
    async with houses.opened(folder, {}, Hands(datetime.now(UTC)), database=database) as house:
        await announce(house, *(houses.paper(number) for number in range(1, papers + 1)))
    async with NeutralServer(repeat_acts=0.5) as server:
        yield DATABASES[database](folder), server


def saves(server: NeutralServer, number: int, person: str) -> Act:
    """Somebody saves that paper."""
    return server.people.command(LAB, Person("neutral", "lab", person, person, zone="UTC"), f"save 2604.{number:05}")


def saved(url: str) -> list[tuple[str, int]]:
    """Who saved how many papers; and nothing is left to be worked on."""
    engine = create_engine(engines.address(url))
    question = """SELECT persons.outside_id, count(*) FROM saves JOIN persons ON persons.id = saves.person
                  WHERE saves.saved GROUP BY persons.outside_id"""
    with engine.connect() as connection:
        rows = sorted((row[0], row[1]) for row in connection.execute(text(question)))
        wrong = connection.execute(text("SELECT count(*) FROM inbox WHERE error != ''")).scalar_one()
    engine.dispose()
    assert wrong == 0
    return rows


async def until_answered(server: NeutralServer, number: int, running: Processes, seconds: float) -> None:
    """Wait until so many answers were given."""
    await until(
        lambda: len(server.books) >= number,
        lambda: f"{len(server.books)} of {number} answered.\n{running.said()}",
        seconds,
    )


async def test_a_thousand_acts_told_four_times_each_to_two_processes_have_a_thousand_effects(tmp_path: Path) -> None:
    acts, people, chance = 1000, 25, random.Random(2)
    async with neutral(tmp_path, "postgresql", acts // people) as (url, server):
        told = [
            saves(server, number, f"U{person:02}")
            for number, person in itertools.product(range(1, acts // people + 1), range(people))
        ] * 4
        chance.shuffle(told)
        with processes(tmp_path, url, server) as running:
            running.start("run")
            running.start("run")
            await server.people.until_connected(2)
            server.people.tell(*told)
            await server.people.until_acknowledged(60)
            await until_answered(server, acts, running, 60)
            await asyncio.sleep(0.5)  # one too many would come now
        assert len(server.books) == acts
        assert saved(url) == [(f"U{person:02}", acts // people) for person in range(people)]


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_killed_right_after_the_acknowledgement_no_act_is_lost(tmp_path: Path, database: str) -> None:
    kills, each, chance = 4, 5, random.Random(1)
    acknowledged: set[str] = set()
    async with neutral(tmp_path, database, each) as (url, server):
        with processes(tmp_path, url, server, SHRINK=50) as running:
            for kill in range(kills):
                child = running.start("run")
                await server.people.until_connected()
                server.people.tell(*(saves(server, number, f"U{kill}") for number in range(1, each + 1)))
                await until(lambda: len(server.people.unacknowledged()) < each, running.said, 20)
                await asyncio.sleep(chance.uniform(0, 0.05))
                acknowledged |= {key for key, told in server.people.told.items() if told.acknowledged is not None}
                child.kill()
                child.wait()
                await server.people.disconnect()
            running.start("run")
            await server.people.until_acknowledged()
            await until(
                lambda: saved(url) == [(f"U{kill}", each) for kill in range(kills)],
                lambda: f"{saved(url)}\n{running.said()}",
                20,
            )
    assert len(acknowledged) > kills


async def test_now_worked_on_again_after_a_crash_plans_one_digest_and_is_answered_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    async def killed(*_: object) -> bool:
        raise Killed

    board, clock = Noticeboard(), Hands()
    async with houses.opened(tmp_path, {"console": board}, clock) as house:
        await houses.typed(house, clock.act("follow tokenization"))
        await announce(house, *(houses.paper(number) for number in range(1, 26)))
        act = clock.act("now")
        await house.answer.take(act)
        with monkeypatch.context() as dying, pytest.raises(Killed):
            dying.setattr(house.store, "done", killed)
            await house.answer.one(act)  # it is planned by then
        await house.answer.one(act)
        await house.deliver.due()

        (*_, answer) = [message.title for place, message, _ in board.books if place.kind == "private"]
        leads = [message for _, message, key in board.books if key and message.items]
        assert [(answer, len(lead.items)) for lead in leads] == [("Sending 10 papers.", 10)]


async def test_of_two_workers_on_one_act_one_speaks(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with houses.opened(tmp_path, {"console": board}, clock) as house:
        await houses.typed(house, clock.act("follow tokenization"))
        board.books.clear()
        act = clock.act("pause")
        await house.answer.take(act)
        slow, *_ = await house.store.acts(clock(), LEASE)
        other, *_ = await house.store.acts(clock() + LEASE, LEASE)  # the slow one's lease is over
        await asyncio.gather(house.answer.one(slow), house.answer.one(other))

        assert [place.kind for place, _, _ in board.books] == ["private", "channel"]


# --------------------------------------------------------------------------------- a database that is busy (I4)


@contextmanager
def locked(database: str, url: str) -> Iterator[None]:
    """Somebody else writes, and does not end."""
    engine = create_engine(engines.address(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if database == "sqlite":
            connection.execute(text("BEGIN IMMEDIATE"))
        else:
            connection.execute(text("BEGIN"))
            connection.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
        yield
        connection.execute(text("ROLLBACK"))
    engine.dispose()


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_while_somebody_writes_for_five_seconds_an_act_is_refused_at_once_and_none_is_lost(
    tmp_path: Path, database: str
) -> None:
    async with opened(tmp_path, database) as store:
        held, waits = time.monotonic(), []
        with locked(database, DATABASES[database](tmp_path)):
            while time.monotonic() - held < 5:
                began = time.monotonic()
                with pytest.raises(Busy):
                    await store.take(act("a1"))
                waits.append(time.monotonic() - began)
        assert statistics.median(waits) < 1
        assert max(waits) < 2  # where other tests take the processor away
        await store.take(act("a1"))  # the platform tells it again; known it is when the last one came through late
        assert await claimed(store) == ["a1"]


# ------------------------------------------------------------------------------------------- one broken act


async def test_an_act_that_breaks_its_handler_is_set_aside_after_one_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    async def broken(*_: object) -> None:
        tried.append("once")
        raise ZeroDivisionError

    monkeypatch.setattr(reading_commands, "react", broken)
    board, clock = Noticeboard(), Hands()
    async with houses.opened(tmp_path, {"console": board}, clock) as house:
        house.work()
        poison, after = clock.react("react", "m1"), clock.act("help")
        await house.answer.take(poison)
        await house.answer.take(after)
        await asyncio.wait_for(house.answer.answered(after), 10)
        await house.rest()

        assert tried == ["once"]
        assert not await house.store.undone(poison)


async def test_an_act_that_never_ends_gives_way_to_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(reading_commands, "react", endless)
    board = Noticeboard()
    clock = Hands(datetime.now(UTC))
    async with houses.opened(tmp_path, {"console": board}, clock, shrink=750) as house:  # a lease of 0.1 s
        house.work()
        stuck, after = clock.react("react", "m1"), clock.act("help")
        await house.answer.take(stuck)
        await house.answer.take(after)
        waiting = asyncio.create_task(house.answer.answered(after))
        async with asyncio.timeout(10):
            while not waiting.done():
                clock.moment = datetime.now(UTC)
                house.answer.wake()
                await asyncio.sleep(0.02)
        await house.rest()

        assert not await house.store.undone(stuck)
