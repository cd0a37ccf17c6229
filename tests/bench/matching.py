"""The matcher's figures, each as a ratio within one run: `python -m tests.bench.matching [--quick]`.

The floor is tokenising and normalising the stored text of the same papers. Every figure is CPU time of this process per
paper, the best of three rounds, with the memory of words warm. Subscriptions are shared queries: N people follow fewer
different ones, and the index holds those. `--quick` stops at 10,000 subscriptions.
"""

from __future__ import annotations

import gc
import importlib.metadata
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from bot.matching import QueryIndex
from bot.models import Paper
from bot.query import Query, QueryError, parse
from bot.text import FAMILY, UNUSUAL, words
from tests.bench import rivals
from tests.bench.workload import Drawer, papers

SIZES = (1_000, 10_000, 100_000, 1_000_000)
#: most that a paper may cost, as a multiple of the floor, without and with reasons; issue 3
LIMITS = {1_000: 2, 10_000: 3, 100_000: 6, 1_000_000: 20}
#: papers that are timed, and papers of a day for the engines that index a day
TIMED, DAY = 400, 600


def main(arguments: Sequence[str] = ()) -> None:
    """Measures and prints every figure of the matcher."""
    quick = "--quick" in arguments
    everything = papers()
    drawer = Drawer(everything)
    timed, day = everything[:TIMED], everything[:DAY]
    versions = ", ".join(f"{name} {_version(name)}" for name in ("ahocorasick_rs", "tantivy"))
    _say(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    _say(f"SQLite {sqlite3.sqlite_version}, {versions}; {len(everything):,} papers, {TIMED} of them timed")
    floor = _per_paper(_floor, timed)
    _say(f"floor: {floor:.0f} µs per paper to tokenise and normalise (asked: at most 150)\n")
    _say("subscriptions   different    matches   ids µs  × floor   reasons µs  × floor   build s    memory")
    texts: list[str] = []
    costs: dict[int, float] = {}
    for size in SIZES[: 2 if quick else None]:
        while len(texts) < size:
            texts.append(drawer.subscription())
        before = _memory()
        start = time.process_time()
        index, known = _built(texts[:size])
        took = time.process_time() - start
        gc.collect()
        gc.freeze()
        grown = _memory() - before
        hits = sum(len(index.ids(paper)) for paper in timed) / len(timed)
        costs[size] = _per_paper(index.ids, timed)
        explained = _per_paper(index.match, timed)
        ratio, with_reasons = costs[size] / floor, explained / floor
        _say(
            f"{size:13,} {len(index):11,} {hits:10.1f} {costs[size]:8.0f} {ratio:6.1f} ≤{LIMITS[size]:<3}"
            f"{explained:8.0f} {with_reasons:8.1f} ≤{2 * LIMITS[size]:<3} {took:8.1f} {grown / 1e6:6.0f} MB"
        )
        if size == (10_000 if quick else 100_000):
            _say_changes(index, drawer, known)
        gc.unfreeze()
        del index
        gc.collect()
    if 1_000_000 in costs:
        _say(f"\ngrowth from 10,000 to 1,000,000: {costs[1_000_000] / costs[10_000]:.1f} (asked: at most 5)")
    for size in (1_000,) if quick else (1_000, 10_000, 100_000):
        _compare(texts[:size], day, floor)


def _built(texts: Sequence[str]) -> tuple[QueryIndex, set[str]]:
    """An index of the different queries among the texts, and their canonical texts."""
    index = QueryIndex()
    known: set[str] = set()
    for text in dict.fromkeys(texts):
        try:
            query = parse(text)
        except QueryError:  # a word alone that says nothing
            continue
        if query.text not in known:
            known.add(query.text)
            index.add(len(known), query)
    return index, known


def _say_changes(index: QueryIndex, drawer: Drawer, known: set[str]) -> None:
    """What adding and removing one query costs."""
    fresh: dict[str, Query] = {}
    while len(fresh) < 2_000:
        try:
            query = parse(drawer.subscription())
        except QueryError:
            continue
        if query.text not in known:
            fresh[query.text] = query
    first = 10_000_000
    for _ in range(2):  # the first time warms the memory of words
        start = time.process_time()
        for number, query in enumerate(fresh.values()):
            index.add(first + number, query)
        added = (time.process_time() - start) / len(fresh) * 1e6
        start = time.process_time()
        for number in range(len(fresh)):
            index.remove(first + number)
        removed = (time.process_time() - start) / len(fresh) * 1e6
    _say(f"              add a new query {added:.1f} µs, remove it {removed:.1f} µs (asked: at most 20)")
    start = time.perf_counter()
    gc.collect()
    _say(f"              a full garbage collection with the index frozen: {(time.perf_counter() - start) * 1e3:.0f} ms")


def _compare(texts: Sequence[str], day: Sequence[Paper], floor: float) -> None:
    """The same queries, without authors, by every engine that is here."""
    distinct = {}
    for text in texts:
        try:
            query = parse(text)
        except QueryError:
            continue
        if rivals.comparable(query):
            distinct[query.text] = query
    queries = list(distinct.values())
    index = QueryIndex()
    for number, query in enumerate(queries):
        index.add(number, query)
    vocabulary = rivals.Words()
    lines = [vocabulary.lines(paper) for paper in day]
    _say(f"\nthe same {len(queries):,} different queries of {len(texts):,} subscriptions over {len(day)} papers")
    own = _per_paper(index.ids, day)
    expected = [set(index.ids(paper)) for paper in day]
    _say(f"  {'this index':42} {own:10.0f} µs per paper   1.0 ×   {sum(map(len, expected)):,} matches")
    engines: list[tuple[str, str, Callable[[], rivals.Rival], int]] = [
        (
            "ahocorasick_rs over normalised text",
            "ahocorasick_rs",
            lambda: rivals.AhoCorasick(queries, vocabulary),
            len(day),
        ),
        ("SQLite FTS5 of the day, each query once", "", lambda: rivals.FullTextSearch(queries, vocabulary), len(day)),
        ("tantivy of the day, each query once", "tantivy", lambda: rivals.Tantivy(queries, vocabulary), len(day)),
    ]
    if len(texts) <= 10_000:
        some = 20  # a loop over expressions costs the same for every paper
        engines.append(
            ("a regular expression per query", "", lambda: rivals.RegularExpressions(queries, vocabulary), some)
        )
    for name, package, make, count in engines:
        if package and not find_spec(package):
            _say(f"  {name:42} skipped: {package} is not installed")
            continue
        engine = make()
        start = time.process_time()
        answers = engine.run(lines[:count])
        # what the index does for itself, the others are given: the floor is added
        cost = (time.process_time() - start) / count * 1e6 + floor
        different = sum(len(a ^ b) for a, b in zip(answers, expected, strict=False))
        _say(f"  {name:42} {cost:10.0f} µs per paper {cost / own:5.1f} ×   {different} answers differ")


def _floor(paper: Paper) -> None:
    for text in (paper.title, paper.abstract):
        found = words(text)
        list(map(FAMILY.__getitem__, found))
        list(map(UNUSUAL.__getitem__, found))


def _per_paper(work: Callable[[Paper], object], over: Sequence[Paper]) -> float:
    """Microseconds of CPU per paper, the best of three rounds after one that warms."""
    rounds = []
    for _ in range(4):
        start = time.process_time()
        for paper in over:
            work(paper)
        rounds.append((time.process_time() - start) / len(over) * 1e6)
    return min(rounds[1:])


def _memory() -> int:
    """Resident bytes of this process; 0 where /proc does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
