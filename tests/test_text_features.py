"""What search stores of a paper."""

from __future__ import annotations

import re
import zlib
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Paper
from bot.text import FEATURES_VERSION, family, feature, features

PAPER = Paper(
    "p1",
    "Fine-tuned Tokenizers for Schrödinger Bridges",
    "We tokenise CO₂ data of the Müller group.",
    authors=("Yann LeCun", "Jörg Müller"),
    categories=("cs.CL", "cond-mat.str-el"),
    sources=("arxiv",),
    code="https://example.org/code",
)


def test_every_family_of_a_paper_is_among_its_features() -> None:
    found = set(features(PAPER))
    for word in ("tokenization", "tokenizers", "bridge", "co2", "schrodinger", "schroedinger", "mueller", "finetuning"):
        assert family(word) in found, word


def test_words_themselves_are_stored_for_the_beginning_of_a_word() -> None:
    assert {"tokenizers", "tokenise", "bridges"} <= set(features(PAPER))


def test_fields_are_features_of_their_own() -> None:
    found = set(features(PAPER))
    assert feature("author", "lecun") in found
    assert {feature("author", "muller"), feature("author", "mueller")} <= found
    assert feature("cat", "cs.CL") in found
    assert feature("cat", "cond-mat.str-el").startswith(feature("cat", "cond-mat"))
    assert feature("source", "arxiv") in found
    assert feature("has", "code") in found
    assert feature("has", "code") not in features(Paper("p2", "No code"))


def test_a_feature_is_one_word_to_any_full_text_search() -> None:
    assert all(re.fullmatch(r"[^\W_]+", word) for word in features(PAPER))
    assert len(set(features(PAPER))) == len(features(PAPER))


def test_a_new_table_of_words_is_a_new_version() -> None:
    # who makes the table anew raises FEATURES_VERSION and writes the new sum here
    table = files("bot.text").joinpath("families.tsv").read_bytes()
    assert (FEATURES_VERSION, zlib.crc32(table)) == (3, 702529605)


@given(
    st.builds(Paper, st.just("p"), st.text(max_size=80), st.text(max_size=80), authors=st.tuples(st.text(max_size=20)))
)
@settings(deadline=None)
def test_any_paper_has_features_and_always_the_same(paper: Paper) -> None:
    assert features(paper) == features(paper)
    assert all(re.fullmatch(r"[^\W_]+", word) for word in features(paper))
