"""PostgreSQL where it differs from a file: addresses, waiting, connections that are lost, and whose fault it is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import time
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import DBAPIError

from bot.models import Act, Delivery, State
from bot.ports import Busy, Full, Invalid, StorageError, Unusable
from jobs.settings import load
from storage import engines, migrate, open_store
from storage.schema import deliveries, metadata
from storage.store import Store
from tests.rigs import postgres
from tests.rigs.storage import (
    ADA,
    MONDAY,
    NLP,
    VISION,
    at,
    claim,
    entries,
    follow,
    opened,
    paper,
    plan,
    set_schedule,
    tell,
)
from tests.test_storage_open import CALLS, READS, outcome

ACT = Act("k", "1", "command", NLP, ADA, MONDAY)
SECRET = "correct horse"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return postgres.database(tmp_path)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path, "postgresql", wait=0.3) as known:
        yield known


# ----------------------------------------------------------------------------------------- the address


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql", "postgres"])
async def test_a_database_is_named_in_the_ways_that_hosts_name_it(url: str, scheme: str) -> None:
    named = load(database_url=scheme + url.removeprefix("postgresql+psycopg")).database_url
    await (await open_store(named)).close()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://ada:{}@127.0.0.1:1/papers",
        "postgresql+psycopg://ada:{}@no-such-host.invalid/papers",
        "postgresql+psycopg://ada:{}@host:{}/papers",
        "postgresql+psycopg://ada:{}/x@host/papers",
        "postgresql+psycopg://ada:{}@x@host/papers",
        "postgresql+psycopg://ada:x/{}@host/papers",
        "postgresql+psycopg://ada:%zz{}@127.0.0.1:1/papers?password={}",
    ],
)
async def test_a_password_stands_in_no_error_and_no_log(address: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StorageError, match=r"^[^\n]+$") as caught:
        await open_store(address.replace("{}", SECRET))
    link: BaseException | None = caught.value
    while link is not None:
        assert SECRET not in f"{link} {link!r}"
        link = link.__cause__
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("ada:{}@127.0.0.1:1/papers", "There is no connection to papers on 127.0.0.1: nothing answers at 127.0.0.1:1."),
        (
            "ada:{}@no-such-host.invalid/papers",
            "There is no connection to papers on no-such-host.invalid: no host of that name is known: "
            "correct DATABASE_URL.",
        ),
    ],
)
async def test_where_no_server_answers_the_address_is_named(address: str, sentence: str) -> None:
    with pytest.raises(StorageError) as caught:
        await open_store("postgresql+psycopg://" + address.replace("{}", SECRET))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("://paperround@", f"://nobody-here:{SECRET}@"), "its server refuses the user or the password"),
        (("/test_", "/untested_"), "its server has no such database: make it"),
    ],
)
async def test_what_is_wrong_with_an_address_is_told(url: str, wrong: tuple[str, str], sentence: str) -> None:
    with pytest.raises(StorageError, match=rf"^There is no connection to \w+: {sentence}") as caught:
        await open_store(url.replace(*wrong))
    assert SECRET not in str(caught.value)


# -------------------------------------------------------------------------------------------- up to date


def test_migrations_lead_from_nothing_to_exactly_the_schema(tmp_path: Path) -> None:
    def ours(_thing: Any, name: str | None, kind: str, *_more: Any) -> bool:
        return not (name or "").startswith(("search", "ix_search", "procrastinate"))

    engine = create_engine(postgres.database(tmp_path))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_many_processes_that_migrate_at_once_do_it_once(tmp_path: Path) -> None:
    url = postgres.database(tmp_path, migrated=False)
    applied = await asyncio.gather(*(migrate(url) for _ in range(6)))
    assert sorted(map(len, applied))[:-1] == [0] * 5
    assert len(max(applied, key=len)) > 0
    assert await migrate(url) == []


async def test_a_migration_that_is_cut_off_leaves_no_lock_and_goes_on_later(tmp_path: Path) -> None:
    url = postgres.database(tmp_path, migrated=False)
    chance = random.Random(20260413)
    cut = 0
    for _ in range(8):
        migrating = asyncio.create_task(migrate(url))
        await asyncio.sleep(chance.uniform(0, 0.15))
        postgres.kill_backends(url)
        with contextlib.suppress(StorageError):
            await migrating
            continue
        cut += 1
    await migrate(url)
    assert cut > 0
    await (await open_store(url, migrate=False)).close()


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    url = postgres.database(tmp_path, migrated=False)
    with closing(postgres.connect(url)) as other:
        other.execute("CREATE TABLE recipes (id integer)")
    with pytest.raises(Unusable, match="another program"):
        await open_store(url)


# ------------------------------------------------------------------------------------------------ waiting


async def test_an_act_is_recorded_within_the_platforms_patience_or_not_at_all(tmp_path: Path, url: str) -> None:
    async with opened(tmp_path, "postgresql") as store:
        with closing(postgres.connect(url)) as other, other.transaction():
            other.execute("LOCK TABLE inbox")
            began = time.monotonic()
            with pytest.raises(Busy):
                await store.take(ACT)
            assert 0.7 < time.monotonic() - began < 3
        assert await store.take(ACT) is True


async def test_a_server_that_is_slow_without_a_lock_is_busy_too(tmp_path: Path, url: str) -> None:
    with closing(postgres.connect(url)) as other:
        other.execute(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'"
        )
        other.execute("CREATE TRIGGER slow BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION slow()")
    async with opened(tmp_path, "postgresql") as store:
        began = time.monotonic()
        with pytest.raises(Busy):
            await store.take(ACT)
        assert time.monotonic() - began < 3


async def test_who_reads_waits_for_nobody_who_writes(store: Store, url: str) -> None:
    await tell(store, paper("one"))
    with closing(postgres.connect(url)) as other, other.transaction():
        other.execute("UPDATE papers SET title = 'two'")
        with pytest.raises(Busy):
            await tell(store, paper("one"))
        assert [seen.paper.title for seen in await store.find([], NLP)] == ["one"]


# ------------------------------------------------------------------------------------- lost connections


async def test_connections_that_died_in_the_pool_are_replaced_unseen(store: Store, url: str) -> None:
    await tell(store, paper("one"))
    assert len(await store.find([], NLP)) == 1
    assert postgres.kill_backends(url) >= 2
    assert await tell(store, paper("two")) == 1
    assert len(await store.find([], NLP)) == 2


async def test_a_question_that_only_reads_is_asked_again_when_its_connection_dies(store: Store, url: str) -> None:
    await follow(store, NLP, "tokenization")
    with closing(postgres.connect(url)) as other:
        with other.transaction():
            other.execute("LOCK TABLE queries")
            asked = asyncio.create_task(store.queries())
            await asyncio.to_thread(kill_who_waits, other)
        assert [query.text for query in await asked] == ["tokenization"]


async def test_a_write_whose_connection_dies_is_told_and_not_half_done(store: Store, url: str) -> None:
    with closing(postgres.connect(url)) as other:
        with other.transaction():
            other.execute("LOCK TABLE papers")
            asked = asyncio.create_task(tell(store, paper("one")))
            await asyncio.to_thread(kill_who_waits, other)
        with pytest.raises(StorageError, match="There is no connection to test_"):
            await asked
    assert await tell(store, paper("one")) == 1


async def test_who_fell_silent_with_a_lock_is_cut_off_and_what_he_held_is_worked_on(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "SILENT", timedelta(seconds=0.5))
    silent, wakes = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        connection.execute(select(deliveries.c.id).with_for_update())
        silent.set()
        wakes.wait(30)

    async with opened(tmp_path, "postgresql") as store:
        await in_hand(store)
        engine = engines.writing(engines.address(url))
        stopped = asyncio.create_task(asyncio.to_thread(engines.ask, engine, hold, 5.0))
        await asyncio.to_thread(silent.wait, 10)
        later = at(1)
        assert await claim(store, later) == [], "he may be at work"
        for _ in range(500):
            if claimed := await claim(store, later):
                break
            await asyncio.sleep(0.02)
        wakes.set()
        with pytest.raises(DBAPIError):
            await stopped
        engine.dispose()
        assert [delivery.state for delivery in claimed] == [State.PLANNED]


def kill_who_waits(other: psycopg.Connection[Any]) -> None:
    """End the first connection that waits for a lock."""
    waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    until = time.monotonic() + 10
    while not other.execute(waiting + " AND datname = current_database()").fetchall():
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.01)


async def test_while_the_server_is_away_every_question_says_so_and_then_heals(store: Store, url: str) -> None:
    with postgres.away(url):
        for asking in (store.take(ACT), store.queries(), tell(store, paper("one"))):
            with pytest.raises(StorageError, match=r"^There is no connection to test_\w+: see that its server runs"):
                await asking
        with pytest.raises(StorageError, match="There is no connection"):
            await open_store(url)
    assert await store.take(ACT) is True
    assert await store.queries() == []
    assert await tell(store, paper("one")) == 1


# ---------------------------------------------------------------------------------------- every question


async def in_hand(store: Store) -> Delivery:
    """A delivery that we work on, in a house where something goes on."""
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await set_schedule(store, VISION)
    await tell(store, paper("one"), matching=[query])
    await store.save(ADA, "p1", MONDAY, "1")
    await store.take(Act("old", "1", "command", NLP, ADA, MONDAY))
    await plan(store, await entries(store))
    (delivery,) = await claim(store)
    return delivery


async def test_while_another_program_holds_every_table_who_reads_goes_on_and_who_writes_is_told(
    tmp_path: Path, url: str
) -> None:
    async with opened(tmp_path, "postgresql", wait=0.05) as store:
        delivery = await in_hand(store)
        with closing(postgres.connect(url)) as other, other.transaction():
            tables = ", ".join(table.name for table in metadata.sorted_tables)
            other.execute(f"LOCK TABLE {tables}, search IN EXCLUSIVE MODE")
            found = {question: await outcome(store, delivery, question) for question in CALLS}
        assert {question for question, kind in found.items() if kind is None} - READS <= NOTHING_TO_DO
        assert {kind for question, kind in found.items() if question in READS} == {None}
        assert set(found.values()) == {None, Busy}
        assert {question: await outcome(store, delivery, question) for question in CALLS} == dict.fromkeys(CALLS)


#: writes that find nothing to write, and wait for nobody
NOTHING_TO_DO = {"add_matches", "again", "cite", "expire", "restore"}


async def test_while_the_server_is_away_every_question_says_so(tmp_path: Path, url: str) -> None:
    async with opened(tmp_path, "postgresql", wait=0.3) as store:
        delivery = await in_hand(store)
        with postgres.away(url):
            found = {question: await outcome(store, delivery, question) for question in CALLS}
        assert found == dict.fromkeys(CALLS, StorageError)
        assert {question: await outcome(store, delivery, question) for question in CALLS} == dict.fromkeys(CALLS)


# --------------------------------------------------------------------------------------- whose fault it is


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", Full),
        ("25006", Unusable),
        ("42501", Unusable),
        ("XX001", Unusable),
        ("40001", Busy),
        ("40P01", Busy),
        ("58030", StorageError),
        ("22003", Invalid),
        ("42703", Invalid),
    ],
)
async def test_what_a_server_can_say_is_one_of_our_errors(
    store: Store, url: str, state: str, kind: type[StorageError]
) -> None:
    with closing(postgres.connect(url)) as other:
        other.execute(
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
            f"'BEGIN RAISE EXCEPTION ''secret'' USING ERRCODE = ''{state}''; END'"
        )
        other.execute("CREATE TRIGGER no BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION no()")
        with pytest.raises(StorageError, match=r"^[^\n]+$") as caught:
            await store.take(ACT)
        assert type(caught.value) is kind
        assert "secret" not in str(caught.value)
        other.execute("DROP TRIGGER no ON inbox")
    assert await store.take(ACT) is True


async def test_what_only_reads_cannot_write(url: str) -> None:
    reading = engines.reading(engines.address(url), 1)
    with reading.connect() as connection, pytest.raises(Exception, match="read-only transaction"):
        connection.exec_driver_sql("DELETE FROM memory")
    reading.dispose()
