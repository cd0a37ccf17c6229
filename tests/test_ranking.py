"""A digest is fair to every topic that a channel follows, and the same for the same papers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Candidate, Match, Paper, Person, Selection, Subscription
from bot.ranking import select

MONDAY = datetime(2026, 4, 13, 4, tzinfo=UTC)
ANA = Person("console", "lab", "ana")


def topic(number: int) -> Subscription:
    return Subscription(number, 100 + number, f"topic {number}", MONDAY - timedelta(days=9), ANA)


def candidate(name: str, scores: dict[int, float], upvotes: int = 0, age: int = 0) -> Candidate:
    """A paper that some topics, by their number, brought with these scores; seen `age` hours before Monday."""
    topics = tuple((topic(number), Match(100 + number, score)) for number, score in scores.items())
    return Candidate(Paper(name, f"Paper {name}", upvotes=upvotes), topics, MONDAY - timedelta(hours=age), ("arxiv",))


def shown(selection: Selection) -> list[tuple[str, int]]:
    return [(pick.candidate.paper.id, pick.topic.number) for pick in selection.picks]


def left(selection: Selection) -> dict[int, int]:
    return {subscription.number: count for subscription, count in selection.left}


def test_the_best_papers_come_first_and_the_rest_is_counted() -> None:
    papers = [candidate(name, {1: score}) for name, score in (("a", 0.2), ("b", 0.9), ("c", 0.5))]
    selection = select(papers, 2)
    assert shown(selection) == [("b", 1), ("c", 1)]
    assert left(selection) == {1: 1}


def test_nothing_waiting_is_nothing_to_show() -> None:
    assert select([], 10) == Selection((), ())
    assert left(select([candidate("a", {1: 0.5})], 0)) == {1: 1}


def test_a_small_topic_gets_its_place_before_a_large_one_gets_a_second() -> None:
    large = [candidate(f"l{n}", {1: 0.9}, upvotes=200) for n in range(20)]
    small = [candidate("s", {2: 0.1})]
    selection = select(large + small, 3)
    assert Counter(number for _, number in shown(selection)) == {1: 2, 2: 1}
    assert left(selection) == {1: 18}


def test_with_more_topics_than_places_those_with_the_best_papers_win() -> None:
    papers = [candidate(f"p{n}", {n: n / 10}) for n in range(1, 7)]
    selection = select(papers, 3)
    assert shown(selection) == [("p6", 6), ("p5", 5), ("p4", 4)]
    assert left(selection) == {3: 1, 2: 1, 1: 1}


def test_a_paper_of_two_topics_takes_one_place_and_leaves_the_next_to_a_topic_without_any() -> None:
    papers = [candidate("both", {1: 0.9, 2: 0.9}), candidate("second", {2: 0.8}), candidate("other", {3: 0.1})]
    assert {name for name, _ in shown(select(papers, 2))} == {"both", "other"}


def test_a_topic_that_shared_a_paper_gets_a_place_of_its_own_before_another_gets_its_second() -> None:
    papers = [candidate("both", {1: 0.9, 2: 0.5}), candidate("one", {1: 0.8}), candidate("two", {2: 0.1})]
    assert shown(select(papers, 2)) == [("both", 1), ("two", 2)]


def test_a_paper_that_two_topics_want_as_much_goes_to_the_one_with_nothing_else() -> None:
    papers = [candidate("both", {1: 0.9, 2: 0.9}), candidate("one", {1: 0.3})]
    assert shown(select(papers, 10)) == [("both", 2), ("one", 1)]


def test_papers_of_a_topic_are_neighbours_and_topics_come_in_the_order_of_their_best_paper() -> None:
    papers = [
        *(candidate("a", {1: 0.5}), candidate("b", {2: 0.9}), candidate("c", {1: 0.4}), candidate("d", {2: 0.1})),
        candidate("e", {3: 0.45}),
    ]
    assert shown(select(papers, 10)) == [("b", 2), ("d", 2), ("a", 1), ("c", 1), ("e", 3)]


def test_a_left_over_paper_counts_once_under_the_topic_it_matches_best() -> None:
    papers = [candidate("a", {1: 0.9, 2: 0.9}), candidate("b", {1: 0.2, 2: 0.3}), candidate("c", {1: 0.3, 2: 0.3})]
    assert left(select(papers, 1)) == {1: 1, 2: 1}


def test_votes_decide_between_papers_that_match_alike_and_never_over_a_clear_match() -> None:
    liked, plain = candidate("liked", {1: 0.5}, upvotes=40), candidate("plain", {1: 0.5})
    assert shown(select([plain, liked], 1)) == [("liked", 1)]
    hyped, clear = candidate("hyped", {1: 0.5}, upvotes=1_000_000), candidate("clear", {1: 0.7})
    assert shown(select([hyped, clear], 1)) == [("clear", 1)]


def test_a_paper_of_two_topics_comes_before_one_of_a_single_topic() -> None:
    assert shown(select([candidate("a", {1: 0.5}), candidate("b", {1: 0.5, 2: 0.1})], 1)) == [("b", 1)]


def test_between_equals_the_newer_comes_first_then_the_stored_id() -> None:
    papers = [candidate("old", {1: 0.5}, age=48), candidate("z", {1: 0.5}), candidate("y", {1: 0.5})]
    assert [name for name, _ in shown(select(papers, 3))] == ["y", "z", "old"]


def test_a_paper_that_no_topic_brought_is_passed_over() -> None:
    assert select([candidate("a", {})], 10) == Selection((), ())


CANDIDATES = st.lists(
    st.builds(
        lambda scores, upvotes, age: (scores, upvotes, age),
        st.dictionaries(st.integers(1, 6), st.sampled_from([0.1, 0.5, 0.5, 0.9]), min_size=1, max_size=3),
        st.sampled_from([0, 0, 3, 250]),
        st.integers(0, 2),
    ),
    max_size=14,
).map(lambda rows: [candidate(f"p{n}", *row) for n, row in enumerate(rows)])


@given(CANDIDATES, st.integers(1, 10), st.data())
def test_the_order_of_the_papers_does_not_matter(papers: list[Candidate], most: int, data: st.DataObject) -> None:
    assert select(data.draw(st.permutations(papers)), most) == select(papers, most)


@given(CANDIDATES, st.integers(1, 10))
def test_every_paper_is_shown_or_counted_once(papers: list[Candidate], most: int) -> None:
    selection = select(papers, most)
    names = [name for name, _ in shown(selection)]
    assert len(names) == len(set(names)) == min(most, len(papers))
    assert len(names) + sum(left(selection).values()) == len(papers)
    assert all(count > 0 for count in left(selection).values())


@given(CANDIDATES, st.integers(1, 10))
def test_no_topic_waits_while_another_takes_two(papers: list[Candidate], most: int) -> None:
    selection = select(papers, most)
    places = Counter(pick.topic.number for pick in selection.picks)
    names = {name for name, _ in shown(selection)}
    spoken_of = {t.number for pick in selection.picks for t, _ in pick.candidate.topics}
    for paper in papers:
        if paper.paper.id not in names:
            for subscription, _ in paper.topics:
                assert places[subscription.number] >= max(places.values()) - 1
                assert subscription.number in spoken_of or max(places.values()) == 1
    numbers = {t.number for paper in papers for t, _ in paper.topics}
    if len(numbers) <= most:
        assert spoken_of == numbers


@given(CANDIDATES, st.integers(1, 10))
def test_a_topic_has_one_heading(papers: list[Candidate], most: int) -> None:
    headings = [number for number, _ in groupby(shown(select(papers, most)), key=lambda row: row[1])]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("most", [1, 3, 10])
def test_a_day_with_ten_thousand_candidates_and_fifty_topics_is_sorted_out(most: int) -> None:
    papers = [candidate(f"p{n}", {n % 50: (n % 97) / 97, n % 7: 0.2}) for n in range(10_000)]
    selection = select(papers, most)
    assert len(selection.picks) == most
    best = [max(match.score for _, match in pick.candidate.topics) for pick in selection.picks]
    assert all(earlier >= later for earlier, later in pairwise(best))
