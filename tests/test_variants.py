"""Narrower and wider variants of a query: what somebody would try next."""

from __future__ import annotations

import pytest

from bot.matching import matches
from bot.models import Paper
from bot.query import parse
from bot.variants import Variant, helpful_narrower, helpful_wider, meant, narrower, unknown, wider

PAPERS = [
    Paper(f"p{n}", f"Diffusion of {what} {n}", "We study.", categories=(cat, "stat.ME"))
    for n, (what, cat) in enumerate(
        [("Surveys", "cs.CV")] * 3 + [("Molecules", "q-bio.BM")] * 3 + [("Gas", "cs.CV")] * 4
    )
]


def texts(found: list[Variant]) -> dict[str, str]:
    return {one.label: one.query.text for one in found}


def test_narrower_in_titles_in_a_category_and_without_a_frequent_word() -> None:
    found = texts(narrower(parse("diffusion"), PAPERS))

    assert found["only in titles"] == "title:diffusion"
    assert found["only in stat.ME"] == "diffusion cat:stat.ME"
    assert found["without “gas”"] == "diffusion -gas"


def test_what_is_left_out_is_named_as_the_papers_write_it() -> None:
    papers = [Paper(f"p{n}", f"{'Exploiting' if n < 4 else 'Of'} Diffusion") for n in range(9)]

    assert texts(narrower(parse("diffusion"), papers))["without “exploiting”"] == "diffusion -exploitation"


def test_words_that_stand_apart_are_narrowed_to_a_phrase_in_either_order() -> None:
    assert {'"graph knowledge"', '"knowledge graph"'} <= set(texts(narrower(parse("knowledge graph"), [])).values())


@pytest.mark.parametrize("query", ["title:diffusion cat:cs.CV", "author:LeCun", "has:code cat:cs.CL"])
def test_what_is_narrow_already_is_not_offered_again(query: str) -> None:
    assert not {one.query for one in narrower(parse(query), [])} & {parse(query)}
    assert texts(narrower(parse(query), [])) == {}


@pytest.mark.parametrize(
    ("query", "label", "widened"),
    [
        ("title:mamba", "also in abstracts", "mamba"),
        ('"knowledge graph"', "the words apart", "graph knowledge"),
        ("graph neural network", "drop “network”", "graph neural"),
        ("mamba -survey", "with “survey” too", "mamba"),
        ("mamba -survey -review", "leaving nothing out", "mamba"),
        ("=tokenizer", "in every form", "tokenization"),
        ("SAM", "in every form", "sam"),
        ("tokenization", "also “token”", "token OR tokenization"),
        ("mamba cat:cs.CL", "in every category", "mamba"),
        ("mamba cat:cs.CL", "the whole archive", "mamba cat:cs.*"),
        ('author:"Yann LeCun"', "with the initial alone", 'author:"Y LeCun"'),
    ],
)
def test_wider(query: str, label: str, widened: str) -> None:
    assert texts(wider(parse(query)))[label] == widened


@pytest.mark.parametrize(
    "query", ["mamba", "tokenization", "a OR b", '"large language" model -survey', "title:(a b) c"]
)
def test_a_narrower_variant_brings_nothing_new_and_a_wider_one_loses_nothing(query: str) -> None:
    asked = parse(query)
    for paper in (*PAPERS, Paper("", "A large language model", "mamba, tokens, b, c"), Paper("", "A b c", "tokenizer")):
        found = matches(asked, paper)
        for one in narrower(asked, PAPERS):
            assert found or not matches(one.query, paper)
        for one in wider(asked):
            assert matches(one.query, paper) or not found


def test_what_helps_is_chosen_by_what_it_brings() -> None:
    titles, same, rare = (Variant(parse(word), word, word) for word in ("title:mamba", "mamba a1", "mamba b1"))

    assert helpful_narrower([(titles, 8), (same, 19), (rare, 0.1)], 20) == [titles]
    assert helpful_wider([(titles, 5), (same, 0), (rare, 400)], 2, flood=50) == [titles, rare]


def test_of_one_kind_the_best_is_shown() -> None:
    one, other = (Variant(parse(text), text, "phrase") for text in ('"graph knowledge"', '"knowledge graph"'))

    assert helpful_narrower([(one, 2), (other, 9)], 20) == [other]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("tokenizaton", "tokenization"),
        ("difusion -survey", "diffusion -survey"),
        ("title:reasonign", "title:reasoning"),
    ],
)
def test_a_misspelt_word_has_a_near_one(typed: str, right: str) -> None:
    query = parse(typed)
    (strange,) = unknown(query)

    assert meant(query, strange)[0].query.text == right


@pytest.mark.parametrize("query", ["tokenization", "LoRA", "author:Xyzzy", "token*", "=tokenizr", "gpt4"])
def test_known_words_and_what_is_meant_as_typed_are_not_misspelt(query: str) -> None:
    assert unknown(parse(query)) == []


def test_hostile_queries_have_no_variants_that_cannot_be_read() -> None:
    for text in (
        " ".join(f"w{n}" for n in range(64)),
        " OR ".join(f"(a{n} b{n})" for n in range(32)),
        "x" * 90,
        '"' + "a b " * 15 + 'c"',
    ):
        query = parse(text)
        for one in (*narrower(query, PAPERS), *wider(query)):
            assert parse(one.query.text) == one.query


def test_variants_keep_the_words_that_were_typed() -> None:
    narrow = narrower(parse('k-means "retrieval augmented generation" -surveys'), PAPERS)
    assert narrow[0].query.typed == 'title:k-means title:"retrieval augmented generation" -surveys'
    assert {one.query.typed for one in narrower(parse("agents memories"), [])} >= {'"agents memories"'}
    wide = {one.label: one.query.typed for one in wider(parse('"retrieval augmented generation"'))}
    assert wide["the words apart"] == "retrieval augmented generation"
    assert {one.label: one.query.typed for one in wider(parse("agents mamba"))}["drop “agents”"] == "mamba"


def test_a_whole_category_is_not_narrowed_by_a_word() -> None:
    assert not [one for one in narrower(parse("cat:cs.*"), PAPERS) if one.kind == "minus"]
