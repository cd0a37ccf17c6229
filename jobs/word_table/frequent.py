"""Makes `bot/similarity/frequent.tsv`: `python -m jobs.word_table.frequent CORPUS…`."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.text import FAMILY, words
from jobs.word_table.corpus import papers

#: a family that fewer of a thousand papers hold is rare, and one rare family tells as much as another
LEAST = 4
HEAD = """\
# Families that stand in at least {least} of 1,000 papers, and in how many of {papers} recorded ones; * is all of them.
# Made by `python -m jobs.word_table.frequent` (arXiv, Hugging Face Daily Papers, ACL Anthology, bioRxiv; counts only).
"""


def rows(texts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """First "*" and how many texts there are, then the frequent families and how many texts hold each."""
    holding: Counter[str] = Counter()
    size = 0
    for text in texts:
        size += 1
        holding.update({FAMILY[word] for word in words(text)})
    yield "*", size
    yield from sorted((family, many) for family, many in holding.items() if many * 1000 >= size * LEAST)


def main() -> None:
    """Read the corpora named on the command line and write the table."""
    parser = argparse.ArgumentParser(prog="jobs.word_table.frequent", description="Count frequent words of papers")
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, default=Path("bot/similarity"), help="folder of the table")
    arguments = parser.parse_args()
    found = list(rows(papers(arguments.corpus)))
    head = HEAD.format(least=LEAST, papers=found[0][1])
    lines = "".join(f"{family}\t{many}\n" for family, many in found)
    (arguments.into / "frequent.tsv").write_text(head + lines, "utf-8")


if __name__ == "__main__":
    main()
