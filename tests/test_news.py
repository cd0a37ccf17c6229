"""What happened to saved papers: told once each, one message a day, to whoever asked for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot import news
from bot.models import Announcement, Kind, Match, Message, Paper, Person, Place, Schedule
from bot.news import Known
from bot.ports import Busy, Refused
from jobs.house import House, _ticking
from jobs.news import MOST, News
from tests.rigs.channel import Noticeboard, failing
from tests.rigs.house import ADA, BOB, Hands, announce, opened, paper, typed

#: 10:00 where everybody here lives: people are told of things
MORNING = datetime(2026, 4, 13, 10, 0, tzinfo=UTC)


class Lab:
    """A house in which papers change, and what people are told in their direct messages."""

    def __init__(self, house: House, board: Noticeboard, clock: Hands) -> None:
        self.house, self.board, self.clock = house, board, clock
        self.news = News(house.store, clock)

    async def types(self, words: str, person: Person = ADA) -> None:
        await typed(self.house, self.clock.act(words, person))

    async def changes(self, known: Paper, kind: Kind = Kind.REPLACEMENT) -> None:
        """The source tells of the paper again."""
        self.clock.move(minutes=1)
        await self.house.store.add_source("arxiv", "arxiv")
        told: list[tuple[Announcement, list[Match]]] = [(Announcement(known, kind, ""), [])]
        await self.house.store.keep("arxiv", told, seq=1, now=self.clock(), news=True)

    async def look(self) -> int:
        """A tick: plan, and post what was planned."""
        planned = await self.news.due()
        await self.house.deliver.due()
        return planned

    def told(self, person: Person = ADA) -> list[Message]:
        return [message for place, message, key in self.board.books if place.channel == person.direct and key]

    def places(self) -> list[Place]:
        return [place for place, _, key in self.board.books if key]


@contextlib.asynccontextmanager
async def lab(folder: Path, *papers: Paper, wanting: bool = True) -> AsyncIterator[Lab]:
    """Ada saved these papers and, unless it is said otherwise, wants to hear of them."""
    board, clock = Noticeboard(), Hands(MORNING)
    async with opened(folder, {"console": board}, clock) as house:
        await announce(house, *papers, news=False)
        there = Lab(house, board, clock)
        for one in papers:
            await there.types(f"save {one.identifier('arxiv')}")
        if wanting:
            await there.types("settings news on")
        yield there


async def test_a_new_version_is_told_once_in_direct_messages(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        assert await here.look() == 0
        await here.changes(replace(paper(1), version=3))

        assert [await here.look() for _ in range(3)] == [1, 0, 0]

        (message,) = here.told()
        assert message.title == "Tokenization, part 1"
        assert message.facts[-1] == "Version 3 is out (you know version 1)."
        assert "`/papers settings news off` ends it" in message.note
        assert [action.label for action in message.actions][:2] == ["Remove", "Abstract"]
        (place,) = here.places()
        assert place.channel.direct


async def test_a_withdrawal_and_code_are_told_and_gathered_in_one_message(tmp_path: Path) -> None:
    async with lab(tmp_path, *map(paper, range(1, 5))) as here:
        await here.changes(paper(1), Kind.WITHDRAWAL)
        await here.changes(replace(paper(2), code="https://github.com/x/y"))
        await here.changes(replace(paper(3), version=2, code="https://github.com/x/z"))
        await here.changes(paper(4))

        await here.look()

        (message,) = here.told()
        assert message.title == "News of 3 papers you saved"
        assert {item.title: item.facts[-1] for item in message.items} == {
            "Withdrawn: Tokenization, part 1": "It was withdrawn.",
            "Tokenization, part 2": "Its code is there.",
            "Tokenization, part 3": "Version 2 is out (you know version 1). Its code is there.",
        }


async def test_one_message_a_day_and_the_rest_comes_the_next_day(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1), paper(2)) as here:
        await here.changes(replace(paper(1), version=2))
        await here.look()
        await here.changes(replace(paper(2), version=2))
        await here.changes(replace(paper(1), version=3))
        assert await here.look() == 0

        here.clock.move(days=1)
        assert await here.look() == 1

        assert [len(message.items) for message in here.told()] == [0, 2]
        assert "Version 3 is out (you know version 2)." in {item.facts[-1] for item in here.told()[1].items}


async def test_only_who_asked_hears_and_only_of_what_is_on_their_list(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1), paper(2)) as here:
        await here.types("save 2604.00001", BOB)
        await here.types("unsave 2604.00002")
        await here.changes(replace(paper(1), version=2))
        await here.changes(replace(paper(2), version=2))

        await here.look()
        await here.types("settings news off")
        here.clock.move(days=1)
        await here.changes(replace(paper(1), version=3))
        await here.look()

        assert [message.title for message in here.told()] == ["Tokenization, part 1"]
        assert here.told(BOB) == []


async def test_what_they_knew_when_they_saved_is_no_news(tmp_path: Path) -> None:
    async with lab(tmp_path, replace(paper(1), version=4, code="https://github.com/x/y")) as here:
        await here.changes(replace(paper(1), version=4, code="https://github.com/x/y"))
        assert await here.look() == 0

        await here.types("unsave 2604.00001")
        await here.changes(replace(paper(1), version=5))
        await here.types("save 2604.00001")
        assert await here.look() == 0, "saved again, and known as it is now"


async def test_nobody_is_woken_at_night(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        here.clock.move(hours=16)  # two in the morning of Tuesday
        await here.changes(replace(paper(1), version=2))
        assert await here.look() == 0

        here.clock.move(hours=8)
        assert await here.look() == 1


async def test_many_at_once_are_told_in_portions(tmp_path: Path) -> None:
    many = [paper(number) for number in range(1, MOST + 4)]
    async with lab(tmp_path, *many) as here:
        for one in many:
            await here.changes(replace(one, version=2))
        await here.look()
        here.clock.move(days=1)
        await here.look()

        assert [len(message.items) for message in here.told()] == [MOST, 3]
        assert len({item.title for message in here.told() for item in message.items}) == len(many)


async def test_two_workers_that_look_at_once_tell_once(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await here.changes(replace(paper(1), version=2))
        heard = await here.house.store.unheard(None, here.clock() - timedelta(days=1))

        assert await here.look() == 1
        again = [await here.news._tell(one, here.clock()) for one in heard]
        tomorrow = [await here.news._tell(one, here.clock() + timedelta(days=1)) for one in heard]

        assert again == tomorrow == [False]
        assert len(here.told()) == 1


async def test_a_crash_before_the_plan_is_kept_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await here.changes(replace(paper(1), version=2))

        async def full(*_: object) -> bool:
            raise Busy("The disk is full.")

        with monkeypatch.context() as broken:
            broken.setattr(here.house.store, "tell", full)
            assert await here.look() == 0

        assert await here.look() == 1
        assert len(here.told()) == 1


async def test_news_that_cannot_be_posted_for_a_day_is_not_dropped_with_the_digests(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await here.changes(replace(paper(1), version=2))
        await here.news.due()
        here.clock.move(days=2)

        await here.house.deliver.due()

        assert [message.title for message in here.told()] == ["Tokenization, part 1"]


async def test_a_message_that_is_refused_is_halved_like_any_other(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1), paper(2)) as here:
        await here.changes(replace(paper(1), version=2))
        await here.changes(replace(paper(2), version=2))
        here.board.before = failing(Refused("no"))

        await here.look()
        here.clock.move(minutes=5)
        await here.house.deliver.due()

        assert sorted(message.title for message in here.told()) == ["Tokenization, part 1", "Tokenization, part 2"]


async def test_the_topics_of_their_direct_messages_go_on_beside_it(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await typed(here.house, here.clock.act("follow tokenization", ADA, ADA.direct))
        await here.changes(replace(paper(1), version=2))
        await here.look()
        await announce(here.house, paper(2))
        await typed(here.house, here.clock.act("now", ADA, ADA.direct))
        await here.house.deliver.due()

        assert [message.title for message in here.told()] == ["Tokenization, part 1", "Tokenization, part 2"]
        before = len(here.board.books)
        await typed(here.house, here.clock.act("saved", ADA, ADA.direct))
        assert here.board.books[before][1].title == "Your reading list: 1 paper"


async def test_a_running_house_looks_by_itself(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await here.changes(replace(paper(1), version=2))
        told = asyncio.Event()
        here.board.after = lambda _place, _message: told.set()
        here.house.work()
        try:
            async with _ticking(here.house), asyncio.timeout(20):
                await told.wait()
        finally:
            await here.house.rest()

        assert [message.title for message in here.told()] == ["Tokenization, part 1"]


async def test_who_was_forgotten_hears_nothing_more(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await here.changes(replace(paper(1), version=2))
        await here.house.store.forget(ADA, here.clock())

        assert await here.look() == 0
        assert here.told() == []


async def test_what_was_saved_before_anybody_kept_what_is_known_begins_now(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await here.house.store._write(_forget_known)  # type: ignore[attr-defined]
        await here.changes(replace(paper(1), version=2))
        assert await here.look() == 0

        await here.changes(replace(paper(1), version=3))
        await here.look()

        (message,) = here.told()
        assert message.facts[-1] == "Version 3 is out (you know version 2)."


def _forget_known(connection: Connection) -> None:
    connection.execute(text("UPDATE saves SET known = NULL"))


# -------------------------------------------------------------------------------------------- decisions


def test_a_change_is_what_they_do_not_know_yet() -> None:
    known = Known(version=2, code=True)
    assert not news.change(replace(paper(1), version=2, code=""), known)
    assert not news.change(replace(paper(1), version=1), known), "a source that lags behind tells nothing"
    assert news.change(replace(paper(1), version=3), known).since == 2
    assert news.change(replace(paper(1), withdrawn=True), known).withdrawn
    assert news.after(replace(paper(1), version=1, code=""), known) == known


@pytest.mark.parametrize(
    ("schedule", "moment", "expected"),
    [
        (Schedule(), "2026-04-13T08:59", None),
        (Schedule(), "2026-04-13T09:00", "2026-04-13"),
        (Schedule(), "2026-04-13T20:59", "2026-04-13"),
        (Schedule(), "2026-04-13T21:00", None),
        (Schedule(), "2026-04-12T12:00", None),  # a Sunday
        (Schedule(zone="Asia/Tokyo"), "2026-04-13T00:30", "2026-04-13"),
        (Schedule(zone="America/Los_Angeles", at=time(22)), "2026-04-14T08:00", "2026-04-13"),
        (Schedule(paused=True), "2026-04-13T10:00", None),
        (Schedule(paused=True, until=MORNING), "2026-04-13T10:00", "2026-04-13"),
        (Schedule(zone="Europe/Zurich", at=time(2, 30)), "2026-10-25T00:30", None),  # a Sunday of 25 hours
    ],
)
def test_people_are_told_at_their_own_hours(schedule: Schedule, moment: str, expected: str | None) -> None:
    day = news.day(schedule, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert day == (date.fromisoformat(expected) if expected else None)


async def test_who_is_forgotten_in_this_moment_is_not_known_again(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        await here.changes(replace(paper(1), version=2))
        (heard,) = await here.house.store.unheard(None, here.clock() - timedelta(days=1))
        await here.house.store.forget(ADA, here.clock())

        assert not await here.news._tell(heard, here.clock())
        assert await here.house.store.channel(ADA.direct) is None


async def test_a_pause_of_the_channel_they_saved_in_is_not_their_own(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1), news=False)
        for words in ("settings news on", "follow mamba", "save 2604.00001", "pause"):
            await here.types(words)
        await here.changes(replace(paper(1), version=2))

        assert await here.look() == 1


async def test_news_on_its_way_keeps_no_paper_from_a_digest(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        follow, now = (here.clock.act(words, ADA, ADA.direct) for words in ("follow tokenization", "now"))
        await typed(here.house, follow)
        await announce(here.house, paper(1))
        for words in ("save 2604.00001", "settings news on"):
            await here.types(words)
        await typed(here.house, replace(now, at=here.clock()))  # planned, and not posted yet
        await here.changes(replace(paper(1), version=2))
        assert await here.news.due() == 1

        await here.house.store.expire(here.clock(), here.clock())

        assert [one.paper.title for one in await here.house.store.waiting(ADA.direct)] == ["Tokenization, part 1"]


async def test_whoever_has_nothing_new_stands_in_nobodys_way(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as here:
        known, knowing = replace(paper(2), version=2), BOB
        await here.changes(known)
        others = [Person("console", "terminal", f"n{number}", f"N{number}") for number in range(3)]
        for person in (*others, knowing):
            await here.types("save 2604.00002", person)
            await here.types("settings news on", person)
        await here.types("save 2604.00001", knowing)
        await here.changes(known)
        await here.changes(replace(paper(1), version=2))
        store, since = here.house.store, here.clock() - timedelta(days=1)

        found = [await store.unheard(last, since, 1) for last in (None, ADA, knowing)]

        assert [[one.person for one in some] for some in found] == [[ADA], [knowing], []]
