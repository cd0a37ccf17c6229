"""Papers and subscriptions to measure and to test with.

The papers are the recorded week of April 2026 under `../shared`, or, without it, the week of the demonstration.
Subscriptions are drawn from the papers' own words, phrases, authors and categories in proportion to how often they
stand there: 60 % single words, 25 % phrases (three in four of two words, the others of three), 10 % AND of two or three
words (one in ten of these a word without another), 5 % author or category. Words whose family stands in more than 3 %
of the papers are left out, and words of no content.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.models import Paper
from bot.query import QueryError, parse
from bot.query.tree import listed
from bot.text import family, fold, readable, words

RECORDED = Path(__file__).resolve().parents[3] / "shared/data/corpus/arxiv_week_2026-04-13"
DEMO = Path(__file__).resolve().parents[2] / "jobs/demo/week.jsonl"
#: words that no one follows
PLAIN = listed(
    "a about after all also an and are as at based be been between both but by can each for from has have how however"
    " in into is it its may more most new no not of on only or other our over paper propose results show such than that"
    " the their them then there these they this those through to under use used using via was we were what when where"
    " which while who will with within without work"
)


@cache
def _records() -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in map(json.loads, _lines())}


def papers(most: int = 10_000) -> list[Paper]:
    """Papers in an order that is always the same and mixes their fields; the recorded ones when they are there."""
    records = _records()
    picked = random.Random(2026).sample(sorted(records), min(most, len(records)))
    return [_paper(records[identifier]) for identifier in picked]


def _paper(record: dict[str, Any]) -> Paper:
    return Paper(
        id=record["id"],
        title=readable(record["title"]),
        abstract=readable(record.get("summary") or record.get("abstract") or ""),
        authors=tuple(record.get("authors") or ()),
        categories=tuple(record.get("categories") or ()),
        sources=("arxiv",),
    )


def _lines() -> Iterator[str]:
    files = sorted(RECORDED.rglob("*.jsonl.gz"))
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from lines
    if not files:
        yield from DEMO.read_text("utf-8").splitlines()


class Drawer:
    """Draws queries out of papers."""

    def __init__(self, source: list[Paper], seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.source = [paper for paper in source if paper.abstract]
        texts = [words(text) for paper in self.source for text in (paper.title, paper.abstract)]
        seen: Counter[str] = Counter()
        for paper in self.source:
            seen.update(set(map(family, words(paper.title + " " + paper.abstract))))
        most = max(3, 0.03 * len(self.source))
        self.dull = {key for key, count in seen.items() if count > most} | set(map(family, PLAIN))
        self.singles = [word for text in texts for word in text if self._fits(word) and family(word) not in self.dull]
        self.pairs = [
            pair
            for text in texts
            for pair in pairwise(text)
            if all(map(self._fits, pair)) and not PLAIN & {fold(word) for word in pair}
        ]
        self.triples = [
            triple
            for text in texts
            for triple in zip(text, text[1:], text[2:], strict=False)
            if all(map(self._fits, triple)) and not PLAIN & {fold(triple[0]), fold(triple[2])}
        ]
        self.authors = [author for paper in self.source for author in paper.authors if words(author)]
        self.categories = [category for paper in self.source for category in paper.categories]

    @staticmethod
    def _fits(word: str) -> bool:
        return 1 < len(word) < 40 and word.isalpha() and word.lower() not in ("and", "or", "not")

    def word(self) -> str:
        """One word, as it stands in some paper."""
        return self.random.choice(self.singles)

    def phrase(self) -> str:
        """Two or three words that stand together in some paper."""
        several = self.pairs if self.random.random() < 0.75 else self.triples
        return '"' + " ".join(self.random.choice(several)) + '"'

    def subscription(self) -> str:
        """A query as people follow them."""
        draw = self.random.random()
        if draw < 0.60:
            return self.word()
        if draw < 0.85:
            return self.phrase()
        if draw < 0.95:
            return " ".join(self._together())
        if self.random.random() < 0.5:
            return f'author:"{self.random.choice(self.authors)}"'.replace("*", "")
        return f"cat:{self.random.choice(self.categories)}"

    def _together(self) -> list[str]:
        """Words of one paper, so that some paper matches."""
        paper = self.random.choice(self.source)
        found = [word for word in words(paper.abstract) if self._fits(word) and family(word) not in self.dull]
        if self.random.random() < 0.1:
            return [self.random.choice(found or self.singles), "-" + self.word()]
        return self.random.sample(found, min(len(found), self.random.choice((2, 3))))

    def anything(self, depth: int = 3) -> str:
        """A query of any shape the language has."""
        draw = self.random.random()
        if depth and draw < 0.45:
            joint = self.random.choice((" ", " ", " OR ", " -"))
            parts = [self.anything(depth - 1) for _ in range(self.random.choice((2, 2, 3)))]
            joined = joint.join(f"({part})" for part in parts)
            return joined if joint != " -" or self.random.random() < 0.7 else f"-({joined})"
        if draw < 0.6:
            return self.word()
        if draw < 0.72:
            return self.phrase()
        return self._special()

    def queries(self, count: int) -> list[str]:
        """So many of every shape, that are queries."""
        found: list[str] = []
        while len(found) < count:
            text = self.anything() if len(found) % 2 else self.subscription()
            with contextlib.suppress(QueryError):
                parse(text)
                found.append(text)
        return found

    def _special(self) -> str:
        kind = self.random.randrange(9)
        word = self.word()
        if kind == 0:
            return f"title:{word}"
        if kind == 1:
            return f"abstract:{self.phrase()}"
        if kind == 2:
            return f"={word}"
        if kind == 3:
            return word[: self.random.randint(2, len(word))] + "*"
        if kind == 4:
            return "-".join(self.random.choice(self.pairs))
        if kind == 5:
            return f'author:"{self.random.choice(self.authors)}"'.replace("*", "")
        if kind == 6:
            category = self.random.choice(self.categories)
            return f"cat:{category}" if self.random.random() < 0.5 else f"cat:{category.split('.')[0]}.*"
        if kind == 7:
            return "".join(self.random.choice(self.pairs))
        return self.random.choice(
            ("RAG", "LLM", "LLMs", "RL", '"large language model"', '"reinforcement learning"', "rag")
        )
