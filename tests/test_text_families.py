"""Which words are one family, on the given examples, on our own and on every word of the shipped table."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import FAMILY, UNUSUAL, family, fold, members, readable, words
from bot.text.families import table
from bot.text.inflection import singular, verb
from bot.text.spelling import american

SHARED = Path(__file__).resolve().parents[2] / "shared"
EXAMPLES = SHARED / "examples" / "word-family.tsv"
PAGE = SHARED / "data" / "papers_page.jsonl"


def _needed(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} is in the shared folder, which is not here")
    return path


def _cases() -> list[tuple[str, str, bool]]:
    lines = Path(__file__).with_name("data").joinpath("word_families.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return [
        (word, other, same) for word, one, two in rows for same, others in ((True, one), (False, two))
        for other in others.split()
    ]  # fmt: skip


def test_every_given_example_of_a_single_word_holds() -> None:
    wrong = []
    seen = 0
    for line in _needed(EXAMPLES).read_text("utf-8").splitlines():
        query, text, wanted = [*line.split("\t"), "", ""][:3]
        if line.startswith("#") or query[:1] in "=\"'" or query.endswith("*") or len(words(readable(query))) != 1:
            continue
        seen += 1
        (asked,) = words(readable(query))
        said = words(f"We study {readable(text)} in depth.")[2:-2]
        if UNUSUAL[asked]:
            found = any(UNUSUAL[word] == UNUSUAL[asked] for word in said)
            if wanted == "1" and not found and len(said) > 1:
                continue  # the long form of an acronym: tests/test_text_acronyms.py
        elif asked == "4D":
            found = "".join(said).lower() == "4d"
        else:
            found = any(family(word) == family(asked) for word in said)
        if found != (wanted == "1"):
            wrong.append(line)
    assert seen > 150
    assert wrong == []


def test_every_case_of_our_own_holds() -> None:
    cases = _cases()
    assert len(cases) > 1000
    wrong = [(word, other) for word, other, same in cases if (family(word) == family(other)) != same]
    assert wrong == []


def test_tokenization_finds_nine_papers_of_the_first_page() -> None:
    papers = [json.loads(line) for line in _needed(PAGE).read_text("utf-8").splitlines()]
    found = [
        paper["title"]
        for paper in papers
        if any(
            family(word) == family("tokenization")
            for word in words(readable(paper["title"] + ". " + paper["abstract"]))
        )
    ]
    assert len(papers) == 53
    assert len(found) == 9
    # every one of them says so itself, and none of the others does
    says = ("tokeniz", "tokenis")
    assert found == [
        paper["title"] for paper in papers if any(word in fold(paper["title"] + paper["abstract"]) for word in says)
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("finetuned", "finetuning"), ("finetune", "finetunes"), ("reranker", "reranking"),
        ("detokenizers", "detokenize"),
        ("frobnicators", "frobnicate"), ("zorbification", "zorbified"), ("quilterizing", "quilterisation"),
        ("upscaled", "upscaling"), ("backpropagated", "backpropagation"), ("elastographic", "elastography"),
        ("flurbing", "flurbed"), ("multitokenization", "multitokenizer"), ("retimed", "retiming"), ("nerfs", "nerf"),
    ],
)  # fmt: skip
def test_words_that_nobody_listed_follow_the_rules(one: str, other: str) -> None:
    assert family(one) == family(other)


@pytest.mark.parametrize("word", ["string", "during", "something", "sibling", "species", "physics", "bias", "lens"])
def test_words_that_only_look_inflected_are_left_alone(word: str) -> None:
    assert family(word) == word


@pytest.mark.parametrize(
    ("british", "us"),
    [
        ("tokenisation", "tokenization"),
        ("behavioural", "behavioral"),
        ("analysed", "analyzed"),
        ("centring", "centering"),
        ("catalogues", "catalogs"),
        ("haemoglobin", "hemoglobin"),
        ("ischaemic", "ischemic"),
        ("artefacts", "artifacts"),
        ("sulphides", "sulfides"),
        ("kilometres", "kilometers"),
        ("programme", "program"),
        ("judgement", "judgment"),
    ],
)
def test_british_spelling_is_american_spelling(british: str, us: str) -> None:
    assert american(british) == us
    assert american(us) == us


@pytest.mark.parametrize(
    "word",
    words(
        "supervised unsupervised denoising promising precise expertise otherwise likewise rise noise comprise exercise"
        " compromise revised disguise contour four resource journal genre acre genome discrete aerial aesthetic science"
    ),
)
def test_spellings_that_only_look_british_are_left_alone(word: str) -> None:
    assert american(word) == word


def test_the_name_of_a_family_is_the_same_for_each_of_its_words() -> None:
    assert {members(word)[0] for word in ("tokenisers", "Tokenized", "tokenization")} == {"tokenization"}
    assert members("masks")[:2] in {("masking", "mask"), ("mask", "masked"), ("mask", "masking")}
    assert members("zorbs") == ("zorb",)


def test_the_table_is_sound() -> None:
    known = table()
    assert len(known.keys) > 30_000
    assert [key for key in known.members if family(key) != key] == []
    assert [form for form, key in known.keys.items() if family(form) != key] == []
    assert [key for key, forms in known.members.items() if family(forms[0]) != key] == []
    assert all(form.isascii() and form.isalpha() and form.islower() for form in known.keys)


@given(st.text(max_size=80), st.text(max_size=80))
@settings(deadline=None, max_examples=300)
def test_any_word_has_a_family(one: str, other: str) -> None:
    assert family(one) == family(one)
    assert family(family(one)) == family(one)
    assert family(one.upper()) == family(one.lower()) or fold(one.upper()) != fold(one.lower())
    assert (family(one) == family(other)) == (family(other) == family(one))


@given(
    st.from_regex(
        r"[a-z]{2,14}(s|ed|ing|er|ers|ization|isation|ising|ify|ation|ators|ical|ae|ies|our|ence)", fullmatch=True
    )
)
@settings(deadline=None, max_examples=500)
def test_any_made_up_word_has_a_key_that_is_its_own(word: str) -> None:
    key = family(word)
    assert family(key) == key
    assert key.isalnum()
    assert singular(singular(word)) in {singular(word), singular(singular(word))}
    assert verb(word)


def test_no_word_takes_long() -> None:
    strange = ["a" * 100_000, "ations" * 20_000, "is" * 50_000, "un" * 50_000 + "ing", "𝔄" * 50_000, "ies" * 30_000]
    for word in strange:
        start = time.perf_counter()
        family(word)
        assert time.perf_counter() - start < 0.05


def test_a_paper_takes_microseconds_once_its_words_are_known() -> None:
    text = "We propose a tokenization method for multilingual language models and evaluate its compression. " * 13
    rounds = 200
    list(map(FAMILY.__getitem__, words(text)))
    start = time.perf_counter()
    for _ in range(rounds):
        list(map(FAMILY.__getitem__, words(text)))
    # 60 µs on an idle core; a wide margin for a busy machine
    assert (time.perf_counter() - start) / rounds < 600e-6
