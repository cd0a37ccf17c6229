"""Backups: everything in one file while the bot works, in full or not at all, and taken back by either database."""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from bot.models import Act, Message, Posted, State
from bot.ports import Installation, StorageError, Unusable
from storage import backups, engines, migrations, open_store
from storage.schema import metadata
from storage.store import Store
from tests.rigs import postgres
from tests.rigs.storage import (
    ADA,
    DATABASES,
    MONDAY,
    NLP,
    at,
    claim,
    entries,
    features,
    follow,
    intend,
    opened,
    paper,
    plan,
    send,
    tell,
)
from tests.test_storage_crash import BROKEN

#: from one database to another
MOVES = [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite"), ("postgresql", "postgresql")]
SECRET = "https://hooks.example/secret"
FILE = "all.backup"


async def fill(store: Store) -> None:
    """A row in nearly every room, one message posted and one on its way."""
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    hard = "Erdős–Rényi 🎲 \\ \"quoted\" 'x' %s :name \n end"
    await tell(store, paper("one", abstract=hard), paper("two", "arxiv:2", "doi:10.1/x"), matching=[query])
    await tell(store, paper("their own"), source="feed:1")
    for text in ("vision", "tokenization"):  # changed, and changed back: what waited is kept
        await store.edit(NLP, 1, text, MONDAY)
    await store.save(ADA, "p1", MONDAY, "1")
    await store.cite(ADA, {"p1": "one2026"})
    await store.show_list(ADA, NLP, ["p2", "p1"])
    await store.learn([("RAG", "retrieval augmented generation")], MONDAY)
    await store.remember("demo", "last", "1")
    await store.take(Act("k", "1", "command", NLP, ADA, MONDAY, text="list", reply=SECRET))
    await store.install(Installation("slack", "T1", SECRET, MONDAY))
    await store.give_state("slack", SECRET, at(1))
    await store.received("key", Posted("m1"), MONDAY)
    await plan(store, await entries(store))
    first, second = await claim(store)
    await send(store, first)
    await store.begin_summary(first.part.entries[0].paper, "small", 9, MONDAY)
    assert await intend(store, second, Message("text"))


def rows(url: str, without: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for what a restore makes anew and some columns more."""
    passed_over = {"papers": ("features_version",), "inbox": ("reply",)}
    engine = engines.reading(engines.address(url), 1)
    known = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [one for one in table.c if one.name not in (*passed_over.get(table.name, ()), *without)]
            question = select(*columns).order_by(*table.primary_key)
            known[table.name] = [dict(row) for row in connection.execute(question).mappings()]
    engine.dispose()
    return known


def names(folder: Path) -> list[str]:
    """What stands in a folder."""
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize(("before", "after"), MOVES)
async def test_every_row_comes_back_on_either_database(tmp_path: Path, before: str, after: str) -> None:
    async with opened(tmp_path / "old", before) as store:
        await fill(store)
        url, there = DATABASES[before](tmp_path / "old"), DATABASES[after](tmp_path / "new")
        saved = await backups.backup(url, tmp_path / FILE, at(1))
        done = await backups.restore(there, tmp_path / FILE, at(2), moved=True)
    without = ("state", "lease_until")
    here = rows(url, without)
    assert saved == done.rows == sum(map(len, here.values()))
    assert {name for name, known in here.items() if not known} <= {"buckets", "outages"}
    assert rows(there, without) == here
    async with opened(tmp_path / "new", after) as store:
        assert [seen.paper.title for seen in await store.find([["erdős–rényi"]], NLP)] == ["one"]
        assert [one.state for one in await claim(store, at(3))] == [State.UNSURE]


@pytest.mark.parametrize(("before", "after"), MOVES)
@pytest.mark.parametrize("moved", [True, False])
async def test_an_id_that_was_ever_given_is_never_given_again(
    tmp_path: Path, before: str, after: str, moved: bool
) -> None:
    async with opened(tmp_path / "old", before) as store:
        await tell(store, *(paper(f"paper {number}") for number in range(5)))
        await store.tidy(at(days=400))  # the last id stands in no row
        await backups.backup(DATABASES[before](tmp_path / "old"), tmp_path / FILE, at(1))
        await tell(store, paper("told after the backup"))
        (late,) = await store.papers(["arxiv:told after the backup"])
    await backups.restore(DATABASES[after](tmp_path / "new"), tmp_path / FILE, at(2), moved=moved)
    async with opened(tmp_path / "new", after) as store:
        await tell(store, paper("new"))
        (new,) = await store.papers(["arxiv:new"])
        assert late.id == "p6"
        assert int(new.id[1:]) == 6 if moved else int(new.id[1:]) > 6
        await follow(store, NLP, "everything else goes on")
        await store.save(ADA, new.id, MONDAY, "1")


async def test_a_backup_holds_no_secret_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store)
        await backups.backup(str(tmp_path / "paperround.db"), tmp_path / FILE, at(1))
    assert SECRET.encode() not in (tmp_path / FILE).read_bytes()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(tmp_path: Path, database: str) -> None:
    async with opened(tmp_path, database) as store:
        query = (await follow(store, NLP, "tokenization", at(-1))).query
        told = 0

        async def tell_on() -> None:
            nonlocal told
            while True:
                told += 1
                names = [f"{told}-{number}" for number in range(7)]
                await tell(store, *(paper(name) for name in names), now=at(told / 60), matching=[query])

        telling = asyncio.create_task(tell_on())
        for number in range(5):
            before = told
            await backups.backup(DATABASES[database](tmp_path), tmp_path / f"{number}.backup", at(1))
            assert told > before  # nobody waited for it
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"{number}.backup")) as file:
            papers = file.execute("SELECT count(*) FROM papers").fetchone()[0]
            assert papers % 7 == 0
            assert papers == file.execute("SELECT count(*) FROM matches").fetchone()[0]
            assert papers == file.execute("SELECT count(*) FROM announcements").fetchone()[0]
            for what, question in BROKEN.items():
                assert what == "a paper that cannot be found" or file.execute(question).fetchall() == [], what


# --------------------------------------------------------------------------------------------- refused


async def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    async with opened(tmp_path):
        (tmp_path / FILE).write_text("precious")
        with pytest.raises(Unusable, match="already exists; choose another name"):
            await backups.backup(str(tmp_path / "paperround.db"), tmp_path / FILE, at(1))
    assert (tmp_path / FILE).read_text() == "precious"


@pytest.mark.parametrize("file", ["no/such/folder/file", "paperround.db"])
async def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path, file: str) -> None:
    async with opened(tmp_path):
        there = names(tmp_path)
        with pytest.raises(Unusable, match=r"^[^\n]+$"):
            await backups.backup(str(tmp_path / "paperround.db"), tmp_path / file, at(1))
        assert names(tmp_path) == there


async def test_what_is_not_there_is_not_backed_up(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="nothing to back up"):
        await backups.backup(str(tmp_path / "paperround.db"), tmp_path / FILE, at(1))
    assert names(tmp_path) == []
    with pytest.raises(Unusable, match="run paperround migrate"):
        await backups.backup(postgres.database(tmp_path, migrated=False), tmp_path / FILE, at(1))
    assert names(tmp_path) == []


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_a_database_that_holds_something_is_not_written_over(tmp_path: Path, database: str) -> None:
    async with opened(tmp_path / "old") as store:
        await fill(store)
    await backups.backup(str(tmp_path / "old" / "paperround.db"), tmp_path / FILE, at(1))
    async with opened(tmp_path / "new", database):
        if database == "sqlite":
            with pytest.raises(Unusable, match="in use by another"):
                await backups.restore(DATABASES[database](tmp_path / "new"), tmp_path / FILE, at(2))
    here = rows(DATABASES[database](tmp_path / "new"))
    with pytest.raises(Unusable, match="is not empty"):
        await backups.restore(DATABASES[database](tmp_path / "new"), tmp_path / FILE, at(2))
    assert rows(DATABASES[database](tmp_path / "new")) == here


async def test_any_flipped_byte_is_noticed_before_anything_is_restored(tmp_path: Path) -> None:
    async with opened(tmp_path / "old") as store:
        await fill(store)
    await backups.backup(str(tmp_path / "old" / "paperround.db"), tmp_path / FILE, at(1))
    whole = bytearray((tmp_path / FILE).read_bytes())
    places = [whole.index(b"quoted"), whole.index(b"arxiv:2"), whole.index(b"2026-04"), whole.index(b"CREATE"), 0, 16]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        (tmp_path / "damaged").write_bytes(damaged)
        with pytest.raises(Unusable, match=r"damaged is (damaged|not a backup)"):
            await backups.restore(str(tmp_path / "new" / "paperround.db"), tmp_path / "damaged", at(2))
    (tmp_path / "short").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unusable, match="short is damaged"):
        await backups.restore(str(tmp_path / "new" / "paperround.db"), tmp_path / "short", at(2))
    assert not (tmp_path / "new").exists()


async def test_what_is_no_backup_is_refused_by_name(tmp_path: Path) -> None:
    async with opened(tmp_path / "old") as store:
        await fill(store)
    (tmp_path / "diary").write_text("Dear diary, " * 1000)
    (tmp_path / "empty").write_text("")
    new = str(tmp_path / "new" / "paperround.db")
    for file in (tmp_path / "diary", tmp_path / "empty"):
        with pytest.raises(Unusable, match=f"{file.name} is not a backup"):
            await backups.restore(new, file, at(2))
    with pytest.raises(Unusable, match="is a database, not a backup: put it where DATABASE_URL points"):
        await backups.restore(new, tmp_path / "old" / "paperround.db", at(2))
    for file in (tmp_path / "nothing", tmp_path):
        with pytest.raises(Unusable, match="There is no file"):
            await backups.restore(new, file, at(2))
    assert not (tmp_path / "new").exists()


async def test_a_backup_is_restored_and_not_opened(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store)
    await backups.backup(str(tmp_path / "paperround.db"), tmp_path / FILE, at(1))
    with pytest.raises(Unusable, match="is a backup: run paperround restore"):
        await open_store(str(tmp_path / FILE))


# ------------------------------------------------------------------------------------- other releases


async def test_a_backup_of_an_older_release_is_brought_up_to_date(tmp_path: Path) -> None:
    old_release(tmp_path / "old.db")
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as file:
        said = {"made": MONDAY.isoformat(), "highest": '{"papers": 7}', "rows": backups.digest_of_rows(file)}
        file.execute("CREATE TABLE backup (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        file.executemany("INSERT INTO backup VALUES (?, ?)", said.items())
    before = (tmp_path / "old.db").read_bytes()
    await backups.restore(str(tmp_path / "new.db"), tmp_path / "old.db", at(2), moved=True)
    store = await open_store(str(tmp_path / "new.db"), features=features, features_version=1)
    assert [known.title for known in await store.papers(["arxiv:1"])] == ["Kept by an older release"]
    await store.close()
    assert (tmp_path / "old.db").read_bytes() == before


async def test_a_backup_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path / "old"):
        pass
    await backups.backup(str(tmp_path / "old" / "paperround.db"), tmp_path / FILE, at(1))
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.execute("UPDATE backup SET value = ? WHERE name = 'rows'", [backups.digest_of_rows(file)])
    with pytest.raises(Unusable, match="written by a newer Paperround"):
        await backups.restore(str(tmp_path / "new" / "paperround.db"), tmp_path / FILE, at(2))


async def test_before_a_file_is_migrated_a_copy_of_it_is_saved(tmp_path: Path) -> None:
    old_release(tmp_path / "paperround.db")
    for _ in range(2):
        await (await open_store(str(tmp_path / "paperround.db"))).close()
    copy = tmp_path / "paperround.db.before-0002"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert file.execute("SELECT title FROM papers").fetchall() == [("Kept by an older release",)]
    async with opened(tmp_path / "new"):
        pass
    assert not list((tmp_path / "new").glob("*before*"))  # what is new needs none


def old_release(file: Path) -> None:
    """A file as the first release left it, with a paper in it."""
    engine = engines.writing(engines.address(str(file)))
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO papers (id, owner, title, abstract, identifiers, authors, categories, sources, url, pdf, "
            "code, tldr, comment, journal, version, upvotes, withdrawn, told, features_version) VALUES (7, '', "
            "'Kept by an older release', '', '[\"arxiv:1\"]', '[]', '[]', '[\"arxiv\"]', '', '', '', '', '', '', 1, 0, "
            "0, '2026-04-13 07:00:00.000000', 1)"
        )
        connection.exec_driver_sql("INSERT INTO identifiers VALUES ('arxiv:1', '', 7)")
    engine.dispose()


# ------------------------------------------------------------------------------------ the command line


def test_the_commands_say_what_they_did_or_why_not(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path / "old"))
    file = str(tmp_path / FILE)
    saved = typed(tmp_path / "old", "backup", file)
    restored = typed(tmp_path / "new", "restore", file)
    twice = typed(tmp_path / "new", "restore", file)
    assert re.fullmatch(r"Saved \d+ rows to .*\.\n", saved.stdout)
    assert restored.stdout.startswith("Restored ")
    assert restored.stdout.splitlines()[1:] == [
        "Papers that waited count as had, so that none comes twice.",
        "1 message may have been posted already: the platform is asked where it can say.",
        "If the old bot was stopped before the backup, restore again with --moved into a new database.",
        "Now start it: paperround run.",
    ]
    assert (twice.returncode, twice.stderr.count("\n")) == (1, 1)
    assert "is not empty" in twice.stderr


def test_what_is_not_in_doubt_is_not_spoken_of(tmp_path: Path) -> None:
    typed(tmp_path / "old", "migrate")
    typed(tmp_path / "old", "backup", str(tmp_path / FILE))
    restored = typed(tmp_path / "new", "restore", str(tmp_path / FILE))
    assert restored.stdout.splitlines()[1:] == [
        "Papers that waited count as had, so that none comes twice.",
        "Now start it: paperround run.",
    ]


def test_a_restore_says_whom_it_forgot_again_and_what_it_was_told(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path / "old"))
    typed(tmp_path / "old", "backup", str(tmp_path / FILE))
    words = ["restore", str(tmp_path / FILE), "--moved", "--forgotten", str(tmp_path / "old" / "paperround.db")]
    nobody = typed(tmp_path / "new", *words).stdout.splitlines()
    asyncio.run(forgot(tmp_path / "old"))
    ada = typed(tmp_path / "newer", *words).stdout.splitlines()

    assert nobody[1:3] == [
        "Nobody asked later to be forgotten.",
        "You said the old bot was stopped: what waited still waits.",
    ]
    assert ada[1] == "1 person who asked for it later was forgotten again."
    assert ada[-1] == "Now start it: paperround run."


async def forgot(folder: Path) -> None:
    async with opened(folder) as store:
        await store.forget(ADA, at(3))


def test_migrate_names_the_copy_of_what_it_changes(tmp_path: Path) -> None:
    old_release(tmp_path / "paperround.db")
    migrated = typed(tmp_path, "migrate")
    copy = tmp_path / "paperround.db.before-0002"
    assert re.fullmatch(rf"Applied: 0002.*\. The database as it was is {re.escape(str(copy))}\.\n", migrated.stdout)
    assert copy.exists()
    assert typed(tmp_path, "migrate").stdout == "Nothing to do: the database is up to date.\n"


def test_the_doctor_only_looks_at_a_database(tmp_path: Path) -> None:
    old_release(tmp_path / "paperround.db")
    whole = (tmp_path / "paperround.db").read_bytes()
    said = typed(tmp_path, "doctor", SOURCES="feed").stdout
    old = f"{tmp_path}/paperround.db is of an older Paperround: run paperround migrate."
    assert f"database     missing  {old}\n" in said
    assert (tmp_path / "paperround.db").read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["paperround.db"]


async def filled(folder: Path) -> None:
    async with opened(folder) as store:
        await fill(store)


def typed(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/paperround.db", **settings}
    return subprocess.run(
        [sys.executable, "-m", "jobs", *words], env=environment, capture_output=True, text=True, check=False
    )


# --------------------------------------------------------------------------------------------- cut off


async def test_a_backup_that_is_killed_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for number in range(20):
            await tell(store, *(paper(f"{number}-{one}", abstract="words " * 200) for one in range(50)))
        killed = await asyncio.to_thread(kill_backups, tmp_path)
    assert killed >= 1


def kill_backups(folder: Path) -> int:
    """Begin two backups beside the running bot and kill each of them in the middle; how many were not over."""
    chance, killed = random.Random(20260413), 0
    for _ in range(2):
        process = begin_backup(folder)
        # as soon as there is something, and a moment more
        while process.poll() is None and not any(file.stat().st_size for file in folder.glob(f".{FILE}.*")):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        if process.wait() != 0:
            killed += 1
            assert not (folder / FILE).exists()
        (folder / FILE).unlink(missing_ok=True)
    # what they left stands in nobody's way
    assert begin_backup(folder).wait() == 0
    assert (folder / FILE).exists()
    return killed


def begin_backup(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/paperround.db"}
    return subprocess.Popen([sys.executable, "-m", "jobs", "backup", str(folder / FILE)], env=environment)


async def test_a_restore_that_breaks_off_leaves_the_database_empty(tmp_path: Path) -> None:
    async with opened(tmp_path / "old") as store:
        await fill(store)
    await backups.backup(str(tmp_path / "old" / "paperround.db"), tmp_path / FILE, at(1))
    url = postgres.database(tmp_path)
    with closing(postgres.connect(url)) as other:
        other.execute("ALTER TABLE saves ADD CONSTRAINT full_disk CHECK (saved IS NULL)")
        with pytest.raises(StorageError, match="nothing changed"):
            await backups.restore(url, tmp_path / FILE, at(2))
        assert not any(rows(url).values())
        other.execute("ALTER TABLE saves DROP CONSTRAINT full_disk")
    await backups.restore(url, tmp_path / FILE, at(2))
    assert all(rows(url)[name] for name in ("papers", "saves", "deliveries"))
