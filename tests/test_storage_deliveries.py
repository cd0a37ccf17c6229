"""Digests and deliveries: nothing twice, nothing lost, in order, by one worker at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import pace
from bot.models import (
    Action,
    Ask,
    Delivery,
    Digest,
    Entry,
    File,
    Match,
    Message,
    Part,
    Posted,
    State,
)
from bot.ports import Limit, StorageError
from storage.store import Store
from tests.rigs.storage import (
    ADA,
    BOB,
    DATABASES,
    MONDAY,
    NLP,
    OTHERS,
    VISION,
    at,
    claim,
    entries,
    follow,
    intend,
    opened,
    paper,
    plan,
    send,
    send_all,
    set_schedule,
    settle,
    tell,
    trouble,
    waiting,
)

TUESDAY = date(2026, 4, 14)
QUIET = Part(0, "line")


@pytest.fixture(params=sorted(DATABASES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Channels of two workspaces follow one topic, and five papers wait for each."""
    async with opened(tmp_path, request.param) as known:
        for channel in (NLP, VISION, OTHERS):
            query = (await follow(known, channel, "tokenization", at(-1))).query
        await tell(known, *(paper(name) for name in "abcde"), matching=[query])
        yield known


def titles(delivery: Delivery) -> list[str]:
    return [entry.paper.title for entry in delivery.part.entries]


# ----------------------------------------------------------------------------------------------- plan


async def test_a_digest_is_planned_once_for_a_channel_and_date(store: Store) -> None:
    first, *rest = await entries(store)
    assert await plan(store, [first])
    assert not await plan(store, rest)
    assert await waiting(store) == ["b", "c", "d", "e"]
    assert await plan(store, rest[:1], number=1)
    assert await plan(store, rest[1:2], day=date(2026, 4, 15))
    assert await waiting(store) == ["d", "e"]
    assert await waiting(store, VISION) == ["a", "b", "c", "d", "e"]


async def test_a_paper_posted_in_the_meantime_undoes_the_whole_plan(store: Store) -> None:
    first, second, *_ = await entries(store)
    assert await plan(store, [first], number=1)
    before = await store.channel(NLP)
    assert not await plan(store, [second, first])
    assert await store.channel(NLP) == before
    assert await waiting(store) == ["b", "c", "d", "e"]
    assert [titles(delivery) for delivery in await claim(store)] == [["a"]]
    assert await plan(store, [second])


async def test_a_plan_with_a_key_in_use_changes_nothing(store: Store) -> None:
    one, other, *_ = await entries(store)
    digest = Digest(NLP, TUESDAY, 0)
    twice = [(Part(0, "paper", (one,)), "same"), (Part(1, "paper", (other,)), "same")]
    assert not await store.plan(digest, twice, MONDAY, None, None)
    assert len(await waiting(store)) == 5


async def test_the_scheduled_digest_moves_the_due_date_and_an_asked_for_one_does_not(store: Store) -> None:
    known = await store.channel(NLP)
    assert known is not None
    assert (known.due, known.fresh) == (at(days=1), True)
    await store.plan(Digest(NLP, TUESDAY, 1), [(QUIET, "k1")], at(1), None, None)
    asked = await store.channel(NLP)
    assert asked == known
    await store.plan(Digest(NLP, TUESDAY, 0), [], at(2), date(2026, 4, 15), at(days=2))
    silent = await store.channel(NLP)
    assert silent is not None
    assert (silent.due, silent.due_date) == (at(days=2), date(2026, 4, 15))
    assert (silent.last_date, silent.last_at, silent.fresh) == (TUESDAY, at(2), True)
    late = Digest(NLP, date(2026, 4, 15), 0, slot=at(days=2), late=True)
    await store.plan(late, [], at(days=2, hours=5), None, None)
    planned = await store.channel(NLP)
    assert planned is not None
    assert planned.last_at == at(days=2)  # its hour, not the moment it came: being late puts nothing off


