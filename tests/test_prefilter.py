"""What a search asks the database before the matcher decides: nothing that matches is lost, and few others pass."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching import QueryIndex, matches, prefilter
from bot.models import Paper
from bot.query import Query, QueryError, parse
from bot.text import asked_keys, author_features, features, name_keys, same_name, words
from tests.bench.workload import Drawer, papers

#: frequent words, words of no content, and words with more than one spelling, which may be read as either
STRANGE = st.sampled_from(
    [
        *("model", "models", "Training", "trained", "language", "data-driven", "fine-tuning", "finetuned", "network's"),
        *("the", "of", "and", "does", "K", "RAG", "LLMs", "IT"),
        *("dös", "naïve", "Naive", "über", "Müller", "Mueller"),
    ]
)


def passes(query: Query, known: set[str]) -> bool:
    return all(
        any(
            feature in known or (feature.endswith("*") and any(each.startswith(feature[:-1]) for each in known))
            for feature in group
        )
        for group in prefilter(query)
    )


def test_everything_that_matches_passes() -> None:
    read = papers(60)
    queries = [parse(text) for text in Drawer(read, seed=13).queries(300)]
    index = QueryIndex()
    for number, query in enumerate(queries):
        index.add(number, query)
    let_pass = found = 0
    for each in read:
        known = set(features(each))
        found_here = set(index.ids(each))
        for number, query in enumerate(queries):
            passed = passes(query, known)
            let_pass += passed
            assert passed or number not in found_here, query.text
        found += len(found_here)
    assert found > 100
    assert let_pass < 20 * found


def phrases(paper: Paper, chance: random.Random, count: int) -> Iterator[str]:
    """Any words that follow each other in a paper, with or without content, as people write phrases."""
    for name, text in (("title", paper.title), ("abstract", paper.abstract)):
        found = words(text)
        for _ in range(count):
            start = chance.randrange(max(1, len(found) - 1))
            phrase = " ".join(found[start : start + chance.choice((2, 2, 3, 4, 7))])
            yield chance.choice((f'"{phrase}"', f'"{phrase.lower()}"', f'{name}:"{phrase}"', f'="{phrase}"'))


def test_no_phrase_of_a_paper_is_lost() -> None:
    chance, found = random.Random(5), 0
    read = papers(300)
    for each in read:
        known = set(features(each))
        for text in phrases(each, chance, 10):
            try:
                query = parse(text)
            except QueryError:
                continue
            if matches(query, each):
                found += 1
                assert passes(query, known), (text, each.title)
    assert found > 10 * len(read)


@given(st.lists(STRANGE, min_size=2, max_size=12), st.integers(0, 11), st.integers(2, 5), st.sampled_from(" -"))
@settings(deadline=None, max_examples=300)
def test_no_phrase_is_lost_however_its_words_are_spelled(found: list[str], start: int, size: int, joint: str) -> None:
    phrase = found[start : start + size] or found[:2]
    try:
        query = parse('"' + joint.join(phrase) + '"')
    except QueryError:
        return
    text = Paper("p1", "", " ".join(found))
    assert passes(query, set(features(text))) or not matches(query, text)


def test_of_papers_with_two_frequent_words_few_pass_that_have_not_the_phrase() -> None:
    read = [(each, set(features(each))) for each in papers(500)]
    for text in ('"training data"', '"model performance"', '"trained models"', '"results show"', '"data of a model"'):
        query = parse(text)
        alone = [parse(word) for word in words(text) if len(word) > 2]
        both = [known for _, known in read if all(passes(word, known) for word in alone)]
        passed = [each for each, known in read if passes(query, known)]
        matching = [each for each in passed if matches(query, each)]
        assert len(passed) < len(both) / 2, text
        assert len(passed) - len(matching) < 10, text


def test_a_frequent_surname_is_found_with_the_initial() -> None:
    known = [
        set(features(Paper("p", "", authors=(name,)))) for name in ("Hao Chen", "H. Chen", "Chen, Hao", "Wei Chen")
    ]
    assert [passes(parse('author:"Hao Chen"'), each) for each in known] == [True, True, True, False]
    assert all(passes(parse("author:Chen"), each) for each in known)


def test_no_author_is_lost() -> None:
    names = sorted({name for each in papers(300) for name in each.authors})
    for name in names:
        given, _, surname = name.rpartition(" ")
        for asked in (name, surname, f"{given[:1]}. {surname}", f"{surname}, {given}"):
            shared = set(author_features(asked_keys(asked))) & set(author_features(name_keys(name)))
            assert shared or not same_name(asked, name), (asked, name)
