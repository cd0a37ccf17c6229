"""Opening a database, bringing it up to date, and every way it may refuse: only our errors come out."""

from __future__ import annotations

import asyncio
import inspect
import multiprocessing
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event

from bot import ports
from bot.models import Act, ChannelState, Delivery, Digest, Health, Message, Part, Posted, Schedule, State
from bot.news import Known
from bot.ports import Busy, Full, Installation, Limit, Planned, StorageError, Unusable
from storage import migrate, open_store
from storage.schema import metadata
from storage.store import Store
from tests.rigs.storage import (
    ADA,
    MONDAY,
    NLP,
    OWNER,
    TUESDAY,
    VISION,
    at,
    claim,
    entries,
    follow,
    intend,
    opened,
    paper,
    plan,
    set_schedule,
    settle,
    tell,
    trouble,
)
from tests.rigs.storage_loop import work

FILE = "paperround.db"


# ---------------------------------------------------------------------------------------- up to date


async def test_migrations_lead_from_nothing_to_exactly_the_schema(tmp_path: Path) -> None:
    def ours(_thing: Any, name: str | None, kind: str, *_more: Any) -> bool:
        return kind != "table" or not (name or "").startswith("search")

    await migrate(str(tmp_path / FILE))
    migrated = create_engine(f"sqlite:///{tmp_path / FILE}")
    with migrated.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
    migrated.dispose()
    # and what that comparison does not look at: checks, partial indexes, WITHOUT ROWID, AUTOINCREMENT
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(made)
    made.dispose()
    assert statements(tmp_path / FILE) == statements(tmp_path / "made.db")


def statements(database: Path) -> dict[str, list[str]]:
    """By table and index, the words that made it; constraints may stand in another order."""
    question = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'search%'"
    with sqlite3.connect(database) as connection:
        known = {name: sorted(re.findall(r"\w+", sql)) for name, sql in connection.execute(question)}
    connection.close()
    return {name: words for name, words in known.items() if name not in ("alembic_version", "sqlite_sequence")}


async def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    assert await migrate(str(tmp_path / FILE)) == ["0001", "0002", "0003", "0004", "0005"]
    assert await migrate(str(tmp_path / FILE)) == []


async def test_a_store_may_refuse_to_migrate_by_itself(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="run paperround migrate"):
        await open_store(str(tmp_path / FILE), migrate=False)
    await migrate(str(tmp_path / FILE))
    await (await open_store(str(tmp_path / FILE), migrate=False)).close()


async def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    await migrate(str(tmp_path / FILE))
    change(tmp_path / FILE, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unusable, match=r"paperround\.db was written by a newer Paperround"):
        await open_store(str(tmp_path / FILE))


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    change(tmp_path / FILE, "CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(Unusable, match="another program"):
        await open_store(str(tmp_path / FILE))


def change(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(statement)
    connection.close()


async def test_papers_indexed_under_older_features_are_indexed_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await tell(store, *(paper(f"number{number}") for number in range(501)))
        assert len(await store.find([["number7"]], NLP)) == 1
    newer = await open_store(
        str(tmp_path / FILE), features=lambda known: [known.title.replace("number", "zahl")], features_version=2
    )
    assert await newer.find([["number7"]], NLP) == []
    assert len(await newer.find([["zahl*"]], NLP)) == 501
    await newer.close()


# ------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize("place", [0, 8_192, 60_000])
async def test_a_damaged_file_is_refused_by_name(tmp_path: Path, place: int) -> None:
    async with opened(tmp_path) as store:
        await tell(store, *(paper(f"paper {number}", abstract="words " * 50) for number in range(50)))
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(place)
        file.write(b"\x5a" * 4_096)
    with pytest.raises(Unusable, match=r"paperround\.db is damaged"):
        await open_store(str(tmp_path / FILE))


async def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("Dear diary, " * 1000)
    with pytest.raises(Unusable, match=r"paperround\.db is damaged"):
        await open_store(str(tmp_path / FILE))


async def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(Unusable, match=r"paperround\.db"):
        await open_store(str(tmp_path / FILE))


@pytest.mark.parametrize("url", ["mysql://host/papers", "://", "ftp://x", "sqlite//x://"])
async def test_an_address_we_do_not_know_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(Unusable, match=r"^[^\n]+$"):
        await migrate(url)


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "sqlite+aiosqlite:///{}"])
async def test_a_path_and_its_folder_are_made(tmp_path: Path, form: str) -> None:
    await (await open_store(form.format(tmp_path / "data" / "deep" / FILE))).close()
    assert (tmp_path / "data" / "deep" / FILE).exists()


