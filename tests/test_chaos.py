"""The drill that kills the program sees what is lost, doubled or out of order; and a small one, from end to end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.models import Channel, Message, Person, Place
from tests.chaos.books import Books
from tests.chaos.morning import Expected
from tests.chaos.rows import FACTOR
from tests.chaos.scenes import ADAPTERS, SCENES
from tests.chaos.scenes.neutral import OnNeutral
from tests.chaos.scenes.scene import title as titled
from tests.rigs.faults import now
from tests.rigs.neutral import Neutral, noticeboard

ROOT = Path(__file__).parents[1]
DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
TITLES = frozenset({"One", "Two", "Three"})


def channel(name: str) -> Channel:
    return Channel("neutral", "lab", name)


def expected(name: str, *, led: bool = False) -> Expected:
    """A digest of three papers, or of four under a lead."""
    titles = TITLES | {"Four"} if led else TITLES
    return Expected(channel(name), Person("neutral", "lab", name), "topic", titles, DUE)


async def post(board: Neutral, name: str, *titles: str) -> None:
    """Messages of their own, each with a key of its own."""
    for number, title in enumerate(titles):
        await board.post(Place(channel(name)), Message(title=title), f"{name}-{number}")


async def test_what_did_not_come_is_missing_and_what_came_again_is_doubled() -> None:
    async with noticeboard(name="neutral") as (server, board):
        await post(board, "well", "One", "Two", "Three")
        await post(board, "lacking", "One", "Three")
        await post(board, "again", "One", "Two", "Two", "Three")
        books = Books(OnNeutral(server), [expected(name) for name in ("well", "lacking", "again", "nothing")])

        assert books.missing() == {"lab/lacking": ["Two"], "lab/nothing": ["One", "Three", "Two"]}
        assert books.doubled() == [("again", "Two")]
        assert books.disorder() == []


async def test_messages_in_another_order_than_most_channels_have_are_seen() -> None:
    async with noticeboard(name="neutral") as (server, board):
        for name in ("a", "b"):
            await post(board, name, "One", "Two", "Three")
        await post(board, "c", "Two", "One", "Three")
        await post(board, "gap", "One", "Three")
        books = Books(OnNeutral(server), [expected(name) for name in ("a", "b", "c", "gap")])

        assert [said.partition(":")[0] for said in books.disorder()] == ["('lab', 'c')"]


async def led(board: Neutral, name: str, listed: Sequence[str], posted: Sequence[str]) -> None:
    """A lead that lists these titles, and a thread of those."""
    lead = Message(title="4 new papers", items=[Message(title=title) for title in listed])
    under = (await board.post(Place(channel(name)), lead, f"{name}-lead")).thread
    for number, title in enumerate(posted):
        await board.post(Place(channel(name), "thread", under=under), Message(title=title), f"{name}-{number}")


async def test_a_thread_has_the_order_of_its_lead() -> None:
    titles = ["One", "Two", "Three", "Four"]
    async with noticeboard(name="neutral") as (server, board):
        await led(board, "well", titles, titles)
        await led(board, "turned", titles, ["Two", "One", "Three", "Four"])
        books = Books(OnNeutral(server), [expected("well", led=True), expected("turned", led=True)])

        assert books.missing() == {}
        assert [said.partition(":")[0] for said in books.disorder()] == ["('lab', 'turned')"]


@pytest.mark.parametrize(("platform", "doubt"), [("slack", "finds"), ("discord", "both")])
async def test_on_a_real_platform_too_what_came_again_is_doubled_and_what_did_not_is_missing(
    platform: str, doubt: str
) -> None:
    async with SCENES[platform](doubt, seed=1) as scene:
        there, person = scene.somewhere(1)
        adapter = ADAPTERS[platform](scene.given, clock=now, shrink=FACTOR)
        first, second = titled("graphene", 1), titled("graphene", 2)
        for key in ("a" * 24, "b" * 24):  # a program that forgets what it posted gives it another key
            await adapter.post(Place(there), Message(title=first, url="https://arxiv.org/abs/2604.10001"), key)
        await adapter.close()
        books = Books(scene, [Expected(there, person, "graphene", frozenset({first, second}), DUE)])

        assert books.missing() == {f"{there.workspace}/{there.id}": [second]}
        assert books.doubled() == [(there.id, first)]


@pytest.mark.parametrize(("platform", "doubt"), [("slack", "finds"), ("discord", "both")])
async def test_the_pace_of_a_platform_is_as_much_faster_as_every_wait_is_shorter(platform: str, doubt: str) -> None:
    async with SCENES[platform](doubt, seed=1) as scene:
        place = Place(scene.somewhere(1)[0])
        usual, hasty = (ADAPTERS[platform](scene.given, clock=now, shrink=shrink) for shrink in (1.0, FACTOR))

        assert [one.rate for one in hasty.limits(place)] == [FACTOR * one.rate for one in usual.limits(place)]


def chaos(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The drill, as `make chaos` starts it; what it leaves behind lies in that folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos", *words],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("row", "platform"), [("sqlite/finds", "the rig"), ("slack/sqlite/finds", "Slack")])
def test_killed_once_nothing_is_lost_and_nothing_doubled(row: str, platform: str, tmp_path: Path) -> None:
    output, errors = chaos(tmp_path, "--row", row, "--kills", "1").communicate(timeout=60)

    assert f"| {platform} | SQLite | finds | kill -9 | 9 | 0 | 0 | 0 | 0 |" in output, errors
    assert f"{row}: as it must be" in errors
    assert not list(tmp_path.glob("chaos-*"))


def test_a_drill_that_is_killed_leaves_no_worker_behind(tmp_path: Path) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("Only Linux tells of processes in /proc.")
    running = chaos(tmp_path, "--row", "sqlite/finds", "--kills", "50")
    # the folder's log is made by the first worker
    until(lambda: list(tmp_path.glob("chaos-*/log")))
    begun = descendants(running.pid)
    running.kill()
    running.communicate(timeout=10)

    # what multiprocessing has beside, the server that forks, and the worker
    assert len(begun) >= 3
    until(lambda: not [pid for pid in begun if Path(f"/proc/{pid}").exists()])


def until(so: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


def descendants(pid: int) -> set[int]:
    """The processes that it started, and theirs."""
    try:
        theirs = {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except OSError:  # it has ended
        return set()
    return theirs.union(*map(descendants, theirs))
