"""Forgetting a person, and saying what is seen and kept: nothing of them remains in any column of any table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import adapters.platforms
from bot.messages import helping
from bot.models import Channel, Message, Person
from bot.ports import Sight, Traces
from jobs.house import House
from jobs.outside import adapter, modules
from storage import backups, engines, forgetting, tidying
from storage.schema import metadata
from tests.rigs import house as houses
from tests.rigs.channel import Noticeboard
from tests.rigs.house import BOB, CHANNEL, Hands, announce, opened, paper, typed
from tests.rigs.storage import DATABASES

ZEB = Person("console", "terminal", "u7q2xkzeb", "Zebulon Quatermain", zone="UTC")
DIRECT = replace(ZEB.direct, name="Zebulon Quatermain")
#: what of that person could stand anywhere
MARKS = ("u7q2xkzeb", "zebulon", "quatermain", "readitaloud", "zebratag", "onlyhere")


async def says(house: House, clock: Hands, words: str, person: Person = ZEB, channel: Channel = CHANNEL) -> Message:
    """The private answer to what somebody types."""
    board = house.platforms["console"]
    assert isinstance(board, Noticeboard)
    before = len(board.books)
    await typed(house, clock.act(words, person, channel))
    return next(message for place, message, _ in board.books[before:] if place.kind == "private")


async def everything(house: House, clock: Hands) -> None:
    """That person does all there is to do, in a channel and in their direct messages."""
    await announce(house, paper(1), paper(2, "Whisker, first"), news=False)
    for words in ("follow tokenization", "follow mamba", "unfollow mamba", "search tokenization", "save 1", "news on"):
        await says(house, clock, words)
    for words in (
        'follow whisker OR onlyhere OR author:"Quatermain, Zebulon"',
        "follow tokenization",
        "settings news on",
    ):
        await says(house, clock, words, channel=DIRECT)
    await announce(house, paper(3), paper(4, "Whisker, again"), paper(5))
    for words in ("schedule 8:00 daily", "now", "save 1", "note 1 readitaloud #zebratag", "show 2"):
        await says(house, clock, words, channel=DIRECT)
    await house.deliver.due()
    clock.move(days=1)
    await announce(house, *(paper(number) for number in range(10, 16)))
    await house.plan.due()
    await house.deliver.due()
    board = house.platforms["console"]
    assert isinstance(board, Noticeboard)
    posted = {place.channel.id: f"m{at}" for at, (place, _, key) in enumerate(board.books, 1) if key}
    for channel in (CHANNEL, DIRECT):
        await typed(house, clock.react("react", posted[channel.id], person=ZEB, channel=channel))
    for words in ("export bibtex", "saved", "share 1", "note 2604.00003 readitaloud #zebratag"):
        await says(house, clock, words)
    await house.store.remember("console/terminal/u7q2xkzeb", "seen", "Zebulon")
    # someone else in the same rooms
    await says(house, clock, "follow diffusion", BOB)
    await says(house, clock, "save 2604.00001", BOB)


def remains(folder: Path) -> list[str]:
    """Every place in the database that holds a mark of that person: "table.column"."""
    engine = engines.reading(engines.address(DATABASES[houses.chosen[0]](folder)), 1)
    found = []
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608 - its own names
                found += [f"{table}.{name}" for name, value in row.items() if marked(str(value))]
    engine.dispose()
    return sorted(set(found))


def file_of(folder: Path) -> bytes:
    """The bytes of the database and of what lies beside it, in lower case."""
    return b"".join(file.read_bytes().lower() for file in folder.glob("paperround.db*"))


def marked(value: str) -> bool:
    return any(mark in value.lower() for mark in MARKS)


async def test_nothing_of_a_person_remains_in_any_table(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
        assert {"persons.outside_id", "persons.name", "channels.outside_id", "queries.text"} <= set(remains(tmp_path))

        await forgotten(house, clock)

        assert remains(tmp_path) == []
        assert [one.paper.title for one in await house.store.saved(BOB)] == ["Tokenization, part 1"]
        topics = await house.store.subscriptions(CHANNEL)
        assert [(one.text, one.by.id, one.by.name) for one in topics] == [
            ("tokenization", "", ""),
            ("diffusion", "bob", "Bob"),
        ]


async def test_on_sqlite_it_is_not_in_the_file_either(tmp_path: Path) -> None:
    if houses.chosen[0] != "sqlite":
        return  # a server keeps its files to itself
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
        before = file_of(tmp_path)
        assert all(mark.encode() in before for mark in MARKS if mark not in ("readitaloud", "zebratag"))

        await house.store.forget(ZEB, clock())
        done = [await house.store.traces(ZEB)]

        after = file_of(tmp_path)
        assert done == [Traces()]
        assert [mark for mark in MARKS if mark.encode() in after] == []


async def test_forget_me_tells_what_goes_and_what_stays_and_changes_nothing(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
        before = await house.store.saved(ZEB)

        asked = await says(house, clock, "forget me")

        assert f"your reading list, {len(before)} papers" in asked.facts[0]
        assert "your direct messages with me, with 2 topics followed there" in asked.facts[0]
        assert asked.facts[1].startswith("This stays: 1 topic that you followed in channels, from now on by a former")
        assert [action.command for action in asked.actions] == ["forget me now"]
        assert await house.store.saved(ZEB) == before


async def forgotten(house: House, clock: Hands) -> Message:
    """Somebody asks to be forgotten, and presses the button."""
    asked = await says(house, clock, "forget me")
    return await says(house, clock, asked.actions[0].command)


async def test_nobody_is_forgotten_who_was_not_asked_first_in_the_last_ten_minutes(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)

        asked = await says(house, clock, "forget me now")
        assert asked.title == "Forget you, for good?"
        clock.move(minutes=11)
        assert await says(house, clock, "forget me now") == asked
        assert await house.store.saved(ZEB)

        clock.move(minutes=1)
        assert (await says(house, clock, "forget me now")).title == "You are forgotten."
        assert await house.store.saved(ZEB) == []


async def test_a_question_that_a_crash_makes_be_asked_again_is_not_its_own_answer(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
        act = clock.act("forget me now", ZEB)
        for _ in range(2):
            replies, _ = await house.answer._replies(act)
            assert replies[0][1].title == "Forget you, for good?"


@pytest.mark.parametrize("words", ["forget", "forget you", "forget bob", "forget me now please", "forget everything"])
async def test_nothing_else_forgets_anybody(tmp_path: Path, words: str) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await says(house, clock, "follow tokenization")

        answer = await says(house, clock, words)

        assert answer.actions[0].command == "forget me"
        assert [one.by for one in await house.store.subscriptions(CHANNEL)] == [ZEB]


async def test_forgetting_twice_and_before_anything_was_known_is_the_same(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        first = await forgotten(house, clock)
        await says(house, clock, "follow tokenization")
        for _ in range(2):
            assert await forgotten(house, clock) == first

        assert [one.by.id for one in await house.store.subscriptions(CHANNEL)] == [""]
        assert remains(tmp_path) == []


async def test_an_act_that_is_done_leaves_its_key_and_nothing_else(tmp_path: Path) -> None:
    clock = Hands()
    act = clock.act("save readitaloud", ZEB)
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        assert await house.store.take(act)
        assert "inbox.act" in remains(tmp_path)
        await house.answer.one(act)

        assert remains(tmp_path) == []
        assert not await house.store.take(act)


async def test_a_crash_after_forgetting_forgets_again(tmp_path: Path) -> None:
    clock = Hands()
    act = clock.act("forget me now", ZEB)
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
        await house.store.take(act)
        await house.store.forget(ZEB, clock())
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        (again,) = await house.store.acts(clock(), timedelta(minutes=1))
        await house.answer.one(again)

        assert remains(tmp_path) == []


async def test_a_former_member_is_told_of_no_trouble_and_shown_in_the_list(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await says(house, clock, "follow tokenization")
        await forgotten(house, clock)

        told = await house.store.trouble(CHANNEL, "it is gone", clock(), clock() + timedelta(days=1))

        assert told is None
        assert "a former member" in str(await says(house, clock, "list", BOB))


async def test_somebody_who_comes_back_begins_anew(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
        await forgotten(house, clock)

        assert "Nothing saved" in (await says(house, clock, "saved")).title
        await says(house, clock, "save 2604.00001")
        assert [one.note for one in await house.store.saved(ZEB)] == [""]


async def test_a_restored_database_forgets_whom_the_other_one_forgot(tmp_path: Path) -> None:
    clock = Hands()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with opened(tmp_path / "a", {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
        await house.store.forget(ZEB, clock())
    async with opened(tmp_path / "b", {"console": Noticeboard()}, clock) as house:
        await everything(house, clock)
    lived, backup = DATABASES[houses.chosen[0]](tmp_path / "a"), tmp_path / "before"
    await backups.backup(DATABASES[houses.chosen[0]](tmp_path / "b"), backup, clock())
    (tmp_path / "c").mkdir()

    done = await backups.restore(DATABASES[houses.chosen[0]](tmp_path / "c"), backup, clock(), forgotten_by=lived)

    assert done.forgotten == 1
    assert remains(tmp_path / "c") == []


async def test_after_thirty_days_it_is_not_even_known_that_somebody_was_forgotten(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await house.store.forget(ZEB, clock())
        assert known(tmp_path) == 1
        clock.move(days=29)
        await house.store.tidy(clock())
        assert known(tmp_path) == 1
        clock.move(days=2)
        await house.store.tidy(clock())
        assert known(tmp_path) == 0


def known(folder: Path) -> int:
    engine = engines.reading(engines.address(DATABASES[houses.chosen[0]](folder)), 1)
    with engine.connect() as connection:
        found = len(forgetting.forgotten(connection))
    engine.dispose()
    return found


async def test_copies_that_an_upgrade_saved_go_after_thirty_days(tmp_path: Path) -> None:
    if houses.chosen[0] != "sqlite":
        return  # a server's database is not copied
    clock = Hands(datetime.now(UTC))
    copy = tmp_path / "paperround.db.before-0003"
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        copy.touch()
        await house.store.tidy(clock())
        assert copy.exists()
        clock.move(days=31)
        await house.store.tidy(clock())
        assert not copy.exists()


# --------------------------------------------------------------------------------------- help privacy


def test_whatever_table_knows_people_is_spoken_of() -> None:
    said = helping.privacy(None).body
    spoken = {
        "persons": "Your id and name",
        "saves": "Your reading list",
        "lists": "The last list you were shown",
        "subscriptions": "The topics you follow",
        "digests": "who shared what, for 48 hours",
    }

    know_people = {table.name for table in metadata.tables.values() if is_about_people(table.name)}

    assert know_people == set(spoken)
    assert {table for table, words in spoken.items() if words not in said} == set()


def is_about_people(name: str) -> bool:
    table = metadata.tables[name]
    return name == "persons" or any(key.column.table.name == "persons" for key in table.foreign_keys)


def test_the_times_that_are_told_are_the_times_that_are_kept() -> None:
    said = str(helping.privacy(None))

    assert f"{tidying.ACTS.days} days" in said
    assert f"{tidying.MESSAGES // timedelta(hours=1)} hours" in said
    assert f"within {forgetting.BACKUPS.days} days" in said
    assert f"within {forgetting.BACKUPS.days} days" in str(helping.forget_asked(Traces()))


@pytest.mark.parametrize("name", modules(adapters.platforms))
def test_every_platform_declares_what_it_sees(name: str) -> None:
    sight = adapter(adapters.platforms, "PLATFORMS", name).SIGHT

    assert isinstance(sight, Sight)
    assert sight.sees
    body = helping.privacy(sight).body
    assert all(line in body for line in (*sight.sees, *sight.keeps, *sight.never))


async def test_help_privacy_tells_what_the_platform_declares(tmp_path: Path) -> None:
    clock = Hands()
    board = Noticeboard()
    board.sight = Sight(sees=("smoke signals",), never=("dreams",))  # type: ignore[attr-defined]
    async with opened(tmp_path, {"console": board}, clock) as house:
        answer = await says(house, clock, "help privacy")

    assert "I see:\n- smoke signals" in answer.body
    assert "I never see:\n- dreams" in answer.body


# ------------------------------------------------------------------------------------- who shared what


async def messages(house: House) -> list[str]:
    """The texts of messages that are kept."""
    rows = await house.store._read(lambda connection: connection.execute(text("SELECT message FROM deliveries")).all())  # type: ignore[attr-defined]
    return [str(row.message) for row in rows]


async def test_who_shared_under_another_name_is_forgotten_under_both(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await announce(house, paper(1), paper(2), news=False)
        await says(house, clock, "share 2604.00001")
        await house.deliver.due()
        await says(house, clock, "share 2604.00002", replace(ZEB, name="Countess"))

        await house.store.forget(ZEB, clock())

        kept = " ".join(await messages(house))
        assert kept.count("A former member shares this paper.") == 2
        assert kept.count("A former member shares: Tokenization") == 2
        assert "Countess" not in kept
        assert remains(tmp_path) == []


async def test_what_a_namesake_shared_stays_as_it_is(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await announce(house, paper(1), news=False)
        await says(house, clock, "share 2604.00001", replace(BOB, name=ZEB.name))
        await house.deliver.due()
        before = await messages(house)
        await says(house, clock, "save 2604.00001")

        await house.store.forget(ZEB, clock())

        assert await messages(house) == before
        assert "Zebulon Quatermain shares this paper." in before[0]


async def test_who_shared_what_is_not_known_after_two_days(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await announce(house, paper(1), paper(2), news=False)
        await says(house, clock, "share 2604.00001")
        await house.deliver.due()
        clock.move(hours=47)
        await says(house, clock, "share 2604.00002")  # on its way
        assert await sharers(house) == 2

        clock.move(hours=2)
        await house.store.tidy(clock())

        assert await sharers(house) == 1


async def sharers(house: House) -> int:
    """Digests of which it is known who shares them."""
    return int(
        await house.store._read(  # type: ignore[attr-defined]
            lambda connection: connection.execute(text("SELECT count(sharer) FROM digests")).scalar_one()
        )
    )


async def test_what_somebody_saved_weighs_no_more_when_they_are_forgotten(tmp_path: Path) -> None:
    clock = Hands()
    async with opened(tmp_path, {"console": Noticeboard()}, clock) as house:
        await says(house, clock, "follow tokenization", BOB)
        liked = [paper(number, f"Finnish morphemes, part {number}") for number in range(1, 6)]
        others = [
            replace(paper(number, f"Galaxies, part {number}"), authors=("Cleo Model",)) for number in range(6, 11)
        ]
        await announce(house, *liked, *others)
        clock.move(days=1)
        await house.plan.due()
        await house.deliver.due()
        for number in range(1, 6):
            await says(house, clock, f"save 2604.{number:05}")
        assert (await house.store.taste(CHANNEL, BOB)).weights

        await house.store.forget(ZEB, clock())

        assert not (await house.store.taste(CHANNEL, BOB)).weights
