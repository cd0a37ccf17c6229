"""Sources, and arXiv's one connection, are shared by all workers: nobody asks beside another."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.http import Http, Pace
from bot.models import Fetched, Health
from bot.ports import SourceError
from jobs.poll import Followed, Poll
from storage import open_store
from storage.store import Store
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.house import MONDAY, Hands
from tests.rigs.storage import DATABASES, opened


class Slow:
    """A source that takes its time, and counts how many ask it at once."""

    name = "slow"

    def __init__(self) -> None:
        self.asked = self.now = self.most = 0

    async def fetch(self, cursor: str) -> Fetched:
        self.asked, self.now = self.asked + 1, self.now + 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1
        return Fetched((), str(int(cursor or 0) + 1), Health(), more=int(cursor or 0) % 3 < 2)


@asynccontextmanager
async def two_stores(folder: Path) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes' ends of one database."""
    async with opened(folder, "postgresql") as one:
        other = await open_store(DATABASES["postgresql"](folder))
        try:
            yield one, other
        finally:
            await other.close()


async def test_two_workers_never_ask_one_source_at_once_and_go_on_where_the_other_stopped(tmp_path: Path) -> None:
    source = Slow()
    clock = Hands()
    async with two_stores(tmp_path) as stores:
        await stores[0].add_source("slow", "slow")
        polls = [Poll(store, {"slow": source}, Followed(store), clock, timedelta(minutes=15)) for store in stores]
        await asyncio.gather(*(poll.due() for poll in polls * 3))
        assert (source.asked, source.most) == (3, 1)  # one round of three pages

        clock.move(minutes=20)
        await asyncio.gather(*(poll.due() for poll in polls))
        assert (source.asked, source.most) == (6, 1)
        (state,) = [state for state in await stores[0].sources() if state.name == "slow"]
        assert state.cursor == "6"


async def test_a_source_that_somebody_asks_for_is_asked_after_whoever_asks_it_now(tmp_path: Path) -> None:
    source = Slow()
    async with two_stores(tmp_path) as stores:
        await stores[0].add_source("slow", "slow")
        (state,) = [state for state in await stores[0].sources() if state.name == "slow"]
        polls = [Poll(store, {"slow": source}, Followed(store), Hands()) for store in stores]
        await asyncio.gather(*(poll.one(state) for poll in polls))

        assert (source.asked, source.most) == (6, 1)


async def test_a_source_whose_worker_died_is_asked_again_when_its_lease_is_over(tmp_path: Path) -> None:
    async with opened(tmp_path, "postgresql") as store:
        lease = timedelta(minutes=10)
        assert await store.lease_source("arxiv", MONDAY, lease, due=True) is not None
        assert await store.lease_source("arxiv", MONDAY + lease / 2, lease) is None
        assert await store.lease_source("arxiv", MONDAY + lease, lease) is not None
        await store.asked("arxiv", "1", Health(), MONDAY + lease, MONDAY + 3 * lease)
        assert await store.lease_source("arxiv", MONDAY + lease, lease, due=True) is None
        ours = await store.lease_source("arxiv", MONDAY + lease, lease)
        assert ours is not None
        assert ours.cursor == "1"


async def test_all_workers_together_ask_arxiv_one_at_a_time_and_with_a_gap(tmp_path: Path) -> None:
    gap = 0.15
    async with two_stores(tmp_path) as stores, FeedServer() as server:

        async def slowly(writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.1)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<rss/>")

        server.pages["/rss"] = slowly
        clients = [Http(), Http()]
        for client, store in zip(clients, stores, strict=True):
            client.turns = store
        paces = [Pace(gap, name="arxiv") for _ in clients]
        await asyncio.gather(
            *(
                client.get(server.url + "/rss", pace=pace, trusted=True)
                for client, pace in zip(clients * 4, paces * 4, strict=True)
            )
        )
        for client in clients:
            await client.close()
    times = [asked.at for asked in server.asked]
    assert len(times) == 8
    assert server.most == 1
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= gap + 0.1


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_a_turn_is_kept_over_a_restart_and_a_late_end_takes_nothing_from_the_next_one(
    tmp_path: Path, database: str
) -> None:
    async with opened(tmp_path, database) as store:
        ours, taken = await store.take_turn("turn/arxiv", 0.2)
        assert ours
    async with opened(tmp_path, database) as store:
        ours, wait = await store.take_turn("turn/arxiv", 30)
        assert not ours
        await asyncio.sleep(wait + 0.01)
        ours, next_one = await store.take_turn("turn/arxiv", 30)
        assert ours
        await store.end_turn("turn/arxiv", taken, 0)  # by whoever had it before
        assert (await store.take_turn("turn/arxiv", 30))[0] is False
        await store.end_turn("turn/arxiv", next_one, 3)
        ours, wait = await store.take_turn("turn/arxiv", 30)
        assert not ours
        assert 2 < wait <= 3


async def test_a_site_that_asks_one_worker_for_rest_is_left_alone_by_all(tmp_path: Path) -> None:
    async with two_stores(tmp_path) as stores, FeedServer() as server, Http() as one, Http() as other:
        one.turns, other.turns = stores
        server.pages["/rss"] = Page(status=503, headers={"Retry-After": "600"})
        for client in (one, other):
            with pytest.raises(SourceError) as caught:
                await client.get(server.url + "/rss", pace=Pace(0.1, name="arxiv"), trusted=True)
            assert 590 < caught.value.health.retry_after <= 600
    assert len(server.asked) == 1
