"""English inflection by rule, for words that no table knows: plurals, -ing, -ed, -er, -ization, -ification, -ation.

A wrong guess does no harm by itself, since keys are only compared: it matters only that the forms of one word meet, and
that two words do not. So the rules may invent a verb ("frobnicate" for "frobnicators").
"""

from __future__ import annotations

import re
from collections.abc import Container

_KEEPS_S = re.compile("(?:ss|(?<![cgnt]p)us|is|ous|[^aeiouy]ics|news|lens|bias|series|species)$")
#: endings that say by themselves what a word is made from
_MADE = (
    (re.compile("([a-z]{3,}iz)(?:ations?|ers?|ings?|ed|es|e)$"), "e"),
    (re.compile("([a-z]{2,}if)(?:ications?|iers?|ying|ied|ies|y)$"), "y"),
    (re.compile("([a-z]{3,}at)(?:ions?|ors?)$"), "e"),
    (re.compile("([a-z]{3,}(?:graph|olog))ic(?:al)?$"), "y"),
)
_ACT = re.compile("([a-z]*[aeiouy][a-z]+?)(?:ings?|ed)$")
_DOUBLED = re.compile("([bdgmnprt])\\1$")
#: stems that have lost an e: of one syllable with one vowel (tim-ing, re-scop-ing), else it would have doubled, …
_ONE_SYLLABLE = re.compile(
    "(?:back|co|de|down|fine|fore|in|mis|out|over|pre|re|un|under|up)?[^aeiou]*[aeiou][^aeiouwxy]$"
)
#: … and by their ending: -ating, -izing, -ucing, -aging, -olving, -abling, -versing
_LOST_E = re.compile(
    "(?:(?:^|[^aeo])at|(?:[cr]l|cr|[ln]|rm)eat|[acdiu]c|nc|[ae]g|[dr]g|[aiou]s|[nrl]s|[bcdfgkptz]l|[aeilor]v|[iuy]z|ir|ud|[^o]u[rt]|[gqt]u)$"
)


def singular(word: str) -> str:
    """Singular of a regular plural, the bare form of a third person: "cities" is "city", "classes" is "class"."""
    if len(word) < 4 or word[-1] != "s" or _KEEPS_S.search(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    return word[:-1]


def made(word: str) -> str:
    """What a word in -ization, -ifier, -ation, -graphic … is made from, the word itself when it has no such ending."""
    for pattern, ending in _MADE:
        if found := pattern.match(word):
            return found[1] + ending
    return word


def verb(word: str, known: Container[str] = ()) -> str:
    """Verb that a word in -ing, -ed, -ation, -izer … comes from, the word itself when it has no such ending.

    `known` are words that exist: of two possible verbs ("rescal", "rescale") the one that is among them is taken.
    """
    if (root := made(word)) != word:
        return root
    if word.endswith("ied"):
        return word[:-3] + "y"
    if not (found := _ACT.match(word)):
        return word
    stem = found[1]
    if len(stem) < 3:
        return stem + "e" if stem + "e" in known else word
    single = stem[:-1] if stem[-1] == stem[-2] else stem
    for candidate in (stem + "e", stem, single):
        if candidate in known:
            return candidate
    if _DOUBLED.search(stem):
        return single
    return stem + "e" if _ONE_SYLLABLE.fullmatch(stem) or _LOST_E.search(stem) else stem
