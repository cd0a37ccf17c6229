"""Dialogues: somebody shares papers with the channel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.models import Channel, Message, Person
from bot.ports import Refused
from jobs.house import House
from tests.rigs.channel import Noticeboard, failing
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper
from tests.test_understanding import Talk, text


def posted(board: Noticeboard) -> list[Message]:
    """What was delivered to channels, in order."""
    return [message for _, message, key in board.books if key]


async def deliver(house: House) -> None:
    await house.deliver.due()


async def test_a_paper_is_shared_by_name(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), paper(2), news=False)
        await talk.says("search tokenization")

        assert (
            text(await talk.says("share 2", BOB, under="")) == "There is no list to take a number from. Type "
            "`/papers search` and a topic first."
        )
        answer = await talk.says("share 2604.00001")
        await deliver(house)

        assert answer.title == "Sharing 1 paper here."
        (message,) = posted(board)
        assert message.title == "Tokenization, part 1"
        assert message.facts[-1] == "Ada shares this paper."
        assert message.notice == "Ada shares: Tokenization, part 1"
        place, _, _ = next(entry for entry in board.books if entry[2])
        assert place.kind == "channel"


async def test_several_papers_are_messages_of_their_own_and_make_the_next_list(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, *(paper(number) for number in range(1, 7)), news=False)
        await talk.says("search tokenization")

        assert (await talk.says("share 1,3 2604.00002")).title == "Sharing 3 papers here."
        await deliver(house)

        assert len(posted(board)) == 3
        third = posted(board)[2].title
        assert (await talk.says("save 3", BOB)).title == f"Saved: {third}"


async def test_one_paper_named_twice_is_shared_once(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)

        assert (await talk.says("share 2604.00001 https://arxiv.org/abs/2604.00001")).title == "Sharing 1 paper here."
        await deliver(house)

        assert board.titles() == ["Tokenization, part 1"]


async def test_more_than_five_and_what_is_no_paper_are_refused_and_nothing_is_posted(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, *(paper(number) for number in range(1, 7)), news=False)
        await talk.says("search tokenization")

        assert text(await talk.says("share 1 2 3 4 5 6")) == "At most 5 papers at once; these are 6."
        assert "Name it by its number" in text(await talk.says("share 1 @everyone"))
        assert "Name it by its number" in text(await talk.says("share"))
        assert "it ends at 6" in text(await talk.says("share 1 9"))
        await deliver(house)

        assert posted(board) == []


async def test_a_paper_that_the_channel_had_is_shared_again_and_never_doubles_in_a_digest(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1))
        (first,) = await talk.morning()

        asked = await talk.says("share", under=first)
        await deliver(house)
        assert asked.title == "It was posted here today: Tokenization, part 1"
        assert board.titles() == ["Tokenization, part 1"]

        await talk.says(asked.actions[0].command)
        await deliver(house)
        assert asked.actions[0].label == "Share it again"
        assert board.titles() == ["Tokenization, part 1"] * 2
        await announce(house, paper(2))
        await talk.says("share 2604.00002")
        await deliver(house)
        await talk.morning()

        assert board.titles() == ["Tokenization, part 1"] * 2 + ["Tokenization, part 2"]
        why = await talk.says("why 2604.00002")
        assert "Somebody shared it with the channel." in why.facts


async def test_an_act_that_is_worked_on_again_shares_nothing_twice(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), paper(2), news=False)
        await talk.says("search tokenization")
        act = clock.act("share 2")
        await house.answer.take(act)

        await house.answer._replies(act)  # and the program dies before the act is done
        await deliver(house)
        await house.answer.one(act)
        await deliver(house)

        assert len(posted(board)) == 1
        # the list in sight is another one by then: the number is not read anew
        assert [m.title for place, m, _ in board.books if place.kind == "private"][-1] == "Sharing 1 paper here."


async def test_a_share_that_the_platform_refuses_leaves_what_was_had_alone(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1))
        (first,) = await talk.morning()
        board.before = failing(Refused("not here"))

        await talk.says("share", under=first)
        await deliver(house)
        await talk.morning()

        assert board.titles() == ["Tokenization, part 1"]


async def test_the_name_of_whoever_shares_is_kept_in_the_message_alone(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)
        await talk.says("share 2604.00001", replace(BOB, name="<!channel> Bob"))
        await deliver(house)
        assert posted(board)[0].facts[-1] == "<!channel> Bob shares this paper."

        clock.move(hours=49)
        await house.store.tidy(clock())

        (shown,) = (await house.store.history(CHANNEL, "p1")).shown
        assert (shown.topic, shown.match.reasons, shown.reason) == ("", (), "")


@pytest.mark.parametrize(
    ("words", "said"), [("share 2604.00001", "I have not read 2604.00001"), ("share p1", "There is no paper p1 here")]
)
async def test_what_another_workspace_keeps_to_itself_is_not_shared(tmp_path: Path, words: str, said: str) -> None:
    board, clock = Noticeboard(), Hands()
    elsewhere, cleo = Channel("console", "other", "lab"), Person("console", "other", "cleo", "Cleo")
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await house.store.add_source("feed:other", "feed", "https://other.example/feed", "console/other")
        secret = replace(paper(1), sources=("feed:other",))
        await announce(house, secret, source="feed:other", news=False)

        assert said in text(await talk.says(words, ADA))
        assert (await talk.says("share 2604.00001", cleo, channel=elsewhere)).title == "Sharing 1 paper here."
        await deliver(house)

        (where,) = [place.channel for place, _, key in board.books if key]
        assert where == elsewhere


async def test_whoever_shares_and_did_nothing_else_can_be_forgotten(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)
        await talk.says("share 2604.00001", BOB)

        await house.store.forget(BOB, clock())
        await deliver(house)

        assert posted(board)[0].facts[-1] == "A former member shares this paper."
        assert "Bob" not in posted(board)[0].notice
