"""Recorded papers, and how many of them hold a word."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.text import fold, readable, words
from bot.text.compounds import FUNCTION_WORDS
from bot.text.spelling import american

#: papers that must hold a hyphenated pair
PAIRS = 3
#: fewer papers than this that would hold both by chance say nothing, unless two do hold both
EXPECTED = 1.0

_HYPHEN = re.compile(r"(?<![\w-])([A-Za-z]+)[-‐‑]([A-Za-z]+)(?![\w-])")


class Corpus:
    """In how many papers, and in which, each word stands."""

    def __init__(self, papers: Iterable[str]) -> None:
        self.papers: dict[str, set[int]] = defaultdict(set)
        #: words that somebody writes without a capital
        self.lower: set[str] = set()
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.size = 0
        for number, text in enumerate(papers):
            self.size = number + 1
            for word in {american(fold(word)) for word in words(text)}:
                self.papers[word].add(number)
            self.lower.update(american(fold(word)) for word in words(text) if word.islower())
            self.pairs.update({(one.lower(), two.lower()) for one, two in _HYPHEN.findall(text)})

    def compounds(self) -> Iterator[str]:
        """Hyphenated pairs of two words that also stand alone, joined by a blank."""
        for (one, two), times in sorted(self.pairs.items()):
            if times >= PAIRS and len(two) > 1 and not {one, two} & FUNCTION_WORDS:
                yield f"{one} {two}"

    def count(self, word: str) -> int:
        """Papers that hold a word."""
        return len(self.papers.get(word, ()))

    def holding(self, forms: Iterable[str]) -> set[int]:
        """Papers that hold any of the forms."""
        return set().union(*(self.papers.get(form, ()) for form in forms))

    def lift(self, some: Iterable[str], others: Iterable[str]) -> float | None:
        """How much likelier papers with some forms hold the others than papers at large; None when too few to say."""
        left, right = self.holding(some), self.holding(others)
        expected, both = len(left) * len(right) / self.size, len(left & right)
        return both / expected if expected >= EXPECTED or both > 1 else None


def papers(paths: Iterable[Path]) -> Iterator[str]:
    """Title and abstract of every paper in the files, each title once."""
    seen: set[str] = set()
    for path in paths:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        for title, abstract in _papers(data):
            name = re.sub(r"\W+", "", title.lower())
            if name not in seen:
                seen.add(name)
                yield readable(f"{title}. {abstract}")


def _papers(data: bytes) -> Iterator[tuple[str, str]]:
    text = data.decode("utf-8", "replace").lstrip()
    if text.startswith("<"):
        for record in ET.fromstring(data).iter():  # noqa: S314  recorded files of our own, not the network's
            fields = {child.tag.rpartition("}")[2]: "".join(child.itertext()) for child in record}
            yield from _paper(fields)
    elif text.startswith("{") and "\n{" in text.rstrip():
        for line in text.splitlines():
            yield from _paper(json.loads(line))
    else:
        for found in _records(json.loads(text)):
            yield from _paper(found)


def _records(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _records(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _records(inner)


def _paper(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    title = fields.get("title")
    abstract = next((fields[name] for name in ("abstract", "summary", "description") if fields.get(name)), "")
    if isinstance(title, str) and isinstance(abstract, str) and abstract:
        yield title, abstract
