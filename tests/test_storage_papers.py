"""What is kept of papers: which are one, which are news, who may see them, how they are found, when they go."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from bot.models import Kind, Match, Message, Paper, State
from bot.ports import StorageError
from storage.store import Store
from tests.rigs.storage import (
    ADA,
    MONDAY,
    NLP,
    OTHERS,
    VISION,
    at,
    claim,
    entries,
    follow,
    intend,
    paper,
    plan,
    send_all,
    settle,
    tell,
    waiting,
)


async def one(store: Store, name: str) -> Paper:
    (found,) = await store.papers([name])
    return found


# ------------------------------------------------------------------------------------------- one paper


async def test_a_paper_comes_back_as_it_was_kept(store: Store) -> None:
    whole = Paper(
        "",
        "Erdős–Rényi graphs 🎲",
        "Text with “quotes”, Ω and a\nbreak.",
        ("arxiv:2604.1", "doi:10.1/x", "url:example.org/1", "guid:7"),
        ("Pál Erdős", "A. Rényi"),
        ("math.CO", "cs.DM"),
        ("arxiv",),
        "https://arxiv.org/abs/2604.1",
        "https://arxiv.org/pdf/2604.1",
        "https://github.com/a/b",
        "Graphs.",
        "12 pages",
        "Publ. Math. 6, 290 (1959)",
        datetime(2026, 4, 10, 12, 30, 15, 250, tzinfo=UTC),
        3,
        41,
        True,
    )
    await tell(store, whole)
    assert await store.papers(["p1"]) == [Paper(**{**{f: getattr(whole, f) for f in Paper.__slots__}, "id": "p1"})]


async def test_papers_are_given_in_the_order_asked_for_and_unknown_ones_left_out(store: Store) -> None:
    await tell(store, paper("one"), paper("two"))
    asked = ["arxiv:two", "p9", "p1", "nonsense", "p", "p-1", "p99999999999999999999", "arxiv:two"]
    assert [found.title for found in await store.papers(asked)] == ["two", "one", "two"]


async def test_what_a_database_refuses_is_taken_out_of_text(store: Store) -> None:
    odd = paper("nul \x00 and \ud800 surrogate", "arxiv:1", authors=("A\x00da", "B\udfffob"), comment="\\u0000 stays")
    await tell(store, odd)
    kept = await one(store, "p1")
    assert kept.title == "nul  and  surrogate"
    assert kept.authors == ("Ada", "Bob")
    assert kept.comment == "\\u0000 stays"


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StorageError):
        await tell(store, paper("one", published=datetime(2026, 4, 1)))  # noqa: DTZ001 - that is the mistake
    assert await store.papers(["p1"]) == []


async def test_a_source_that_nobody_added_cannot_announce(store: Store) -> None:
    with pytest.raises(StorageError, match="no source named nature"):
        await tell(store, paper("one"), source="nature")


# ------------------------------------------------------------------------------------- which are one


async def test_any_shared_identifier_makes_papers_one_and_a_title_never_does(store: Store) -> None:
    await tell(store, paper("one", "arxiv:1", "doi:10.1/a"))
    await tell(store, paper("another title", "doi:10.1/a"), source="huggingface")
    await tell(store, paper("one", "arxiv:2"))
    assert [found.id for found in await store.papers(["arxiv:1", "doi:10.1/a", "arxiv:2"])] == ["p1", "p1", "p2"]


async def test_the_richer_word_wins_and_the_first_title_stays(store: Store) -> None:
    early = paper("A", "arxiv:1", abstract="short", categories=("cs.CL",), authors=("X",), upvotes=7, url="u1")
    later = paper(
        "B",
        "arxiv:1",
        "doi:10.1/a",
        abstract="much longer",
        categories=("cs.LG", "cs.CL"),
        authors=("Y",),
        version=2,
        code="c",
        tldr="t",
        comment="k",
        journal="j",
        url="u2",
        upvotes=3,
    )
    await tell(store, early)
    await tell(store, later, source="huggingface")
    kept = await one(store, "p1")
    assert (kept.title, kept.abstract, kept.authors, kept.url) == ("A", "much longer", ("X",), "u1")
    assert (kept.version, kept.upvotes) == (2, 7)
    assert (kept.code, kept.tldr, kept.comment, kept.journal) == ("c", "t", "k", "j")
    assert kept.identifiers == ("arxiv:1", "doi:10.1/a")
    assert kept.categories == ("cs.CL", "cs.LG")
    assert kept.sources == ("arxiv", "huggingface")


async def test_arxiv_speaks_before_others_whoever_came_first(store: Store) -> None:
    await tell(store, paper("Hugging", "arxiv:1", authors=("H",), url="https://hf.co/1"), source="huggingface")
    await tell(store, paper("arXiv", "arxiv:1", authors=("A", "B"), url="https://arxiv.org/abs/1"))
    kept = await one(store, "p1")
    assert (kept.title, kept.authors, kept.url) == ("Hugging", ("A", "B"), "https://arxiv.org/abs/1")


async def test_a_withdrawal_marks_the_paper(store: Store) -> None:
    await tell(store, paper("one"))
    await tell(store, paper("one"), kind=Kind.WITHDRAWAL)
    assert (await one(store, "p1")).withdrawn


async def test_two_papers_that_prove_to_be_one_become_the_older_one(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    vision = (await follow(store, VISION, "vision", at(-1))).query
    await tell(store, paper("preprint", "arxiv:1"), matching=[query])
    await tell(store, paper("article", "doi:10.1/a", abstract="zebra"), source="huggingface", matching=[vision])
    await store.save(ADA, "p2", MONDAY, "1")
    await plan(store, await entries(store, NLP))
    await plan(store, await entries(store, VISION), channel=VISION)
    await tell(store, paper("preprint", "arxiv:1", "doi:10.1/a"), now=at(1))

    kept = await one(store, "p1")
    assert (kept.title, kept.sources) == ("preprint", ("arxiv", "huggingface"))
    assert [found.id for found in await store.papers(["p2", "doi:10.1/a", "arxiv:1"])] == ["p1", "p1", "p1"]
    assert [saved.paper.id for saved in await store.saved(ADA)] == ["p1"]
    assert [seen.paper.id for seen in await store.find([["zebra"]], NLP)] == ["p1"]
    assert await waiting(store, NLP) == await waiting(store, VISION) == []  # both channels had it
    shown = {delivery.part.entries[0].paper.id for delivery in await claim(store)}
    assert shown == {"p1"}


async def test_a_paper_that_one_channel_got_twice_under_two_names_is_posted_once_in_the_books(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await tell(store, paper("preprint", "arxiv:1"), paper("article", "doi:10.1/a"), matching=[query])
    await plan(store, await entries(store))
    await store.save(ADA, "p1", MONDAY, "1")
    await store.save(ADA, "p2", MONDAY, "2")
    await store.unsave(ADA, "p2", MONDAY, "3")
    await tell(store, paper("preprint", "arxiv:1", "doi:10.1/a"), now=at(1))
    assert await waiting(store) == []
    assert await store.saved(ADA) == []  # the last word about either was to take it off
    assert len(await send_all(store)) == 2


async def test_what_was_merged_may_be_merged_again_and_every_id_still_leads_there(store: Store) -> None:
    for name in ("guid:a", "guid:b", "guid:c"):
        await tell(store, paper(name, name))
    await tell(store, paper("bc", "guid:b", "guid:c"))
    await tell(store, paper("ab", "guid:a", "guid:b"))
    assert set((await store.recall("arxiv", [paper("ab")]))[0].titled) == {"guid:a", "guid:b", "guid:c"}
    assert [found.id for found in await store.papers(["p1", "p2", "p3"])] == ["p1", "p1", "p1"]
    await tell(store, paper("new"))
    assert [found.id for found in await store.papers(["arxiv:new"])] == ["p4"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_three_names_of_one_work_end_as_one_row_in_every_order(store: Store, order: tuple[int, ...]) -> None:
    told = [paper("x", "arxiv:1", "url:a"), paper("x", "doi:10.1/a", "url:b"), paper("x", "url:a", "url:b")]
    for which in order:
        await tell(store, told[which])
    found = await store.papers(["arxiv:1", "doi:10.1/a", "url:a", "url:b"])
    assert {one.id for one in found} == {"p1"}
    assert found[0].identifiers[:2] == ("arxiv:1", "doi:10.1/a")


async def test_different_arxiv_ids_are_different_works_whatever_link_they_share(store: Store) -> None:
    await tell(store, paper("one", "arxiv:1", "url:latest"))
    await tell(store, paper("two", "arxiv:2", "url:latest"))
    assert [found.id for found in await store.papers(["arxiv:1", "arxiv:2", "url:latest"])] == ["p1", "p2", "p1"]


async def test_a_preprint_keeps_its_second_doi(store: Store) -> None:
    await tell(store, paper("one", "arxiv:1", "doi:10.48550/arxiv.1"))
    await tell(store, paper("one", "arxiv:1", "doi:10.1038/x"))
    await tell(store, paper("one", "doi:10.1038/x"), source="huggingface")
    assert (await one(store, "doi:10.1038/x")).identifiers == ("arxiv:1", "doi:10.48550/arxiv.1", "doi:10.1038/x")


# ------------------------------------------------------------------------------------------------ news


async def test_news_is_counted_once_for_each_source(store: Store) -> None:
    assert await tell(store, paper("one"), paper("two")) == 2
    assert await tell(store, paper("one"), paper("three")) == 1
    assert await tell(store, paper("one"), source="huggingface") == 1


@pytest.mark.parametrize("kind", [Kind.REPLACEMENT, Kind.WITHDRAWAL])
async def test_a_new_version_is_no_news_but_a_cross_list_after_it_is(store: Store, kind: Kind) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    assert await tell(store, paper("one"), kind=kind, matching=[query]) == 0
    assert await waiting(store) == []
    assert await tell(store, paper("one"), kind=Kind.CROSS, matching=[query], now=at(1)) == 1
    assert await waiting(store) == ["one"]
    assert await tell(store, paper("one"), kind=Kind.NEW, now=at(2)) == 0


async def test_what_stood_on_the_first_page_is_never_news_of_that_source(store: Store) -> None:
    await follow(store, NLP, "tokenization", at(-1))
    assert await tell(store, paper("one"), news=False) == 0
    assert await tell(store, paper("one"), now=at(1)) == 0
    assert await waiting(store) == []


async def test_a_paper_somebody_asked_for_is_news_when_it_is_announced(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    asked = await store.keep_paper(paper("one"), "arxiv", MONDAY)
    assert asked.id == "p1"
    assert (await store.recall("arxiv", [paper("one")]))[0].known is False
    assert await tell(store, paper("one"), now=at(1), matching=[query]) == 1
    assert await waiting(store) == ["one"]


async def test_asking_for_a_known_paper_changes_no_news(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await tell(store, paper("one"), matching=[query])
    again = await store.keep_paper(paper("one", abstract="more"), "arxiv", at(1))
    assert (again.id, again.abstract) == ("p1", "more")
    assert await waiting(store) == ["one"]


async def test_a_source_recalls_names_and_titles_it_said_before(store: Store) -> None:
    await tell(store, paper("On Long-tailed Tokens", "guid:1", "url:a"), source="feed:1")
    await tell(store, paper("Elsewhere", "guid:2"), source="feed:2")
    known, moved, strange, of_others = await store.recall(
        "feed:1",
        [
            paper("Renamed", "guid:1"),
            paper("[ASAP] On Long-Tailed  Tokens", "guid:new"),
            paper("x", "guid:3"),
            paper("Elsewhere", "guid:2"),
        ],
    )
    assert (known.known, known.titled) == (True, ())
    assert (moved.known, set(moved.titled)) == (False, {"guid:1", "url:a"})
    assert (strange.known, strange.titled) == (of_others.known, of_others.titled) == (False, ())


async def test_a_source_remembers_its_newest_batch_and_what_it_held(store: Store) -> None:
    await tell(store, paper("one"), paper("two"), batch="2026-04-13")
    await tell(store, paper("three"), batch="2026-04-13", now=at(1))
    await tell(store, paper("two"), paper("three"), batch="2026-04-13", now=at(2))  # told again after a crash
    await tell(store, paper("old"), batch="2026-04-10", now=at(3))
    (arxiv,) = [known for known in await store.sources() if known.name == "arxiv"]
    assert (arxiv.batch, arxiv.batch_size, arxiv.news) == ("2026-04-13", 3, at(3))


# --------------------------------------------------------------------------------------- who may see


async def test_a_feed_of_one_workspace_is_seen_by_no_other(store: Store) -> None:
    for channel in (NLP, OTHERS):
        await follow(store, channel, "tokenization", at(-1))
    await tell(store, paper("secret", "guid:1", abstract="walrus"), source="feed:1", matching=[1])
    assert await waiting(store, NLP) == ["secret"]
    assert await waiting(store, OTHERS) == []
    assert [seen.paper.title for seen in await store.find([["walrus"]], NLP)] == ["secret"]
    assert await store.find([["walrus"]], OTHERS) == []
    assert (await store.read_since(NLP, at(-1)), await store.read_since(OTHERS, at(-1))) == (1, 0)
    assert await store.days_read(OTHERS, at(-1)) == []
    assert [found.title for found in await store.papers(["p1", "guid:1"], NLP)] == ["secret", "secret"]
    assert await store.papers(["p1", "guid:1"], OTHERS) == []
    assert (await store.counts(NLP, at(1)), await store.counts(OTHERS, at(1))) == ({1: (1, 1)}, {1: (0, 0)})


async def test_two_workspaces_with_one_name_for_a_paper_each_see_their_own_text(store: Store) -> None:
    await tell(store, paper("of one", "doi:10.1/a", abstract="forged"), source="feed:1")
    await tell(store, paper("of two", "doi:10.1/a", abstract="right"), source="feed:2")
    assert [found.title for found in await store.papers(["doi:10.1/a"], NLP)] == ["of one"]
    assert [found.title for found in await store.papers(["doi:10.1/a"], OTHERS)] == ["of two"]


async def test_a_workspaces_feed_cannot_change_what_a_public_source_says(store: Store) -> None:
    await tell(store, paper("public", "arxiv:1", abstract="true"))
    forged = paper("forged", "arxiv:1", "doi:10.1/b", abstract="false, and longer", code="https://evil.example")
    await tell(store, forged, source="feed:1", now=at(1))
    (kept,) = await store.papers(["arxiv:1"], OTHERS)
    assert (kept.title, kept.abstract, kept.code, kept.sources) == ("public", "true", "", ("arxiv",))
    (own,) = await store.papers(["doi:10.1/b"], NLP)
    assert (own.id, own.sources) == ("p1", ("arxiv", "feed:1"))
    assert await store.papers(["doi:10.1/b"], OTHERS) == []
    # and the DOI it claimed is still free for the work that has it
    await tell(store, paper("other work", "doi:10.1/b"), source="huggingface", now=at(2))
    assert [found.title for found in await store.papers(["doi:10.1/b"], OTHERS)] == ["other work"]
    assert [found.title for found in await store.papers(["arxiv:1"], OTHERS)] == ["public"]


async def test_a_workspaces_feed_cannot_make_one_of_two_public_papers(store: Store) -> None:
    await tell(store, paper("one", "guid:1"), paper("two", "guid:2"))
    await tell(store, paper("both", "guid:1", "guid:2"), source="feed:1", now=at(1))
    assert [found.title for found in await store.papers(["guid:1", "guid:2"])] == ["one", "two"]


async def test_a_workspaces_feed_cannot_put_a_public_paper_under_others_topics(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await follow(store, OTHERS, "tokenization", at(-1))
    await tell(store, paper("off topic", "arxiv:1"), source="arxiv", now=at(0))
    await tell(store, paper("buy tokens", "arxiv:1"), source="feed:1", now=at(1), matching=[query])
    assert (await waiting(store, NLP), await waiting(store, OTHERS)) == (["off topic"], [])
    assert (await store.counts(NLP, at(2)), await store.counts(OTHERS, at(2))) == ({1: (1, 1)}, {1: (0, 0)})
    await store.add_matches([(Match(query, 0.25), "p1")])
    assert [(one.paper.title, one.match.score) for one in await store.waiting(NLP)] == [("off topic", 0.25)]
    assert await waiting(store, OTHERS) == ["off topic"]


async def test_a_private_paper_becomes_everybodys_when_a_public_source_tells_of_it(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await follow(store, OTHERS, "tokenization", at(-1))
    await tell(store, paper("from the feed", "arxiv:1", "guid:1"), source="feed:1", matching=[query])
    await plan(store, await entries(store))
    await tell(store, paper("from arXiv", "arxiv:1"), now=at(1), matching=[query])
    assert [(found.id, found.title) for found in await store.papers(["arxiv:1"], OTHERS)] == [("p1", "from arXiv")]
    assert await waiting(store, NLP) == []  # they had it from their feed
    assert await waiting(store, OTHERS) == ["from arXiv"]
    assert await store.papers(["guid:1"], OTHERS) == []
    await tell(store, paper("from the feed", "arxiv:1", "guid:1"), source="feed:1", now=at(2))
    assert await waiting(store, NLP) == []


async def test_what_reaches_a_workspace_names_its_own_feeds_and_no_others(store: Store) -> None:
    await follow(store, NLP, "tokenization", at(-1))
    await tell(store, paper("one"), matching=[1])
    for feed in ("feed:1", "feed:2"):
        await tell(store, paper("one"), source=feed, now=at(1))
    assert (await store.waiting(NLP))[0].paper.sources == ("arxiv", "feed:1")
    assert (await store.find([["src_feed:2"]], OTHERS))[0].paper.sources == ("arxiv", "feed:2")
    await plan(store, await entries(store))
    (claimed,) = await claim(store)
    assert claimed.part.entries[0].paper.sources == ("arxiv", "feed:1")


# ------------------------------------------------------------------------------------------- finding


async def test_papers_are_found_by_one_feature_of_each_group_newest_first(store: Store) -> None:
    await tell(store, paper("zebra stripes", "arxiv:1", authors=("Yann LeCun",), categories=("cs.CL",)))
    await tell(store, paper("zebra walrus", "arxiv:2", categories=("q-bio.NC",)), now=at(1))
    await tell(store, paper("walrus", "arxiv:3"), now=at(2))

    async def titles(*groups: list[str], since: datetime | None = None) -> list[str]:
        return [seen.paper.title for seen in await store.find(groups, NLP, since)]

    assert await titles(["zebra"]) == ["zebra walrus", "zebra stripes"]
    assert await titles(["zebra"], ["walrus"]) == ["zebra walrus"]
    assert await titles(["zebra", "walrus"]) == ["walrus", "zebra walrus", "zebra stripes"]
    assert await titles(["walr*"]) == ["walrus", "zebra walrus"]
    assert await titles(["lecun"], ["cat_cs.CL"]) == ["zebra stripes"]
    assert await titles(["cat_q-bio.*"]) == ["zebra walrus"]
    assert await titles(["walrus"], since=at(1.5)) == ["walrus"]
    assert await titles() == ["walrus", "zebra walrus", "zebra stripes"]
    assert await titles(["nothing"]) == []
    assert len(await store.find([], NLP, limit=2)) == 2


@pytest.mark.parametrize("feature", ['"', "a AND b", "NEAR(", "*", "x:y", "'", "\\", "日本語", "c++", "", "^a", "-a"])
async def test_no_feature_is_read_as_syntax(store: Store, feature: str) -> None:
    await tell(store, paper("zebra"))
    assert await store.find([["nothing", feature]], NLP) == []
    assert len(await store.find([["zebra", feature]], NLP)) == 1


async def test_a_paper_found_tells_when_it_was_first_announced(store: Store) -> None:
    await tell(store, paper("news"), now=at(4))
    await tell(store, paper("news"), source="huggingface", now=at(5))
    await tell(store, paper("of a batch"), batch="2026-04-10", now=at(5))
    await tell(store, paper("there before", published=at(days=-2)), news=False, now=at(5))
    await tell(store, paper("a new version", published=at(days=-2)), kind=Kind.REPLACEMENT, now=at(6))
    assert [(seen.paper.title, seen.at) for seen in await store.find([], NLP)] == [
        ("a new version", at(6)),
        ("news", at(4)),
        ("there before", at(days=-2)),
        ("of a batch", datetime(2026, 4, 10, tzinfo=UTC)),
    ]


async def test_days_count_what_was_announced_and_only_news_counts_as_read(store: Store) -> None:
    await tell(store, paper("one"), paper("two"), now=at(0))
    await tell(store, paper("two"), source="huggingface", now=at(1))
    await tell(store, paper("three"), now=at(days=2))
    await tell(store, paper("silent"), now=at(days=2), news=False, batch="2026-04-14")
    await tell(store, paper("new version"), now=at(days=2), kind=Kind.REPLACEMENT)
    days = await store.days_read(NLP, at(-1))
    assert [(day.isoformat(), papers) for day, papers in days] == [
        ("2026-04-13", 2),
        ("2026-04-14", 1),
        ("2026-04-15", 1),
    ]
    assert await store.read_since(NLP, at(0)) == 2  # after that moment: "two" again, and "three"


# ------------------------------------------------------------------------------------------ forgetting


async def test_papers_go_after_180_days_unless_saved_or_posted_since(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await tell(store, paper("plain"), paper("saved"), batch="2026-04-13")
    await tell(store, paper("posted", abstract="walrus"), batch="2026-04-13", matching=[query])
    await store.save(ADA, "arxiv:saved", MONDAY, "1")
    await plan(store, await entries(store), now=at(days=10))

    await store.tidy(at(days=179))
    assert len(await store.find([], NLP)) == 3
    await store.tidy(at(days=181))
    assert {seen.paper.title for seen in await store.find([], NLP)} == {"saved", "posted"}
    assert await store.papers(["arxiv:plain"]) == []
    await store.tidy(at(days=191))
    assert await store.find([["walrus"]], NLP) == []
    # its name stays: announced once more, it is not posted a second time
    assert [found.title for found in await store.papers(["arxiv:posted"])] == ["posted"]
    await tell(store, paper("posted"), source="huggingface", now=at(days=192), matching=[query])
    assert await waiting(store) == []
    assert {seen.paper.title for seen in await store.find([], NLP)} == {"saved", "posted"}  # and is found again


async def test_a_feed_that_lists_old_papers_for_years_does_not_announce_them_again(store: Store) -> None:
    await tell(store, paper("old", "guid:1"), source="feed:1")
    await store.tidy(at(days=400))
    assert await store.find([["old"]], NLP) == []
    assert (await store.recall("feed:1", [paper("old", "guid:1")]))[0].known
    assert await tell(store, paper("old", "guid:1"), source="feed:1", now=at(days=401)) == 0


async def test_a_forgotten_papers_id_is_never_given_to_another(store: Store) -> None:
    await tell(store, paper("one"), batch="2026-04-13")
    await store.tidy(at(days=200))
    await tell(store, paper("two"), now=at(days=200))
    assert (await store.papers(["arxiv:two"]))[0].id == "p2"


async def test_a_settled_message_goes_after_48_hours_and_what_was_posted_stays(store: Store) -> None:
    query = (await follow(store, NLP, "tokenization", at(-1))).query
    await tell(store, paper("one"), matching=[query])
    await plan(store, await entries(store))
    (delivery,) = await claim(store)
    assert await intend(store, delivery, Message("text"), MONDAY, 60)
    await settle(store, delivery, State.UNKNOWN, MONDAY, reason="nobody can say")
    for hours, message in ((47, Message("text")), (49, None)):
        await store.tidy(at(hours))
        assert await store.again(NLP, delivery.id, MONDAY)
        (delivery,) = await claim(store, at(hours))
        assert delivery.message == message
        await settle(store, delivery, State.UNKNOWN, MONDAY)
