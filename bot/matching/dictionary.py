"""From the words of a paper to the leaves that hold."""

from __future__ import annotations

from itertools import compress
from typing import Literal, TypeAlias

from bot.matching.entries import LeafEntry
from bot.matching.marks import Marks
from bot.matching.needles import REMEMBERED, Keys, keys_of

#: the leaves that a word alone makes hold, and the phrases it may begin
Meaning: TypeAlias = "tuple[tuple[LeafEntry, ...], dict[str, Branch]]"
#: a leaf, the place of its first word, and how many words it is
Spot: TypeAlias = tuple[LeafEntry, int, int]


class Branch:
    """Where some keys have led: the leaves that end here, and further branches by the next key."""

    __slots__ = ("leaves", "next")

    def __init__(self) -> None:
        self.leaves: tuple[LeafEntry, ...] = ()
        self.next: dict[str, Branch] | None = None


class Dictionary:
    """Leaves by the sequences of keys they are found by."""

    def __init__(self) -> None:
        #: sequences of one key
        self.singles: dict[str, tuple[LeafEntry, ...]] = {}
        #: longer ones, by first and second key
        self.phrases: dict[str, dict[str, Branch]] = {}

    def add(self, keys: Keys, leaf: LeafEntry) -> None:
        """Adds a sequence by which a leaf is found."""
        if len(keys) == 1:
            self.singles[keys[0]] = (*self.singles.get(keys[0], ()), leaf)
            return
        branches = self.phrases.setdefault(keys[0], {})
        for key in keys[1:-1]:
            branch = branches.setdefault(key, Branch())
            if branch.next is None:
                branch.next = {}
            branches = branch.next
        end = branches.setdefault(keys[-1], Branch())
        end.leaves = (*end.leaves, leaf)

    def remove(self, keys: Keys, leaf: LeafEntry) -> None:
        """Removes a sequence that was added."""
        if len(keys) > 1:
            _prune(self.phrases, keys, leaf)
        elif left := tuple(other for other in self.singles[keys[0]] if other is not leaf):
            self.singles[keys[0]] = left
        else:
            del self.singles[keys[0]]


def _prune(phrases: dict[str, dict[str, Branch]], keys: Keys, leaf: LeafEntry) -> None:
    branches = phrases[keys[0]]
    path = [branches]
    for key in keys[1:-1]:
        branches = branches[key].next or {}
        path.append(branches)
    end = branches[keys[-1]]
    end.leaves = tuple(other for other in end.leaves if other is not leaf)
    for key, branches in zip(reversed(keys[1:]), reversed(path), strict=True):
        branch = branches[key]
        if branch.next is not None and not branch.next:
            branch.next = None
        if branch.leaves or branch.next:
            return
        del branches[key]
    if not phrases[keys[0]]:
        del phrases[keys[0]]


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
        keys, singles, phrases = self._keys[word], self._dictionary.singles, self._dictionary.phrases
        single = [key for key in keys if key in singles]
        begun = [phrases[key] for key in keys if key in phrases]
        if not single and not begun:  # as most words
            self[word] = None
            return None
        leaves = dict.fromkeys(leaf for key in single for leaf in singles[key])
        branches = begun[0] if len(begun) == 1 else _united(begun)
        meaning = self[word] = (tuple(leaves), branches)
        return meaning

    def read(self, words: list[str]) -> list[Spot]:
        """The leaves that hold in a text, once for each place, in the order of the text."""
        found: list[Spot] = []
        keys = self._keys
        last = len(words) - 1
        known = list(map(self.__getitem__, words))
        # this loop is where a paper's time goes: no call in it unless a phrase of three words has begun
        for place in compress(range(len(words)), known):
            leaves, branches = known[place]  # type: ignore[misc]  # compress leaves None out
            for leaf in leaves:
                found.append((leaf, place, 1))  # noqa: PERF401  # phrases go to the same list
            if branches and place < last:
                for key in keys[words[place + 1]]:
                    if key in branches:
                        branch = branches[key]
                        for leaf in branch.leaves:
                            found.append((leaf, place, 2))  # noqa: PERF401
                        if branch.next is not None:
                            self._read_on(words, place, 2, branch.next, found)
        return found

    def _read_on(
        self, words: list[str], place: int, length: int, branches: dict[str, Branch], found: list[Spot]
    ) -> None:
        """Adds the phrases that began at a place and go on behind so many words."""
        if place + length < len(words):
            for key in self._keys[words[place + length]]:
                if key in branches:
                    branch = branches[key]
                    found += [(leaf, place, length + 1) for leaf in branch.leaves]
                    if branch.next is not None:
                        self._read_on(words, place, length + 1, branch.next, found)


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


def _united(begun: list[dict[str, Branch]]) -> dict[str, Branch]:
    """The branches of several keys of one word, in copies where they meet."""
    found: dict[str, Branch] = {}
    for branches in begun:
        for key, branch in branches.items():
            if key in found:
                both = Branch()
                both.leaves = found[key].leaves + branch.leaves
                both.next = _united([each.next for each in (found[key], branch) if each.next]) or None
                found[key] = both
            else:
                found[key] = branch
    return found
