"""Words written in one, with a hyphen, or apart: fine-tuning, multi-agent, 4-D."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from bot.text.families import family, table
from bot.text.words import fold, words

#: no part of a compound: "on line search" is not online search, "over time" is not overtime
FUNCTION_WORDS = frozenset(
    words(
        "a all an and any are as at be both but by can do down each for from had has have he how if in into is it its"
        " just me my no not of off on one only or our out over own per same she so some such than that the then this to"
        " too under up us very via was we were what when where which who why will with you"
    )
)
#: first parts that make compounds with any word
_PREFIXES = words(
    "anti auto bi bio co counter cross cyber electro extra geo hyper infra inter intra macro meta micro mini mono multi"
    " nano neuro non omni photo poly post pre pseudo quasi self semi spatio sub super tele trans tri ultra uni"
)
_NUMBERED = re.compile("([0-9]+)([a-zA-Z]+)|([a-zA-Z]+)([0-9]+)")


@cache
def _hyphenated() -> tuple[tuple[str, str], ...]:
    """Words that recorded papers join with a hyphen: first, last."""
    lines = files(__package__).joinpath("compounds.tsv").read_text("utf-8").splitlines()
    pairs = [line.partition(" ") for line in lines if not line.startswith("#")]
    return tuple((first, last) for first, _, last in pairs)


@cache
def _pairs() -> dict[str, tuple[int, ...]]:
    """Lengths of the first part, by the family of the word written in one."""
    found: dict[str, tuple[int, ...]] = {}
    for first, last in _hyphenated():
        key = family(first + last)
        if len(first) not in found.get(key, ()):
            found[key] = (*found.get(key, ()), len(first))
    return found


def begun(beginning: str) -> tuple[str, str] | None:
    """The beginning of a word written in one as its parts: "finetun" is "fine tun", as in fine-tuning; None for others.

    Where papers hyphenate such words at two places, none is meant.
    """
    firsts = {
        first
        for first, last in _hyphenated()
        if len(first) + 1 < len(beginning) and (first + last).startswith(beginning) and first not in FUNCTION_WORDS
    }
    return (first, beginning[len(first) :]) if len(firsts) == 1 and (first := firsts.pop()) else None


def parts(word: str) -> tuple[tuple[str, ...], ...]:
    """Ways in which a word written in one is written apart, with its case: "finetuning" -> (("fine", "tuning"),).

    Known are pairs that recorded papers hyphenate, first parts like multi- and non-, and numbers (4D, GPT4).
    """
    if numbered := _NUMBERED.fullmatch(word):
        return (tuple(part for part in numbered.groups() if part),)
    low = fold(word)
    if len(low) != len(word):
        return ()
    key, known = family(low), table()
    lengths = list(_pairs().get(key, ()))
    if key not in known.members:
        # a known word that nobody hyphenates is none: supervision is no super vision
        starts = [len(prefix) for prefix in _PREFIXES if low.startswith(prefix)]
        lengths += [start for start in starts if family(low[start:]) in known.members]
    return tuple(
        (word[:length], word[length:])
        for length in dict.fromkeys(lengths)
        if len(word) - length > 3 and low[length:] not in FUNCTION_WORDS
    )
