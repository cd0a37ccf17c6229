"""Workspaces that install the bot: their tokens are kept, found, renewed and forgotten, and nobody reads them."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, text

from bot.ports import Installation, Memory, SettingError, Vault
from jobs.__main__ import main
from jobs.settings import load
from storage import backups
from storage.cipher import Cipher
from storage.store import Store
from tests.rigs import house as houses
from tests.rigs.channel import Noticeboard
from tests.rigs.house import Hands
from tests.rigs.storage import DATABASES, KEY, MONDAY, at, opened

TOKEN = "xoxb-made-up-token-0123456789"
FIRST = Installation("slack", "T1", TOKEN, MONDAY, until=at(12))
NEW_KEY = Fernet.generate_key().decode()


@pytest.fixture(params=sorted(DATABASES))
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path, database) as known:
        yield known


async def secrets(store: Store) -> list[str]:
    """What stands in the database."""

    def read(connection: Connection) -> list[str]:
        return list(connection.execute(text("SELECT secret FROM installations ORDER BY workspace")).scalars())

    return await store._read(read)


async def test_a_workspace_installs_and_is_found_by_its_platform(store: Store) -> None:
    assert await store.installation("slack", "T1") is None
    assert await store.installations("slack") == []
    second = Installation("slack", "T2", "xoxb-two", at(1))
    for one in (second, FIRST, Installation("discord", "T1", "other", MONDAY)):
        await store.install(one)

    assert await store.installation("slack", "T1") == FIRST
    assert await store.installations("slack") == [FIRST, second]
    assert TOKEN not in repr(await store.installation("slack", "T1"))


async def test_installed_again_the_newer_one_stands_in_whatever_order_they_come(store: Store) -> None:
    newer = replace(FIRST, secret="xoxb-newer", at=at(1), until=None)
    for order in ((FIRST, newer), (newer, FIRST)):
        for one in order:
            await store.install(one)
        assert await store.installation("slack", "T1") == newer


async def test_what_stands_in_the_database_is_not_the_token(store: Store) -> None:
    await store.install(FIRST)
    (sealed,) = await secrets(store)
    assert TOKEN not in sealed
    assert Fernet(KEY).decrypt(sealed).decode() == TOKEN
    await store.install(FIRST)
    assert await secrets(store) != [sealed]


# ------------------------------------------------------------------------------------------------ renewal


async def test_a_token_is_renewed_once_by_whoever_comes_first(store: Store) -> None:
    await store.install(FIRST)
    fresh = [replace(FIRST, secret=f"xoxe-{number}", until=at(24)) for number in range(5)]

    won = await asyncio.gather(*(store.renew(one, FIRST) for one in fresh))

    assert sorted(won) == [False] * 4 + [True]
    assert await store.installation("slack", "T1") == fresh[won.index(True)]
    assert await store.renew(fresh[0], FIRST) is False


async def test_a_token_of_a_workspace_that_went_is_not_renewed(store: Store) -> None:
    assert await store.renew(replace(FIRST, secret="fresh"), FIRST) is False
    assert await store.installation("slack", "T1") is None


async def test_a_renewal_is_no_new_installation(store: Store) -> None:
    await store.install(FIRST)
    assert await store.renew(replace(FIRST, secret="fresh", at=at(5)), FIRST) is True

    await store.uninstall("slack", "T1", at(1))

    assert await store.installation("slack", "T1") is None


# ------------------------------------------------------------------------------------------------- removal


async def test_uninstalled_is_forgotten_unless_it_was_installed_since(store: Store) -> None:
    await store.install(FIRST)
    await store.install(Installation("slack", "T2", "stays", MONDAY))
    await store.uninstall("slack", "T1", at(-1))  # told late, of an earlier installation
    assert await store.installation("slack", "T1") == FIRST

    for _ in range(2):
        await store.uninstall("slack", "T1", at(1))

    assert await store.installation("slack", "T1") is None
    assert len(await secrets(store)) == 1


async def test_what_is_uninstalled_stands_in_no_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.install(FIRST)
        (sealed,) = await secrets(store)
        assert sealed.encode() in in_files(tmp_path)
        await store.uninstall("slack", "T1", at(1))
        assert sealed.encode() not in in_files(tmp_path)


def in_files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("paperround.db*")))


# ---------------------------------------------------------------------------------------------------- keys


async def test_without_a_key_nobody_installs_and_everything_else_goes_on(database: str, tmp_path: Path) -> None:
    async with opened(tmp_path, database, keys=()) as store:
        with pytest.raises(SettingError, match="SECRET_KEYS is not set") as refused:
            await store.install(FIRST)
        assert TOKEN not in str(refused.value)
        assert await store.installations("slack") == []
        assert await store.undecryptable() == 0
        await store.remember("slack", "x", "1")


async def test_with_a_new_key_first_the_old_one_may_go_after_one_start(database: str, tmp_path: Path) -> None:
    async with opened(tmp_path, database) as store:
        await store.install(FIRST)
    async with opened(tmp_path, database, keys=(NEW_KEY, KEY)) as store:
        assert await store.installation("slack", "T1") == FIRST
    async with opened(tmp_path, database, keys=(NEW_KEY,)) as store:
        assert await store.installation("slack", "T1") == FIRST


async def test_what_no_key_opens_counts_as_not_installed_and_is_told_of(database: str, tmp_path: Path) -> None:
    async with opened(tmp_path, database) as store:
        await store.install(FIRST)
    for keys in ((NEW_KEY,), ()):
        async with opened(tmp_path, database, keys=keys) as store:
            assert await store.installation("slack", "T1") is None
            assert await store.installations("slack") == []
            assert await store.renew(replace(FIRST, secret="fresh"), FIRST) is False
            assert await store.undecryptable() == 1
    async with opened(tmp_path, database) as store:  # the key is found again
        assert await store.installation("slack", "T1") == FIRST
    async with opened(tmp_path, database, keys=(NEW_KEY,)) as store:  # or the workspace installs anew
        await store.install(replace(FIRST, at=at(1)))
        assert await store.undecryptable() == 0


async def test_a_row_that_was_tampered_with_is_not_trusted(store: Store) -> None:
    await store.install(FIRST)
    await store._write(lambda connection: connection.execute(text("UPDATE installations SET secret = 'x' || secret")))
    assert await store.installation("slack", "T1") is None
    assert await store.undecryptable() == 1


async def test_a_backup_holds_no_token_and_gives_it_back_to_who_has_the_key(database: str, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    async with opened(tmp_path / "old", database) as store:
        await store.install(FIRST)
        await store.give_state("slack", "a-state-that-nobody-guesses", at(1))
    file = tmp_path / "backup"
    await backups.backup(DATABASES[database](tmp_path / "old"), file, MONDAY)
    assert TOKEN.encode() not in file.read_bytes()
    assert b"a-state-that-nobody-guesses" not in file.read_bytes()

    await backups.restore(DATABASES[database](tmp_path / "new"), file, at(1))

    async with opened(tmp_path / "new", database) as store:
        assert await store.installation("slack", "T1") == FIRST


@pytest.mark.parametrize(
    "given",
    ["short", NEW_KEY[:-1], f"{NEW_KEY},{NEW_KEY[1:]}", f"{NEW_KEY} {NEW_KEY}"],
    ids=["a word", "cut short", "two, one of them cut", "two without a comma"],
)
def test_what_is_no_key_is_refused_in_a_sentence_that_does_not_repeat_it(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET_KEYS", given)
    with pytest.raises(
        SettingError, match=r"^SECRET_KEYS is not right; it is [^\n]*`paperround key`[^\n]*$"
    ) as refused:
        load()
    assert given not in "".join(traceback.format_exception(refused.value))


def test_the_program_prints_a_key_that_the_settings_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [main(["key"]), main(["key"])] == [0, 0]
    first, second = capsys.readouterr().out.split()
    monkeypatch.setenv("SECRET_KEYS", f" {first}, {second} ")
    settings = load()
    assert settings.secret_keys == (first, second)
    assert first not in repr(settings)
    cipher = Cipher(settings.secret_keys)
    assert cipher.opened(cipher.sealed(TOKEN)) == TOKEN


async def test_a_house_gives_platforms_their_place_and_tells_of_a_lost_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Keeping(Noticeboard):
        async def installed(self) -> Installation | None:
            return await self.vault.installation("slack", "T1")

        def keep_in(self, memory: Memory, vault: Vault) -> None:
            self.memory, self.vault = memory, vault

    board, clock = Keeping(), Hands()
    async with houses.opened(tmp_path, {"console": board}, clock, secret_keys=(KEY,)):
        await board.vault.install(FIRST)
        await board.memory.remember("slack", "home", "1")
        assert await board.installed() == FIRST
    assert not caplog.records
    async with houses.opened(tmp_path, {"console": board}, clock, secret_keys=(NEW_KEY,)):
        assert await board.installed() is None
    (said,) = caplog.records
    assert said.getMessage().startswith("The tokens of 1 workspace cannot be decrypted by any key in SECRET_KEYS: ")


# -------------------------------------------------------------------------------- installations that begin


async def test_a_state_is_good_once_for_its_platform_and_until_it_ends(store: Store) -> None:
    await store.give_state("slack", "one", at(1))
    await store.give_state("slack", "late", at(1))
    assert await store.take_state("slack", "other", MONDAY) is False
    assert await store.take_state("discord", "one", MONDAY) is False
    assert await store.take_state("slack", "late", at(1)) is False

    taken = await asyncio.gather(*(store.take_state("slack", "one", MONDAY) for _ in range(5)))

    assert sorted(taken) == [False] * 4 + [True]


async def test_states_go_when_they_have_ended(store: Store) -> None:
    await store.give_state("slack", "one", at(1))
    await store.give_state("slack", "two", at(3))
    await store.tidy(at(2))

    def left(connection: Connection) -> int:
        return int(connection.execute(text("SELECT count(*) FROM install_states")).scalar_one())

    assert await store._read(left) == 1
    assert await store.take_state("slack", "two", at(2)) is True
