"""Keys that a word has only because some query asks for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, TypeVar

from bot.matching.needles import Keys
from bot.text import fold

Key = TypeVar("Key", str, int)


class Marks:
    """What queries ask for beside families: words alone, prefixes, and keys in one field ("title:tokenize")."""

    def __init__(self) -> None:
        self.exact: Counter[str] = Counter()
        self.prefixes: Counter[str] = Counter()
        self.lengths: Counter[int] = Counter()
        #: keys asked for in a field, without its name
        self.fields: dict[str, Counter[str]] = {"title": Counter(), "abstract": Counter()}

    def of(self, word: str, keys: Keys, field: Literal["title", "abstract"]) -> Keys:
        """The further keys of a word in a field that somebody asks for."""
        wanted = self.fields[field]
        if not (wanted or self.exact or self.prefixes):
            return ()
        found: list[str] = []
        if self.exact or self.prefixes:
            spelled = dict.fromkeys((fold(word), word))
            beginnings = [each[:n] for each in spelled for n in self.lengths if n <= len(each)]
            found += ["=" + each for each in spelled if each in self.exact]
            found += [beginning + "*" for beginning in dict.fromkeys(beginnings) if beginning in self.prefixes]
        found += [f"{field}:{key}" for key in (*keys, *found) if key in wanted]
        return tuple(found)

    def add(self, keys: Iterable[str]) -> None:
        """Takes note of what a query asks for."""
        for key in keys:
            if not key.isalnum():
                self._count(key, 1)

    def remove(self, keys: Iterable[str]) -> None:
        """Forgets it again, unless another query asks for the same."""
        for key in keys:
            if not key.isalnum():
                self._count(key, -1)

    def _count(self, key: str, step: int) -> None:
        name, colon, inside = key.partition(":")
        if colon and name in self.fields:
            key = inside
            _add(self.fields[name], key, step)
        if key[0] == "=":
            _add(self.exact, key[1:], step)
        elif key[-1] == "*" and ":" not in key:
            _add(self.prefixes, key[:-1], step)
            _add(self.lengths, len(key) - 1, step)


def _add(counter: Counter[Key], key: Key, step: int) -> None:
    counter[key] += step
    if not counter[key]:
        del counter[key]
