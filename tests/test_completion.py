"""Completions: what half a command may become, each of it usable as typed, from one read, of this workspace alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.platforms.console.keyboard import replaced
from bot import commands
from bot.messages.settings import CHANGE
from bot.models import Channel, Person, Question
from bot.ports import Completion
from jobs.answer.completing import COMPLETERS, LONGEST, MOST
from jobs.house import House
from storage.store import Store
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper, typed

OTHERS = Channel("console", "elsewhere", "terminal")
EVE = Person("console", "elsewhere", "ada", "Eve")
NEXT_DOOR = Channel("console", "terminal", "next door")


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[tuple[House, Hands]]:
    """A channel with topics, papers, saved ones and a feed; and another workspace that has all of it too."""
    clock = Hands()
    async with opened(folder, {"console": Noticeboard()}, clock) as house:
        await announce(
            house, paper(1, "Attention is enough"), paper(2, "Straße networks, by Müller"), paper(3), news=False
        )
        for words in ('follow "knowledge graph"', "follow tokenization", "search cat:cs.CL", "save 2604.00001"):
            await typed(house, clock.act(words))
        await typed(house, clock.act("note 2604.00001 to read #todo"))
        for words in ("follow secrets", "search attention", "save 2604.00003", "note 2604.00003 mine #hidden"):
            await typed(house, clock.act(words, EVE, OTHERS))
        await house.store.add_source("feed:mine", "feed", "https://one.example/feed", "console/terminal", "Our lab")
        await house.store.add_source(
            "feed:theirs", "feed", "https://two.example/feed", "console/elsewhere", "Their lab"
        )
        yield house, clock


async def asked(house: House, words: str, person: Person = ADA, channel: Channel = CHANNEL) -> Sequence[str]:
    found = await house.answer.ask(Question(channel, person, words))
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    for one in found:
        label = one.label if isinstance(one, Completion) else one
        assert len(one) <= LONGEST
        assert len(label) <= LONGEST
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fol", ["follow"]),
        ("unfollow tok", ["tokenization"]),
        ("unfollow graph", ['"knowledge graph"']),
        ("unfollow ", ['"knowledge graph"', "tokenization"]),
        ("unfollow 2", ["2"]),
        ("remove tok", ["tokenization"]),
        ("edit ", ["1", "2"]),
        ("edit token", ["2"]),
        ("edit 2 to", ["tokenization"]),
        ("show attention", ["2604.00001"]),
        ("show strasse muller", ["2604.00002"]),
        ("save 2604.00002", ["2604.00002"]),
        ("why attention is", ["2604.00001"]),
        ("note attention", ["2604.00001"]),
        ("similar nothing of that name", []),
        ("schedule 8", ["08:00"]),
        ("schedule weekd", ["weekdays"]),
        ("schedule 8:30 mon", ["mon,thu", "monday"]),
        ("schedule daily Zuri", ["Europe/Zurich"]),
        ("list ", ["text"]),
        ("sources re", ["remove"]),
        ("sources remove ", ["feed:mine"]),
        ("sources remove our", ["feed:mine"]),
        ("sources remove their", []),
        ("export bib", ["bibtex"]),
        ("help priv", ["privacy"]),
        ("forget ", ["me"]),
        ("follow tokenization", []),
        ("again ", []),
        ("restore ", []),
        ("nonsense tok", []),
        ("status ", []),
        ("settings ne", ["news on", "news off"]),
        ("help que", ["query"]),
        ("schedule europe/ber", ["Europe/Berlin"]),
        ("settings quiet l", ["quiet line"]),
    ],
)
async def test_what_is_proposed(tmp_path: Path, words: str, found: list[str]) -> None:
    if words.split(maxsplit=1)[0] not in commands.BY_WORD and words not in ("fol", "nonsense tok"):
        pytest.skip(f"there is no {words.split(maxsplit=1)[0]} yet")
    async with living(tmp_path) as (house, _):
        proposed = await asked(house, words)

        assert proposed[: len(found) or None][:6] == found[:6]


async def test_a_word_finds_every_command_that_begins_with_it_and_none_that_is_hidden(tmp_path: Path) -> None:
    async with living(tmp_path) as (house, _):
        for command in commands.TABLE:
            assert (command.word in await asked(house, command.word)) is not command.hidden
        assert set(await house.answer.ask(Question(CHANNEL, ADA, ""))) == set(commands.BY_WORD)


async def test_whatever_is_proposed_works_as_typed(tmp_path: Path) -> None:
    async with living(tmp_path) as (house, clock):
        board = house.platforms["console"]
        assert isinstance(board, Noticeboard)
        tried = 0
        for word in sorted(COMPLETERS):
            if word not in commands.BY_WORD or word in ("sources", "unfollow", "forget", "share"):
                continue
            for start in ("", "t", "w", "2604"):
                for one in (await asked(house, f"{word} {start}"))[:6]:
                    tried += 1
                    line = f"{word} {one}" + (" mamba" if word == "edit" else " read it" if word == "note" else "")
                    before = len(board.books)
                    await typed(house, clock.act(line, BOB, NEXT_DOOR if word == "follow" else CHANNEL))
                    said = str(next(message for place, message, _ in board.books[before:] if place.kind == "private"))
                    assert not any(wrong in said for wrong in ("is no", "Say `", "There is no", "not followed")), line
        assert tried > 40


async def test_topics_of_other_channels_are_proposed_to_nobody(tmp_path: Path) -> None:
    async with living(tmp_path) as (house, clock):
        assert await asked(house, "follow token", BOB, NEXT_DOOR) == []
        assert "tokenization" in await asked(house, "follow token", ADA, NEXT_DOOR)  # her own

        # nor those of two: both may be private
        third = Channel("console", "terminal", "third")
        await typed(house, clock.act("follow tokenization", ADA, third))
        assert await asked(house, "follow token", BOB, NEXT_DOOR) == []
        await typed(house, clock.act("follow whispering", ADA, ADA.direct))
        assert await asked(house, "follow whis", BOB, NEXT_DOOR) == []


async def test_what_was_followed_here_is_proposed_again(tmp_path: Path) -> None:
    async with living(tmp_path) as (house, clock):
        assert "tokenization" not in await asked(house, "follow tok")
        await typed(house, clock.act("unfollow tokenization"))

        assert (await asked(house, "follow tok", BOB))[0] == "tokenization"


async def test_acronyms_are_proposed_by_themselves_and_by_what_they_stand_for(tmp_path: Path) -> None:
    async with living(tmp_path) as (house, clock):
        await house.store.learn([("QZLS", "quiet-zonal label search")], clock())

        assert "RAG" in await asked(house, "follow ra")
        assert "RAG" in await asked(house, "follow retrieval")
        assert "QZLS" in await asked(house, "follow quiet-z")
        (learned,) = await asked(house, "follow qzl")
        assert isinstance(learned, Completion)
        assert (learned, learned.label) == ("QZLS", "QZLS · quiet-zonal label search")


async def test_nothing_of_another_workspace_is_proposed(tmp_path: Path) -> None:
    async with living(tmp_path) as (house, _):
        for command in commands.TABLE:
            for start in ("", "s", "se", "2604", "t", "#", "#h", "remove ", "remove th"):
                for one in await asked(house, f"{command.word} {start}"):
                    label = one.label if isinstance(one, Completion) else one
                    assert "secrets" not in label
                    assert "hidden" not in label
                    assert "heir" not in label


async def test_each_is_answered_from_one_read_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(tmp_path) as (house, _):
        reads = 0
        read = Store._read

        async def counted(store: Store, question: Any) -> Any:
            nonlocal reads
            reads += 1
            return await read(store, question)

        async def refused(*_: Any) -> None:
            raise AssertionError("a question changes nothing")

        monkeypatch.setattr(Store, "_read", counted)
        monkeypatch.setattr(Store, "_write", refused)
        for command in commands.TABLE:
            for start in ("", "t", "2 t"):
                reads = 0
                await asked(house, f"{command.word} {start}")
                assert reads <= 1, command.word


@pytest.mark.parametrize(
    "words", ["\x00", "show \ud800", "follow " + "x" * 5000, "schedule ))", 'unfollow "', "  ", "🔖 x"]
)
async def test_whatever_is_typed_something_is_answered(tmp_path: Path, words: str) -> None:
    async with living(tmp_path) as (house, _):
        assert isinstance(await asked(house, words), list)


@pytest.mark.parametrize(
    ("typed_so_far", "completion", "stands_for"),
    [
        ("show atten", Completion("2604.1", "2604.1 · Attention is enough"), "atten"),
        ("show attention is", Completion("2604.1", "2604.1 · Attention is enough"), "attention is"),
        ("show muller", Completion("2604.2", "2604.2 · Straße, by Müller"), "muller"),
        ("show ", Completion("2604.1", "2604.1 · Attention is enough"), ""),
        ("/papers show 2604", Completion("2604.1", "2604.1 · Attention is enough"), "2604"),
        ("why why", Completion("2604.3", "2604.3 · Why we sleep"), "why"),
        ("sources remove la", Completion("feed:x", "feed:x · Our lab"), "la"),
        ("atten", Completion("2604.1", "2604.1 · Attention is enough"), "atten"),
        ("unfollow tok", Completion("tokenization"), "tok"),
    ],
)
def test_in_the_terminal_an_id_takes_the_place_of_words_of_its_label(
    typed_so_far: str, completion: Completion, stands_for: str
) -> None:
    assert typed_so_far[len(typed_so_far) - replaced(typed_so_far, completion) :] == stands_for


async def test_a_long_reading_list_is_searched_quickly_enough(tmp_path: Path) -> None:
    async with living(tmp_path) as (house, clock):
        await announce(house, *(paper(number, f"Long list {number}") for number in range(100, 500)), news=False)
        for number in range(100, 500):
            await house.store.save(ADA, f"arxiv:2604.{number:05}", clock() + timedelta(seconds=number), f"{number:06}")

        assert (await asked(house, "show long list 49"))[:10] == [f"2604.{number:05}" for number in range(499, 489, -1)]


async def test_a_schedule_form_holds_what_is_set_where_it_is_opened_and_its_fields_take_one_thing(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as (house, clock):
        await typed(house, clock.act("schedule 8:30 mon,thu Tokyo max 4"))

        assert await house.answer.ask(Question(CHANNEL, ADA, CHANGE)) == ["08:30", "mon,thu", "Asia/Tokyo", "4"]
        in_direct = await house.answer.ask(Question(CHANNEL, ADA, f"dm {CHANGE}"))
        assert in_direct == await house.answer.ask(Question(ADA.direct, ADA, CHANGE)) != []
        assert in_direct[3] == "10"
        zones = await house.answer.ask(Question(CHANNEL, ADA, "schedule ", "zone"))
        assert "Asia/Tokyo" in zones[:2]
        assert "09:00" not in zones
        assert await house.answer.ask(Question(CHANNEL, ADA, "schedule tue thu", "days")) == ["tue,thu"]
        assert await house.answer.ask(Question(CHANNEL, ADA, "schedule 09", "zone")) == []
