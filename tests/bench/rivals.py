"""Other ways to match, over the same normalised text, for comparison.

Every engine is given the keys of each paper as words of its own, so that none of them has to know a language. Two lines
are made of title and abstract each: the families, and the same with unusual spellings in their places. A phrase that
mixes both kinds at places where a word has both is the one thing that no line shows; the differences are counted.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

from bot.matching.needles import keys_of, ways
from bot.matching.page import facts
from bot.models import Paper
from bot.query import Field, Leaf, Query, Within, leaves
from bot.query.canonical import clauses
from bot.query.tree import holds
from bot.text import KEPT, words

#: stands between two texts of a paper, so that no phrase reaches across
EDGE = "edge"


class Rival(Protocol):
    """An engine with its queries built in."""

    def run(self, papers: Sequence[list[str]]) -> list[set[int]]:
        """Numbers of the matching queries for each paper, given its lines."""
        ...


class Words:
    """Opaque words for keys: "k17"."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def of(self, key: str) -> str:
        return self.known.setdefault(key, f"k{len(self.known)}")

    def lines(self, paper: Paper) -> list[str]:
        """A paper as lines of words: families and spellings of title and abstract, and what is known of it."""
        lines = []
        for text in (paper.title, paper.abstract):
            keys = list(map(keys_of, words(text)))
            lines += [[each[0] for each in keys], [each[-1] for each in keys]]
        return [" ".join(map(self.of, line)) for line in [*lines, facts(paper)]]

    def needles(self, leaf: Leaf) -> list[str]:
        """What a leaf is found by, as words with blanks between."""
        if isinstance(leaf, Field):
            return [self.of(f"{leaf.name}:{leaf.value.lower()}")]
        return [" ".join(map(self.of, keys)) for keys in ways(leaf.leaf if isinstance(leaf, Within) else leaf, KEPT)]


def comparable(query: Query) -> bool:
    """True when a query has nothing but words, phrases and categories, which every engine can look for."""
    return not any(
        isinstance(leaf, Within) or (isinstance(leaf, Field) and leaf.name == "author")
        for leaf, _ in leaves(query.root)
    )


class RegularExpressions:
    """One compiled expression for each leaf of each query, tried one after the other."""

    def __init__(self, queries: Sequence[Query], words: Words) -> None:
        self.queries = queries
        self.compiled = [
            {leaf: re.compile(" (?:" + "|".join(words.needles(leaf)) + ") ") for leaf, _ in leaves(query.root)}
            for query in queries
        ]

    def run(self, papers: Sequence[list[str]]) -> list[set[int]]:
        """Every query on every paper."""
        return [self._read(f" {f' {EDGE} '.join(lines)} ") for lines in papers]

    def _read(self, text: str) -> set[int]:
        return {
            number
            for number, (query, known) in enumerate(zip(self.queries, self.compiled, strict=True))
            if holds(query.root, lambda leaf, known=known: known[leaf].search(text) is not None)  # type: ignore[misc]
        }


class AhoCorasick:
    """One automaton of all needles; queries of several leaves are put together from what it finds."""

    def __init__(self, queries: Sequence[Query], words: Words) -> None:
        from ahocorasick_rs import AhoCorasick as Automaton  # noqa: PLC0415  # not everybody has it

        self.queries = queries
        needles: dict[str, list[Leaf]] = {}
        self.alone: dict[Leaf, list[int]] = {}
        self.several: dict[Leaf, list[int]] = {}
        for number, query in enumerate(queries):
            for leaf in dict.fromkeys(leaf for leaf, _ in leaves(query.root)):
                uses = self.alone if leaf == query.root else self.several
                if leaf not in self.alone and leaf not in self.several:
                    for needle in words.needles(leaf):
                        needles.setdefault(f" {needle} ", []).append(leaf)
                uses.setdefault(leaf, []).append(number)
        self.leaves = list(needles.values())
        self.automaton = Automaton(list(needles))

    def run(self, papers: Sequence[list[str]]) -> list[set[int]]:
        """One pass over each paper."""
        found = []
        for lines in papers:
            text = f" {f' {EDGE} '.join(lines)} "
            hits = self.automaton.find_matches_as_indexes(text, overlapping=True)
            there = {leaf for number in {hit[0] for hit in hits} for leaf in self.leaves[number]}
            ids = {number for leaf in there for number in self.alone.get(leaf, ())}
            candidates = {number for leaf in there for number in self.several.get(leaf, ())}
            ids |= {number for number in candidates if holds(self.queries[number].root, there.__contains__)}
            found.append(ids)
        return found


