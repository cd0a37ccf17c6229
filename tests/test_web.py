"""The pages: health, and what platforms bring over HTTP."""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.models import Act, Condition, Health, Place, Posted
from bot.ports import Busy, Doubt, Inbox, Limit, Request, Response
from jobs.answer import Door
from jobs.web import pages
from tests.rigs import postgres
from tests.rigs.house import ADA, CHANNEL, MONDAY
from tests.rigs.platform import BUSY
from tests.rigs.processes import ended, program
from tests.rigs.storage import DATABASES, entries, follow, opened, paper, plan, tell


@contextmanager
def web_process(folder: Path, url: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """`paperround web` on a free port."""
    child = program(folder, "web", DATABASE_URL=url, PORT="0")
    try:
        assert child.stderr is not None
        listening = re.search(r"port (\d+)", child.stderr.readline())
        assert listening is not None
        yield int(listening[1]), child
    finally:
        child.kill()
        child.communicate()


async def test_health_says_whether_the_process_and_its_database_answer_and_nothing_else(tmp_path: Path) -> None:
    url = postgres.database(tmp_path)
    with web_process(tmp_path, url) as (port, child):
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

            async def health() -> tuple[int, str]:
                async with session.get("/health") as answer:
                    return answer.status, await answer.text()

            assert await health() == (200, "ok\n")
            with postgres.away(url):
                assert await health() == (503, "The database does not answer.\n")
                async with session.get("/metrics") as answer:
                    assert answer.status == 503
            assert await health() == (200, "ok\n")
            async with session.get("/") as answer:
                assert answer.status == 404
        assert await asyncio.to_thread(ended, child, 12) < 10
        assert child.returncode == 0


async def test_while_the_database_stands_still_health_says_so_and_an_act_is_refused_in_time(tmp_path: Path) -> None:
    url = postgres.database(tmp_path)
    act = Act("a1", "1", "command", CHANNEL, ADA, MONDAY, text="help")
    async with opened(tmp_path, "postgresql") as store:
        await store.memory("web", "health")  # both kinds of connection are there
        await store.remember("web", "health", "")
        async with (
            pages(store, [], Door(store, lambda: None), 0, lambda: MONDAY) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        ):

            async def health() -> int:
                async with session.get("/health") as answer:
                    return answer.status

            with postgres.standing_still(url):
                for _ in range(2):  # the second one finds the first one's insert in its way
                    began = time.monotonic()
                    with pytest.raises(Busy):
                        await store.take(act)
                    assert time.monotonic() - began < 3
                began = time.monotonic()
                assert await health() == 503
                assert time.monotonic() - began < 10
            assert await health() == 200
        await store.take(act)  # the platform tells it again
        assert [known.key for known in await store.acts(MONDAY, timedelta(seconds=60))] == ["a1"]


@pytest.mark.parametrize("database", DATABASES)
async def test_metrics_count_what_is_to_do_and_name_nobody(tmp_path: Path, database: str) -> None:
    async with opened(tmp_path, database) as store:
        query = (await follow(store, CHANNEL, "tokenization", MONDAY - timedelta(days=1))).query
        await store.add_source("huggingface", "huggingface")
        await tell(store, paper("one"), paper("two"), now=MONDAY, matching=[query])
        assert await plan(store, await entries(store, CHANNEL), channel=CHANNEL, now=MONDAY)
        await store.take(Act("a1", "1", "command", CHANNEL, ADA, MONDAY, text="help"))
        await store.asked("huggingface", "", Health(Condition.NOT_A_FEED, "A web page."), MONDAY, MONDAY)
        async with (
            pages(store, [], Door(store, lambda: None), 0, lambda: MONDAY) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
            session.get("/metrics") as answer,
        ):
            said = await answer.text()
            assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
            await store.take(Act("a2", "2", "command", CHANNEL, ADA, MONDAY, text="help"))
            async with session.get("/metrics") as again:  # nothing is counted anew for a while
                assert await again.text() == said
        planned = await store.figures(MONDAY)

    found = dict(line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))
    assert found['paperround_deliveries{state="planned"}'] == "2"
    assert found['paperround_deliveries{state="sent"}'] == "0"
    assert found["paperround_acts_waiting"] == "1"
    assert found['paperround_sources{condition="not a feed"}'] == "1"
    assert {line.split()[2] for line in said.splitlines() if line.startswith("# TYPE")} == {
        re.split(r"[{ ]", name)[0] for name in found
    }
    assert planned.acts == 2
    for secret in (ADA.id, ADA.name, CHANNEL.id, "tokenization"):
        assert secret not in said


