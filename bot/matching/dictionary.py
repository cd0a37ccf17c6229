"""From the words of a paper to the leaves that hold."""

from __future__ import annotations

from itertools import compress
from typing import Literal, TypeAlias

from bot.matching.entries import LeafEntry
from bot.matching.marks import Marks
from bot.matching.needles import REMEMBERED, Keys, keys_of

#: the keys that must follow the first two, and the leaf they complete
Tails: TypeAlias = tuple[tuple[Keys, LeafEntry], ...]
#: by second key
Seconds: TypeAlias = dict[str, Tails]
#: the leaves that a word alone makes hold, and the phrases it may begin
Meaning: TypeAlias = tuple[tuple[LeafEntry, ...], Seconds | None]
#: a leaf, the place of its first word, and how many words it is
Spot: TypeAlias = tuple[LeafEntry, int, int]


class Dictionary:
    """Leaves by the sequences of keys they are found by."""

    def __init__(self) -> None:
        #: sequences of one key
        self.singles: dict[str, tuple[LeafEntry, ...]] = {}
        #: longer ones, by first and second key
        self.phrases: dict[str, Seconds] = {}

    def add(self, keys: Keys, leaf: LeafEntry) -> None:
        """Adds a sequence by which a leaf is found."""
        if len(keys) == 1:
            self.singles[keys[0]] = (*self.singles.get(keys[0], ()), leaf)
        else:
            seconds = self.phrases.setdefault(keys[0], {})
            seconds[keys[1]] = (*seconds.get(keys[1], ()), (keys[2:], leaf))

    def remove(self, keys: Keys, leaf: LeafEntry) -> None:
        """Removes a sequence that was added."""
        if len(keys) == 1:
            left = tuple(other for other in self.singles[keys[0]] if other is not leaf)
            if left:
                self.singles[keys[0]] = left
            else:
                del self.singles[keys[0]]
            return
        seconds = self.phrases[keys[0]]
        tails = tuple(tail for tail in seconds[keys[1]] if tail[1] is not leaf or tail[0] != keys[2:])
        if tails:
            seconds[keys[1]] = tails
        else:
            del seconds[keys[1]]
            if not seconds:
                del self.phrases[keys[0]]


class Lexicon(dict[str, "Meaning | None"]):
    """What each word of a field means to a dictionary; None for nothing, as most words do.

    Filled as words come, so that a word met again costs one look-up; to be emptied when the dictionary changes.
    """

    def __init__(self, field: Literal["title", "abstract"], dictionary: Dictionary, marks: Marks) -> None:
        super().__init__()
        self._dictionary = dictionary
        self._keys = FieldKeys(field, marks)

    def forget(self) -> None:
        """Empties it."""
        self.clear()
        self._keys.clear()

    def __missing__(self, word: str) -> Meaning | None:
        if len(self) > REMEMBERED:
            self.forget()
        keys = self._keys[word]
        leaves = dict.fromkeys(leaf for key in keys for leaf in self._dictionary.singles.get(key, ()))
        begun = [self._dictionary.phrases[key] for key in keys if key in self._dictionary.phrases]
        seconds = begun[0] if len(begun) == 1 else _united(begun)
        meaning = self[word] = (tuple(leaves), seconds) if leaves or seconds else None
        return meaning

    def read(self, words: list[str]) -> list[Spot]:
        """The leaves that hold in a text, once for each place, in the order of the text."""
        found: list[Spot] = []
        keys = self._keys
        last = len(words) - 1
        known = list(map(self.__getitem__, words))
        # this loop is where a paper's time goes: no call in it unless a phrase has begun
        for place in compress(range(len(words)), known):
            leaves, seconds = known[place]  # type: ignore[misc]  # compress leaves None out
            for leaf in leaves:
                found.append((leaf, place, 1))  # noqa: PERF401  # phrases go to the same list
            if seconds is not None and place < last:
                for key in keys[words[place + 1]]:
                    if key in seconds:
                        third = keys[words[place + 2]] if place + 1 < last else ()
                        for rest, leaf in seconds[key]:
                            if not rest or (rest[0] in third and self._stand(words, place + 3, rest[1:])):
                                found.append((leaf, place, 2 + len(rest)))
        return found

    def _stand(self, words: list[str], place: int, keys: Keys) -> bool:
        following = words[place : place + len(keys)]
        fits = len(following) == len(keys)
        return fits and all(key in self._keys[word] for key, word in zip(keys, following, strict=True))


class FieldKeys(dict[str, Keys]):
    """The keys of each word in a field, filled as words come."""

    def __init__(self, field: Literal["title", "abstract"], marks: Marks) -> None:
        super().__init__()
        self._field = field
        self._marks = marks

    def __missing__(self, word: str) -> Keys:
        keys = keys_of(word)
        found = self[word] = keys + self._marks.of(word, keys, self._field)
        return found


def _united(begun: list[Seconds]) -> Seconds | None:
    """The phrases that begin with any of several keys of one word."""
    found: Seconds = {}
    for seconds in begun:
        for key, tails in seconds.items():
            found[key] = found.get(key, ()) + tails
    return found or None
