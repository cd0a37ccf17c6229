"""What a platform remembers: which messages are ours, and which it told us are there."""

from __future__ import annotations

from datetime import timedelta

from bot.models import Message, Place, Posted, State
from bot.ports import Ours, effaced
from storage.store import Store
from tests.rigs.storage import (
    ADA,
    BOB,
    MONDAY,
    NLP,
    OTHERS,
    at,
    claim,
    entries,
    follow,
    intend,
    paper,
    plan,
    send_all,
    settle,
    tell,
)


async def told(store: Store, *titles: str, hours: float = 0) -> None:
    """The channel follows something, and these papers are about it."""
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await tell(store, *(paper(title) for title in titles), now=at(hours), matching=[query])


async def test_messages_of_papers_are_ours_newest_first(store: Store) -> None:
    await told(store, "one")
    await plan(store, await entries(store))
    (single,) = await send_all(store)
    await told(store, "two", "three", hours=1)
    await plan(store, await entries(store), number=1, threads=True)
    lead, *papers = await send_all(store, at(2))

    ours = await store.ours("slack", at(-1), 10)

    thread = Place(NLP, "thread", under=lead)
    assert ours[0] == Ours(thread, Posted(papers[-1]), at(2))
    assert ours[1] == Ours(thread, Posted(papers[0]), at(2))
    assert ours[2:] == [Ours(Place(NLP), Posted(lead), at(2)), Ours(Place(NLP), Posted(single), MONDAY)]
    assert await store.ours("slack", at(1), 10) == ours[:3]
    assert await store.ours("slack", at(-1), 2) == ours[:2]
    assert await store.ours("discord", at(-1), 10) == []
    assert await store.ours("slack", at(3), 10) == []


async def test_what_is_not_there_is_not_ours(store: Store) -> None:
    await told(store, "one", "two", "three")
    await plan(store, await entries(store))
    fates = (State.PARKED, State.DROPPED, State.UNKNOWN)
    for delivery, fate in zip(await claim(store), fates, strict=True):
        assert await intend(store, delivery, Message("x"))
        await settle(store, delivery, fate)
    assert await store.ours("slack", at(-1), 10) == []


async def test_a_thread_has_the_platforms_name_for_it(store: Store) -> None:
    await told(store, "one", "two")
    await plan(store, await entries(store), threads=True)
    (lead,) = await claim(store)
    assert await intend(store, lead, Message("lead"))
    await settle(store, lead, State.SENT, posted=Posted("m1", thread="t1"))
    await send_all(store, at(1))

    under = {one.place.under for one in await store.ours("slack", at(-1), 10)}

    assert under == {"", "t1"}


async def test_a_receipt_is_seen_by_every_process_and_the_first_one_stands(store: Store) -> None:
    assert await store.receipt("k1") is None
    await store.received("k1", Posted("m1", "t1"), MONDAY)
    await store.received("k1", Posted("m2"), at(1))
    assert await store.receipt("k1") == Posted("m1", "t1")
    assert await store.receipt("k2") is None


async def test_receipts_go_after_48_hours(store: Store) -> None:
    await store.received("k1", Posted("m1"), MONDAY)
    await store.tidy(MONDAY + timedelta(hours=47))
    assert await store.receipt("k1") == Posted("m1")
    await store.tidy(MONDAY + timedelta(hours=49))
    assert await store.receipt("k1") is None


async def test_the_papers_of_ours_are_what_people_react_to(store: Store) -> None:
    await told(store, "one", "two")
    await plan(store, await entries(store), threads=True)
    await send_all(store)
    await follow(store, OTHERS, "tokenization")
    for one in await store.ours("slack", at(-1), 10):
        assert await store.posted_papers(one.place.channel, one.posted.id)


async def test_who_is_forgotten_leaves_what_tells_nobody_in_the_reactions_that_are_kept(store: Store) -> None:
    kept = '{"m1": {"%s 🔖": ["1", true], "%s2 🔖": ["1", true]}, "m2": [["🔖", "%s"]]}'
    await store.remember("slack/T1", "reactions 2026-04-13", kept % (ADA.id, ADA.id, ADA.id))
    await store.forget(ADA, MONDAY)
    left = effaced(ADA.id)
    assert await store.memory("slack/T1", "reactions 2026-04-13") == kept % (left, ADA.id, left)


async def test_who_is_forgotten_leaves_no_fact_of_a_platform_that_knows_people_everywhere(store: Store) -> None:
    await store.remember(f"{ADA.platform}/{ADA.id}", "home", "T1")
    await store.remember(f"{ADA.platform}/{BOB.id}", "home", "T1")
    await store.forget(ADA, MONDAY)
    assert await store.memory(f"{ADA.platform}/{ADA.id}", "home") == ""
    assert await store.memory(f"{ADA.platform}/{BOB.id}", "home") == "T1"


async def test_what_is_known_of_who_reacted_is_forgotten_with_the_days_that_are_over(store: Store) -> None:
    names = [
        f"reactions {MONDAY - timedelta(days=days):%Y-%m-%d}{more}" for days in (0, 7, 9, 60) for more in ("", " 1")
    ]
    for name in (*names, "heard"):
        await store.remember("slack/T1", name, "{}")
    await store.tidy(MONDAY)
    kept = [name for name in (*names, "heard") if await store.memory("slack/T1", name)]
    assert kept == [*names[:4], "heard"]
