"""Dialogues about a changed topic, and about catching up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.models import Channel, Person
from tests.rigs.channel import Noticeboard
from tests.rigs.house import BOB, CHANNEL, Hands, announce, opened, paper
from tests.rigs.recent import about, buttons
from tests.test_answer import Talk, text

ELSEWHERE = Channel("console", "terminal", "elsewhere")


# ------------------------------------------------------------------------------------------------- changing


async def test_a_changed_topic_keeps_its_number_owner_date_and_what_was_posted(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow mamba")
        await talk.says("follow tokenization")
        before = (await house.store.subscriptions(CHANNEL))[1]
        await announce(house, paper(1))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()

        answer = await talk.says("edit 2 tokenization OR diffusion", BOB)
        after = (await house.store.subscriptions(CHANNEL))[1]
        await announce(house, about(2, "Diffusion of Gas"))
        clock.move(days=1)
        await house.plan.due()
        await house.deliver.due()

        asked = replace(before, query=after.query, text="diffusion OR tokenization", typed=after.shown)
        assert after == replace(asked, edited=after.edited)
        assert after.shown == "tokenization OR diffusion"
        assert board.titles() == ["Tokenization, part 1", "Diffusion of Gas"]
        await talk.says(buttons(answer)["Undo"], BOB)
        assert replace((await house.store.subscriptions(CHANNEL))[1], edited=None) == before


async def test_what_waits_for_a_changed_topic_still_waits(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1), about(2, "On Words", "We tokenize."))

        answer = await talk.says("edit 1 title:tokenization")
        await talk.says("now")
        await house.deliver.due()

        assert "1 paper of the last days waits for it." in text(answer)
        assert board.titles() == ["Tokenization, part 1"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("edit", "Which topic"),
        ("edit tokenization", "Which topic"),
        ("edit 1", "Which topic"),
        ("edit 9 diffusion", "There is no number 9 here"),
        ("edit 99999999999 diffusion", "Which topic"),
        ("edit 1 -survey", "only leaves papers out"),
        ("edit 1 mamba", "mamba is followed here already, as number 2."),
        ("edit 1 tokenizers", "Number 1 is tokenization already."),
        ("edit 1 titel:mamba", "did you mean “title:”"),
    ],
)
async def test_a_wrong_change_is_answered_and_changes_nothing(tmp_path: Path, words: str, said: str) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await talk.says("follow mamba")
        before, public = await house.store.subscriptions(CHANNEL), list(talk.public)

        answer = await talk.says(words)

        assert said in text(answer)
        assert await house.store.subscriptions(CHANNEL) == before
        assert talk.public == public
        if "titel" in words:
            assert list(buttons(answer).values()) == ["edit 1 title:mamba"]
            assert answer.code == "1 titel:mamba\n  ^^^^^^"


# ---------------------------------------------------------------------------------------------- catching up


async def test_catching_up_is_fair_private_numbered_and_counts_nothing_as_had(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await talk.says("follow mamba")
        await announce(house, *(paper(number) for number in range(1, 15)), about(90, "Selective", "Like mamba."))
        clock.move(days=5)

        answer = await talk.says("catchup", BOB)

        assert answer.title == "The last 7 days: the best 10 of 15 papers"
        assert [item.group for item in answer.items].count("mamba") == 1
        assert answer.note == "5 more tokenization"
        assert (await talk.says("show 2", BOB)).title == answer.items[1].title
        assert len({one.paper.id for one in await house.store.waiting(CHANNEL)}) == 15
        assert len(talk.public) == 2
        assert (
            await talk.says("catchup 2d", BOB)
        ).title == "Nothing came for this channel's topics in the last 2 days."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("catchup 31d", "I look back 30 days at most."),
        ("catchup yesterday", "is not a number of days"),
        ("catchup 0", "is not a number of days"),
        ("catchup -3d", "is not a number of days"),
        ("catchup 2h", "is not a number of days"),
        ("catchup 14", "in the last 14 days"),
        ("catchup 2w", "in the last 14 days"),
        ("catchup month", "in the last 30 days"),
    ],
)
async def test_how_far_back_is_understood_or_said(tmp_path: Path, words: str, said: str) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        assert "Nothing is followed here" in text(await talk.says("catchup"))
        await talk.says("follow tokenization")

        assert said in text(await talk.says(words))


async def test_what_another_workspace_keeps_to_itself_is_in_no_forecast(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    there = Channel("console", "other", "lab")
    cleo = Person("console", "other", "cleo", "Cleo")
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await house.store.add_source("feed:other", "feed", "https://other.example/feed", "console/other")
        secret = replace(paper(1), identifiers=("guid:1",), sources=("feed:other",))
        await announce(house, secret, source="feed:other", news=False)

        assert "I am still fetching the last 30 days" in text(await talk.says("follow tokenization"))
        theirs = await talk.says("follow tokenization", cleo, there)
        assert "1 on 13 Apr, the one day read so far" in text(theirs)
        assert (await talk.says("catchup")).title.startswith("Nothing came")
        assert "Nothing to post" in text(await talk.says("post 1 p1"))
        assert (await talk.says("catchup", cleo, there)).title == "The last 7 days: 1 paper"
