"""The plain summary of a paper: chosen once, when its text is stored, and read with the paper ever after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import summary
from bot.messages import digests
from bot.models import Entry, Kind, Match, Paper
from storage.opening import open_store
from storage.store import Store
from tests.rigs.storage import DATABASES, MONDAY, NLP, OWNER, at, claim, entries, features, follow, paper, plan, tell

ABSTRACT = (
    "Rare words matter. In recent years tokenizers became large. We propose a tokenizer that asks readers about rare "
    "words. It is trained on nine newspapers. We show that it cuts errors by 31% on six benchmarks."
)
TOKENIZER = paper("A tokenizer that asks", "arxiv:1", abstract=ABSTRACT)


@asynccontextmanager
async def counting(
    folder: Path, database: str = "sqlite", version: int = 1, choose: Callable[[Paper], str] = summary.plain
) -> AsyncIterator[tuple[Store, list[str]]]:
    """A store, and the titles of the papers that were summed up."""
    asked: list[str] = []

    def plain(known: Paper) -> str:
        asked.append(known.title)
        return choose(known)

    url = DATABASES[database](folder)
    store = await open_store(url, features=features, features_version=1, plain=plain, plain_version=version)
    try:
        await store.add_source("arxiv", "arxiv")
        await store.add_source("huggingface", "huggingface")
        await store.add_source("feed:1", "feed", "https://one.example/feed", OWNER)
        yield store, asked
    finally:
        await store.close()


async def stored(store: Store, name: str = "arxiv:1") -> str:
    (found,) = await store.papers([name], NLP)
    return found.plain


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_what_is_delivered_carries_the_summary_that_was_chosen_when_it_came(
    tmp_path: Path, database: str
) -> None:
    async with counting(tmp_path, database) as (store, asked):
        query = (await follow(store, NLP, "tokenizers", at(-1))).query
        await tell(store, TOKENIZER, matching=[query])
        await plan(store, await entries(store))
        (delivery,) = await claim(store)
        shown = delivery.part.entries[0].paper
        assert shown.plain == summary.plain(TOKENIZER) != ""
        assert digests.rendered(delivery).body == shown.plain
        assert len(asked) == 1


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_a_paper_is_summed_up_again_only_when_its_text_is_another(tmp_path: Path, database: str) -> None:
    async with counting(tmp_path, database) as (store, asked):
        await tell(store, TOKENIZER)
        await tell(store, TOKENIZER, now=at(1))
        await tell(store, paper(TOKENIZER.title, "arxiv:1", upvotes=7), source="huggingface")
        assert len(asked) == 1, "the same text, and a source that adds none"

        longer = ABSTRACT.replace("31%", "32%") + " Its readers agree."
        await tell(store, paper(TOKENIZER.title, "arxiv:1", abstract=longer), kind=Kind.REPLACEMENT)
        assert "32%" in await stored(store)

        await tell(store, paper(TOKENIZER.title, "arxiv:1", tldr="It asks its readers."), source="huggingface")
        assert await stored(store) == "It asks its readers."
        assert len(asked) == 3


async def test_of_two_papers_that_prove_to_be_one_the_richer_text_is_summed_up(tmp_path: Path) -> None:
    async with counting(tmp_path) as (store, _):
        await tell(store, paper(TOKENIZER.title, "doi:10.1/x", abstract="Rare words matter."), source="huggingface")
        await tell(store, TOKENIZER)
        await tell(store, paper(TOKENIZER.title, "arxiv:1", "doi:10.1/x"))
        assert await stored(store, "doi:10.1/x") == summary.plain(TOKENIZER)


async def test_what_somebody_asked_for_is_summed_up_too_and_a_paper_without_an_abstract_has_nothing(
    tmp_path: Path,
) -> None:
    async with counting(tmp_path) as (store, _):
        assert (await store.keep_paper(TOKENIZER, "arxiv", MONDAY)).plain == summary.plain(TOKENIZER)
        await tell(store, paper("Only a title", "arxiv:2"))
        assert await stored(store, "arxiv:2") == ""


@pytest.mark.parametrize("database", sorted(DATABASES))
async def test_older_summaries_are_made_anew_when_the_database_is_opened(tmp_path: Path, database: str) -> None:
    async with counting(tmp_path, database) as (store, _):
        await tell(store, *(paper(f"Reader {number}", abstract=ABSTRACT) for number in range(501)))
    async with counting(tmp_path, database) as (_, asked):
        assert asked == [], "they are of this version"
    async with counting(tmp_path, database, 2, lambda known: f"New: {known.title}.") as (store, asked):
        assert len(asked) == 501
        assert await stored(store, "arxiv:Reader 500") == "New: Reader 500."
        assert len(await store.find([["reader"]], NLP)) == 501, "and they are still found"
    async with counting(tmp_path, database, 1) as (_, asked):
        assert asked == [], "what a newer program chose is left alone"


async def test_a_paper_whose_time_is_over_keeps_its_name_and_no_summary(tmp_path: Path) -> None:
    async with counting(tmp_path) as (store, _):
        query = (await follow(store, NLP, "tokenizers", at(-1))).query
        await tell(store, TOKENIZER, matching=[query])
        await plan(store, await entries(store))
        await store.tidy(at(days=400))
        assert await stored(store) == ""
        await tell(store, TOKENIZER, now=at(days=401))
        assert await stored(store) == summary.plain(TOKENIZER)


def test_a_paper_that_was_never_stored_is_summed_up_where_it_is_shown() -> None:
    assert digests.paper(Entry(TOKENIZER, "tokenizers", Match(1, 0.5))).body == summary.plain(TOKENIZER)
