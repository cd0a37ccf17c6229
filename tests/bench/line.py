"""The line on one real week: 2,910 papers laid out as feeds, through poll, match and plan, for 200 channels.

Asked for: under 30 s and under 300 MB; from start to first prompt under 2 s; idle under 150 MB. Without `../shared`
the demonstration's week is used and its size is printed.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import pty
import random
import re
import resource
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from aiohttp import web

from adapters.http import Http
from adapters.sources import arxiv
from bot.models import Channel, ChannelState, Schedule
from bot.query import QueryError, parse
from jobs.demo.week import DemoPaper, load_week
from jobs.demo.wire import arxiv_rss
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, Hands, opened

CORPUS = Path(__file__).resolve().parents[3] / "shared/data/corpus/arxiv_week_2026-04-13"
CHANNELS, EACH = 200, 5
#: the line above the first prompt
PROMPT = b"quit leaves"


def week() -> list[DemoPaper]:
    """The recorded week, each paper on the first day that lists it; or the demonstration's."""
    if not CORPUS.exists():
        return load_week()
    papers: dict[str, DemoPaper] = {}
    for file in sorted(CORPUS.glob("*/*.jsonl.gz"), key=lambda path: path.name):
        with gzip.open(file, "rt") as lines:
            for row in map(json.loads, lines):
                day = date.fromisoformat(file.name[:10])
                paper = DemoPaper(
                    row["id"],
                    row["title"],
                    tuple(row["authors"]),
                    tuple(row["categories"]),
                    day,
                    row["comment"],
                    row["summary"],
                    None,
                )
                papers.setdefault(paper.id, paper)
    return list(papers.values())


def topics(papers: Iterable[DemoPaper], number: int) -> list[str]:
    """Queries in the proportions of a busy deployment: words, phrases, both of two, a category."""
    chance = random.Random(13)
    counts: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    size = 0
    for paper in papers:
        size += 1
        words = re.findall(r"[a-z]{4,}", f"{paper.title} {paper.abstract}".lower())
        counts.update(set(words))
        pairs.update({f"{one} {other}" for one, other in pairwise(words)})
    usual = [word for word, count in counts.items() if max(2, size / 1000) <= count <= size * 0.03]
    phrases = [pair for pair, count in pairs.items() if count >= 3]
    made: list[str] = []
    while len(made) < number:
        kind = chance.random()
        if kind < 0.6:
            text = chance.choice(usual)
        elif kind < 0.85:
            text = f'"{chance.choice(phrases)}"'
        elif kind < 0.95:
            text = f"{chance.choice(usual)} {chance.choice(usual)}"
        else:
            text = f"cat:cs.CL {chance.choice(usual)}"
        try:
            made.append(parse(text).text)
        except QueryError:
            continue
    return made


async def line() -> None:
    """Poll, match and plan, day by day, and print what it took."""
    papers = week()
    clock = Hands(datetime(2026, 4, 12, 6, tzinfo=UTC))

    async def feed(request: web.Request) -> web.Response:
        body = arxiv_rss(papers, request.match_info["scope"], clock.moment.date())
        return web.Response(text=body, content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/rss/{scope}", feed)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = {
        "ARXIV_RSS_URL": f"http://127.0.0.1:{runner.addresses[0][1]}/rss",
        "ARXIV_GAP": "0",
        "ARXIV_API_URL": "http://127.0.0.1:1",
    }
    board = Noticeboard()
    spent = {"poll and match": 0.0, "plan": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        async with Http() as http:
            source = arxiv.source(http, settings)
            async with opened(Path(folder), {"console": board}, clock, {"arxiv": source}) as house:
                await house.poll.every_one()
                wanted = topics(papers, CHANNELS * EACH)
                due = clock.moment + timedelta(days=1)

                def due_then(state: ChannelState) -> ChannelState:
                    return replace(state, due_date=due.date(), due=due)

                for number in range(CHANNELS):
                    channel = Channel("console", "w", str(number))
                    await house.store.change(channel, Schedule(days=tuple(range(7))), due_then)
                    for text in wanted[number * EACH : (number + 1) * EACH]:
                        await house.store.follow(channel, ADA, text, clock.moment)
                for _ in range(7):
                    clock.move(days=1, seconds=1)
                    started = time.perf_counter()
                    await house.poll.every_one()
                    polled = time.perf_counter()
                    await house.plan.due()
                    spent["poll and match"] += polled - started
                    spent["plan"] += time.perf_counter() - polled
                matches = await house.store.queries()
    await runner.cleanup()
    print(
        f"line: {len(papers):,} papers, {CHANNELS * EACH:,} subscriptions "
        f"({len(matches):,} queries), {CHANNELS} channels"
    )
    for what, seconds in spent.items():
        print(f"  {what:<16} {seconds:6.1f} s")
    print(f"  {'together':<16} {sum(spent.values()):6.1f} s   (asked for: under 30)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'peak memory':<16} {peak:6.0f} MB  (asked for: under 300)")


def start() -> None:
    """From start to first prompt, and what an idle bot holds."""
    with tempfile.TemporaryDirectory() as folder:
        for again in ("first start", "second start"):
            master, slave = pty.openpty()
            begun = time.perf_counter()
            environment = {**os.environ, "SOURCES": "feed", "PLATFORMS": "console", "TERM": "xterm"}
            program = subprocess.Popen(
                [sys.executable, "-m", "jobs", "run"],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env={**environment, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
                cwd=folder,
            )
            seen = b""
            while PROMPT not in seen and time.perf_counter() - begun < 30:
                if select.select([master], [], [], 0.1)[0]:
                    seen += os.read(master, 4096)
            prompted = time.perf_counter() - begun
            time.sleep(3)
            status = Path(f"/proc/{program.pid}/status").read_text()
            idle = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
            program.terminate()
            program.wait(timeout=15)
            os.close(master)
            os.close(slave)
            print(f"  {again:<16} {prompted:6.2f} s to the prompt (asked for: under 2); idle {idle:.0f} MB (under 150)")


def main() -> None:
    """All of it."""
    asyncio.run(line())
    start()


if __name__ == "__main__":
    main()
