"""Acronyms we keep and acronyms that papers teach."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Paper
from bot.text import KEPT, established, family, learn, unusual, words
from bot.text.acronyms import long_form

EXAMPLES = Path(__file__).resolve().parents[2] / "shared" / "examples" / "word-family.tsv"
WSSS = "We study weakly-supervised semantic segmentation (WSSS) with image-level labels."


def keys(phrase: str) -> tuple[str, ...]:
    return tuple(map(family, words(phrase)))


def paper(text: str, *authors: str) -> Paper:
    return Paper("", "A title", text, authors=authors)


def test_an_acronym_we_keep_is_its_long_form_and_the_other_way_round() -> None:
    assert keys("retrieval-augmented generation") in KEPT.long_forms("RAG")
    assert KEPT.short_forms(keys("Retrieval Augmented Generation")) == ("RAG",)
    assert KEPT.short_forms(keys("large language models")) == ("LLM",)
    assert set(KEPT.short_forms(keys("k-nearest neighbours"))) == {"KNN", "kNN"}
    assert KEPT.long_forms("XYZ") == ()
    assert KEPT.short_forms(("large",)) == ()


def test_the_given_examples_of_acronyms_hold() -> None:
    if not EXAMPLES.exists():
        pytest.skip("word-family.tsv is in the shared folder, which is not here")
    seen = 0
    for line in EXAMPLES.read_text("utf-8").splitlines():
        query, text, wanted = [*line.split("\t"), "", ""][:3]
        spelling = unusual(query)
        if wanted == "1" and spelling and len(words(text)) > 1:
            seen += 1
            assert keys(text) in KEPT.long_forms(spelling), line
        if wanted == "1" and query.startswith('"') and unusual(text):
            seen += 1
            assert unusual(text) in KEPT.short_forms(keys(query)), line
    assert seen >= 6


def test_papers_teach_an_acronym_when_three_without_a_common_author_define_it() -> None:
    papers = [paper(WSSS, "Ann", "Bob"), paper(WSSS, "Cid"), paper(WSSS.replace("WSSS", "WSSSs"), "Dee")]
    evidence = learn(papers)
    ((acronym, phrase),) = evidence
    assert acronym == "WSSS"
    assert keys(phrase) == keys("weakly supervised semantic segmentation")
    assert [len(one.authors) for one in evidence[acronym, phrase]] == [2, 1, 1]


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        (["quilt-zorb transform", "quilt zorb transform", "quilt-zorb transform"], "quilt-zorb transform"),
        # a plural is as good as a singular
        (["quilt zorb transforms", "quilt zorb transforms", "quilt zorb transform"], "quilt zorb transforms"),
        # of equals the one with fewer capitals
        (["Quilt-Zorb Transform", "quilt zorb transform", "Quilt Zorb Transform"], "quilt zorb transform"),
        # a name keeps its capital
        (["Quilty zorb transform", "Quilty zorb transform", "quilty zorb transform"], "Quilty zorb transform"),
        (["quilt\n zorb  transform"] * 3, "quilt zorb transform"),
    ],
)
def test_a_long_form_is_written_as_most_papers_write_it(written: list[str], usual: str) -> None:
    papers = [paper(f"We use a {one} (QZT).", f"Author {number}") for number, one in enumerate(written)]
    assert established(learn(papers)) == [("QZT", usual)]


def test_the_capital_that_begins_a_sentence_is_not_part_of_a_long_form() -> None:
    papers = [paper(f"We are brief. Quilt-zorb transforms (QZTs) {name}.", name) for name in ("Ann", "Bob", "Cid")]
    assert established(learn(papers)) == [("QZT", "quilt-zorb transforms")]


def test_an_abstract_is_believed_before_a_title() -> None:
    papers = [
        Paper("", "A Quilt-Zorb Transform (QZT)", "The quilt-zorb transform (QZT).", authors=(name,))
        for name in ("Ann", "Bob", "Cid")
    ]
    assert established(learn(papers)) == [("QZT", "quilt-zorb transform")]


@pytest.mark.parametrize(
    "authors",
    [[("Ann",), ("Ann", "Bob"), ("Bob",)], [("Ann",), ("Bob",)], [(), (), ()], [("Zoë",), ("Zoe",), ("Bob",)]],
)
def test_one_group_of_authors_teaches_nothing(authors: list[tuple[str, ...]]) -> None:
    text = "a zorbing quilt transform (ZQT) is given."
    assert established(learn(paper(text, *names) for names in authors)) == []


def test_what_was_learned_serves_both_ways_beside_what_we_keep() -> None:
    text = "a zorbing quilt transform (ZQT) is given."
    pairs = established(learn(paper(text, name) for name in ("Ann", "Bob", "Cid")))
    known = KEPT.with_learned(7, pairs)
    assert known.version == 7
    assert known.long_forms("ZQT") == (keys("zorbing quilt transforms"),)
    assert known.short_forms(keys("zorbing quilt transform")) == ("ZQT",)
    assert known.long_forms("RAG") == KEPT.long_forms("RAG")
    assert KEPT.long_forms("ZQT") == ()


def test_an_acronym_with_many_meanings_stands_for_none() -> None:
    meanings = ["zorbing quilt transform", "zonal query tree"]
    papers = [
        paper(f"a {meaning} (ZQT).", f"{name} {meaning}") for meaning in meanings for name in ("Ann", "Bob", "Cid")
    ]
    assert established(learn(papers)) == []


def test_what_we_keep_is_not_learned_again() -> None:
    papers = [paper("policy optimization (PPO) is used.", name) for name in ("Ann", "Bob", "Cid")]
    assert established(learn(papers)) == []


@pytest.mark.parametrize(
    ("short", "before", "found"),
    [
        ("HMM", "we use a hidden Markov model", "hidden Markov model"),
        ("PPO", "with proximal policy optimization", "proximal policy optimization"),
        ("LoRA", "by low-rank adaptation", "low-rank adaptation"),
        ("VAE", "a variational autoencoder", "variational autoencoder"),
        ("SAM", "the segment anything model", "segment anything model"),
        ("TTS", "of text-to-speech", "text-to-speech"),
        ("XYZ", "nothing of the sort", ""),
        ("IR", "is far too long before the letters could be anything at all regarding this", ""),
        ("ABC", "", ""),
    ],
)
def test_definitions_are_read_as_schwartz_and_hearst_do(short: str, before: str, found: str) -> None:
    assert long_form(short, before) == found


def test_a_definition_the_other_way_round_counts_too() -> None:
    ((acronym, phrase),) = learn([paper("We train an HMM (hidden Markov model).", "Ann")])
    assert (acronym, keys(phrase)) == ("HMM", keys("hidden Markov models"))


@given(st.text(alphabet="ABab (),-.s", max_size=80))
@settings(deadline=None, max_examples=300)
def test_any_text_can_be_learned_from(text: str) -> None:
    for acronym, phrase in learn([paper(text, "Ann")]):
        assert unusual(acronym) == acronym
        assert phrase
