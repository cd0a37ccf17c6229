"""Reading lists, the inbox, and small facts."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.models import Act, Channel, Person, Saved
from bot.ports.store.reading import Kept
from storage.store import Store
from tests.rigs.storage import ADA, BOB, DATABASES, MONDAY, NLP, at, follow, opened, paper, tell


@pytest.fixture(params=sorted(DATABASES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path, request.param) as known:
        await tell(known, paper("one"), paper("two"))
        yield known


# ---------------------------------------------------------------------------------------- reading list


async def test_a_person_saves_and_takes_off_papers_of_their_own_list(store: Store) -> None:
    assert await store.saved(ADA) == []
    assert await store.save(ADA, "p1", at(1), "1") is True
    assert await store.save(ADA, "arxiv:two", at(2), "2") is True
    assert await store.save(ADA, "p1", at(3), "3") is False
    one, two = await store.papers(["p1", "p2"])
    assert await store.saved(ADA) == [Saved(two, at(2)), Saved(one, at(1))]
    assert await store.saved(BOB) == []
    assert await store.unsave(BOB, "p1", at(4), "4") is False
    assert await store.unsave(ADA, "p1", at(4), "4") is True
    assert await store.unsave(ADA, "p1", at(5), "5") is False
    assert await store.saved(ADA) == [Saved(two, at(2))]
    assert await store.save(ADA, "p1", at(6), "6") is True
    assert await store.saved(ADA) == [Saved(one, at(6)), Saved(two, at(2))]


async def test_the_same_person_id_in_two_workspaces_is_two_persons(store: Store) -> None:
    await store.save(ADA, "p1", MONDAY, "1")
    assert await store.saved(Person("slack", "T2", ADA.id)) == await store.saved(Person("discord", "T1", ADA.id)) == []


async def test_a_paper_that_is_not_stored_cannot_be_saved(store: Store) -> None:
    assert await store.save(ADA, "p99", MONDAY, "1") is False
    assert await store.saved(ADA) == []


@pytest.mark.parametrize("arrival", list(itertools.permutations(range(4))))
async def test_the_last_word_wins_in_whatever_order_words_arrive(store: Store, arrival: tuple[int, ...]) -> None:
    for turn in arrival:
        said = store.save if turn % 2 == 0 else store.unsave
        await said(ADA, "p1", at(turn), f"1712998800.00000{turn}")
        await (store.unsave if turn % 2 == 0 else store.save)(ADA, "p2", at(turn), f"1712998800.00000{turn}")
    assert [saved.paper.id for saved in await store.saved(ADA)] == ["p2"]


async def test_orders_are_compared_as_text_of_code_points(store: Store) -> None:
    await store.save(ADA, "p1", MONDAY, "9")
    assert await store.unsave(ADA, "p1", MONDAY, "10") is False
    assert await store.unsave(ADA, "p1", MONDAY, "9") is False
    assert await store.unsave(ADA, "p1", MONDAY, "a") is True
    assert await store.save(ADA, "p1", MONDAY, "B") is False  # a database's own order may put B after a


async def test_a_citation_key_once_given_never_changes(store: Store) -> None:
    await store.save(ADA, "p1", MONDAY, "1")
    await store.save(ADA, "p2", MONDAY, "1")
    await store.cite(ADA, {"p1": "erdos2026graphs", "p99": "nothing"})
    await store.cite(ADA, {"p1": "renyi2026graphs", "p2": "renyi2026trees"})
    await store.cite(BOB, {"p1": "other"})
    assert {saved.paper.id: saved.key for saved in await store.saved(ADA)} == {
        "p1": "erdos2026graphs",
        "p2": "renyi2026trees",
    }
    await store.unsave(ADA, "p1", at(1), "2")
    await store.save(ADA, "p1", at(2), "3")
    await tell(store, paper("both", "arxiv:one", "doi:10.1/a"))
    assert [saved.key for saved in await store.saved(ADA) if saved.paper.id == "p1"] == ["erdos2026graphs"]


async def test_keys_of_what_was_taken_off_are_remembered(store: Store) -> None:
    await store.save(ADA, "p1", MONDAY, "1")
    await store.cite(ADA, {"p1": "erdos2026graphs"})
    await store.unsave(ADA, "p1", at(1), "2")
    assert await store.saved(ADA) == []
    assert await store.cited(ADA) == {"p1": "erdos2026graphs"}
    assert await store.cited(BOB) == {}


async def test_somebody_who_saved_once_has_saved(store: Store) -> None:
    await store.unsave(BOB, "p1", MONDAY, "1")
    assert await store.ever_saved(ADA) is False
    await store.save(ADA, "p1", MONDAY, "1")
    await store.unsave(ADA, "p1", at(1), "2")
    assert await store.ever_saved(ADA) is True


async def test_notes_and_tags_stand_beside_an_entry_and_are_set_whole(store: Store) -> None:
    await store.note(ADA, "p1", "not saved yet", ["x"])
    await store.save(ADA, "p1", MONDAY, "1")
    assert await store.noted(ADA, "p1") == Saved((await store.papers(["p1"]))[0], MONDAY)
    await store.note(ADA, "arxiv:one", "mine", ["b", "a", "b"])
    entry = await store.noted(ADA, "p1")
    assert entry is not None
    assert (entry.note, entry.tags) == ("mine", ("a", "b"))
    assert await store.noted(BOB, "p1") is None
    await store.note(ADA, "p1", "", [])
    assert await store.shelf(ADA) == [Kept("p1", MONDAY)]


async def test_some_entries_are_read_in_the_order_they_are_named(store: Store) -> None:
    await store.save(ADA, "p1", MONDAY, "1")
    await store.save(ADA, "p2", at(1), "1")
    assert [one.paper.id for one in await store.saved(ADA, ["arxiv:one", "p99", "p2", "p1"])] == ["p1", "p2"]
    assert await store.saved(ADA, []) == await store.saved(BOB, ["p1"]) == []
    assert [one.paper for one in await store.shelf(ADA)] == ["p2", "p1"]


async def test_where_it_was_saved_is_kept_as_long_as_that_is_a_channel_of_ours(store: Store) -> None:
    await follow(store, NLP, "tokenization")
    await store.save(ADA, "p1", MONDAY, "1", NLP)
    await store.save(ADA, "p2", MONDAY, "1", Channel("slack", "T1", "C99"))

    def places(connection: Connection) -> list[tuple[int, int | None]]:
        rows = connection.execute(text("SELECT paper, channel FROM saves ORDER BY paper")).all()
        return [(row.paper, row.channel) for row in rows]

    assert await store._read(places) == [(1, 1), (2, None)]


async def test_of_two_papers_that_prove_to_be_one_the_elders_key_stays(store: Store) -> None:
    await tell(store, paper("three", "guid:3"), paper("four", "guid:4"), paper("five", "guid:5"))
    for order, name in enumerate(["p4", "p3", "p5"]):
        await store.save(ADA, name, MONDAY, str(order))
    await store.cite(ADA, {"p3": "elder", "p4": "younger"})
    await tell(store, paper("one", "guid:3", "guid:4", "guid:5"))
    assert [(saved.paper.id, saved.key) for saved in await store.saved(ADA)] == [("p3", "elder")]


# ---------------------------------------------------------------------------------------------- inbox


def act(key: str, **more: Any) -> Act:
    return Act(key, key, "command", NLP, replace(ADA, zone="Europe/London"), MONDAY, **more)


async def test_an_act_is_recorded_once_and_worked_on_in_the_order_it_came(store: Store) -> None:
    assert await store.take(act("b")) is True
    assert await store.take(act("a")) is True
    assert await store.take(act("b", text="the same again")) is False
    assert [known.key for known in await store.acts(at(0), timedelta(seconds=60))] == ["b"]
    await store.done(act("b"), at(1))
    assert [known.key for known in await store.acts(at(0), timedelta(seconds=60))] == ["a"]
    assert await store.take(act("b")) is False  # done, and still known


async def test_an_act_comes_back_as_it_was_taken(store: Store) -> None:
    said = Act(
        "Ev1",
        "1712998800.000100",
        "react",
        NLP,
        replace(ADA, zone="Europe/London"),
        at(0.0001),
        text='follow "knowledge graph" \x00 “x”',
        message="m1",
        emoji="🔖",
        reply="https://hooks.example/secret",
    )
    await store.take(said)
    (back,) = await store.acts(at(1), timedelta(seconds=60))
    assert back == replace(said, text='follow "knowledge graph"  “x”')
    assert (back.channel.name, back.person.name, back.person.zone) == ("nlp", "Ada", "Europe/London")
    assert back.reply == "https://hooks.example/secret"


async def test_the_reply_handle_is_gone_from_the_file_when_the_act_is_done(tmp_path: Path) -> None:
    secret = "https://hooks.example/" + "secret" * 20

    def stands_in_a_file() -> bool:
        return any(secret.encode() in file.read_bytes() for file in tmp_path.iterdir())

    async with opened(tmp_path) as store:
        for number in range(20):
            await store.take(act(f"a{number}", reply=secret))
        assert stands_in_a_file()
        for number in range(20):
            await store.done(act(f"a{number}"), at(1), "it failed")
    assert not stands_in_a_file()


async def test_acts_go_seven_days_after_they_were_done_and_never_before(store: Store) -> None:
    await store.take(act("done"))
    await store.take(act("waiting"))
    await store.done(act("done"), at(0))
    await store.tidy(at(days=6.9))
    assert await store.take(act("done")) is False
    await store.tidy(at(days=7.1))
    assert await store.take(act("done")) is True
    assert [known.key for known in await store.acts(at(days=8), timedelta(seconds=60))] == ["waiting"]


# ----------------------------------------------------------------------------------------- small facts


async def test_small_facts_are_kept_for_each_owner(store: Store) -> None:
    assert await store.memory("console", "last") == ""
    await store.remember("console", "last", "1")
    await store.remember("demo", "last", "2")
    await store.remember("console", "last", "3")
    assert (await store.memory("console", "last"), await store.memory("demo", "last")) == ("3", "2")


async def test_a_list_may_be_shown_where_nobody_set_anything(store: Store) -> None:
    direct = Channel("slack", "T1", "D7")
    await store.show_list(ADA, direct, ["p2", "p1"])
    await store.show_list(ADA, direct, ["p1"])
    assert await store.shown_list(ADA, direct) == ("p1",)
    assert await store.channel(direct) is None
