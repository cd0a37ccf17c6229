"""Dates that people are told are those of where they are: those of the channel, or of the reader of their own list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.rigs.house import announce, paper
from tests.rigs.lab import ADA, BOB, lab, text

#: where it is still Monday 13 April when it is Tuesday at UTC, and where it is Tuesday already on Monday afternoon
HONOLULU, AUCKLAND = "Pacific/Honolulu", "Pacific/Auckland"


@pytest.mark.parametrize(("zone", "hours", "day"), [(HONOLULU, 18, "13 Apr"), (AUCKLAND, 8, "14 Apr")])
async def test_since_when_a_topic_is_followed_is_a_date_of_the_channel(
    tmp_path: Path, zone: str, hours: int, day: str
) -> None:
    async with lab(tmp_path) as here:
        here.clock.move(hours=hours)
        await here.says("follow tokenization", replace(ADA, zone=zone))

        assert f"since {day}, Ada" in (await here.says("list", BOB)).body
        assert f"already, as number 1, since {day}." in (await here.says("follow tokenization", BOB)).title
        assert f"Followed since {day} as before" in text(await here.says("edit 1 mamba", BOB))
        await here.says("unfollow 1", BOB)
        assert f"again, since {day} as before." in (await here.says("restore 1", BOB)).title


async def test_when_a_paper_was_saved_is_a_date_of_the_reader(tmp_path: Path) -> None:
    ada = replace(ADA, zone=HONOLULU)
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1), news=False)
        here.clock.move(hours=18)
        await here.says("save 2604.00001", ada)

        (item,) = (await here.says("saved since:2026-04-13", ada)).items
        assert item.facts[-1] == "saved 13 Apr"
        file = (await here.says("export csv", ada)).file
        assert file is not None
        assert ",2026-04-13," in file.content


async def test_when_a_paper_was_saved_is_a_date_of_the_channel_where_no_profile_tells_a_zone(tmp_path: Path) -> None:
    bob = replace(BOB, zone="")
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1), news=False)
        await here.says("schedule Honolulu")
        here.clock.move(hours=18)
        await here.says("save 2604.00001", bob)

        assert (await here.says("saved", bob)).items[0].facts[-1] == "saved 13 Apr"
