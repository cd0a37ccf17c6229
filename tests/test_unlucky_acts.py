"""Acts that no database can do, acts that are worked on twice, and what waits too long to be posted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Invalid
from tests.rigs.house import announce, paper
from tests.rigs.lab import ADA, BOB, NLP, lab, text


@pytest.mark.parametrize(
    "words",
    [
        *("again 999999999999999999", "again 3000000000", "again 999999999", "restore 3000000000"),
        *("edit 3000000000 x", "unfollow 3000000000", "show p3000000000", "save p9999999999", "post 1 p3000000000"),
    ],
)
async def test_a_number_that_no_database_counts_to_is_answered(tmp_path: Path, words: str) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")

        async with asyncio.timeout(10):
            answer = await here.says(words)

        assert "went wrong" not in text(answer)
        assert (await here.says("list")).title


async def test_what_the_database_refuses_now_and_always_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(tmp_path) as here:
        store: Any = here.house.store
        monkeypatch.setattr(
            store,
            "subscriptions",
            lambda _: store._read(lambda one: one.exec_driver_sql("SELECT nothing FROM nowhere")),
        )
        here.house.work()
        try:
            refused = here.clock.act("list", ADA, NLP)
            after = here.clock.act("help", ADA, NLP)
            for act in (refused, after):
                await here.house.answer.take(act)
            async with asyncio.timeout(20):
                for act in (refused, after):
                    await here.house.answer.answered(act)
        finally:
            await here.house.rest()

        first, second = (one.message for one in here.server.books)
        assert "went wrong" in text(first)
        assert second.title.startswith("New papers")
        with pytest.raises(Invalid):
            await store.subscriptions(NLP)


@pytest.mark.parametrize("words", ["save 2", "note 2 read it", "unsave 2"])
async def test_a_number_means_the_list_of_that_moment_however_often_it_is_read(tmp_path: Path, words: str) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow mamba")
        await announce(
            here.house, paper(1), paper(2), paper(3, "Mamba one", "Of mamba."), paper(4, "Mamba two", "Of mamba.")
        )
        await here.says("search tokenization")
        if words == "unsave 2":
            await here.says("save 2")
        expected = [one.id for one in await here.house.store.papers(["arxiv:2604.00001", "arxiv:2604.00002"])]
        act = here.clock.act(words, ADA, NLP)
        await here.house.answer.take(act)

        await here.house.answer._replies(act)  # the program dies before it is marked done
        first = [one.paper.id for one in await here.house.store.saved(ADA)]
        await here.deliver(days=1)  # and a digest goes first
        await here.house.answer.one(act)

        assert [one.paper.id for one in await here.house.store.saved(ADA)] == first
        assert len(first) == int(words != "unsave 2")
        assert set(first) <= set(expected)
        # typed now, it means the digest
        assert "Mamba two" in text(await here.says("show 2"))


@pytest.mark.parametrize("asked", ["share 2604.00001", "post 1 p1"])
async def test_what_nothing_would_bring_again_is_posted_after_an_outage_of_days(tmp_path: Path, asked: str) -> None:
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1))
        here.clock.move(minutes=5)
        await here.says("follow tokenization")
        await here.says(asked, BOB)
        here.clock.move(days=3)

        await here.house.deliver.due()

        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]


async def test_what_now_sends_waits_again_for_the_next_digest(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        await here.says("now")
        here.clock.move(days=3)

        await here.house.deliver.due()
        assert here.digests() == []
        await here.deliver(hours=2)

        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]


async def test_a_bookmark_on_a_lead_saves_all_and_taking_it_away_removes_all(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, *map(paper, range(1, 11)))
        await here.deliver(days=1)
        lead = next(one.id for one in here.server.digests() if one.message.items)
        store: Any = here.house.store
        writes = store._write
        counted: list[object] = []

        async def counting(*args: object, **more: object) -> object:
            counted.append(args)
            return await writes(*args, **more)

        for kind, left in (("react", 10), ("unreact", 0)):
            act = here.clock.react(kind, lead, person=ADA, channel=NLP)
            await here.house.answer.take(act)
            store._write = counting
            await here.house.answer._replies(act)
            del store._write
            assert len(counted) == 1
            counted.clear()
            await here.house.answer.one(act)
            assert len(await here.house.store.saved(ADA)) == left
            here.clock.move(seconds=1)
