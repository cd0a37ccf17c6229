"""Slack, Discord and the terminal in one process: one that is down or broken is no trouble of the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")
pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from bot.models import Channel, Message, Place, Posted
from bot.ports import Inbox, Unauthorised
from jobs.attend import attend
from tests.rigs.channel import Noticeboard
from tests.rigs.faults import UNAVAILABLE
from tests.rigs.house import Hands, announce, opened, paper, typed
from tests.rigs.platform import RecordingInbox
from tests.rigs.together import Together, together
from tests.rigs.waiting import until

ELSEWHERE = Channel("other", "lab", "c1")
MORNING = "Tokenization, part 1"


class Stuck(Noticeboard):
    """A platform that takes a digest and says nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__(name="other")
        self.began, self.let_go = asyncio.Event(), asyncio.Event()

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        if key:
            self.began.set()
            await self.let_go.wait()
        return await super().post(place, message, key)


class Breaking(Noticeboard):
    """A platform whose connection ends in one of these ways, one after the other; then nobody is left."""

    def __init__(self, *ends: Exception) -> None:
        super().__init__()
        self.ends = list(ends)

    async def run(self, inbox: Inbox) -> None:
        if self.ends:
            raise self.ends.pop(0)


class Listened(Noticeboard):
    """A platform that is listened to until the test is over."""

    def __init__(self, until: Callable[[], Awaitable[object]]) -> None:
        super().__init__(name="other")
        self._until = until
        self.over = False

    async def run(self, inbox: Inbox) -> None:
        await self._until()
        self.over = True


# -------------------------------------------------------------------------------------------- delivering


async def test_who_types_here_does_not_wait_for_a_digest_elsewhere(tmp_path: Path) -> None:
    clock, board, stuck = Hands(), Noticeboard(), Stuck()
    async with opened(tmp_path, {"console": board, "other": stuck}, clock) as house:
        await typed(house, clock.act("follow tokenization", channel=ELSEWHERE))
        await announce(house, paper(1))
        clock.move(hours=3)
        await house.plan.due()
        house.work()
        house.delivering.wake()
        await stuck.began.wait()

        act = clock.act("help")
        await house.answer.take(act)
        async with asyncio.timeout(10):
            await house.answer.answered(act)
        assert [key for _, _, key in stuck.books if key] == []

        stuck.let_go.set()
        await house.delivering.idle()
        assert len([key for _, _, key in stuck.books if key]) == 1
        await house.rest()


async def test_now_is_answered_when_its_own_digest_is_there(tmp_path: Path) -> None:
    clock, board, stuck = Hands(), Noticeboard(), Stuck()
    async with opened(tmp_path, {"console": board, "other": stuck}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await announce(house, paper(1))
        clock.move(minutes=1)
        house.work()
        act = clock.act("now")
        await house.answer.take(act)
        async with asyncio.timeout(10):
            await house.answer.answered(act)
        assert [message.title for _, message, key in board.books if key] == [MORNING]
        await house.rest()


async def follows(here: Together) -> None:
    """Ada follows a topic on all three."""
    here.types("follow tokenization")
    await here.until_shown("Following")
    here.clock.move(minutes=1)


async def morning(here: Together) -> None:
    """A paper comes, and the hour of the digests with it."""
    await announce(here.house, paper(1))
    here.clock.move(days=4)
    await here.house.plan.due()
    here.house.delivering.wake()


async def test_a_digest_comes_on_all_three(tmp_path: Path) -> None:
    async with together(tmp_path) as here:
        await follows(here)
        await morning(here)
        await here.until_shown(MORNING)


@pytest.mark.parametrize("down", ["slack", "discord"])
async def test_one_that_is_down_delays_nobody(tmp_path: Path, down: str) -> None:
    async with together(tmp_path) as here:
        await follows(here)
        if down == "slack":
            here.slack.slack.fail(UNAVAILABLE, times=None)
        else:
            here.discord.discord.fail(UNAVAILABLE, times=None)
        await morning(here)
        await here.until_shown(MORNING, *(set(here.channels) - {down}))
        assert MORNING not in here.shown()[down]
        here.terminal.types("help")
        await here.until_shown("All commands", "console")


# -------------------------------------------------------------------------------------------- listening


async def test_a_platform_that_breaks_is_begun_again(caplog: pytest.LogCaptureFixture) -> None:
    broken = Breaking(Unauthorised("The token is not known any more."), ZeroDivisionError())
    with caplog.at_level(logging.WARNING, "jobs.attend"):
        assert await attend({"console": broken}, RecordingInbox(), shrink=1000)

    assert broken.ends == []
    assert [(one.levelname, bool(one.exc_info)) for one in caplog.records] == [("WARNING", False), ("ERROR", True)]


async def test_a_platform_that_breaks_ends_no_other_one() -> None:
    broken = Breaking(*(ZeroDivisionError() for _ in range(3)))

    other = Listened(partial(until, lambda: not broken.ends))
    assert await attend({"console": broken, "other": other}, RecordingInbox(), shrink=1000)
    assert other.over