class FullTextSearch:
    """An SQLite FTS5 index of the papers, on which every query is run once."""

    def __init__(self, queries: Sequence[Query], words: Words) -> None:
        self.asked = [
            " OR ".join(f"({self._clause(*clause, words)})" for clause in clauses(query.root)) for query in queries
        ]

    @staticmethod
    def _clause(wanted: tuple[Leaf, ...], unwanted: tuple[Leaf, ...], words: Words) -> str:
        def either(leaf: Leaf) -> str:
            return "(" + " OR ".join(f'"{needle}"' for needle in words.needles(leaf)) + ")"

        text = " AND ".join(map(either, wanted))
        return f"({text}) NOT ({' OR '.join(map(either, unwanted))})" if unwanted else text

    def run(self, papers: Sequence[list[str]]) -> list[set[int]]:
        """Indexes the papers and runs every query."""
        found: list[set[int]] = [set() for _ in papers]
        with sqlite3.connect(":memory:") as database:
            database.execute("CREATE VIRTUAL TABLE day USING fts5(a, b, c, d, e, content='')")
            rows = ((i, *lines) for i, lines in enumerate(papers))
            database.executemany("INSERT INTO day(rowid, a, b, c, d, e) VALUES (?, ?, ?, ?, ?, ?)", rows)
            for number, text in enumerate(self.asked):
                for (row,) in database.execute("SELECT rowid FROM day WHERE day MATCH ?", (text,)):
                    found[row].add(number)
        return found


class Tantivy:
    """A tantivy index of the papers in memory, on which every query is run once."""

    FIELDS = "abcde"

    def __init__(self, queries: Sequence[Query], words: Words) -> None:
        import tantivy  # noqa: PLC0415  # not everybody has it

        self.tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        for field in self.FIELDS:
            builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="position")
        self.schema = builder.build()
        self.asked = [[self._clause(*clause, words) for clause in clauses(query.root)] for query in queries]

    def _clause(
        self, wanted: tuple[Leaf, ...], unwanted: tuple[Leaf, ...], words: Words
    ) -> list[tuple[bool, list[str]]]:
        return [(True, words.needles(leaf)) for leaf in wanted] + [(False, words.needles(leaf)) for leaf in unwanted]

    def run(self, papers: Sequence[list[str]]) -> list[set[int]]:
        """Indexes the papers and runs every query."""
        index = self.tantivy.Index(self.schema)
        writer = index.writer(heap_size=50_000_000, num_threads=1)
        for lines in papers:
            writer.add_document(self.tantivy.Document(**dict(zip(self.FIELDS, lines, strict=True))))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()
        found: list[set[int]] = [set() for _ in papers]
        for number, alternatives in enumerate(self.asked):
            for alternative in alternatives:
                for _, address in searcher.search(self._query(alternative), limit=len(papers)).hits:
                    found[address.doc].add(number)
        return found

    def _query(self, clause: list[tuple[bool, list[str]]]) -> Any:
        query, occur = self.tantivy.Query, self.tantivy.Occur
        parts = []
        for wanted, needles in clause:
            either = []
            for needle in needles:
                keys = needle.split()
                for field in self.FIELDS:
                    if len(keys) == 1:
                        either.append((occur.Should, query.term_query(self.schema, field, keys[0])))
                    else:
                        either.append((occur.Should, query.phrase_query(self.schema, field, list(keys))))
            parts.append((occur.Must if wanted else occur.MustNot, query.boolean_query(either)))
        return parts[0][1] if len(parts) == 1 else query.boolean_query(parts)
