"""A token that was refused and is good again: whoever repaired it does not wait a day."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.models import Channel, Message, Place
from bot.ports import Unauthorised
from jobs.house import serve
from jobs.settings import Settings
from tests.rigs.channel import Noticeboard
from tests.rigs.house import Hands, announce, opened, paper, typed
from tests.rigs.waiting import until

ONE, TWO = Channel("console", "one", "papers"), Channel("console", "two", "papers")


async def refused(folder: Path, board: Noticeboard, clock: Hands, *, everywhere: bool) -> None:
    """The digests of two workspaces wait: their tokens, or the only one, were refused, and are good again by now."""

    def dead(_place: Place, _message: Message) -> None:
        raise Unauthorised("The token was revoked.", everywhere=everywhere)

    async with opened(folder, {"console": board}, clock) as house:
        for channel in (ONE, TWO):
            await typed(house, clock.act("follow tokenization", channel=channel))
        await announce(house, paper(1))
        clock.move(hours=3)
        await house.plan.due()
        board.before = dead
        await house.deliver.due()
        board.before = lambda _place, _message: None
        clock.move(minutes=5)
        await house.deliver.due()
        assert posted(board) == []


def posted(board: Noticeboard) -> list[str]:
    """The workspaces that got their digest."""
    return sorted(place.channel.workspace for place, _, key in board.books if key)


@pytest.mark.parametrize(("everywhere", "mended"), [(False, ["one"]), (True, ["one", "two"])])
async def test_resume_tries_the_token_of_that_workspace_again(
    tmp_path: Path, everywhere: bool, mended: list[str]
) -> None:
    board, clock = Noticeboard(), Hands()
    await refused(tmp_path, board, clock, everywhere=everywhere)
    async with opened(tmp_path, {"console": board}, clock) as house:
        await house.deliver.due()
        assert posted(board) == []

        await typed(house, clock.act("resume", channel=ONE))
        await house.deliver.due()
        assert posted(board) == mended
        assert await house.store.outage_of(ONE) == ""


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_process_that_begins_tries_every_token_again(tmp_path: Path, everywhere: bool) -> None:
    board, clock = Noticeboard(), Hands()
    await refused(tmp_path, board, clock, everywhere=everywhere)
    async with opened(tmp_path, {"console": board}, clock, shrink=100) as house:
        serving = asyncio.create_task(serve(house, Settings()))
        await until(lambda: len(posted(board)) == 2, lambda: f"{posted(board)}", 10)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

        assert posted(board) == ["one", "two"]
