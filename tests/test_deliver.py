"""Digests planned and posted: once each, whatever the platform does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import policy
from bot.models import Message, Place
from bot.ports import ChannelGone, Doubt, Doubtful, NotSent, PostError, Refused
from jobs.house import House
from tests.rigs.channel import Noticeboard, failing
from tests.rigs.house import CHANNEL, Hands, announce, opened, paper, typed


async def test_a_digest_comes_once_on_its_morning(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        clock.move(days=1)
        await announce(house, paper(1), paper(2), paper(3, "On birds", "We watch birds."))
        clock.move(hours=2, minutes=1)

        for _ in range(3):
            await house.plan.due()
            await house.deliver.due()

    assert sorted(board.titles()) == ["Tokenization, part 1", "Tokenization, part 2"]


async def test_the_first_digest_is_never_silent_and_later_quiet_ones_are(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await announce(house, paper(3, "On birds", "We watch birds."))
        for _ in range(3):
            clock.move(days=1)
            await house.plan.due()
            await house.deliver.due()

    said = [message.body for _, message, key in board.books if key]
    assert len(said) == 1
    assert said[0].startswith("Nothing new for tokenization today (1 paper read).")


async def test_many_papers_come_as_a_lead_with_a_thread_and_what_is_left_over_is_said(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await typed(house, clock.act("schedule max 5"))
        await announce(house, *(paper(number) for number in range(1, 9)))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()

    posted = [(place, message) for place, message, key in board.books if key]
    lead = posted[0][1]
    assert len(lead.items) == 5
    assert [action.label for action in lead.actions] == ["3 more tokenization"]
    assert [place.kind for place, _ in posted] == ["channel"] + ["thread"] * 5
    lead_id = next(f"m{number}" for number, (_, message, _) in enumerate(board.books, 1) if message is lead)
    assert {place.under for place, _ in posted[1:]} == {lead_id}


async def test_what_was_left_over_comes_next_after_what_is_new(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await typed(house, clock.act("schedule max 2"))
        await announce(house, *(paper(number) for number in range(1, 5)))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()
        clock.move(hours=20)
        await announce(house, paper(9))
        clock.move(hours=4)
        await house.plan.due()
        await house.deliver.due()

    digests = [[item.title for item in message.items] for _, message, key in board.books if key and message.items]
    assert digests[1][0] == "Tokenization, part 9"
    shown = [title for digest in digests for title in digest]
    assert len(shown) == len(set(shown)) == 4


async def test_a_platform_that_is_down_gets_the_digest_later_and_once(tmp_path: Path) -> None:
    board, clock = Noticeboard(before=failing(NotSent("503"), times=3)), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await followed_and_due(house, clock)
        for _ in range(12):
            await house.deliver.due()
            clock.move(minutes=2)

    assert board.titles() == ["Tokenization, part 1"]


@pytest.mark.parametrize("doubt", [Doubt.REPEATS_SAFELY, Doubt.FINDS, Doubt.CONFIRMS, Doubt.NEITHER])
async def test_a_message_taken_without_an_answer_is_never_doubled(tmp_path: Path, doubt: Doubt) -> None:
    board, clock = Noticeboard(says=doubt, after=failing(Doubtful("connection lost"))), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await followed_and_due(house, clock)
        for _ in range(6):
            await house.deliver.due()
            clock.move(seconds=40)
        troubles = await house.store.troubles(CHANNEL)

    assert board.titles() == ["Tokenization, part 1"]
    assert len(troubles) == (1 if doubt is Doubt.NEITHER else 0)


@pytest.mark.parametrize("doubt", [Doubt.REPEATS_SAFELY, Doubt.FINDS])
async def test_a_message_lost_without_an_answer_is_posted_after_all(tmp_path: Path, doubt: Doubt) -> None:
    board, clock = Noticeboard(says=doubt, before=failing(Doubtful("connection lost"))), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await followed_and_due(house, clock)
        for _ in range(6):
            await house.deliver.due()
            clock.move(seconds=40)

    assert board.titles() == ["Tokenization, part 1"]


@pytest.mark.parametrize(
    "then", [NotSent("503"), Doubtful("connection lost"), Refused("nonsense"), ChannelGone("gone")]
)
async def test_a_doubt_outlives_a_repeat_that_was_not_taken(tmp_path: Path, then: PostError) -> None:
    """The first attempt was taken and its answer lost; what the repeats are told must not bring a second copy."""
    clock = Hands()
    board = Noticeboard(says=Doubt.REPEATS_SAFELY, clock=clock, after=failing(Doubtful("connection lost")))
    async with opened(tmp_path, {"console": board}, clock) as house:
        await followed_and_due(house, clock)
        await house.deliver.due()
        board.before = failing(then, times=4)
        for _ in range(40):
            clock.move(seconds=36)
            await house.plan.due()
            await house.deliver.due()

    assert board.titles() == ["Tokenization, part 1"]


async def test_a_paper_that_breaks_an_adapter_is_not_repeated_and_the_rest_is_delivered(tmp_path: Path) -> None:
    def broken(_place: Place, message: Message) -> None:
        if message.title == "Poison":
            raise RuntimeError("a bug of ours")

    board, clock = Noticeboard(before=broken), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await announce(house, paper(1), paper(2, "Poison"))
        clock.move(hours=3)
        await house.plan.due()
        for _ in range(6):
            await house.deliver.due()
            clock.move(minutes=5)

    assert board.titles() == ["Tokenization, part 1"]


@pytest.mark.parametrize("doubt", [Doubt.CONFIRMS, Doubt.NEITHER])
async def test_what_nobody_can_know_is_not_repeated_until_a_person_says_so(tmp_path: Path, doubt: Doubt) -> None:
    board, clock = Noticeboard(says=doubt, before=failing(Doubtful("connection lost"))), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await followed_and_due(house, clock)
        for _ in range(6):
            await house.deliver.due()
            clock.move(seconds=40)
        assert board.titles() == []

        await typed(house, clock.act("status"))
        status = board.books[-1][1]
        await typed(house, clock.act(status.actions[0].command))
        await house.deliver.due()

    assert "perhaps posted" in status.body
    assert board.titles() == ["Tokenization, part 1"]


async def test_a_poison_paper_is_set_aside_and_the_rest_delivered(tmp_path: Path) -> None:
    def poison(_place: Place, message: Message) -> None:
        if message.title == "Poison":
            raise Refused("invalid_blocks")

    board, clock = Noticeboard(before=poison), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await announce(house, paper(1), paper(2, "Poison"), paper(3))
        clock.move(hours=3)
        await house.plan.due()
        for _ in range(4):
            await house.deliver.due()
            clock.move(minutes=5)
        troubles = await house.store.troubles(CHANNEL)

    assert sorted(board.titles()) == ["Tokenization, part 1", "Tokenization, part 3"]
    assert [trouble.titles for trouble in troubles] == [("Poison",)]


async def test_a_dead_channel_is_paused_with_its_reason_and_nothing_is_deleted(tmp_path: Path) -> None:
    tries: list[PostError] = []

    def gone(_place: Place, _message: Message) -> None:
        tries.append(ChannelGone("The channel is archived."))
        raise tries[-1]

    board, clock = Noticeboard(before=gone), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await followed_and_due(house, clock)
        for _ in range(10):
            await house.plan.due()
            await house.deliver.due()
            clock.move(hours=1)
        state = await house.store.channel(CHANNEL)
        topics = await house.store.subscriptions(CHANNEL)
        waiting = await house.store.waiting(CHANNEL)

    assert len(tries) == 1
    assert state is not None
    assert state.trouble == "The channel is archived."
    assert [topic.text for topic in topics] == ["tokenization"]
    assert [one.paper.title for one in waiting] == ["Tokenization, part 1"]


async def test_a_machine_that_slept_catches_up_once_and_says_that_it_is_late(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await announce(house, *(paper(number) for number in range(1, 6)))
        clock.move(days=3, hours=9)
        for _ in range(3):
            await house.plan.due()
            await house.deliver.due()

    leads = [message for _, message, key in board.books if key and message.items]
    assert len(leads) == 1
    assert "Late" in leads[0].note


async def test_a_restart_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization"))
        await announce(house, *(paper(number) for number in range(1, 7)))
        clock.move(hours=3)
        await house.plan.due()
        first = await house.store.claim(clock(), policy.LEASE, ["console"], limit=1)
        await house.deliver.one(first[0])
    clock.move(minutes=10)
    async with opened(tmp_path, {"console": board}, clock) as house:
        await house.plan.due()
        await house.deliver.due()

    posted = [message.title for _, message, key in board.books if key]
    assert len(posted) == len(set(posted)) == 7


async def followed_and_due(house: House, clock: Hands) -> None:
    """Tokenization is followed, one paper came, and its digest is planned."""
    await typed(house, clock.act("follow tokenization"))
    await announce(house, paper(1))
    clock.move(hours=3)
    await house.plan.due()
