"""The drill: the old bot posts on after a backup, a new one is restored from it, and nobody gets a paper twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.calendar import instant
from bot.models import Act, Channel, Message, Place, Posted, Schedule
from bot.ports import Doubt
from jobs.house import House
from storage import backups
from tests.rigs.channel import Noticeboard
from tests.rigs.feeds import FeedServer
from tests.rigs.house import CHANNEL, Hands, opened, typed
from tests.rigs.storage import ADA, DATABASES, MONDAY, NLP, at, follow, paper, set_schedule, tell, waiting
from tests.rigs.storage import opened as store_opened
from tests.rigs.world import BATCH, DAY, title, turn, world

OTHER = Channel("console", "terminal", "other")
MOVES = [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")]


@dataclass
class Board(Noticeboard):
    """A channel that somebody looks at while a message is on its way."""

    meanwhile: dict[int, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Write it down; then, before the answer, do what was to be done at that message."""
        posted = await super().post(place, message, key)
        if key and (meanwhile := self.meanwhile.pop(self.digests, None)):
            await meanwhile()
        return posted

    @property
    def digests(self) -> int:
        """Messages of digests so far."""
        return sum(bool(key) for _, _, key in self.books)

    def papers(self) -> Counter[tuple[str, str]]:
        """How often each paper came to each channel in a message of its own."""
        return Counter((place.channel.id, message.title) for place, message, key in self.books if key and message.url)


async def hours(house: House, clock: Hands, *some: int) -> None:
    """The bot asks, plans and posts, and then so many hours go by; and again."""
    for number in some:
        await house.poll.due()
        await house.plan.due()
        for _ in range(3):
            await house.deliver.due()
            clock.move(minutes=1)
        clock.move(hours=number, minutes=-3)


async def day(house: House, clock: Hands, server: FeedServer) -> None:
    """From 05:00, when arXiv has announced, over the digest at nine to the next 05:00."""
    turn(server, clock().date())
    await hours(house, clock, 4, 1, 19)


async def begun(house: House, clock: Hands) -> None:
    """Two channels follow tokenization, every day."""
    for channel in (CHANNEL, OTHER):
        await typed(house, clock.act("follow tokenization", channel=channel))
        await typed(house, clock.act("schedule 09:00 daily UTC max 10", channel=channel))


def of(first: date, days: int) -> set[tuple[str, str]]:
    """What each channel should have of what is announced on those days."""
    wanted = [title(first + DAY * more, number) for more in range(days) for number in range(1, BATCH + 1)]
    return {(channel.id, one) for channel in (CHANNEL, OTHER) for one in wanted}


@pytest.mark.parametrize(("before", "after"), MOVES)
@pytest.mark.parametrize(
    ("made", "doubt"),
    [("in the middle", Doubt.FINDS), ("in the middle", Doubt.NEITHER), ("in the morning", Doubt.FINDS)],
)
async def test_a_restored_backup_reposts_nothing(
    tmp_path: Path, before: str, after: str, made: str, doubt: Doubt
) -> None:
    board, clock = Board(says=doubt), Hands(datetime.fromisoformat("2026-04-13T05:00Z"))
    old, new, file = DATABASES[before](tmp_path / "old"), DATABASES[after](tmp_path / "new"), tmp_path / "all.backup"
    async with world(clock) as (sources, server):
        async with opened(tmp_path / "old", {"console": board}, clock, sources, before) as house:
            await begun(house, clock)
            await day(house, clock, server)
            await day(house, clock, server)
            turn(server, clock().date())
            if made == "in the morning":  # all of the day's papers wait, and nothing is planned
                await hours(house, clock, 1)
                await backups.backup(old, file, clock())
                await hours(house, clock, 3, 1, 19)
            else:  # some messages are sent, one is on its way, the rest is planned
                board.meanwhile[board.digests + 3] = lambda: backups.backup(old, file, clock())
                await hours(house, clock, 4, 1, 19)
            await day(house, clock, server)
            turn(server, clock().date())
            await hours(house, clock, 4, 2)
        restored, had = clock(), set(board.papers())
        assert board.papers() == Counter(of(date(2026, 4, 14), 4))  # the first day's page was the silent one
        done = await backups.restore(new, file, restored)
        assert (done.unsure > 1) is (made == "in the middle")
        clock.move(minutes=1)
        async with opened(tmp_path / "new", {"console": board}, clock, sources, after) as house:
            await hours(house, clock, 1, 17)
            clock.move(minutes=-1)
            for _ in range(5):
                await day(house, clock, server)

    papers = board.papers()
    assert {paper: times for paper, times in papers.items() if times > 1} == {}
    assert set(papers) - had == of(restored.date() + DAY, 5)


@pytest.mark.parametrize(("before", "after"), MOVES)
async def test_a_move_loses_nothing(tmp_path: Path, before: str, after: str) -> None:
    board, clock = Board(says=Doubt.FINDS), Hands(datetime.fromisoformat("2026-04-13T05:00Z"))
    old, new, file = DATABASES[before](tmp_path / "old"), DATABASES[after](tmp_path / "new"), tmp_path / "all.backup"
    async with world(clock) as (sources, server):
        async with opened(tmp_path / "old", {"console": board}, clock, sources, before) as house:
            await begun(house, clock)
            await day(house, clock, server)
            turn(server, clock().date())
            await house.poll.due()
            clock.move(hours=5)
            await house.plan.due()  # and there it is stopped: nothing of that digest is posted
        await backups.backup(old, file, clock())
        clock.move(hours=1)
        done = await backups.restore(new, file, clock(), moved=True)
        assert done.unsure == 0
        async with opened(tmp_path / "new", {"console": board}, clock, sources, after) as house:
            await hours(house, clock, 1, 17)
            await day(house, clock, server)
            await day(house, clock, server)

    assert board.papers() == Counter(of(date(2026, 4, 14), 3))