@pytest.mark.parametrize("number", [0, 1])
async def test_a_channel_that_got_papers_is_not_fresh_any_more(store: Store, number: int) -> None:
    await plan(store, (await entries(store))[:1], number=number)
    known = await store.channel(NLP)
    assert known is not None
    assert not known.fresh


async def test_a_line_that_there_is_nothing_ends_freshness_when_it_was_scheduled(store: Store) -> None:
    await store.plan(Digest(NLP, TUESDAY, 0, read=393), [(QUIET, "k")], MONDAY, None, None)
    known = await store.channel(NLP)
    assert known is not None
    assert not known.fresh
    (line,) = await claim(store)
    assert (line.part.kind, line.digest.read, line.part.entries) == ("line", 393, ())


async def test_asked_for_digests_are_numbered_within_their_date(store: Store) -> None:
    assert await store.next_number(NLP, TUESDAY) == 1
    await store.plan(Digest(NLP, TUESDAY, 0), [], MONDAY, None, None)
    assert await store.next_number(NLP, TUESDAY) == 1
    await store.plan(Digest(NLP, TUESDAY, 1), [(QUIET, "k1")], MONDAY, None, None)
    assert await store.next_number(NLP, TUESDAY) == 2
    assert await store.next_number(NLP, date(2026, 4, 15)) == await store.next_number(VISION, TUESDAY) == 1


async def test_a_plan_for_what_is_not_stored_is_refused(store: Store) -> None:
    (entry, *_) = await entries(store)
    strange = Entry(paper("unknown"), "tokenization", entry.match)
    assert not await plan(store, [strange])
    await store.tidy(at(days=400))
    assert not await plan(store, [entry, strange])
    with pytest.raises(StorageError, match="not stored"):
        await store.plan(Digest(type(NLP)("slack", "T1", "nowhere"), TUESDAY, 0), [], MONDAY, None, None)


# ---------------------------------------------------------------------------------------------- claim


async def test_a_delivery_is_claimed_with_all_that_is_to_be_said(store: Store) -> None:
    entry = (await entries(store))[0]
    digest = Digest(NLP, TUESDAY, 0, read=393, slot=at(days=1), late=True)
    part = Part(0, "lead", (entry,), left=(("tokenization", 3), ("reasoning", 143)))
    await store.plan(digest, [(part, "key")], MONDAY, None, None)
    (delivery,) = await claim(store)
    assert (delivery.key, delivery.digest, delivery.part, delivery.state) == ("key", digest, part, State.PLANNED)
    assert (delivery.under, delivery.attempts, delivery.attempted, delivery.message) == ("", 0, None, None)
    assert delivery.digest.channel.name == "nlp"


async def test_one_worker_at_a_time_works_for_a_channel_and_its_parts_go_in_order(store: Store) -> None:
    await plan(store, await entries(store))
    await plan(store, (await entries(store, VISION))[:1], channel=VISION)
    *run, of_vision = await claim(store)
    assert ([titles(one) for one in run], of_vision.digest.channel) == ([["a"], ["b"], ["c"], ["d"], ["e"]], VISION)
    assert await claim(store) == []
    await send(store, run[0])
    assert await claim(store) == []


async def test_what_a_worker_gives_back_may_be_claimed_at_once(store: Store) -> None:
    await plan(store, (await entries(store))[:3])
    first, *rest = await claim(store)
    await settle(store, first, State.PLANNED, reason="rate limited")
    for one in rest:
        await store.give_back(one)
    assert [titles(one) for one in await claim(store)] == [["a"], ["b"], ["c"]]


