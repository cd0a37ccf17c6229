"""The whole line on real input: sources over HTTP, the real store, and what came out in the channel."""

from __future__ import annotations

import json
from collections import Counter
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from adapters.http import Guard, Http
from adapters.sources import feed
from bot.models import ChannelState, Condition, Message
from bot.text import readable
from jobs.house import House
from tests.rigs.channel import Noticeboard
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.house import CHANNEL, Hands, opened, typed
from tests.test_recorded import polls

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
#: of the 53 papers of the page: those that tokenize or speak of tokenizers
NINE = 9


def rss(entries: list[tuple[str, str, str]], moment: str) -> bytes:
    """A plain feed: (link, title, description)."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid>"
        f"<description>{escape(text)}</description><pubDate>{moment}</pubDate></item>"
        for link, title, text in entries
    )
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Papers</title><link>https://papers.example</link>'
    return f"{head}{items}</channel></rss>".encode()


async def morning(house: House, clock: Hands) -> None:
    """The next morning: poll, plan, deliver, and `now` until nothing waits."""
    await house.poll.every_one()
    clock.move(days=1)
    await house.plan.due()
    await house.deliver.due()
    for number in range(20):
        if not await house.plan.now(await state(house), f"{clock()} {number}"):
            return
        await house.deliver.due()


async def state(house: House) -> ChannelState:
    known = await house.store.channel(CHANNEL)
    assert known is not None
    return known


def papers_in(board: Noticeboard) -> list[Message]:
    """The messages of one paper each, in channels and threads."""
    return [message for _, message, key in board.books if key and message.title and not message.items]


async def test_the_papers_of_the_example_go_through_the_line_as_a_feed(tmp_path: Path) -> None:
    page = DATA / "papers_page.jsonl"
    if not page.exists():
        pytest.skip("../shared/data is not there")
    rows = [json.loads(line) for line in page.read_text().splitlines()]
    board, clock = Noticeboard(), Hands()
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        moment = format_datetime(clock())
        server.pages["/feed"] = Page(rss([("https://papers.example/0", "Before all", "Old.")], moment))
        async with opened(tmp_path, {"console": board}, clock, {"feed": feed.source(http, {}, now=clock)}) as house:
            await typed(house, clock.act(f"sources add {server.url}/feed"))
            for words in ("follow tokenization", "follow source:feed", "schedule daily max 10"):
                await typed(house, clock.act(words))
            entries = [(f"https://papers.example/{n}", row["title"], row["abstract"]) for n, row in enumerate(rows, 1)]
            server.pages["/feed"] = Page(rss(entries, moment))
            await morning(house, clock)
            about = [seen.paper.title for seen in await house.store.find([], CHANNEL)]
            await typed(house, clock.act("search tokenization"))

    messages = papers_in(board)
    assert len(rows) == 53
    assert len(about) == 54
    assert Counter(message.title for message in messages) == Counter(readable(row["title"]) for row in rows)
    for message in messages:
        assert message.body
        assert message.url.startswith("https://papers.example/")
        assert not any(mark in message.body for mark in ("\\", "$$", "<p>"))
    assert board.books[-1][1].title == f"{NINE} papers about tokenization"


@pytest.mark.parametrize("name", ["org_lett", "nature", "hf_daily", "chemrxiv"])
async def test_a_real_feed_polled_for_weeks_posts_each_paper_at_most_once(tmp_path: Path, name: str) -> None:
    states = polls(name)
    start = next((n for n, body in enumerate(states) if b"<html" in body[:500].lower()), 2) - 2
    states = states[start : start + 5]
    board, clock = Noticeboard(), Hands()
    conditions: Counter[Condition] = Counter()
    async with FeedServer() as server, Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
        server.pages["/feed"] = Page(states[0])
        async with opened(tmp_path, {"console": board}, clock, {"feed": feed.source(http, {}, now=clock)}) as house:
            await typed(house, clock.act(f"sources add {server.url}/feed"))
            await typed(house, clock.act("follow! source:feed"))
            await typed(house, clock.act("schedule daily max 10"))
            for body in states[1:]:
                server.pages["/feed"] = Page(body)
                await morning(house, clock)
                conditions[(await house.store.sources())[0].health.condition] += 1
            stored = await house.store.find([], CHANNEL)

    messages = papers_in(board)
    links = Counter(message.url for message in messages)
    assert messages
    assert {link: times for link, times in links.items() if times > 1} == {}
    assert len(messages) <= len(stored)
    assert not any("Not Found" in message.title for message in messages)
    if name == "nature":
        assert conditions[Condition.NOT_A_FEED] >= 1
