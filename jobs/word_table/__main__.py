"""Command line of the tables: `python -m jobs.word_table CORPUS…`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from jobs.word_table.builder import Builder, rows
from jobs.word_table.corpus import PAIRS, Corpus, papers
from jobs.word_table.lexicon import Choices, Lexicon

HEAD = """\
# Word families: key, its verb where that is another word, forms (form:papers that hold it), its name first.
# Made by `python -m jobs.word_table` from {papers} recorded papers (arXiv, Hugging Face Daily Papers, ACL Anthology,
# bioRxiv; counts only), lemminflect's tables (MIT; from the NIH SPECIALIST lexicon), jobs/word_table/choices.tsv.
"""

COMPOUNDS = """\
# Words that papers join with a hyphen, in at least {least} of {papers} recorded papers (see families.tsv): first, last.
"""


def main() -> None:
    """Read the corpora named on the command line and print the table."""
    parser = argparse.ArgumentParser(
        prog="jobs.word_table", description="Make the word tables of bot.text from recorded papers"
    )
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, default=Path("bot/text"), help="folder of the two tables")
    parser.add_argument("--log", type=Path, help="where to write what was decided on which evidence")
    arguments = parser.parse_args()
    corpus = Corpus(papers(arguments.corpus))
    choices = Choices(Path(__file__).with_name("choices.tsv").read_text("utf-8"))
    lexicon = Lexicon()
    lexicon.adopt(corpus)
    builder = Builder(corpus, lexicon, choices)
    builder.build()
    _write(arguments.into / "families.tsv", HEAD.format(papers=corpus.size), rows(builder))
    _write(arguments.into / "compounds.tsv", COMPOUNDS.format(papers=corpus.size, least=PAIRS), corpus.compounds())
    if arguments.log:
        arguments.log.write_text("\n".join(builder.log), "utf-8")


def _write(path: Path, head: str, lines: Iterable[str]) -> None:
    path.write_text(head + "".join(f"{line}\n" for line in sorted(lines)), "utf-8")


if __name__ == "__main__":
    main()
