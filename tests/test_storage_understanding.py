"""What the store tells to explain: papers by the weight of their features, and the history of a paper in a channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from bot.models import Channel, Kind, Match, Message, State
from bot.ports.store.understanding import History, Told
from storage.store import Store
from tests.rigs.storage import (
    MONDAY,
    NLP,
    OTHERS,
    TUESDAY,
    VISION,
    WHY,
    at,
    claim,
    entries,
    follow,
    intend,
    paper,
    plan,
    send,
    send_all,
    settle,
    tell,
)


async def heaviest(store: Store, weights: Mapping[str, float], channel: Channel = NLP, limit: int = 9) -> list[str]:
    """Titles of the papers that hold most of that weight."""
    found = await store.heaviest(weights, channel, limit)
    return [one.title for one in found]


async def history(store: Store, name: str, channel: Channel = NLP) -> History:
    """What happened to a paper in a channel."""
    return await store.history(channel, name)


# -------------------------------------------------------------------------------------------- by weight


async def test_the_papers_that_hold_the_most_weight_come_first(store: Store) -> None:
    await tell(store, paper("walrus"), paper("tiger"), paper("walrus tiger"), paper("lion"), paper("tiger tiger lion"))

    assert await heaviest(store, {"walrus": 3.0, "tiger": 2.0, "lion": 0.5}) == [
        "walrus tiger",
        "walrus",
        "tiger tiger lion",
        "tiger",
        "lion",
    ]
    assert await heaviest(store, {"walrus": 3.0, "tiger": 2.0}, limit=2) == ["walrus tiger", "walrus"]
    assert await heaviest(store, {"unicorn": 9.0}) == []
    assert await heaviest(store, {}) == []


async def test_of_equal_weight_the_newer_comes_first(store: Store) -> None:
    await tell(store, paper("old walrus"), paper("new walrus"))

    assert await heaviest(store, {"walrus": 1.0}) == ["new walrus", "old walrus"]


@pytest.mark.parametrize("word", ["Erdős", "Ω", "a'b", 'say"so', "a OR b", "NEAR", "\\", "x:y", "词", ""])
async def test_any_word_may_be_asked_for(store: Store, word: str) -> None:
    await tell(store, paper("walrus"), paper("odd", abstract=f"{word} ."))

    assert set(await heaviest(store, {word: 1.0, "walrus": 0.5})) <= {"walrus", "odd"}
    if word and " " not in word:
        assert (await heaviest(store, {word: 1.0, "walrus": 0.5}))[0] == "odd"


async def test_what_another_workspace_keeps_to_itself_is_never_near(store: Store) -> None:
    """However much nearer it is than what everybody may see."""
    private = [paper(f"walrus tiger {number}", f"guid:{number}") for number in range(30)]
    await tell(store, *private, source="feed:2")
    await tell(store, paper("my walrus", "guid:1"), source="feed:1")
    await tell(store, paper("tiger"))

    assert await heaviest(store, {"walrus": 3.0, "tiger": 2.0}, NLP, limit=4) == ["my walrus", "tiger"]
    assert len(await heaviest(store, {"walrus": 3.0, "tiger": 2.0}, OTHERS, limit=40)) == 31
    theirs = await store.heaviest({"walrus": 1.0}, NLP, 4)
    assert [one.sources for one in theirs] == [("feed:1",)]


# --------------------------------------------------------------------------------------------- history


async def test_a_paper_that_is_not_stored_has_no_history(store: Store) -> None:
    assert await history(store, "p7") == History()


async def test_it_tells_who_announced_a_paper_and_what_it_matched(store: Store) -> None:
    followed = await follow(store, NLP, "tokenization", at(-1))
    await follow(store, NLP, "diffusion", at(-1))
    await tell(store, paper("a", "arxiv:1"), matching=[followed.query], batch="2026-04-10")
    await tell(store, paper("a", "arxiv:1"), source="huggingface", now=at(2), kind=Kind.CROSS)

    known = await history(store, "arxiv:1")

    assert [(one.source, one.kind, one.seen, one.news) for one in known.told] == [
        ("arxiv", "new", MONDAY, True),
        ("huggingface", "cross", at(2), True),
    ]
    assert known.told[0].dated is not None
    assert known.told[0].dated.date() == date(2026, 4, 10)
    assert known.matched == {1: Match(followed.query, 0.5, WHY)}
    assert (known.news, known.came, known.had, known.shown, known.passed) == (MONDAY, MONDAY, False, (), ())


async def test_what_stood_on_a_first_silent_page_came_before_and_was_never_news(store: Store) -> None:
    await tell(store, paper("a", "arxiv:1"), news=False, batch="2026-04-09")
    await tell(store, paper("b", "arxiv:2"))
    await tell(store, paper("b", "arxiv:2"), source="huggingface", news=False, batch="2026-04-09")

    silent, early = await history(store, "arxiv:1"), await history(store, "arxiv:2")

    assert (silent.news, silent.told[0].news) == (None, False)
    assert early.news == MONDAY
    assert early.came is not None
    assert early.came.date() == date(2026, 4, 9)


async def test_a_paper_that_somebody_asked_for_was_announced_by_nobody(store: Store) -> None:
    kept = await store.keep_paper(paper("a", "arxiv:1"), "arxiv", MONDAY)

    known = await history(store, kept.id)

    assert known.told == (Told("arxiv", "", "", MONDAY, None, news=False),)
    assert (known.news, known.came) == (None, None)


async def test_it_tells_which_messages_show_a_paper_and_their_fate(store: Store) -> None:
    followed = await follow(store, NLP, "tokenization", at(-1))
    await tell(store, paper("a", "arxiv:1"), paper("b", "arxiv:2"), matching=[followed.query])
    await plan(store, await entries(store), threads=True, now=at(1))
    before = await history(store, "arxiv:1")
    await send_all(store, at(2))

    known = await history(store, "arxiv:1")

    assert [(one.state, one.at) for one in before.shown] == [(State.PLANNED, None)] * 2
    assert [(one.state, one.at, one.topic) for one in known.shown] == [(State.SENT, at(2), "tokenization")] * 2
    assert {one.digest.date for one in known.shown} == {TUESDAY}
    assert known.shown[0].match == Match(followed.query, 0.5, WHY)
    assert known.had
    assert (await history(store, "arxiv:1", VISION)).shown == ()


async def test_a_message_that_was_set_aside_says_why(store: Store) -> None:
    followed = await follow(store, NLP, "tokenization", at(-1))
    await tell(store, paper("a", "arxiv:1"), matching=[followed.query])
    await plan(store, await entries(store))
    (delivery,) = await claim(store)
    await intend(store, delivery, Message("x"))
    await settle(store, delivery, State.PARKED, reason="too long", paper_at_fault=True)

    (shown,) = (await history(store, "arxiv:1")).shown

    assert (shown.delivery, shown.state, shown.reason) == (delivery.id, State.PARKED, "too long")


async def test_it_tells_which_digests_went_before_it(store: Store) -> None:
    followed = await follow(store, NLP, "tokenization", at(-1))
    await tell(store, paper("early", "arxiv:9"), matching=[followed.query], now=at(-0.5))
    await plan(store, await entries(store), number=3, now=at(-0.25))
    await tell(store, *(paper(name) for name in "abc"), matching=[followed.query])
    waits = {one.paper.title: one for one in await entries(store)}
    await plan(store, [waits["a"]], now=at(1))
    await plan(store, [waits["b"]], now=at(2), number=1)
    (_, a, b) = await claim(store)
    await send(store, a)
    await intend(store, b, Message("x"))
    await settle(store, b, State.DROPPED, reason="gone")

    known = await history(store, "arxiv:c")

    # one came before it was news, one shows nothing after all
    assert [(one.digest.number, one.planned, one.papers) for one in known.passed] == [(0, at(1), 1)]


async def test_nothing_is_told_of_what_another_workspace_keeps_to_itself(store: Store) -> None:
    followed = await follow(store, NLP, "tokenization", at(-1))
    await follow(store, OTHERS, "tokenization", at(-1))
    await tell(store, paper("secret", "guid:1"), source="feed:2", matching=[followed.query])
    await tell(store, paper("both", "arxiv:1"), source="feed:2", matching=[followed.query])
    await tell(store, paper("both", "arxiv:1"), now=at(1))

    assert await history(store, "p1") == History()
    assert len((await history(store, "p1", OTHERS)).told) == 1
    here, there = await history(store, "arxiv:1"), await history(store, "arxiv:1", OTHERS)
    assert [one.source for one in here.told] == ["arxiv"]
    assert (here.came, dict(here.matched)) == (at(1), {})
    assert [one.source for one in there.told] == ["feed:2", "arxiv"]
    assert there.came == MONDAY
    assert list(there.matched) == [1]


async def test_a_channel_that_set_nothing_still_learns_who_announced_a_paper(store: Store) -> None:
    await tell(store, paper("a", "arxiv:1"))

    known = await history(store, "arxiv:1")

    assert [one.source for one in known.told] == ["arxiv"]
    assert (known.shown, dict(known.matched), known.had, known.floor) == ((), {}, False, None)
