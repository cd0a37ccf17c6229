"""An act that is worked on twice, because of a crash, says what it did; one that comes twice says so once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock_time
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from adapters.http import Guard, Http
from adapters.sources import feed
from bot.models import Channel, ChannelState, Message, Person, Schedule, Subscription
from bot.ports import Begun
from storage import codec
from tests.rigs.channel import Noticeboard
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.house import Hands, announce, opened, paper, typed
from tests.rigs.lab import ADA, BOB, NLP, VISION, Lab, lab, text
from tests.rigs.neutral import REFUSED
from tests.test_line import rss

#: what was typed before, and what is typed then
CHANGES = {
    "follow": ((), "follow tokenization"),
    "follow several": (("follow mamba",), "follow tokenization\nfollow mamba\nfollow diffusion"),
    "edit": (("follow tokenization",), "edit 1 mamba"),
    "schedule": (("follow tokenization",), "schedule 8:30 daily Berlin max 4"),
    "schedule, before anything is stored": ((), "schedule 8:30 daily Berlin max 4"),
    "settings": (("follow tokenization",), "settings quiet line"),
    "pause": (("follow tokenization",), "pause until 7 May"),
    "pause for a while": (("follow tokenization",), "pause 2w"),
    "pause without an end": (("follow tokenization",), "pause"),
    "resume": (("follow tokenization", "pause until 7 May"), "resume"),
    "unfollow": (("follow tokenization",), "unfollow 1"),
    "unfollow several": (("follow tokenization", "follow mamba", "follow diffusion"), "unfollow 1 3"),
    "restore": (("follow tokenization", "unfollow 1"), "restore 1"),
    "restore several": (("follow tokenization", "follow mamba", "unfollow 1 2"), "restore 1 2"),
    "move": (("follow tokenization", "follow mamba"), "move <#C2>"),
}

#: the whole private answer, and what each channel is told
Said = tuple[str, dict[str, list[str]]]


def said_since(here: Lab, books: int) -> Said:
    """What was said after so many messages."""
    said = here.server.books[books:]
    (answer,) = [text(one.message) for one in said if one.kind == "private"]
    public = [one for one in said if one.kind == "channel"]
    return answer, {each.id: [text(one.message) for one in public if one.channel == each.id] for each in (NLP, VISION)}


async def undisturbed(folder: Path, words: str) -> Said:
    """What is said when nothing happens: an answer, and one sentence to the channel."""
    before, typed = CHANGES[words]
    async with lab(folder) as here:
        for one in before:
            await here.says(one)
        books = len(here.server.books)
        await here.says(typed)
        answer, public = said_since(here, books)
        assert [one[:4] for one in public[NLP.id]] == ["Ada "]
        return answer, public


async def cut_off(here: Lab, words: str, person: Person = ADA, channel: Channel = NLP) -> Message:
    """Somebody types that, and the program dies when all is done but for saying so; the answer after its restart."""
    act = here.clock.act(words, person, channel)
    await here.house.store.take(act)
    await here.house.answer._replies(act)
    here.clock.move(seconds=70)
    books = len(here.server.books)
    await here.house.answer.one(act)
    (answer,) = [one.message for one in here.server.books[books:] if one.kind == "private"]
    return answer


@pytest.mark.parametrize("words", CHANGES)
async def test_what_a_crash_cut_off_is_said_as_it_was_done(tmp_path: Path, words: str) -> None:
    before, typed = CHANGES[words]
    async with lab(tmp_path) as here:
        for one in before:
            await here.says(one)
        books = len(here.server.books)

        await cut_off(here, typed)

        assert said_since(here, books) == await undisturbed(tmp_path / "undisturbed", words)


async def test_a_message_sent_again_is_said_to_be_though_a_crash_cut_it_off(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        here.server.fail(REFUSED, times=1)
        await here.deliver(hours=2)
        (trouble,) = await here.house.store.troubles(NLP)

        answer = await cut_off(here, f"again {trouble.id}")
        await here.deliver(minutes=1)

        assert answer.title == "Sending it again."
        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]
        assert (await here.says(f"again {trouble.id}")).body == "There is no such message to send again."


async def test_a_source_added_and_removed_is_said_to_be_though_a_crash_cut_it_off(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        server.pages["/feed"] = Page(
            rss([("https://papers.example/1", "Mamba", "It is fast.")], format_datetime(clock()))
        )
        async with opened(tmp_path, {"console": board}, clock, {"feed": feed.source(http, {}, now=clock)}) as house:

            async def says(words: str) -> list[str]:
                """Somebody types that, and it is worked on twice; what is said, the private answer first."""
                act = clock.act(words)
                await house.store.take(act)
                await house.answer._replies(act)
                clock.move(seconds=70)
                books = len(board.books)
                await house.answer.one(act)
                said = sorted(board.books[books:], key=lambda book: book[0].kind != "private")
                return [text(message) for _, message, _ in said]

            added = await says(f"sources add {server.url}/feed")
            assert added[0].startswith("Added: 127.0.0.1.\n1 paper there now, read in silence.")
            assert added[1:] == ["Ada added the source 127.0.0.1."]
            removed = await says(f"sources remove {server.url}/feed")
            assert removed == ["Removed: 127.0.0.1.", "Ada removed the source 127.0.0.1."]
            await typed(house, clock.act(f"sources remove {server.url}/feed"))
            assert "added no source" in text(board.books[-1][1])


async def test_a_move_back_that_a_crash_cut_off_is_said_as_it_was_done(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        moved = await here.says("move <#C2>")

        answer = await cut_off(here, moved.actions[0].command)

        assert answer.title == "Moved 1 topic from #vision to #nlp."
        assert here.public()[-1] == "Ada moved 1 topic here from #vision: tokenization."
        assert await here.follows() == ["tokenization"]


async def test_undo_of_what_was_repeated_brings_back_what_was_before(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")

        answer = await cut_off(here, "edit 1 mamba")
        await here.presses(answer, "Undo")
        assert await here.follows() == ["tokenization"]

        answer = await cut_off(here, "unfollow 1")
        await here.presses(answer, "Undo")
        assert await here.follows() == ["tokenization"]


@pytest.mark.parametrize("words", CHANGES)
async def test_what_was_begun_and_changed_nothing_is_done(tmp_path: Path, words: str) -> None:
    before, typed = CHANGES[words]
    async with lab(tmp_path) as here:
        for one in before:
            await here.says(one)
        act = here.clock.act(typed, ADA, NLP)
        await here.house.store.take(act)
        await here.house.answer._desk.begin(act)  # the program dies here
        books = len(here.server.books)
        await here.house.answer.one(act)

        assert said_since(here, books) == await undisturbed(tmp_path / "undisturbed", words)


@pytest.mark.parametrize("words", CHANGES)
async def test_a_double_press_is_told_to_the_channel_once(tmp_path: Path, words: str) -> None:
    before, typed = CHANGES[words]
    async with lab(tmp_path) as here:
        for one in before:
            await here.says(one)
        said = len(here.public())
        acts = [here.clock.act(typed, ADA, NLP) for _ in range(2)]
        for act in acts:
            await here.house.store.take(act)
        here.clock.move(seconds=2)
        for act in acts:
            await here.house.answer.one(act)

        assert len(here.public()) == said + 1


async def test_two_people_who_stop_a_topic_at_once_stop_it_once(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        first, second = here.clock.act("unfollow 1", ADA, NLP), here.clock.act("unfollow 1", BOB, NLP)
        for act in (first, second):
            await here.house.store.take(act)
        await asyncio.gather(here.house.answer.one(first), here.house.answer.one(second))

        assert len(here.public()[1:]) == 1
        assert here.public()[1].endswith(" stopped following tokenization here.")


async def test_what_somebody_else_moved_meanwhile_is_not_said_to_be_moved(tmp_path: Path) -> None:
    third = Channel("neutral", "lab", "C3", "audio")
    async with lab(tmp_path) as here:
        here.describe(third)
        await here.says("follow tokenization")
        act = here.clock.act("move <#C2>", ADA, NLP)
        await here.house.store.take(act)
        await here.house.answer._desk.begin(act)  # the program dies here
        await here.says("move <#C3>", BOB)
        await here.says("follow mamba", BOB, VISION)
        books = len(here.server.books)
        await here.house.answer.one(act)

        (said,) = here.server.books[books:]
        assert said.message.body.startswith("Nothing is followed here")
        assert await here.follows(third) == ["tokenization"]


def test_a_channel_is_remembered_as_it_stood() -> None:
    moment, day = datetime(2026, 4, 13, 7, 0, tzinfo=UTC), date(2026, 4, 13)
    schedule = Schedule("Europe/Berlin", clock_time(8, 30), (0, 5), 4, True, moment, "list", "line")
    state = ChannelState(NLP, schedule, moment, day, day, moment, False, "gone", "managers", True, moment)
    topic = Subscription(3, 17, "mamba", moment, Person(NLP.platform, NLP.workspace, ""), "Mamba")
    for one in (ChannelState(NLP, Schedule()), state):
        begun = Begun(one, (topic,), before=False)

        stored = json.loads(json.dumps(codec.pack_begun(begun)))

        assert codec.begun(stored, NLP) == replace(begun, before=True)


async def test_nothing_of_what_stood_there_is_left_when_the_act_is_done(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow whispers")
        act = here.clock.act("unfollow 1", ADA, NLP)
        await here.house.store.take(act)
        await here.house.answer._replies(act)

        async def begun() -> list[str | None]:
            question = sql("SELECT begun FROM inbox ORDER BY id")
            return list(await here.house.store._read(lambda one: one.execute(question).scalars().all()))  # type: ignore[attr-defined]

        before = await begun()
        assert before[0] is None
        assert "whisper" in str(before[1])
        assert "Ada" not in str(before[1])  # nobody is named, who may ask to be forgotten
        await here.house.answer.one(act)
        assert await begun() == [None, None]
