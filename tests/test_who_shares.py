"""Who may let the bot post papers: whoever may write there."""

from __future__ import annotations

from pathlib import Path

from tests.rigs.house import announce, paper
from tests.rigs.lab import BOB, lab


async def test_papers_are_shared_by_everybody_who_may_write_there_also_where_only_managers_change_it(
    tmp_path: Path,
) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        await announce(here.house, paper(1), news=False)
        await here.says("settings editors managers", manager=True)

        answer = await here.says("share 2604.00001", BOB, manager=False, guest=True)
        await here.deliver()

        assert answer.title == "Sharing 1 paper here."
        assert [one.facts[-1] for one in here.digests()] == ["Bob shares this paper."]


async def test_who_may_not_write_in_a_channel_does_not_write_there_through_us(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1), news=False)
        for words in ("share 2604.00001", "share! 2604.00001", "here share 2604.00001"):
            refused = await here.says(words, BOB, manager=False, writes=False)
            assert refused.body == "You may not write in this channel, so I share nothing there for you.", words
        await here.deliver()
        assert here.digests() == []

        # in their own messages everybody may
        await here.says("dm share 2604.00001", BOB, manager=False, writes=False)
        await here.deliver()
        assert [one.title for one in here.digests(BOB.direct)] == ["Tokenization, part 1"]