async def test_giving_back_a_lost_lease_changes_nothing(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (slow,) = await claim(store, lease=60)
    (other,) = await claim(store, at(1), lease=60)
    await store.give_back(slow)
    assert await claim(store, at(1)) == []
    assert await intend(store, other, Message("text"), at(1))


async def test_a_part_that_waits_holds_up_those_after_it(store: Store) -> None:
    await plan(store, (await entries(store))[:2])
    first, second = await claim(store)
    await settle(store, first, State.PLANNED, MONDAY, reason="rate limited", again_at=at(1))
    await store.give_back(second)
    assert await claim(store, at(0.5)) == []
    again, _ = await claim(store, at(1))
    assert (titles(again), again.reason) == (["a"], "rate limited")


async def test_a_later_digest_waits_for_the_earlier_one(store: Store) -> None:
    one, other, *_ = await entries(store)
    await plan(store, [one])
    await plan(store, [other], number=1)
    first, second = await claim(store)
    assert (titles(first), titles(second)) == (["a"], ["b"])
    await settle(store, first, State.PLANNED, again_at=at(1))
    await store.give_back(second)
    assert await claim(store) == []


async def test_leads_of_all_channels_go_before_threads(store: Store) -> None:
    await plan(store, await entries(store), threads=True)
    (lead,) = await claim(store)
    await send(store, lead)
    for channel in (VISION, OTHERS):
        await plan(store, await entries(store, channel), channel=channel, threads=True)
    order = [(delivery.part.kind, delivery.digest.channel) for delivery in await claim(store, limit=3)]
    assert order == [("lead", VISION), ("lead", OTHERS), *[("paper", NLP)] * 5]


async def test_what_hangs_under_a_message_is_claimed_when_that_is_sent_and_knows_it(store: Store) -> None:
    await plan(store, (await entries(store))[:2], threads=True)
    (lead,) = await claim(store)
    assert (lead.part.kind, await claim(store)) == ("lead", [])
    assert await intend(store, lead, Message("lead"), MONDAY, 60)
    await settle(store, lead, State.UNSURE, MONDAY)
    (lead,) = await claim(store)  # unsure, at work again
    assert (lead.part.kind, lead.state, await claim(store)) == ("lead", State.UNSURE, [])
    await settle(store, lead, State.SENT, MONDAY, posted=Posted("m1", thread="t1"))
    child, other = await claim(store)
    assert (child.under, child.part.under, titles(child), titles(other)) == ("t1", 0, ["a"], ["b"])


async def test_a_thread_has_the_id_of_its_message_where_it_has_none_of_its_own(store: Store) -> None:
    await plan(store, (await entries(store))[:1], threads=True)
    (lead,) = await claim(store)
    message = await send(store, lead)
    (child,) = await claim(store)
    assert child.under == message


async def test_only_platforms_that_are_there_are_worked_for(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    await plan(store, (await entries(store, OTHERS))[:1], channel=OTHERS)
    assert await store.claim(MONDAY, timedelta(seconds=60), []) == []
    (delivery,) = await store.claim(MONDAY, timedelta(seconds=60), ["discord"])
    assert delivery.digest.channel == OTHERS


# ------------------------------------------------------------------------------------ sending, leases


async def test_the_intent_is_recorded_with_the_message_before_anything_is_sent(store: Store) -> None:
    message = Message(
        "title",
        "https://example.org",
        "body \x00with NUL",
        ("Ann, Bob", "arXiv"),
        "note",
        (Message("item", group="tokenization", items=(Message("inner"),)),),
        actions=(
            Action("Save", "save p1"),
            Action("Narrow", "edit {which}", ask=(Ask("which", "Which?", "choice", "a", ("a", "b"), True),)),
        ),
        file=File("papers.bib", "@article{…}", "text/x-bibtex"),
        notice="5 new papers",
    )
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store, lease=60)
    assert await intend(store, delivery, message, at(0.001), 60)
    (doubtful,) = await claim(store, at(1))
    assert (doubtful.state, doubtful.attempts, doubtful.attempted) == (State.UNSURE, 1, at(0.001))
    assert doubtful.message == Message(
        **{**{name: getattr(message, name) for name in Message.__slots__}, "body": "body with NUL"}
    )


async def test_a_message_never_changes_after_its_first_attempt(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store)
    assert await intend(store, delivery, Message("first"), MONDAY, 60)
    await settle(store, delivery, State.PLANNED, MONDAY)
    (delivery,) = await claim(store)
    assert await intend(store, delivery, Message("second"), MONDAY, 60)
    (delivery,) = await claim(store, at(1))
    assert (delivery.message, delivery.attempts) == (Message("first"), 2)


async def test_a_dead_workers_delivery_is_taken_over_when_its_lease_ends(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (dead,) = await claim(store, lease=60)
    assert await claim(store, at(59 / 3600)) == []
    (taken,) = await claim(store, at(61 / 3600), lease=60)
    assert taken.state is State.PLANNED
    assert not await intend(store, dead, Message("late"), at(62 / 3600), 60)
    await settle(store, dead, State.DROPPED, at(62 / 3600), reason="late")
    assert await waiting(store) == ["b", "c", "d", "e"]  # what came late changed nothing
    assert await intend(store, taken, Message("right"), at(63 / 3600), 60)


async def test_a_worker_whose_own_lease_ended_sends_nothing(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store, lease=60)
    assert not await intend(store, delivery, Message("late"), at(1), 60)
    (again,) = await claim(store, at(1))
    assert (again.state, again.attempts) == (State.PLANNED, 0)


async def test_a_doubt_is_recorded_after_the_lease_ended_unless_another_worker_has_it(store: Store) -> None:
    """Else our own next claim would look for a message that is still on its way."""
    await plan(store, (await entries(store))[:1])
    (slow,) = await claim(store, lease=60)
    assert await intend(store, slow, Message("text"), lease=60)
    await settle(store, slow, State.UNSURE, at(1), again_at=at(2))
    assert await claim(store, at(1.5)) == []
    (again,) = await claim(store, at(2), lease=60)
    await settle(store, slow, State.PLANNED, at(2))
    assert again.state is State.UNSURE
    assert await claim(store, at(2)) == []


async def test_sending_makes_the_lease_longer(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store, lease=10)
    assert await intend(store, delivery, Message("text"), at(5 / 3600), 60)
    assert await claim(store, at(30 / 3600)) == []
    assert len(await claim(store, at(66 / 3600))) == 1


async def test_what_was_sent_is_recorded_even_after_the_lease_was_lost(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (slow,) = await claim(store, lease=60)
    assert await intend(store, slow, Message("text"), MONDAY, 60)
    (other,) = await claim(store, at(1), lease=60)
    await settle(store, slow, State.SENT, at(1), posted=Posted("m1"))
    assert not await intend(store, other, Message("text"), at(1), 60)
    await settle(store, other, State.UNKNOWN, at(1))
    assert await store.troubles(NLP) == []
    assert await store.posted_papers(NLP, "m1") == ("p1",)


async def test_what_a_worker_made_up_itself_is_in_nobodys_hands(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (claimed,) = await claim(store)
    made_up = Delivery(claimed.id, claimed.key, claimed.digest, claimed.part, State.PLANNED)
    assert not await intend(store, made_up, Message("text"), MONDAY, 60)


# ------------------------------------------------------------------------------------------- settling


async def test_papers_of_a_dropped_delivery_wait_again(store: Store) -> None:
    await plan(store, (await entries(store))[:2])
    delivery, rest = await claim(store)
    await settle(store, delivery, State.DROPPED, MONDAY, reason="too late")
    await store.give_back(rest)
    assert await waiting(store) == ["a", "c", "d", "e"]
    assert [titles(delivery) for delivery in await claim(store)] == [["b"]]


@pytest.mark.parametrize(("paper_at_fault", "wait"), [(True, []), (False, ["a"])])
async def test_a_parked_paper_waits_again_unless_it_is_at_fault(
    store: Store, paper_at_fault: bool, wait: list[str]
) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store)
    await settle(store, delivery, State.PARKED, MONDAY, reason="invalid_blocks", paper_at_fault=paper_at_fault)
    assert await waiting(store) == [*wait, "b", "c", "d", "e"]
    (trouble,) = await store.troubles(NLP)
    assert (trouble.id, trouble.state, trouble.reason) == (delivery.id, State.PARKED, "invalid_blocks")
    assert (trouble.titles, trouble.digest) == (("a",), delivery.digest)
    assert await store.troubles(VISION) == []


@pytest.mark.parametrize("state", [State.DROPPED, State.PARKED])
async def test_what_hangs_under_a_dropped_or_parked_lead_goes_with_it(store: Store, state: State) -> None:
    await plan(store, await entries(store), threads=True)
    (lead,) = await claim(store)
    await settle(store, lead, state, MONDAY, reason="no such channel")
    assert await claim(store) == []
    assert await waiting(store) == ["a", "b", "c", "d", "e"]
    assert await plan(store, await entries(store), number=1, threads=True)


async def test_a_paper_whose_title_stood_in_the_lead_was_had(store: Store) -> None:
    await plan(store, (await entries(store))[:2], threads=True)
    (lead,) = await claim(store)
    await send(store, lead)
    child, _ = await claim(store)
    await settle(store, child, State.DROPPED, MONDAY)
    assert await waiting(store) == ["c", "d", "e"]


@pytest.mark.parametrize("state", [State.SENT, State.UNSURE, State.UNKNOWN, State.PLANNED])
async def test_what_was_or_may_have_been_posted_does_not_wait(store: Store, state: State) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store)
    assert await intend(store, delivery, Message("text"), MONDAY, 60)
    await settle(store, delivery, state, MONDAY)
    assert await waiting(store) == ["b", "c", "d", "e"]


async def test_a_channel_that_takes_nothing_gives_back_what_was_planned(store: Store) -> None:
    await plan(store, (await entries(store))[:3])
    delivery, *_ = await claim(store)
    await settle(store, delivery, State.DROPPED, MONDAY, reason="is_archived")
    await trouble(store, NLP, "is_archived", MONDAY)
    assert await waiting(store) == ["a", "b", "c", "d", "e"]
    await set_schedule(store, NLP)
    assert await claim(store) == []
    assert await plan(store, await entries(store), number=1)
    assert len(await send_all(store)) == 5


async def test_trouble_leaves_alone_what_another_worker_is_sending(store: Store) -> None:
    await plan(store, (await entries(store))[:2])
    delivery, held = await claim(store)
    assert await intend(store, delivery, Message("text"), MONDAY, 60)
    await trouble(store, NLP, "is_archived", MONDAY)
    assert not await intend(store, held, Message("text"), MONDAY, 60)
    assert await waiting(store) == ["b", "c", "d", "e"]
    await settle(store, delivery, State.SENT, MONDAY, posted=Posted("m1"))
    assert await store.posted_papers(NLP, "m1") == ("p1",)


# --------------------------------------------------------------------------------------- send it again


async def test_a_person_may_have_a_message_of_unknown_fate_sent_again(store: Store) -> None:
    await plan(store, (await entries(store))[:2], threads=True)
    (lead,) = await claim(store)
    assert await intend(store, lead, Message("lead"), MONDAY, 60)
    await settle(store, lead, State.UNKNOWN, MONDAY, reason="nobody can say")
    assert await claim(store) == []  # what hangs under it waits
    assert not await store.again(VISION, lead.id, MONDAY)
    assert not await store.again(NLP, 999, MONDAY)
    assert await store.again(NLP, lead.id, MONDAY)
    assert not await store.again(NLP, lead.id, MONDAY)
    (planned,) = await claim(store)
    assert (planned.key, planned.state, planned.attempts) == (lead.key, State.PLANNED, 0)
    await send(store, planned)
    assert len(await send_all(store)) == 2
    assert await waiting(store) == ["c", "d", "e"]


async def test_what_is_unknown_stands_in_nobodys_way(store: Store) -> None:
    one, other, *_ = await entries(store)
    await plan(store, [one], threads=True)
    (lead,) = await claim(store)
    await settle(store, lead, State.UNKNOWN, MONDAY)
    await plan(store, [other], number=1)
    assert [titles(delivery) for delivery in await claim(store)] == [["b"]]


async def test_a_parked_lead_sent_again_takes_its_thread_along(store: Store) -> None:
    await plan(store, (await entries(store))[:2], threads=True)
    (lead,) = await claim(store)
    await settle(store, lead, State.PARKED, MONDAY)
    assert await store.again(NLP, lead.id, MONDAY)
    assert await waiting(store) == ["c", "d", "e"]
    assert len(await send_all(store)) == 3


async def test_a_parked_message_whose_papers_came_in_another_digest_is_not_sent_again(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store)
    await settle(store, delivery, State.PARKED, MONDAY)
    await plan(store, (await entries(store))[:1], number=1)
    await send_all(store)
    assert not await store.again(NLP, delivery.id, MONDAY)


# ------------------------------------------------------------------------------ what stands in messages


async def test_a_message_of_ours_tells_its_papers_in_order(store: Store) -> None:
    await plan(store, list(reversed(await entries(store))), threads=True)
    (lead,) = await claim(store)
    assert await intend(store, lead, Message("lead"), MONDAY, 60)
    await settle(store, lead, State.SENT, MONDAY, posted=Posted("m1", "t1"))
    assert await store.posted_papers(NLP, "m1") == ("p5", "p4", "p3", "p2", "p1")
    assert await store.posted_papers(NLP, "t1") == ("p5", "p4", "p3", "p2", "p1")
    assert await store.posted_papers(NLP, "m2") == await store.posted_papers(VISION, "m1") == ()
    assert await store.posted_papers(NLP, "") == ()


async def test_the_list_a_person_saw_last_is_theirs_until_something_is_posted(store: Store) -> None:
    assert await store.shown_list(ADA, NLP) == ()
    await store.show_list(ADA, NLP, ["p3", "p1"])
    assert await store.shown_list(ADA, NLP) == ("p3", "p1")
    assert await store.shown_list(BOB, NLP) == await store.shown_list(ADA, VISION) == ()
    await plan(store, (await entries(store))[1:3], threads=True)
    assert await store.shown_list(ADA, NLP) == ("p3", "p1")
    await send_all(store, at(1))
    assert await store.shown_list(ADA, NLP) == await store.shown_list(BOB, NLP) == ("p2", "p3")
    await store.show_list(ADA, NLP, ["p5"])
    assert await store.shown_list(ADA, NLP) == ("p5",)
    assert await store.shown_list(BOB, NLP) == ("p2", "p3")


async def test_a_score_and_reasons_survive_to_the_message(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store)
    (entry,) = delivery.part.entries
    assert (entry.topic, entry.match.score) == ("tokenization", 0.5)
    assert entry.match == Match(entry.match.query, 0.5, entry.match.reasons)
    assert [reason.word for reason in entry.match.reasons] == ["tokenizers", "tokenisation"]


# ------------------------------------------------------------------------------- what is not acceptable


async def test_a_refused_lead_is_halved_and_what_hangs_under_it_follows_its_paper(store: Store) -> None:
    await plan(store, await entries(store), threads=True)
    (lead,) = await claim(store)
    assert await intend(store, lead, Message("lead"))
    await settle(store, lead, State.DROPPED, reason="invalid_blocks", halve=True)
    one, other = await claim(store)
    assert (titles(one), titles(other)) == (["a", "b", "c"], ["d", "e"])
    assert {len(delivery.key) for delivery in (one, other)} == {24}
    assert len({lead.key, one.key, other.key}) == 3
    await settle(store, one, State.PARKED, reason="invalid_blocks", paper_at_fault=True)
    posted = await send(store, other)
    assert [(titles(child), child.under) for child in await claim(store)] == [(["d"], posted), (["e"], posted)]
    assert await waiting(store) == []


async def test_what_was_left_over_is_said_under_one_half(store: Store) -> None:
    left = (("tokenization", 3),)
    await store.plan(
        Digest(NLP, TUESDAY, 0), [(Part(0, "lead", tuple(await entries(store)), left), "key")], MONDAY, None, None
    )
    (lead,) = await claim(store)
    await settle(store, lead, State.DROPPED, reason="invalid_blocks", halve=True)
    assert [one.part.left for one in await claim(store)] == [(), left]


# --------------------------------------------------------------------------------- tokens and old plans


async def test_nothing_goes_to_a_workspace_whose_token_is_refused_until_it_is_tried_again(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    await plan(store, (await entries(store, OTHERS))[:1], channel=OTHERS)
    await store.outage("slack", "T1", "The token was revoked.", at(24))
    (other,) = await claim(store)
    await send(store, other)
    assert other.digest.channel == OTHERS
    assert await store.outage_of(NLP) == "The token was revoked."
    assert await store.outage_of(OTHERS) == ""
    (tried,) = await claim(store, at(24))
    await send(store, tried, at(24))
    assert await store.outage_of(NLP) == ""


async def test_a_platform_whose_only_token_is_refused_gets_nothing_at_all(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    await store.outage("slack", "", "The token was revoked.", at(24))
    assert await claim(store) == []
    assert await store.outage_of(VISION) == "The token was revoked."


async def test_a_message_that_is_taken_ends_a_channels_trouble(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    await trouble(store, NLP, "is_archived")
    assert await plan(store, (await entries(store))[:1], number=1)
    assert await claim(store, at(23)) == []
    (tried,) = await claim(store, at(24))
    await send(store, tried, at(24))
    known = await store.channel(NLP)
    assert known is not None
    assert known.trouble == ""
    assert await trouble(store, NLP, "archived once more", at(30)) == ADA


async def test_what_could_not_be_posted_for_a_day_waits_for_the_next_digest(store: Store) -> None:
    await plan(store, (await entries(store))[:2], threads=True)
    assert await store.expire(at(-1), at(23)) == 0
    assert await store.expire(MONDAY, at(24)) == 3
    assert await waiting(store) == ["a", "b", "c", "d", "e"]
    assert await claim(store, at(24)) == []


async def test_what_may_have_been_posted_is_never_left_to_the_next_digest(store: Store) -> None:
    await plan(store, (await entries(store))[:1])
    (delivery,) = await claim(store)
    assert await intend(store, delivery, Message("text"))
    await settle(store, delivery, State.UNSURE)
    assert await store.expire(at(24), at(48)) == 0
    assert await waiting(store) == ["b", "c", "d", "e"]


async def test_many_deliveries_are_recorded_side_by_side(store: Store) -> None:
    """What is said in the same moment is one transaction; who lost his lease hears so, alone."""
    await plan(store, await entries(store))
    run = await claim(store, lease=60)
    lost = run[2]
    await store.give_back(lost)
    answers = await asyncio.gather(*(intend(store, one, Message("text")) for one in run))
    assert answers == [one is not lost for one in run]
    await asyncio.gather(
        *(settle(store, one, State.SENT, posted=Posted(f"m{one.id}")) for one in run if one is not lost)
    )
    assert [titles(one) for one in await claim(store)] == [titles(lost)]


# ----------------------------------------------------------------------------------------------- buckets


async def test_a_bucket_gives_its_burst_at_once_and_then_its_rate(store: Store) -> None:
    limit = Limit("discord", 0.005, burst=5)
    rate = limit.rate * pace.SHARE
    assert await store.reserve(limit, 4) == pytest.approx(-3 / rate)
    # a minute passes in the meantime on no machine
    assert 1 / rate - 60 < await store.reserve(limit, 1, early=2000.0) <= 1 / rate + 0.001
    assert 2 / rate - 60 < await store.reserve(limit, 1, early=2000.0) <= 2 / rate + 0.001


async def test_what_is_not_free_early_enough_is_not_taken(store: Store) -> None:
    limit = Limit("slack/T1/C1", 0.001)
    step = 1 / (limit.rate * pace.SHARE)
    assert await store.reserve(limit, 1) == pytest.approx(0.0)
    for _ in range(3):
        assert step - 60 < await store.reserve(limit, 1, early=1.0) <= step + 0.001


async def test_a_bucket_that_the_platform_closed_gives_nothing_before_its_time(store: Store) -> None:
    limit = Limit("slack/T1", 1.0)
    await store.close_bucket("slack/T1", 1000.0)
    await store.close_bucket("slack/T1", 10.0)
    assert 900.0 < await store.reserve(limit, 1) <= 1000.001
