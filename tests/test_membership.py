"""The bot is invited, thrown out and invited again: what is kept, what goes on, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bot.models import Act, Channel, Person
from bot.ports import ChannelGone
from tests.rigs.channel import Noticeboard
from tests.rigs.house import Hands, announce, opened, paper, typed
from tests.rigs.lab import ADA, BOB, NLP, VISION, Lab, lab, text

EVERYWHERE = Channel(NLP.platform, NLP.workspace, "")
NOBODY = Person(NLP.platform, NLP.workspace, "")


def membership(clock: Hands, kind: str, channel: Channel = NLP, person: Person = NOBODY, order: str = "") -> Act:
    act = clock.act("", person, channel)
    assert kind in ("joined", "left")
    return replace(act, kind=kind, order=order or act.order)  # type: ignore[arg-type]


async def happens(here: Lab, kind: str, channel: Channel = NLP, order: str = "") -> None:
    """The bot is brought in, or taken out."""
    await typed(here.house, membership(here.clock, kind, channel, order=order))
    await here.house.deliver.due()


async def test_invited_where_nothing_is_followed_it_says_in_one_line_how_to_begin(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await happens(here, "joined")

        (line,) = here.public()
        assert "`/papers follow tokenization`" in line
        assert "\n" not in line
        assert len(here.server.books) == 1


async def test_invited_where_something_is_followed_already_it_says_that_it_is_here(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await happens(here, "joined")

        assert here.public()[-1].startswith("I am here now. 1 topic followed. Next digest: ")


async def test_taken_out_it_is_silent_keeps_everything_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        said = len(here.server.books)
        await happens(here, "left")
        await announce(here.house, paper(1))
        await here.deliver(hours=12)
        assert len(here.server.books) == said

        await happens(here, "joined")

        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]
        assert len(here.server.books) == said + 1
        await here.deliver(days=1)
        assert len(here.digests()) == 1
        assert "All is well." in text(await here.says("status"))


async def test_back_where_nothing_came_meanwhile_it_says_so(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await happens(here, "left")
        await happens(here, "joined")

        assert here.public()[-1].startswith("I am here now. 1 topic followed. Next digest: ")


async def test_what_was_planned_when_it_was_taken_out_comes_when_it_is_back(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        here.clock.move(days=1)
        await here.house.plan.due()
        await happens(here, "left")
        assert here.digests() == []

        await happens(here, "joined")

        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]


async def test_a_pause_that_a_person_made_outlives_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause")
        await announce(here.house, paper(1))
        await happens(here, "left")
        await happens(here, "joined")

        assert here.digests() == []
        assert here.public()[-1] == "I am here now. 1 topic followed. Paused."
        assert "Paused" in text(await here.says("status"))


async def test_status_tells_of_it_there_and_in_the_messages_of_who_follows(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await happens(here, "left")

        for words in ("status", "dm status"):
            assert "I was removed from this channel; what it follows is kept until 13 May." in text(
                await here.says(words)
            )
        assert "removed" not in text(await here.says("dm status", BOB))
        await happens(here, "joined")
        assert "removed" not in text(await here.says("dm status"))


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_told_in_any_order_and_twice_the_last_word_holds(tmp_path: Path, order: tuple[int, ...]) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        for number in (*order, *order):
            await happens(here, ("left", "joined", "left")[number], order=f"~{number}")
        state = await here.house.store.channel(NLP)
        assert state is not None
        assert state.trouble

        for number in (3, 2, 3):
            await happens(here, ("left", "joined")[number % 2], order=f"~{number}")
        state = await here.house.store.channel(NLP)
        assert state is not None
        assert not state.trouble
        await here.deliver(days=1)
        assert len(here.digests()) == 1


async def test_cut_off_in_the_middle_it_is_done_again_and_comes_once(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        await happens(here, "left")
        act = membership(here.clock, "joined")
        await here.house.answer.take(act)
        await here.house.answer._replies(act)
        await here.house.answer.one(act)
        await here.house.deliver.due()

        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]
        assert not any("I am here now" in line for line in here.public())


async def test_a_whole_workspace_goes_and_comes_back(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        for channel in (NLP, VISION, ADA.direct):
            await here.says("follow tokenization", channel=channel)
        await announce(here.house, paper(1))
        await here.house.store.outage("neutral", "lab", "The token was revoked.", here.clock() + timedelta(days=1))
        said = len(here.server.books)
        await happens(here, "left", EVERYWHERE)
        await here.deliver(hours=12)
        assert len(here.server.books) == said

        await happens(here, "joined", EVERYWHERE)

        for channel in (NLP, VISION, ADA.direct):
            assert [one.title for one in here.digests(channel)] == ["Tokenization, part 1"]
        assert len(here.server.books) == said + 3


async def test_another_workspace_is_not_touched(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        before = await here.house.store.channel(NLP)
        await happens(here, "left", replace(EVERYWHERE, workspace="other"))
        assert await here.house.store.channel(NLP) == before


async def test_thirty_days_after_it_was_taken_out_what_was_followed_is_gone(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("follow tokenization", channel=VISION)
        await announce(here.house, paper(1))
        await here.deliver(days=1)
        await here.says("save 2604.00001")
        await happens(here, "left")
        here.clock.move(days=29)
        await here.house.store.tidy(here.clock())
        assert await here.follows() == ["tokenization"]

        here.clock.move(days=2)
        await here.house.store.tidy(here.clock())

        assert await here.follows() == []
        assert await here.house.store.channel(NLP) is None
        assert await here.follows(VISION) == ["tokenization"]
        assert len(await here.house.store.saved(ADA)) == 1
        await happens(here, "joined")
        assert "`/papers follow tokenization`" in here.public()[-1]


async def test_back_in_time_nothing_goes(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await happens(here, "left")
        here.clock.move(days=29)
        await happens(here, "joined")
        here.clock.move(days=29)
        await here.house.store.tidy(here.clock())
        assert await here.follows() == ["tokenization"]


async def test_tried_once_a_day_meanwhile_nobody_is_told_and_the_reason_stays(tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise ChannelGone("I am not in this channel.")

    clock, board = Hands(), Noticeboard("neutral", before=refuse)
    async with opened(tmp_path, {"neutral": board}, clock) as house:
        await typed(house, clock.act("follow tokenization", ADA, NLP))
        await announce(house, paper(1))
        said = len(board.books)
        await typed(house, membership(clock, "left"))
        for _ in range(3):
            clock.move(days=1, minutes=1)
            await house.plan.due()
            await house.deliver.due()

        assert len(board.books) == said
        state = await house.store.channel(NLP)
        assert state is not None
        assert state.trouble.startswith("I was removed")