async def test_a_second_process_is_refused_until_the_first_one_is_gone(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    told, tell_us = processes.Pipe(duplex=False)
    worker = processes.Process(target=work, args=(tmp_path, tell_us))
    worker.start()
    try:
        assert await asyncio.to_thread(told.poll, 30)
        for attempt in (open_store, migrate):
            with pytest.raises(Unusable, match=rf"in use by another Paperround \(process {worker.pid}\)"):
                await attempt(str(tmp_path / FILE))
    finally:
        worker.kill()
        await asyncio.to_thread(worker.join)
    await (await open_store(str(tmp_path / FILE))).close()


async def test_one_process_does_not_open_a_database_twice(tmp_path: Path) -> None:
    async with opened(tmp_path):
        with pytest.raises(Unusable, match="in use"):
            await open_store(str(tmp_path / FILE))


# ------------------------------------------------------------------------- only our errors come out

#: one right call of every question; a method without one fails `test_every_question_is_asked_here`
CALLS: dict[str, Callable[[Store, Delivery], Awaitable[Any]]] = {
    "add_source": lambda store, _: store.add_source("nature", "feed"),
    "sources": lambda store, _: store.sources(MONDAY),
    "sources_for": lambda store, _: store.sources_for(NLP),
    "remove_source": lambda store, _: store.remove_source("feed:1", OWNER),
    "recall": lambda store, _: store.recall("arxiv", [paper("one")]),
    "keep": lambda store, _: tell(store, paper("large", abstract="words " * 100_000)),
    "lease_source": lambda store, _: store.lease_source("arxiv", MONDAY, timedelta(seconds=60)),
    "take_turn": lambda store, _: store.take_turn("turn/arxiv", 40.0),
    "end_turn": lambda store, _: store.end_turn("turn/arxiv", 1.0, 3.0),
    "asked": lambda store, _: store.asked("arxiv", "cursor", Health(), MONDAY, at(1)),
    "queries": lambda store, _: store.queries(),
    "unmatched": lambda store, _: store.unmatched(),
    "add_matches": lambda store, _: store.add_matches([]),
    "acronyms": lambda store, _: store.acronyms(),
    "learn": lambda store, _: store.learn([("RAG", "retrieval augmented generation")], MONDAY),
    "heaviest": lambda store, _: store.heaviest({"w:token": 1.0}, NLP),
    "history": lambda store, _: store.history(NLP, "p1"),
    "papers_after": lambda store, _: store.papers_after(),
    "cite": lambda store, _: store.cite(ADA, {"p1": "one2026"}),
    "due": lambda store, _: store.due(MONDAY),
    "waiting": lambda store, _: store.waiting(NLP),
    "read_since": lambda store, _: store.read_since(NLP, MONDAY),
    "plan": lambda store, _: store.plan(Digest(NLP, TUESDAY, 7), [(Part(0, "line"), "k")], MONDAY, None, None),
    "papers_asked_by": lambda store, _: store.papers_asked_by("old"),
    "next_number": lambda store, _: store.next_number(NLP, TUESDAY),
    "claim": lambda store, _: store.claim(at(1), timedelta(seconds=60), ["slack"]),
    "sending": lambda store, delivery: intend(store, delivery, Message("text"), MONDAY, 60),
    "settle": lambda store, delivery: settle(store, delivery, State.DROPPED, MONDAY),
    "trouble": lambda store, _: trouble(store, VISION, "archived", MONDAY),
    "untold": lambda store, _: store.untold(VISION),
    "give_back": lambda store, delivery: store.give_back(delivery),
    "expire": lambda store, _: store.expire(at(-30), MONDAY),
    "outage": lambda store, _: store.outage("slack", "T9", "The token was revoked.", at(24)),
    "accepted": lambda store, _: store.accepted("slack", "T9"),
    "outage_of": lambda store, _: store.outage_of(NLP),
    "seconds_now": lambda store, _: store.seconds_now(),
    "reserve": lambda store, _: store.reserve(Limit("slack/T9", 1.0), 1),
    "close_bucket": lambda store, _: store.close_bucket("slack/T9", 1.0),
    "take": lambda store, _: store.take(Act("new", "1", "command", NLP, ADA, MONDAY)),
    "acts": lambda store, _: store.acts(MONDAY, timedelta(seconds=60)),
    "undone": lambda store, _: store.undone(Act("old", "1", "command", NLP, ADA, MONDAY)),
    "done": lambda store, _: store.done(Act("old", "1", "command", NLP, ADA, MONDAY), MONDAY),
    "channel": lambda store, _: store.channel(NLP),
    "change": lambda store, _: set_schedule(store, VISION, Schedule(most=3)),
    "crowds": lambda store, _: store.crowds(MONDAY, at(1)),
    "source": lambda store, _: store.source("arxiv"),
    "candidates": lambda store, _: store.candidates([NLP], MONDAY),
    "plan_all": lambda store, _: store.plan_all(
        [Planned(ChannelState(VISION, Schedule()), Digest(VISION, TUESDAY, 0), [], TUESDAY, at(1))], MONDAY
    ),
    "subscriptions": lambda store, _: store.subscriptions(NLP),
    "follow": lambda store, _: store.follow(NLP, ADA, "vision", MONDAY),
    "unfollow": lambda store, _: store.unfollow(NLP, 1, MONDAY),
    "restore": lambda store, _: store.restore(NLP, 2),
    "counts": lambda store, _: store.counts(NLP, MONDAY),
    "known_channels": lambda store, _: store.known_channels(NLP),
    "move": lambda store, _: store.move(NLP, VISION, MONDAY),
    "news": lambda store, _: store.news(ADA),
    "set_news": lambda store, _: store.set_news(ADA, wanted=True),
    "long_paused": lambda store, _: store.long_paused(MONDAY),
    "recall_pause": lambda store, _: store.recall_pause(
        ChannelState(VISION, Schedule()), Digest(VISION, TUESDAY, 1), (Part(0, "paused"), "k"), MONDAY
    ),
    "find": lambda store, _: store.find([["one"]], NLP),
    "papers": lambda store, _: store.papers(["p1"]),
    "keep_paper": lambda store, _: store.keep_paper(paper("asked for"), "arxiv", MONDAY),
    "days_read": lambda store, _: store.days_read(NLP, MONDAY),
    "show_list": lambda store, _: store.show_list(ADA, NLP, ["p1"]),
    "shown_list": lambda store, _: store.shown_list(ADA, NLP),
    "posted_papers": lambda store, _: store.posted_papers(NLP, "m1"),
    "save": lambda store, _: store.save(ADA, "p1", MONDAY, "2"),
    "unsave": lambda store, _: store.unsave(ADA, "p1", MONDAY, "3"),
    "save_all": lambda store, _: store.save_all(ADA, ["p1"], MONDAY, "4"),
    "unsave_all": lambda store, _: store.unsave_all(ADA, ["p1"], MONDAY, "5"),
    "saved": lambda store, _: store.saved(ADA),
    "troubles": lambda store, _: store.troubles(NLP),
    "again": lambda store, delivery: store.again(NLP, delivery.id, MONDAY),
    "memory": lambda store, _: store.memory("demo", "last"),
    "remember": lambda store, _: store.remember("demo", "last", "1"),
    "tidy": lambda store, _: store.tidy(at(days=400)),
    "unsummarised": lambda store, _: store.unsummarised("small", MONDAY),
    "spent_today": lambda store, _: store.spent_today(MONDAY),
    "begin_summary": lambda store, _: store.begin_summary(replace(paper("one"), id="p1"), "small", 9, MONDAY),
    "keep_summary": lambda store, _: store.keep_summary(replace(paper("one"), id="p1"), "Said."),
    "forget": lambda store, _: store.forget(ADA, MONDAY),
    "traces": lambda store, _: store.traces(ADA),
    "figures": lambda store, _: store.figures(MONDAY),
    "papers_at_hand": lambda store, _: store.papers_at_hand(ADA, NLP),
    "topics_at_hand": lambda store, _: store.topics_at_hand(ADA, NLP),
    "follow_all": lambda store, _: store.follow_all(NLP, ADA, [("vision", (), "")], MONDAY, 50),
    "unfollow_all": lambda store, _: store.unfollow_all(NLP, [1], MONDAY),
    "edit": lambda store, _: store.edit(NLP, 1, "vision", MONDAY),
    "lately": lambda store, _: store.lately(NLP, at(-24)),
    "taste": lambda store, _: store.taste(NLP, ADA),
    "brought": lambda store, _: store.brought(NLP, 1, at(-24), 10),
    "saved_here": lambda store, _: store.saved_here(NLP),
    "most_saved": lambda store, _: store.most_saved(NLP, at(-24), 3, 10),
    "most_upvoted": lambda store, _: store.most_upvoted(NLP, at(-24), 10),
    "share": lambda store, delivery: store.share(
        Digest(NLP, TUESDAY, 9),
        [(Part(0, "paper", delivery.part.entries), "s", Message("text", facts=("Ada shares this paper.",)))],
        MONDAY,
        "a",
        ADA,
    ),
    "shared": lambda store, _: store.shared(NLP, ADA, TUESDAY),
    "begin": lambda store, _: store.begin(Act("old", "1", "command", NLP, ADA, MONDAY), ChannelState(NLP, Schedule())),
    "last_digest": lambda store, _: store.last_digest(NLP),
    "shelf": lambda store, _: store.shelf(ADA),
    "noted": lambda store, _: store.noted(ADA, "p1"),
    "ever_saved": lambda store, _: store.ever_saved(ADA),
    "note": lambda store, _: store.note(ADA, "p1", "read it", ["toread"]),
    "cited": lambda store, _: store.cited(ADA),
    "on_its_way": lambda store, _: store.on_its_way(NLP),
    "put_back": lambda store, _: store.put_back(Act("old", "1", "command", NLP, ADA, MONDAY), at(1)),
    "unheard": lambda store, _: store.unheard(None, at(-24)),
    "tell": lambda store, _: store.tell(ADA, {"p1": Known(2)}, None, [], MONDAY),
    "taken_out": lambda store, _: store.taken_out(NLP, "1", "I was removed.", MONDAY, at(24)),
    "brought_in": lambda store, _: store.brought_in(NLP, "2"),
    "goes_on": lambda store, _: store.goes_on(NLP, "3"),
    "where_removed": lambda store, _: store.where_removed(ADA),
    "install": lambda store, _: store.install(Installation("slack", "T1", "xoxb-1", MONDAY)),
    "installation": lambda store, _: store.installation("slack", "T1"),
    "installations": lambda store, _: store.installations("slack"),
    "undecryptable": lambda store, _: store.undecryptable(),
    "renew": lambda store, _: store.renew(
        Installation("slack", "T1", "xoxb-2", MONDAY), Installation("slack", "T1", "xoxb-1", MONDAY)
    ),
    "uninstall": lambda store, _: store.uninstall("slack", "T1", MONDAY),
    "give_state": lambda store, _: store.give_state("slack", "state", at(1)),
    "take_state": lambda store, _: store.take_state("slack", "state", MONDAY),
    "ours": lambda store, _: store.ours("slack", at(-24), 10),
    "received": lambda store, _: store.received("key", Posted("m1"), MONDAY),
    "receipt": lambda store, _: store.receipt("key"),
    "let_go": lambda store, _: store.let_go(MONDAY, timedelta(seconds=45), but=["p1"]),
}
#: questions that change nothing: they are answered whoever is writing, and on a full disk
READS = {
    *("sources", "sources_for", "recall", "queries", "unmatched", "due", "waiting", "read_since", "next_number"),
    *("crowds", "source", "candidates", "papers_asked_by"),
    *("undone", "channel", "subscriptions", "counts", "find", "papers", "days_read", "shown_list", "posted_papers"),
    *("saved", "troubles", "memory", "acronyms", "papers_after", "outage_of", "seconds_now"),
    *("known_channels", "news", "long_paused"),
    *("heaviest", "history", "unsummarised", "spent_today"),
    *("traces", "papers_at_hand", "topics_at_hand", "figures", "shared", "last_digest"),
    *("lately", "taste", "brought", "saved_here", "most_saved", "most_upvoted"),
    *("shelf", "noted", "ever_saved", "cited", "on_its_way", "unheard"),
    *("where_removed", "installation", "installations", "undecryptable", "ours", "receipt"),
}


async def test_a_store_is_what_the_house_asks_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        door: ports.Store = store  # the type checker compares every signature
        assert await door.sources() == await store.sources()


def test_every_question_is_asked_here() -> None:
    asked = {name for name, _ in inspect.getmembers(Store, inspect.iscoroutinefunction) if not name.startswith("_")}
    assert asked - {"close"} == set(CALLS)


@pytest.fixture
async def busy_store(tmp_path: Path) -> AsyncIterator[tuple[Store, Delivery]]:
    """A store that waits a tenth of a second at most, and a delivery in our hands."""
    async with opened(tmp_path, wait=0.1) as store:
        query = (await follow(store, NLP, "tokenization", at(-1))).query
        await set_schedule(store, VISION)
        await store.follow(NLP, ADA, "gone", MONDAY)
        await store.unfollow(NLP, 2, MONDAY)
        await tell(store, paper("one"), matching=[query])
        await store.save(ADA, "p1", MONDAY, "1")
        await store.take(Act("old", "1", "command", NLP, ADA, MONDAY))
        await plan(store, await entries(store))
        (delivery,) = await claim(store)
        yield store, delivery


async def outcome(store: Store, delivery: Delivery, question: str) -> type[StorageError] | None:
    """What kind of error of ours the question ends in; anything else that it raises fails the test."""
    try:
        await CALLS[question](store, delivery)
    except StorageError as error:
        assert "\n" not in str(error)
        return type(error)
    return None


async def test_while_another_program_holds_the_write_lock(busy_store: tuple[Store, Delivery], tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found = {question: await outcome(*busy_store, question) for question in CALLS}
    other.close()
    assert found == {question: None if question in READS else Busy for question in CALLS}
    assert {question: await outcome(*busy_store, question) for question in CALLS} == dict.fromkeys(CALLS)  # healed


@contextmanager
def in_every_transaction(statement: str) -> Iterator[None]:
    """Say this to the database as each transaction begins."""

    def say(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    event.listen(Engine, "begin", say)
    try:
        yield
    finally:
        event.remove(Engine, "begin", say)


async def test_while_the_database_may_only_be_read(busy_store: tuple[Store, Delivery]) -> None:
    with in_every_transaction("PRAGMA query_only = ON"):
        found = {question: await outcome(*busy_store, question) for question in CALLS}
    assert found == {question: None if question in READS else Unusable for question in CALLS}
    with in_every_transaction("PRAGMA query_only = OFF"):
        assert {question: await outcome(*busy_store, question) for question in CALLS} == dict.fromkeys(CALLS)


async def test_while_the_disk_is_full(busy_store: tuple[Store, Delivery]) -> None:
    with in_every_transaction("PRAGMA max_page_count = 1"):  # as many as there are
        found = {question: await outcome(*busy_store, question) for question in CALLS}
    assert found["keep"] is Full  # the large one; what is small finds its place
    assert {kind for question, kind in found.items() if question not in READS} <= {None, Full}
    assert {kind for question, kind in found.items() if question in READS} == {None}
    with in_every_transaction("PRAGMA max_page_count = 1000000"):
        assert {question: await outcome(*busy_store, question) for question in CALLS} == dict.fromkeys(CALLS)


async def test_nothing_of_a_refused_transaction_is_left(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        with in_every_transaction("PRAGMA max_page_count = 1"), pytest.raises(Full):
            await tell(store, *(paper(f"paper {number}", abstract="words " * 500) for number in range(50)))
        with in_every_transaction("PRAGMA max_page_count = 1000000"):
            assert await store.find([], NLP) == []
            assert await tell(store, paper("paper 0")) == 1


async def test_a_broken_question_names_no_content(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        change(tmp_path / FILE, "DROP TABLE inbox")
        with pytest.raises(StorageError) as caught:
            await store.take(Act("k", "1", "command", NLP, ADA, MONDAY, reply="https://hooks.example/secret"))
    assert str(caught.value).endswith("did not do it; nothing changed.")
    assert "secret" not in str(caught.value.__cause__)


async def test_an_act_is_recorded_within_the_platforms_patience_or_not_at_all(tmp_path: Path) -> None:
    act = Act("k", "1", "command", NLP, ADA, MONDAY)
    async with opened(tmp_path) as store:
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        slow = asyncio.create_task(store.remember("demo", "last", "1"))  # waits for the lock, up to 30 s
        await asyncio.sleep(0.05)
        began = time.monotonic()
        with pytest.raises(Busy):
            await store.take(act)
        assert 0.6 < time.monotonic() - began < 3
        assert not slow.done()
        other.close()
        await slow
        assert await store.acts(MONDAY, timedelta(seconds=60)) == []
        assert await store.take(act) is True
