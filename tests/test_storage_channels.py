"""Channels: their schedule, what they follow, and what waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.models import Channel, ChannelState, Condition, Health, Kind, Match, Person, Schedule, Subscription
from bot.ports import StorageError
from storage.store import Store
from tests.rigs.storage import (
    ADA,
    BOB,
    MONDAY,
    NLP,
    OTHERS,
    OWNER,
    VISION,
    WHY,
    at,
    entries,
    follow,
    paper,
    plan,
    send_all,
    set_schedule,
    tell,
    trouble,
    waiting,
)


async def state(store: Store, channel: Channel = NLP) -> ChannelState:
    known = await store.channel(channel)
    assert known is not None
    return known


# ------------------------------------------------------------------------------------------- schedule


async def test_a_channel_is_known_once_somebody_sets_it(store: Store) -> None:
    assert await store.channel(NLP) is None
    schedule = Schedule("Europe/Zurich", time(8, 30), (0, 3), 5, paused=True, until=at(days=3), layout="list")
    await set_schedule(store, NLP, schedule, date(2026, 4, 16), at(days=3))
    known = await state(store)
    assert known == ChannelState(NLP, schedule, at(days=3), date(2026, 4, 16))
    assert known.channel.name == "nlp"
    await set_schedule(store, replace(NLP, name="renamed"))
    await set_schedule(store, replace(NLP, name=""))
    known = await state(store)
    assert (known.schedule, known.due, known.channel.name) == (Schedule(), None, "renamed")


async def test_the_same_id_in_two_workspaces_is_two_channels(store: Store) -> None:
    await set_schedule(store, NLP, Schedule(most=3))
    await set_schedule(store, Channel("slack", "T2", NLP.id), Schedule(most=4))
    await set_schedule(store, Channel("discord", "T1", NLP.id), Schedule(most=5))
    assert (await state(store)).schedule.most == 3


async def test_times_are_utc_in_and_out_whatever_zone_they_come_in(store: Store) -> None:
    noon = datetime.fromisoformat("2026-04-13T12:00:00+05:30")
    await set_schedule(store, NLP, Schedule(), date(2026, 4, 13), noon)
    due = (await state(store)).due
    assert (due, due and due.tzinfo) == (noon, UTC)


async def test_due_channels_come_longest_waiting_first_and_troubled_or_paused_ones_do_not(store: Store) -> None:
    async def due_at(name: str, hours: float, schedule: Schedule = Schedule()) -> Channel:  # noqa: B008 - frozen
        channel = Channel("slack", "T1", name)
        await set_schedule(store, channel, schedule, date(2026, 4, 13), at(hours))
        return channel

    await due_at("second", 2)
    await due_at("first", 1)
    await due_at("later", 9)
    await due_at("asleep", 1, Schedule(paused=True))
    await due_at("asleep until tomorrow", 1, Schedule(paused=True, until=at(days=1)))
    await due_at("awake again", 3, Schedule(paused=True, until=at(4)))
    troubled = await due_at("troubled", 1)
    await trouble(store, troubled, "archived", MONDAY)
    await set_schedule(store, Channel("slack", "T1", "follows nothing"))
    assert [known.channel.id for known in await store.due(at(5))] == ["first", "second", "awake again"]
    assert [known.channel.id for known in await store.due(at(5), limit=1)] == ["first"]


async def test_a_channel_set_aside_is_taken_up_when_somebody_sets_it_again(store: Store) -> None:
    await set_schedule(store, NLP)
    await follow(store, NLP, "tokenization")
    assert await trouble(store, NLP, "archived", MONDAY) == ADA
    assert await trouble(store, NLP, "archived, again", MONDAY) is None
    assert (await state(store)).trouble == "archived, again"
    await set_schedule(store, NLP)
    assert (await state(store)).trouble == ""


# ------------------------------------------------------------------------------------------ following


async def test_a_channel_follows_each_query_once_and_numbers_are_never_used_again(store: Store) -> None:
    first = await follow(store, NLP, "tokenization", at(0))
    assert first == Subscription(1, first.query, "tokenization", at(0), ADA)
    assert first.by.name == "Ada"
    again, new = await store.follow(NLP, BOB, "tokenization", at(5))
    assert (again, new) == (first, False)
    assert (await follow(store, NLP, "vision", at(1))).number == 2
    assert await store.unfollow(NLP, 2, at(2)) is not None
    assert await store.unfollow(NLP, 2, at(2)) is None
    assert await store.unfollow(NLP, 9, at(2)) is None
    assert (await follow(store, NLP, "vision", at(3))).number == 3
    assert [known.number for known in await store.subscriptions(NLP)] == [1, 3]
    assert await store.subscriptions(VISION) == []


async def test_equal_queries_are_one_query(store: Store) -> None:
    ours = await follow(store, NLP, "tokenization")
    theirs = await follow(store, OTHERS, "tokenization", person=Person("discord", "G9", "7"))
    assert (ours.query, [known.text for known in await store.queries()]) == (theirs.query, ["tokenization"])


async def test_a_channel_nobody_set_cannot_follow(store: Store) -> None:
    with pytest.raises(StorageError, match="not stored"):
        await store.follow(NLP, ADA, "tokenization", MONDAY)


async def test_undo_restores_owner_and_date(store: Store) -> None:
    first = await follow(store, NLP, "tokenization", at(0))
    await store.unfollow(NLP, 1, at(5))
    assert await store.restore(NLP, 1) == first
    assert await store.subscriptions(NLP) == [first]
    assert await store.restore(NLP, 1) == first
    assert await store.restore(NLP, 2) is None


async def test_undo_after_following_anew_brings_the_old_number_back(store: Store) -> None:
    first = await follow(store, NLP, "tokenization", at(0))
    await store.unfollow(NLP, 1, at(5))
    await follow(store, NLP, "tokenization", at(6), BOB)
    assert await store.restore(NLP, 1) == first
    assert await store.subscriptions(NLP) == [first]


async def test_counts_tell_what_came_in_a_week_and_a_month_for_every_topic(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization")).query
    await follow(store, NLP, "vision")
    for days in (1, 6, 8, 29, 31):
        await tell(store, paper(f"{days} days ago"), now=at(days=-days), matching=[query])
    await tell(store, paper("6 days ago"), source="huggingface", now=at(days=-2), matching=[query])
    await tell(store, paper("a new version"), kind=Kind.REPLACEMENT, matching=[query])
    assert await store.counts(NLP, MONDAY) == {1: (2, 4), 2: (0, 0)}
    assert await store.counts(VISION, MONDAY) == {}


async def test_counts_date_what_was_there_before_us_as_its_source_does(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization")).query
    await tell(store, paper("batch of friday"), news=False, batch="2026-04-10", matching=[query])
    await tell(store, paper("batch of march"), news=False, batch="2026-03-20", matching=[query])
    await tell(store, paper("of march", published=at(days=-20)), news=False, matching=[query])
    await tell(store, paper("of last year", published=at(days=-200)), news=False, matching=[query])
    await tell(store, paper("of next year", published=at(days=300)), news=False, matching=[query])
    assert await store.counts(NLP, at(1)) == {1: (2, 4)}


async def test_what_a_new_query_found_in_stored_papers_is_counted(store: Store) -> None:
    await tell(store, paper("one"), paper("two"), now=at(-1))
    await set_schedule(store, NLP)
    found = [(Match(0, 0.5, WHY), "p1"), (Match(0, 0.4), "arxiv:two"), (Match(0, 0.3), "p99")]
    subscription, _ = await store.follow(NLP, ADA, "tokenization", MONDAY, found)
    assert await store.counts(NLP, MONDAY) == {subscription.number: (2, 2)}
    assert await waiting(store) == []  # the past is not posted


# --------------------------------------------------------------------------- what an index must know


async def test_an_index_learns_of_each_query_that_becomes_followed(store: Store) -> None:
    await follow(store, NLP, "tokenization")
    await follow(store, VISION, "tokenization")
    (first,) = await store.queries()
    await follow(store, NLP, "vision")
    (second,) = await store.queries(after=first.seq)
    assert (second.text, second.seq > first.seq) == ("vision", True)
    await store.unfollow(NLP, 2, at(1))
    assert [known.text for known in await store.queries()] == ["tokenization"]
    await follow(store, NLP, "vision", at(2))
    (again,) = await store.queries(after=second.seq)
    assert (again.id, again.text) == (second.id, "vision")
    await store.unfollow(NLP, 1, at(3))  # the other channel still follows it
    assert await store.queries(after=again.seq) == []
    await store.restore(NLP, 1)
    assert await store.queries(after=again.seq) == []


async def test_a_query_followed_while_a_poll_runs_misses_nothing(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    (known,) = await store.queries()
    await tell(store, paper("before"), now=at(-1), seq=known.seq - 1)
    await tell(store, paper("missed"), paper("matched by hand"), now=at(1), seq=known.seq - 1)
    await tell(store, paper("silent"), now=at(1), seq=known.seq - 1, news=False)
    await tell(store, paper("matched"), now=at(2), seq=known.seq, matching=[query])
    await store.add_matches([(Match(query, 1.0), "p3")])
    missed = await store.unmatched(after=known.seq - 1)
    assert [(number, found.title) for number, found in missed] == [(query, "missed")]
    await store.add_matches([(Match(query, 0.25, WHY), missed[0][1].id), (Match(query, 0.1), "p999")])
    await store.add_matches([(Match(query, 0.9), missed[0][1].id)])  # a known match stays as it is
    assert await store.unmatched(after=known.seq - 1) == []
    found = {one.paper.title: one.match for one in await store.waiting(NLP)}
    assert found["missed"] == Match(query, 0.25, WHY)
    assert set(found) == {"missed", "matched by hand", "matched"}


async def test_what_came_while_nobody_followed_is_matched_when_a_topic_is_restored(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    seq = (await store.queries())[0].seq
    await tell(store, paper("known to the index"), now=at(1), seq=seq)
    await store.unfollow(NLP, 1, at(2))
    await tell(store, paper("meanwhile"), now=at(3), seq=seq)
    await store.restore(NLP, 1)
    assert [(number, found.title) for number, found in await store.unmatched(after=seq)] == [(query, "meanwhile")]


async def test_a_gap_is_matched_too_when_another_channel_followed_after_it(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    seq = (await store.queries())[0].seq
    await store.unfollow(NLP, 1, at(2))
    await tell(store, paper("in the gap"), now=at(3), seq=seq)
    await follow(store, VISION, "tokenization", at(4))
    later = (await store.queries())[0].seq
    assert await store.unmatched(after=seq) == []  # nobody who follows it now followed it then
    await store.restore(NLP, 1)
    assert [(number, found.title) for number, found in await store.unmatched(after=later)] == [(query, "in the gap")]


# -------------------------------------------------------------------------------------------- waiting


async def test_only_news_after_a_subscription_began_waits_for_it(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    for hours in (-1, 0, 1):
        await tell(store, paper(f"at {hours}"), now=at(hours), matching=[query])
    await tell(store, paper("of another topic"), now=at(1), matching=[])
    await tell(store, paper("seen on a first page before"), now=at(-2), news=False, matching=[query])
    await tell(store, paper("seen on a first page before"), source="huggingface", now=at(2), matching=[query])
    await tell(store, paper("at -1"), source="huggingface", now=at(2), matching=[query])
    found = await store.waiting(NLP)
    assert [(one.paper.title, one.seen, one.subscription.number) for one in found] == [("at 1", at(1), 1)]
    assert found[0].match == Match(query, 0.5, WHY)
    assert await waiting(store, VISION) == []


async def test_what_another_workspaces_feed_had_before_does_not_make_news_old(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    await tell(store, paper("one"), source="feed:2", now=at(-5), matching=[query])
    await tell(store, paper("two"), source="feed:1", now=at(-5), matching=[query])
    for title in ("one", "two"):
        await tell(store, paper(title), now=at(1), matching=[query])
    assert await waiting(store, NLP) == ["one"]


async def test_a_paper_waits_under_every_topic_that_brings_it(store: Store) -> None:
    first = await follow(store, NLP, "tokenization", at(0))
    late = await follow(store, NLP, "vision", at(2))
    other = await follow(store, NLP, "language", at(0))
    await tell(store, paper("one"), now=at(1), matching=[first.query, late.query, other.query])
    assert [one.subscription.number for one in await store.waiting(NLP)] == [1, 3]
    await store.unfollow(NLP, 3, at(3))
    assert [one.subscription.number for one in await store.waiting(NLP)] == [1]
    await plan(store, await entries(store))
    assert await waiting(store) == []


async def test_a_topic_followed_since_before_the_first_poll_gets_what_is_news_later(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    one, old = paper("one"), paper("old", published=at(days=-9))
    await tell(store, one, old, now=at(1), news=False, matching=[query])
    assert await waiting(store) == []
    await tell(store, one, old, source="huggingface", now=at(2), matching=[query])
    assert await waiting(store) == ["one"]  # the other one was announced before the topic began, wherever


async def test_what_was_left_over_may_be_left_out(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    for hours in (1, 2, 3):
        await tell(store, paper(f"at {hours}"), now=at(hours), matching=[query])
    assert [one.paper.title for one in await store.waiting(NLP, after=at(2))] == ["at 3"]


# ------------------------------------------------------------------------------------------- acronyms


async def test_acronyms_are_learned_as_whole_sets_with_a_version(store: Store) -> None:
    rag, wsss = ("RAG", "retrieval augmented generation"), ("WSSS", "weakly supervised semantic segmentation")
    assert await store.acronyms() == (0, [])
    assert await store.learn([], MONDAY) == 0
    assert await store.learn([wsss, rag, rag], MONDAY) == 1
    assert await store.acronyms() == (1, [rag, wsss])
    assert await store.learn([rag, wsss], at(1)) == 1
    assert await store.learn([wsss], at(2)) == 2
    assert await store.learn([], at(3)) == 2
    assert await store.learn([rag], at(4)) == 3
    assert await store.acronyms() == (3, [rag])


async def test_papers_to_learn_from_come_in_pages_and_are_everybodys(store: Store) -> None:
    await tell(store, *(paper(f"number {number}") for number in range(3)))
    await tell(store, paper("private", "guid:1"), source="feed:1")
    await tell(store, paper("last"))
    first = await store.papers_after(limit=2)
    rest = await store.papers_after(first[-1].id)
    assert [known.title for known in first + rest] == ["number 0", "number 1", "number 2", "last"]
    assert await store.papers_after(rest[-1].id) == []


# -------------------------------------------------------------------------------------------- sources


async def test_sources_wait_in_turn_and_tell_how_they_were(store: Store) -> None:
    unwell = Health(Condition.THROTTLED, "come back later", 60.5)
    await store.asked("arxiv", "cursor 1", Health(), at(0), at(5))
    await store.asked("arxiv", "cursor 1", unwell, at(1), at(6))
    await store.asked("feed:1", "", Health(Condition.UNCHANGED), at(1), at(2))
    assert [known.name for known in await store.sources()] == ["huggingface", "feed:2", "feed:1", "arxiv"]
    assert [known.name for known in await store.sources(due=at(3))] == ["huggingface", "feed:2", "feed:1"]
    arxiv = (await store.sources())[-1]
    assert (arxiv.cursor, arxiv.health, arxiv.asked, arxiv.answered, arxiv.next) == (
        "cursor 1",
        unwell,
        at(1),
        at(0),
        at(6),
    )


async def test_a_workspace_sees_and_removes_its_own_sources_only(store: Store) -> None:
    assert [known.name for known in await store.sources_for(NLP)] == ["arxiv", "huggingface", "feed:1"]
    assert await store.remove_source("feed:2", OWNER) is False
    assert await store.remove_source("arxiv", "") is False
    assert await store.remove_source("arxiv", OWNER) is False
    assert await store.remove_source("feed:1", OWNER) is True
    assert await store.remove_source("feed:1", OWNER) is False
    assert [known.name for known in await store.sources_for(NLP)] == ["arxiv", "huggingface"]
    assert "feed:1" not in [known.name for known in await store.sources()]
    await store.add_source("feed:1", "feed", "https://one.example/feed", OWNER)
    assert "feed:1" in [known.name for known in await store.sources()]


async def test_what_a_removed_source_told_still_comes(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(0))).query
    await tell(store, paper("one"), source="feed:1", now=at(1), matching=[query])
    await store.remove_source("feed:1", OWNER)
    await plan(store, await entries(store))
    assert len(await send_all(store)) == 1
