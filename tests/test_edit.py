"""`edit` changes what is asked from now on: the past is not posted, and what waited is not lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.models import Message, Paper
from tests.rigs.house import announce, paper
from tests.rigs.lab import ADA, VISION, Lab, lab

TOKENS = [paper(number) for number in (1, 2)]
SEEN = [paper(3, "Tokenization that sees", "Of tokenization and vision."), paper(4, "Vision", "A study of vision.")]


def titles(papers: Sequence[Message]) -> list[str]:
    """What was posted, but for the line that a first digest says on a quiet day."""
    return sorted(one.title for one in papers if one.title)


async def begun(here: Lab) -> None:
    """Something was followed for a week; then papers came in the night, of which nothing was posted yet."""
    await here.says("follow tokenization")
    await here.deliver(days=7)
    await announce(here.house, *TOKENS, *SEEN)
    here.clock.move(hours=1)


async def test_what_was_announced_before_is_not_posted_and_why_says_so(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await begun(here)
        await here.says("edit 1 vision")
        await announce(here.house, paper(5, "More vision", "Vision again."))
        await here.deliver(days=1)

        # the third waited, because it speaks of both
        assert titles(here.digests()) == ["More vision", "Tokenization that sees"]
        told = await here.says("why 2604.00004")
        assert "before the topic was changed to that" in f"{told.title} {told.body} {' '.join(told.facts)}"


async def test_a_narrower_topic_brings_what_waited_and_still_matches(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await begun(here)
        await here.says("edit! 1 title:tokenization")
        await here.says("edit! 1 title:tokenization -part")  # somebody thinks again
        await here.deliver(days=1)

        assert titles(here.digests()) == ["Tokenization that sees"]


@pytest.mark.parametrize("after", ["", "move <#C2|vision>"])
async def test_an_undone_change_loses_nothing(tmp_path: Path, after: str) -> None:
    async with lab(tmp_path) as here:
        await begun(here)
        await here.says("edit! 1 vision")
        await here.says("edit! 1 tokenization")
        if after:
            await here.says(after)
        await here.deliver(days=1)

        there = here.digests(VISION) if after else here.digests()
        assert titles(there) == ["Tokenization that sees", "Tokenization, part 1", "Tokenization, part 2"]


async def test_two_papers_that_prove_to_be_one_still_waited(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await begun(here)
        apart = paper(6, "Vision and tokenization", "Of both.")
        other = Paper("", apart.title, apart.abstract, identifiers=("doi:10.1/6",), sources=("lab",))
        await announce(here.house, apart)
        await announce(here.house, other, source="lab")
        await here.says("edit! 1 vision")
        one = Paper("", apart.title, apart.abstract, identifiers=(*apart.identifiers, "doi:10.1/6"), sources=("lab",))
        await announce(here.house, one, source="lab")
        await here.deliver(days=1)

        assert titles(here.digests()) == ["Tokenization that sees", "Vision and tokenization"]


async def test_what_waited_in_direct_messages_is_forgotten_too(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization", channel=ADA.direct)
        here.clock.move(hours=1)
        await announce(here.house, *TOKENS)
        await here.says("edit! 1 vision", channel=ADA.direct)
        asked = await here.says("forget me", channel=ADA.direct)
        await here.presses(asked, asked.actions[0].label, channel=ADA.direct)

        assert await here.follows(ADA.direct) == []
