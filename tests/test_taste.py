"""What a channel's people save reorders its digests, hides nothing, and is explained without naming anybody."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching import QueryIndex
from bot.models import Candidate, Match, Paper, Person, Subscription
from bot.query import parse
from bot.ranking import LIKED, raised, select
from bot.similarity import vector
from bot.taste import MOST, learn, liked, liking
from bot.text import readable
from jobs.house import House
from tests.bench.workload import RECORDED
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper
from tests.test_understanding import Talk, text

MONDAY = datetime(2026, 4, 13, 4, tzinfo=UTC)
TOPIC = Subscription(1, 101, "tokenization", MONDAY - timedelta(days=9), ADA)


def work(number: int, title: str, *authors: str, categories: tuple[str, ...] = ("cs.CL",)) -> Paper:
    return replace(
        paper(number, title, ""), id=f"p{number}", authors=authors or ("Ada Example",), categories=categories
    )


FINNISH = [work(number, f"Finnish morphemes, part {number}") for number in range(10)]
HOLES = [work(number, f"Galaxies, part {number}", "Cleo Model") for number in range(10, 20)]


# ------------------------------------------------------------------------------------------------ learning


def test_what_is_saved_more_than_other_papers_is_liked() -> None:
    taste = learn([(one, True) for one in FINNISH[:3]] + [(one, False) for one in HOLES[:7]])

    assert liking(taste, FINNISH[9]) > 0.2
    assert liking(taste, HOLES[9]) < -0.2
    assert set(liked(taste, FINNISH[9])) == {"about Finnish", "about morphemes", "by Ada Example"}
    assert liked(taste, HOLES[9]) == ()


def test_little_is_made_of_one_save_and_more_of_a_habit() -> None:
    once = learn([(FINNISH[0], True)] + [(one, False) for one in HOLES[:3]])
    habit = learn([(one, True) for one in FINNISH[:8]] + [(one, False) for one in HOLES])

    assert 0 < once["word:finnish"] < 0.1
    assert habit["word:finnish"] > 3 * once["word:finnish"]


@pytest.mark.parametrize("saved", [True, False])
def test_where_all_or_nothing_is_saved_nothing_is_known(saved: bool) -> None:
    assert learn([(one, saved) for one in FINNISH]) == {}
    assert learn([]) == {}
    assert liking({}, FINNISH[0]) == 0.0


def test_a_taste_is_small_bounded_and_always_the_same() -> None:
    rng = random.Random(1)
    shown = [
        (work(n, " ".join(f"word{rng.randrange(400)}x" for _ in range(9)), f"A. Author{n}"), rng.random() < 0.3)
        for n in range(300)
    ]
    taste = learn(shown)

    assert len(taste) == MOST
    assert len(json.dumps(taste)) < 3000
    assert taste == learn(shown[::-1])
    assert all(-1 < weight < 1 for weight in taste.values())
    assert all(-1 <= liking(taste, one) <= 1 for one, _ in shown)


# ------------------------------------------------------------------------------------------------- ranking


def candidate(one: Paper, score: float = 0.5, topic: Subscription = TOPIC) -> Candidate:
    return Candidate(one, ((topic, Match(topic.query, score)),), MONDAY, ("arxiv",))


def order(papers: Sequence[Candidate], most: int, taste: dict[str, float]) -> list[str]:
    return [pick.candidate.paper.id for pick in select(papers, most, taste).picks]


def test_between_papers_that_match_alike_the_liked_one_comes_first_and_a_clear_match_stays_first() -> None:
    taste = learn([(one, True) for one in FINNISH[:4]] + [(one, False) for one in HOLES])
    alike = [candidate(HOLES[0]), candidate(FINNISH[9])]

    assert order(alike, 2, {}) == ["p10", "p9"]
    assert order(alike, 2, taste) == ["p9", "p10"]
    assert order([candidate(HOLES[0], 0.5 + 2 * LIKED + 0.01), candidate(FINNISH[9])], 2, taste) == ["p10", "p9"]


def test_only_what_stands_higher_than_it_would_is_told_to() -> None:
    taste = learn([(one, True) for one in FINNISH[:4]] + [(one, False) for one in HOLES])

    def told(*papers: Candidate, most: int = 2) -> set[str]:
        return set(raised(select(papers, most, taste), papers, most, taste))

    assert told(candidate(HOLES[0]), candidate(FINNISH[9])) == {"p9"}
    assert told(candidate(HOLES[0]), candidate(FINNISH[9]), most=1) == {"p9"}
    assert told(candidate(HOLES[0], 0.1), candidate(FINNISH[9], 0.9)) == set()
    assert told(candidate(HOLES[0]), candidate(HOLES[1])) == set()


CANDIDATES = st.lists(
    st.tuples(
        st.sampled_from([*FINNISH, *HOLES]),
        st.sampled_from([0.1, 0.4, 0.5, 0.9]),
        st.sets(st.integers(1, 4), min_size=1),
    ),
    max_size=14,
    unique_by=lambda row: row[0].id,
).map(
    lambda rows: [
        Candidate(
            one,
            tuple((replace(TOPIC, number=n, query=100 + n), Match(100 + n, score)) for n in sorted(numbers)),
            MONDAY,
        )
        for one, score, numbers in rows
    ]
)


@given(CANDIDATES, st.integers(1, 10))
def test_a_taste_hides_nothing_and_is_as_fair_to_every_topic(papers: list[Candidate], most: int) -> None:
    taste = learn([(one, True) for one in FINNISH[:4]] + [(one, False) for one in HOLES])
    with_it, without = select(papers, most, taste), select(papers, most)

    assert len(with_it.picks) == len(without.picks)
    shown = {pick.candidate.paper.id for pick in with_it.picks}
    assert len(shown) + sum(count for _, count in with_it.left) == len(papers)
    spoken_of = {topic.number for pick in with_it.picks for topic, _ in pick.candidate.topics}
    topics = {topic.number for one in papers for topic, _ in one.topics}
    if len(topics) <= most:
        assert spoken_of == topics
    if len(papers) <= most:
        assert shown == {pick.candidate.paper.id for pick in without.picks}


# ------------------------------------------------------------------------------------------- in a channel


def finnish(number: int) -> Paper:
    return paper(number, f"Finnish tokenization, part {number}")


def galaxy(number: int) -> Paper:
    return replace(paper(number, f"Galaxy tokenization, part {number}"), authors=("Cleo Model",))


async def week(talk: Talk, house: House, *savers: Person) -> None:
    """A channel gets ten papers a day, and these people save the Finnish ones."""
    await talk.says("follow tokenization")
    await talk.says("schedule daily")
    for day in range(3):
        await announce(house, *(finnish(100 * day + n) for n in (1, 2)), *(galaxy(100 * day + n) for n in range(3, 9)))
        await talk.morning()
        for person in savers:
            for number in (1, 2):
                await talk.says(f"save 2604.{100 * day + number:05}", person)


async def next_order(talk: Talk, house: House, board: Noticeboard) -> list[str]:
    """The titles of the next digest: newer ones of Galaxy have the smaller ids, so that they would be first."""
    before = len(board.books)
    await announce(house, *(galaxy(n) for n in range(701, 704)), *(finnish(n) for n in range(711, 714)))
    await talk.morning()
    lead = next(message for _, message, _ in board.books[before:] if message.items)
    return [item.title.split()[0] for item in lead.items]


async def test_papers_like_those_that_people_here_save_come_first(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await week(talk, house, ADA)

        assert await next_order(talk, house, board) == ["Finnish"] * 3 + ["Galaxy"] * 3


async def test_without_saves_the_order_is_as_ever(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await week(talk, house)

        assert await next_order(talk, house, board) == ["Galaxy"] * 3 + ["Finnish"] * 3


async def test_taking_everything_off_again_takes_the_taste_away(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await week(talk, house, ADA)
        assert (await house.store.taste(CHANNEL, ADA)).weights
        for number in (1, 2, 101, 102, 201, 202):
            await talk.says(f"unsave 2604.{number:05}")

        assert (await house.store.taste(CHANNEL, ADA)).weights == {}
        assert await next_order(talk, house, board) == ["Galaxy"] * 3 + ["Finnish"] * 3


async def test_why_tells_you_what_you_save_and_of_a_few_others_nothing(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    people = [Person("console", "terminal", f"u{number}", f"Person{number}") for number in range(3)]
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await week(talk, house, BOB)
        await announce(house, galaxy(899), finnish(900))

        waiting = text(await talk.says("why 2604.00900", BOB))
        await talk.morning()
        own = text(await talk.says("why 2604.00900", BOB))
        others = text(await talk.says("why 2604.00900", ADA))
        lower = text(await talk.says("why 2604.00899", ADA))
        for person in people:
            await talk.says("save 2604.00001", person)
        many = text(await talk.says("why 2604.00900", ADA))

        assert "Placed higher because you save papers about Finnish, by Ada Example." in own
        assert "Placed higher because papers like it are often saved here." in others
        assert "Placed" not in waiting + lower
        assert "Placed higher because people here save papers about Finnish, by Ada Example." in many
        assert not any(name in others + many for name in ("Person", "Bob"))


async def test_why_tells_nothing_of_what_was_saved_after_a_digest(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await week(talk, house)
        await announce(house, galaxy(899), finnish(900))
        await talk.morning()
        await talk.says("save 2604.00900")

        assert "Placed" not in text(await talk.says("why 2604.00900"))


async def test_what_is_saved_elsewhere_says_nothing_of_this_channel(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await week(talk, house)
        for number in (1, 2, 101, 102, 201, 202):
            await talk.says(f"save 2604.{number:05}", channel=replace(CHANNEL, id="elsewhere"))

        assert (await house.store.taste(CHANNEL, ADA)).weights == {}


# --------------------------------------------------------------------------------------------- does it help

TOPICS = (
    "language model",
    "diffusion",
    "agent",
    "reinforcement learning",
    "robot",
    "segmentation",
    "reasoning",
    "graph",
)
#: papers a day, papers that a reader is fond of
SHOWN, FOND_OF = 10, 3
#: share of papers that a reader would save, and of those that are saved or left by chance
WOULD, CHANCE = 0.15, 0.1


def recorded() -> list[list[Paper]]:
    """The recorded week, day by day, each paper on the day on which it was first announced."""
    days: dict[str, dict[str, Paper]] = defaultdict(dict)
    seen: set[str] = set()
    for file in [*sorted(RECORDED.glob("dw-dengwei/*.gz")), *sorted(RECORDED.glob("*/*.gz"))]:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if record["id"] not in seen:
                    seen.add(record["id"])
                    days[file.name[:10]][record["id"]] = _paper(record)
    return [list(days[day].values()) for day in sorted(days)]


def _paper(record: dict[str, Any]) -> Paper:
    return Paper(
        record["id"],
        readable(record["title"]),
        readable(record.get("summary") or ""),
        authors=tuple(record["authors"]),
        categories=tuple(record["categories"]),
    )


class Reader:
    """Saves what is near in all its words to papers that it is fond of, which no taste ever sees, and errs at times."""

    def __init__(self, papers: Sequence[Paper], rng: random.Random) -> None:
        self._rng = rng
        words = {one.id: vector(one) for one in papers}
        fond = [words[one.id] for one in rng.sample(list(papers), FOND_OF)]
        near = {known: max(_cosine(theirs, other) for other in fond) for known, theirs in words.items()}
        least = sorted(near.values(), reverse=True)[int(len(near) * WOULD)]
        self.would = {known for known, how in near.items() if how >= least}

    def saves(self, one: Paper) -> bool:
        """What the reader does with a paper."""
        return one.id in self.would if self._rng.random() > CHANCE else self._rng.random() < WOULD


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    lengths = sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values())) or 1.0
    return sum(weight * other.get(key, 0.0) for key, weight in one.items()) / lengths


def test_what_a_reader_would_save_stands_higher_day_by_day() -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recorded week (../shared) is not here")
    gained = gains(readers=6)

    assert all(before > after for before, after in gained)
    assert mean(before - after for before, after in gained) > 0.015
    # the taste of four days says more than that of one
    assert gained[-1][0] - gained[-1][1] > 0.02


def gains(readers: int) -> list[tuple[float, float]]:
    """Where the papers that readers would save stand, 0 first and 1 last, without and with a taste; day by day."""
    rng = random.Random(1)
    found: list[list[tuple[float, float]]] = [[] for _ in range(4)]
    for number, brought in enumerate(_brought(recorded())):
        topic = replace(TOPIC, text=TOPICS[number])
        by_id = {one.id: one for day in brought for one, _ in day}
        for _ in range(readers):
            reader, shown = Reader(list(by_id.values()), rng), list[tuple[Paper, bool]]()
            for day, papers in enumerate(brought):
                offered = [candidate(one, score, topic) for one, score in papers]
                plain, ours = order(offered, len(offered), {}), order(offered, len(offered), learn(shown))
                if day and not reader.would.isdisjoint(ours):
                    found[day - 1].append((_place(plain, reader.would), _place(ours, reader.would)))
                shown += [(by_id[one], reader.saves(by_id[one])) for one in ours[:SHOWN]]
    return [(mean(before for before, _ in day), mean(after for _, after in day)) for day in found]


def _place(ranked: Sequence[str], would: set[str]) -> float:
    return mean(place for place, one in enumerate(ranked) if one in would) / len(ranked)


def _brought(days: Sequence[Sequence[Paper]]) -> list[list[list[tuple[Paper, float]]]]:
    """By topic and day the papers it brings, with their scores."""
    index = QueryIndex()
    for number, topic in enumerate(TOPICS):
        index.add(number, parse(topic))
    brought: list[list[list[tuple[Paper, float]]]] = [[[] for _ in days] for _ in TOPICS]
    for day, papers in enumerate(days):
        for one in papers:
            for match in index.match(one):
                brought[match.query][day].append((one, match.score))
    return brought