@dataclass
class Postbox:
    """A platform that reaches us over HTTP, and says what it got."""

    name: str = "postbox"
    paths: tuple[str, ...] = ("/postbox/acts",)
    got: list[Request] = field(default_factory=list)

    async def run(self, inbox: Inbox) -> None:
        await asyncio.Event().wait()

    async def post(self, place: Place, message: object, key: str) -> Posted:
        return Posted("m1")

    def doubt(self, place: Place) -> list[Doubt]:
        return []

    def limits(self, place: Place) -> list[Limit]:
        return []

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        return None

    async def serve(self, request: Request, inbox: Inbox) -> Response:
        self.got.append(request)
        if request.body == b"broken":
            raise ZeroDivisionError
        act = Act(request.body.decode(), "1", "command", CHANNEL, ADA, MONDAY, text="help")
        await inbox.take(act)
        return Response(202, b"taken", {"X-Postbox": "yes"})


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    url = postgres.database(tmp_path)
    with web_process(tmp_path, url) as (port, _):
        second = program(tmp_path, "web", DATABASE_URL=url, PORT=str(port))
        said = second.communicate(timeout=30)[1]
    assert said == f"paperround: PORT {port} is taken or not allowed: set another.\n"


async def test_what_a_platform_brings_over_http_is_in_the_inbox_before_it_is_acknowledged(tmp_path: Path) -> None:
    woken: list[str] = []
    async with opened(tmp_path) as store:
        postbox, door = Postbox(), Door(store, lambda: woken.append("answer"))
        async with (
            pages(store, [postbox], door, 0, lambda: MONDAY) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            asked_at = URL("/postbox/acts?team=T1&x=%2F", encoded=True)
            for _ in range(2):
                async with session.post(asked_at, data=b"act 1", headers={"X-Sign": "a"}) as said:
                    assert (said.status, await said.text(), said.headers["X-Postbox"]) == (202, "taken", "yes")
            async with session.post("/postbox/acts", data=b"broken") as said:
                assert (said.status, await said.text()) == (500, "")
            async with session.post("/postbox/acts", data=io.BytesIO(b"x" * 1_100_000)) as said:
                assert said.status == 413
            acts = await store.acts(MONDAY, timedelta(seconds=60))

    assert [act.key for act in acts] == ["act 1"]
    assert woken == ["answer"]
    asked = postbox.got[0]
    assert (asked.method, asked.path, asked.query, asked.body) == ("POST", "/postbox/acts", "team=T1&x=%2F", b"act 1")
    assert asked.headers["x-sign"] == "a"
    assert len(postbox.got) == 3


async def test_when_the_database_is_busy_a_platform_is_told_to_come_back(tmp_path: Path) -> None:
    class BusyDoor:
        async def take(self, act: Act) -> None:
            raise Busy(BUSY)

        async def answered(self, act: Act) -> None: ...

        async def ask(self, question: object) -> list[str]:
            return []

    async with (
        opened(tmp_path) as store,
        pages(store, [Postbox()], BusyDoor(), 0, lambda: MONDAY) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        session.post("/postbox/acts", data=b"act 1") as said,
    ):
        assert said.status == 503
