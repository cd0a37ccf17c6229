"""Author names: who is meant by "LeCun, Yann", "Y. LeCun" or "LeCun", and who is not.

Two names are one person's when the surnames are equal and no given name speaks against it: an initial agrees with a
name that begins so, and a missing middle name with any. Two different initials never agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from bot.text.words import fold, spellings, words

_SUFFIXES = frozenset(words("jr sr ii iii iv phd md"))
_PARTICLES = frozenset(
    words(
        "af al ap av bar bin da das de dei del della den der di do dos du e el ibn la las le les lo los mac san st ten"
        " ter und van vande vom von y zu zum zur"
    )
)
#: frequent surnames in pinyin that are no usual given name elsewhere; "Wang Xiaoming" is Xiaoming Wang
_CHINESE = frozenset(
    words(
        "bai cai cao chen cheng cui dai deng ding dong du fan fang feng fu gao gong gu guo han hao he hou hu huang jia"
        " jiang jin kong lei li liang liao lin liu lu luo lyu ma mao meng pan peng qian qin qiu ren shao shen shi song"
        " su sun tan tang tao tian wan wang wei wen wu xia xiang xiao xie xiong xu xue yan yang yao ye yi yin yu yuan"
        " zeng zhang zhao zheng zhong zhou zhu zou"
    )
)
_PINYIN = re.compile(
    "(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)"
    "(?:a|ai|an|ang|ao|e|ei|en|eng|i|ia|ian|iang|iao|ie|in|ing|iong|iu|o|ong|ou|u|ua|uai|uan|uang|ue|ui|un|uo|v|ve)"
    "|an|ang|ao|e|en|er|ou)+"
)
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’ʼ`](?=[^\W\d_])")
#: characters of a name that count
LONGEST = 200

#: a folded word with the other ways to write it: muller, mueller
Word = tuple[str, ...]


class Name(NamedTuple):
    """A name taken apart."""

    #: given names and initials in order, with all but the last word of the surname behind them
    given: tuple[Word, ...]
    #: particles of the surname: van, der
    particles: tuple[str, ...]
    #: last word of the surname; empty in a name without words
    surname: Word


@lru_cache(maxsize=20_000)
def parsed(name: str) -> Name:
    """Take a name apart: "LeCun, Yann A.", "Yann A. LeCun", "van der Berg, J.", "Wang Xiaoming"."""
    last, comma, first = _APOSTROPHE.sub("", name[:LONGEST]).partition(",")
    if comma and set(map(fold, words(first.partition(",")[0]))) <= _SUFFIXES:
        # "John Smith, Jr." or "Smith, Jr., John"
        first = first.partition(",")[2]
        comma = "," if first.strip() else ""
    family, given = _words(last), _words(first)
    if not comma or not family:
        family, given = _surname_last(family or given)
    if not family:
        return Name((), (), ())
    particles = tuple(fold(word) for word in family[:-1] if fold(word) in _PARTICLES)
    before = [word for word in family[:-1] if fold(word) not in _PARTICLES]
    return Name(tuple(map(_ways, given + before)), particles, _ways(family[-1]))


def _ways(word: str) -> Word:
    # a name is a name in lower case too: author:mueller
    return spellings(word[:1].upper() + word[1:])


def _words(text: str) -> list[str]:
    return [word for word in words(text) if fold(word) not in _SUFFIXES]


def _surname_last(parts: list[str]) -> tuple[list[str], list[str]]:
    """Surname and given names of a name in reading order."""
    if len(parts) > 1 and _chinese_order([fold(word) for word in parts]):
        return parts[:1], parts[1:]
    start = max(0, len(parts) - 1)
    while start > 1 and fold(parts[start - 1]) in _PARTICLES:
        start -= 1
    return parts[start:], parts[:start]


def _chinese_order(parts: list[str]) -> bool:
    first, *given = parts
    return (
        first in _CHINESE
        and len(given) <= 2
        and given[-1] not in _CHINESE
        and all(len(word) > 1 and _PINYIN.fullmatch(word) for word in given)
    )


def name_key(name: str) -> str:
    """A name as it is compared, folded, surname first: "Yann A. LeCun" is "lecun yann a"."""
    parts = parsed(name)
    return " ".join((*parts.particles, *parts.surname[:1], *(word[0] for word in parts.given)))


def surname_keys(name: str) -> tuple[str, ...]:
    """Folded surname, as written first, then in other ways to write it: "Müller" -> muller, mueller.

    If `same_name(query, name)`, the two have a key in common: an index over all keys of the names, asked for all keys
    of the query, misses nobody.
    """
    return parsed(name).surname


@lru_cache(maxsize=20_000)
def asked_keys(query: str) -> tuple[str, ...]:
    """Narrow keys of a name that is asked for: "Wang" -> ("wang",), "W. Wang" -> ("wang w",).

    If `same_name(query, name)`, one of them is among `name_keys(name)`. "Wei Wang" asks for Wei Wang, and with
    "wang w." for those who print an initial.
    """
    asked = parsed(query)
    particles = not asked.particles and any(way in _PARTICLES for word in asked.given for way in word)
    if not asked.given or (particles and not _PARTICLES.isdisjoint(asked.given[0])):
        return asked.surname
    first = asked.given[0]
    initials = [way[0] for way in first]
    if len(first[0]) == 1:
        wanted = initials
    else:
        wanted = [*first, *(initial + "." for initial in initials), _joined(asked.given)]
        if particles:
            wanted += initials  # a word that may be a particle of the other's surname does not count
    return _with_surname(asked.surname, wanted)


@lru_cache(maxsize=20_000)
def name_keys(name: str) -> tuple[str, ...]:
    """Keys under which a printed name is found: "Wei X. Wang" -> ("wang", "wang w", "wang wei", "wang x", …)."""
    found = parsed(name)
    if not found.given:
        return found.surname
    ways = [way for word in found.given for way in word]
    offered = [*(way[0] for way in ways), *ways, _joined(found.given)]
    if len(found.given[0][0]) == 1:
        offered += [way[0] + "." for way in found.given[0]]
    return (*found.surname, *_with_surname(found.surname, offered))


def _with_surname(surname: Word, given: Iterable[str]) -> tuple[str, ...]:
    wanted = dict.fromkeys(given)
    return tuple(f"{way} {one}" for way in surname for one in wanted)


def _joined(given: Iterable[Word]) -> str:
    return "".join(word[0] for word in given)


def same_name(query: str, name: str) -> bool:
    """Whether an author's printed name may be the one asked for; a bare surname is anybody of that name."""
    asked, found = parsed(query), parsed(name)
    if not set(asked.surname) & set(found.surname):
        return False
    if asked.particles and found.particles and asked.particles != found.particles:
        return False
    given = asked.given
    if not asked.particles:
        given = tuple(word for word in given if word[0] not in found.particles)
    return not given or (bool(found.given) and _agree(given, found.given))


def _agree(asked: tuple[Word, ...], found: tuple[Word, ...]) -> bool:
    """Whether given names agree: the first with the first, the rest of the shorter in order within the longer."""
    if _joined(asked) == _joined(found):
        return True  # Xiao-Ming and Xiaoming
    if not _compatible(asked[0], found[0]):
        # somebody known by a middle name, written in full in both
        return len(asked[0][0]) > 1 and any(set(asked[0]) & set(word) for word in found[1:])
    shorter, longer = sorted((asked[1:], found[1:]), key=len)
    rest = iter(longer)
    return all(any(_compatible(one, other) for other in rest) for one in shorter)


def _compatible(one: Word, other: Word) -> bool:
    if len(one[0]) == 1 or len(other[0]) == 1:
        return any(way[0] == another[0] for way in one for another in other)
    return not set(one).isdisjoint(other)