# ------------------------------------------------------------------------------------ what it rests on


async def test_a_digest_whose_hour_has_passed_is_not_made_up_for(tmp_path: Path) -> None:
    async with store_opened(tmp_path / "old") as store:
        schedules = {
            "nine": Schedule("Europe/Zurich", time(9)),
            "five": Schedule("Europe/Zurich", time(17)),
            "mondays": Schedule("UTC", time(6), (0,)),
            "idle": Schedule(),
        }
        for name, schedule in schedules.items():
            due = (date(2026, 4, 13), instant(schedule, date(2026, 4, 13))) if name != "idle" else (None, None)
            await set_schedule(store, Channel("slack", "T1", name), schedule, *due)
        await backups.backup(DATABASES["sqlite"](tmp_path / "old"), tmp_path / "all.backup", MONDAY - DAY)
    tuesday = datetime(2026, 4, 14, 12, tzinfo=UTC)
    await backups.restore(DATABASES["sqlite"](tmp_path / "new"), tmp_path / "all.backup", tuesday)
    async with store_opened(tmp_path / "new") as store:
        found = {name: await store.channel(Channel("slack", "T1", name)) for name in schedules}
        assert await store.due(tuesday) == []
    assert {name: (one.last_date, one.due_date) for name, one in found.items() if one} == {
        "nine": (date(2026, 4, 14), date(2026, 4, 15)),
        "five": (date(2026, 4, 13), date(2026, 4, 14)),  # today's is still to come
        "mondays": (date(2026, 4, 13), date(2026, 4, 20)),
        "idle": (None, None),
    }
    assert all(one.due is None or one.due > tuesday for one in found.values() if one)


async def test_what_a_first_page_after_a_restore_holds_was_there_before_it(tmp_path: Path) -> None:
    async with store_opened(tmp_path / "old") as store:
        query = (await follow(store, NLP, "tokenization", MONDAY)).query
        await backups.backup(DATABASES["sqlite"](tmp_path / "old"), tmp_path / "all.backup", at(1))
    await backups.restore(DATABASES["sqlite"](tmp_path / "new"), tmp_path / "all.backup", at(24))
    async with store_opened(tmp_path / "new") as store:
        # its page says no date; the same paper comes from another source a day later
        await tell(store, paper("posted meanwhile"), source="feed:1", now=at(25), news=False, matching=[query])
        await tell(store, paper("posted meanwhile"), source="huggingface", now=at(48), matching=[query])
        await tell(store, paper("new"), source="huggingface", now=at(48), matching=[query])
        assert await waiting(store) == ["new"]


async def test_a_number_that_was_asked_for_since_is_not_given_again(tmp_path: Path) -> None:
    async with store_opened(tmp_path / "old") as store:
        await follow(store, NLP, "tokenization", MONDAY)
        await backups.backup(DATABASES["sqlite"](tmp_path / "old"), tmp_path / "all.backup", MONDAY)
        given = await store.next_number(NLP, MONDAY.date())
    await backups.restore(DATABASES["sqlite"](tmp_path / "new"), tmp_path / "all.backup", at(1))
    async with store_opened(tmp_path / "new") as store:
        assert await store.next_number(NLP, MONDAY.date()) > given + 50


async def test_a_restored_house_can_be_backed_up_and_restored_again(tmp_path: Path) -> None:
    async with store_opened(tmp_path / "0") as store:
        query = (await follow(store, NLP, "tokenization", MONDAY)).query
        await tell(store, paper("old"), now=at(1), matching=[query])
    for number in range(3):
        url, file = DATABASES["sqlite"](tmp_path / f"{number}"), tmp_path / f"{number}.backup"
        await backups.backup(url, file, at(number + 2))
        await backups.restore(DATABASES["sqlite"](tmp_path / f"{number + 1}"), file, at(number + 3))
    async with store_opened(tmp_path / "3") as store:
        await tell(store, paper("new"), now=at(6), matching=[query])
        assert await waiting(store) == ["new"]
        assert await store.next_number(NLP, MONDAY.date()) == 301


async def test_what_was_asked_before_the_backup_is_not_answered_again(tmp_path: Path) -> None:
    act = Act("k", "1", "command", NLP, ADA, MONDAY, text="share p1")
    async with store_opened(tmp_path / "old") as store:
        await store.take(act)
        await backups.backup(DATABASES["sqlite"](tmp_path / "old"), tmp_path / "all.backup", MONDAY)
    for folder, moved in (("restored", False), ("moved", True)):
        await backups.restore(DATABASES["sqlite"](tmp_path / folder), tmp_path / "all.backup", at(1), moved=moved)
        async with store_opened(tmp_path / folder) as store:
            assert await store.undone(act) is moved
