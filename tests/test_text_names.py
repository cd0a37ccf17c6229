"""Which author is meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import asked_keys, name_key, name_keys, same_name, surname_keys

SAME = [
    ("LeCun, Yann", "Yann LeCun"),
    ("Y. LeCun", "Yann LeCun"),
    ("Yann A. LeCun", "Yann LeCun"),
    ("LeCun", "Yann LeCun"),
    ("yann lecun", "Y. A. LeCun"),
    ("van der Berg, Jan", "Jan van der Berg"),
    ("Berg", "Jan van der Berg"),
    ("Al-Khalili", "Jim Al-Khalili"),
    ("John Smith Jr.", "John Smith"),
    ("Smith, Jr., John", "John Smith"),
    ("Jean-Pierre Serre", "J.-P. Serre"),
    ("Xiao-Ming Wang", "Xiaoming Wang"),
    ("Wang Xiaoming", "Xiaoming Wang"),
    ("He Kaiming", "Kaiming He"),
    ("Müller", "K. Muller"),
    ("mueller", "K. Muller"),
    ("Joerg Mueller", "Jörg Müller"),
    ("Erdos", "Paul Erdős"),
    ("García Márquez, Gabriel", "Gabriel García Márquez"),
    ("O'Brien", "Conan O’Brien"),
    ("Shai Ben-David", "Shai Ben David"),
    ("Michael Jordan", "Michael I. Jordan"),
    ("李飞飞", "李飞飞"),
]
DIFFERENT = [
    ("Evgeny V. Ivanov", "Igor V. Ivanov"),
    ("Evgeny V.", "Igor V."),
    ("E. Ivanov", "I. Ivanov"),
    ("Yann A. LeCun", "Yann B. LeCun"),
    ("M. J. Jordan", "Michael I. Jordan"),
    ("A. LeCun", "Yann A. LeCun"),
    ("van Berg", "von Berg"),
    ("Yoshua Bengio", "Samy Bengio"),
    ("Yann", "Yann LeCun"),
    ("Wei Li", "Li Wei"),
    ("Michal Smith", "Michael Smith"),
    ("Yann LeCun", "LeCun"),
    ("", "Yann LeCun"),
    ("LeCun", ""),
]


@pytest.mark.parametrize(("query", "name"), SAME)
def test_one_person_in_two_spellings(query: str, name: str) -> None:
    assert same_name(query, name)


@pytest.mark.parametrize(("query", "name"), DIFFERENT)
def test_two_people(query: str, name: str) -> None:
    assert not same_name(query, name)


@pytest.mark.parametrize(("query", "name"), SAME)
def test_an_index_over_the_keys_misses_nobody(query: str, name: str) -> None:
    assert set(surname_keys(query)) & set(surname_keys(name))
    assert set(asked_keys(query)) & set(name_keys(name))


def test_keys_are_narrow() -> None:
    assert asked_keys("Wang") == ("wang",)
    assert asked_keys("W. Wang") == ("wang w",)
    assert set(asked_keys("Wei Wang")) & set(name_keys("Wei X. Wang")) == {"wang wei"}
    assert set(asked_keys("Wei Wang")) & set(name_keys("W. Wang")) == {"wang w."}
    assert not set(asked_keys("Wei Wang")) & set(name_keys("Weiming Wang"))
    assert name_key("Yann A. LeCun") == name_key("LeCun, Yann A.") == "lecun yann a"


NAME = st.lists(
    st.one_of(
        st.sampled_from(
            ["Yann", "Y.", "A", "van", "der", "de", "Wang", "Xiaoming", "Li", "Müller", "Mueller", "Jr.", ","]
        ),
        st.sampled_from(["Jean-Pierre", "O'Brien", "Al-", "Ben", "Ø", "J.K.", "Smith,", "李"]),
        st.text(max_size=5),
    ),
    max_size=5,
).map(" ".join)


@given(NAME, NAME)
@settings(deadline=None, max_examples=600)
def test_any_two_names_can_be_compared_and_found_by_their_keys(query: str, name: str) -> None:
    if same_name(query, name):
        assert set(surname_keys(query)) & set(surname_keys(name))
        assert set(asked_keys(query)) & set(name_keys(name))


@given(NAME)
@settings(deadline=None)
def test_everybody_with_a_surname_is_themselves(name: str) -> None:
    assert same_name(name, name) == bool(surname_keys(name))
