"""Acronyms are learned from the stored papers, and then mean their long forms in every query."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.models import Paper
from jobs.learn import Learn
from tests.rigs.channel import Noticeboard
from tests.rigs.house import CHANNEL, Hands, announce, opened, paper, typed
from tests.test_answer import Talk

DEFINES = "Labels are costly. Quiet zonal label search (QZLS) needs few of them."


def by(number: int, author: str, abstract: str = DEFINES) -> Paper:
    return replace(paper(number, f"Few labels, part {number}", abstract), authors=(author,))


async def test_an_acronym_of_three_independent_papers_means_its_long_form(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await announce(house, by(1, "Ada"), by(2, "Bob"), by(3, "Cleo"), news=False)
        learn = Learn(house.store, clock)

        assert await learn.now() == 1
        assert await learn.now() == 1  # nothing new: the same version
        await house.followed.renew()
        await typed(house, clock.act("follow QZLS"))
        await announce(house, by(4, "Dan", "We study quiet zonal label search."))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()
        await typed(house, clock.act("search QZLS"))

    assert house.followed.acronyms.version == 1
    assert board.titles() == ["Few labels, part 4"]
    assert board.books[-1][1].title == "4 papers about QZLS"


async def test_one_group_of_authors_teaches_nothing(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await announce(house, by(1, "Ada"), by(2, "Ada"), by(3, "Ada"), news=False)

        assert await Learn(house.store, clock).now() == 0


async def test_it_learns_once_a_day(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        learn = Learn(house.store, clock)
        await learn.daily()
        await announce(house, by(1, "Ada"), by(2, "Bob"), by(3, "Cleo"), news=False)
        await learn.daily()
        assert (await house.store.acronyms())[0] == 0
        clock.move(days=1)
        await learn.daily()

        assert (await house.store.acronyms())[0] == 1
        assert await house.store.channel(CHANNEL) is None


async def test_a_learned_acronym_is_told_in_the_words_of_the_papers(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    told = "Labels are costly. Weakly-supervised zonal label search (WZLS) needs few of them."
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, *(by(number, name, told) for number, name in enumerate(("Ada", "Bob", "Cleo"), 1)))
        assert (await talk.says("preview WZLS")).title == "Preview: papers about WZLS (in this spelling)"

        await Learn(house.store, clock).now()
        await house.followed.renew()

        meaning = "papers about WZLS (in this spelling, or “weakly-supervised zonal label search”)"
        assert (await talk.says("follow WZLS")).title == f"Following {meaning}."
        assert (await talk.says("preview WZLS")).title == f"Preview: {meaning}"
        phrase = '"weakly supervised zonal label search"'
        assert (await talk.says(f"preview {phrase}")).title.endswith("(or WZLS)")
        assert (await talk.says(f"edit 1 WZLS -{phrase}")).title.startswith("Changed 1 from WZLS to WZLS -")


async def test_it_is_told_as_most_papers_write_it_also_where_no_paper_at_hand_does(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    written = ("weakly-supervised zonal labels", "weakly supervised zonal labels", "weakly-supervised zonal label")
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        told = [f"We study {written[place]} (WZL) of {name}." for place, name in enumerate(("Ada", "Bob", "Cleo"))]
        told.append(f"Of {written[1]} (WZL).")
        await announce(house, *(by(number, f"Author {number}", one) for number, one in enumerate(told)), news=False)
        await Learn(house.store, clock).now()
        await house.followed.renew()

        # a paper that uses it and leaves it unexplained
        await announce(house, by(9, "Dan", "WZL again."), news=False)
        meaning = "papers about WZL (in this spelling, or “weakly supervised zonal labels”) by Dan"
        assert (await talk.says("follow WZL author:Dan")).title == f"Following {meaning}."
        assert (await house.store.acronyms())[1] == [("WZL", "weakly supervised zonal labels")]


async def test_what_an_older_program_kept_as_stems_is_learned_anew_the_same_day(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await announce(house, by(1, "Ada"), by(2, "Bob"), by(3, "Cleo"), news=False)
        await house.store.learn([("QZLS", "quiet zone label seek")], clock())
        await house.store.remember("learn", "done", clock().date().isoformat())

        await Learn(house.store, clock).daily()

        assert await house.store.acronyms() == (2, [("QZLS", "quiet zonal label search")])
