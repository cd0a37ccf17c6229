"""The reading list as a bibliography: BibTeX, RIS, CSL-JSON, CSV and Markdown.

`reference`  what every format needs, once: names, year, published version, tags; citation keys
`latex`      Unicode as LaTeX that every engine sets
`bibtex`, `ris`, `csl`, `lists`
             one format each: a function from references to text

A citation key is made of the paper alone: `vandermaaten2026visualizing`. It never changes by itself, but sources change
titles and authors; a caller that promises "once given, never changes" keeps what `keys` returned and hands it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.citations.bibtex import bibtex_text
from bot.citations.csl import csl_text
from bot.citations.lists import csv_text, markdown_text
from bot.citations.reference import Reference, key, keys, references
from bot.citations.ris import ris_text
from bot.models import File, Saved

_FORMATS: dict[str, tuple[str, str, Callable[[Sequence[Reference]], str]]] = {
    "bibtex": ("papers.bib", "application/x-bibtex", bibtex_text),
    "ris": ("papers.ris", "application/x-research-info-systems", ris_text),
    "csl": ("papers.json", "application/vnd.citationstyles.csl+json", csl_text),
    "csv": ("papers.csv", "text/csv", csv_text),
    "markdown": ("papers.md", "text/markdown", markdown_text),
}
#: what `export` understands
KINDS = tuple(_FORMATS)


def export(kind: str, saved: Sequence[Saved], given: Mapping[str, str] | None = None) -> File:
    """The saved papers as a file, in their order; `given` are the keys papers already have, by paper id.

    Raises ValueError for a kind that is not one of `KINDS`.
    """
    if kind not in _FORMATS:
        raise ValueError(f"unknown format {kind!r}; one of {', '.join(KINDS)}")
    name, media_type, text = _FORMATS[kind]
    return File(name, text(references(saved, given or {})), media_type)


def bibtex(saved: Sequence[Saved], given: Mapping[str, str] | None = None) -> str:
    """The saved papers as BibTeX."""
    return export("bibtex", saved, given).content


__all__ = ["KINDS", "bibtex", "export", "key", "keys"]
