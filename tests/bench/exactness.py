"""The index against reading every query tree over every paper: `python -m tests.bench.exactness [papers] [queries]`.

1,000 papers and 10,000 queries of every shape unless told otherwise; takes minutes. Ends with 1 if they differ.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from bot.matching import QueryIndex
from bot.query import Query, QueryError, parse
from tests.bench.workload import Drawer, papers
from tests.brute_force import holds


def main(arguments: Sequence[str]) -> int:
    """Compares and counts; returns the exit code."""
    most = int(arguments[0]) if arguments else 1_000
    wanted = int(arguments[1]) if len(arguments) > 1 else 10_000
    read = papers(most)
    queries = drawn(Drawer(read, seed=7), wanted)
    index = QueryIndex()
    for number, query in enumerate(queries):
        index.add(number, query)
    start = time.perf_counter()
    matches = different = 0
    for paper in read:
        found = set(index.ids(paper))
        explained = {match.query for match in index.match(paper)}
        true = {number for number, query in enumerate(queries) if holds(query.root, paper)}
        matches += len(true)
        for number in (found ^ true) | (explained ^ true):
            different += 1
            sys.stdout.write(f"{paper.id}: {queries[number]}: {'missing' if number in true else 'too much'}\n")
    took = time.perf_counter() - start
    size = f"{len(read):,} papers × {len(queries):,} queries"
    sys.stdout.write(f"{size}: {matches:,} matches, {different} differences, {took:.0f} s\n")
    return 1 if different else 0


def drawn(drawer: Drawer, count: int) -> list[Query]:
    """Queries as people follow them, and queries of any shape, by turns."""
    found: list[Query] = []
    while len(found) < count:
        try:
            found.append(parse(drawer.anything() if len(found) % 2 else drawer.subscription()))
        except QueryError:  # only words to leave out
            continue
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
