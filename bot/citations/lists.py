"""CSV for spreadsheets (RFC 4180) and Markdown for notes and pages (CommonMark)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bot.citations.reference import Reference

_COLUMNS = (
    *("key", "title", "authors", "year", "journal", "doi", "arxiv"),
    *("categories", "url", "code", "saved", "tags", "note", "withdrawn"),
)


def csv_text(references: Sequence[Reference]) -> str:
    """A header and a row a paper; several authors, categories or tags are parted by "; ".

    Begins with a byte order mark, without which Excel takes UTF-8 for something else. A cell that a spreadsheet would
    run as a formula begins with an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    page = io.StringIO(newline="")
    rows = csv.writer(page)
    rows.writerow(_COLUMNS)
    for reference in references:
        paper = reference.paper
        cells = (
            reference.key,
            paper.title,
            "; ".join(paper.authors),
            reference.year,
            paper.journal,
            reference.doi,
            reference.arxiv,
            "; ".join(paper.categories),
            reference.url,
            paper.code,
            reference.saved.isoformat(),
            "; ".join(reference.tags),
            reference.note,
            "withdrawn" if paper.withdrawn else "",
        )
        rows.writerow(_harmless(" ".join(cell.split())) for cell in cells)
    return "\ufeff" + page.getvalue()


def markdown_text(references: Sequence[Reference]) -> str:
    """A line a paper: linked title, authors, year, where it was published, identifiers, tags, key; a note under it."""
    return "".join(_line(reference) for reference in references)


def _line(reference: Reference) -> str:
    paper = reference.paper
    title = _plain(" ".join(paper.title.split()))
    authors = ", ".join(_plain(" ".join(author.split())) for author in paper.authors)
    doi = f"[doi:{_plain(reference.doi)}](<https://doi.org/{_address(reference.doi)}>)"
    facts = (
        authors,
        reference.year,
        f"*{_plain(' '.join(paper.journal.split()))}*" if paper.journal.strip() else "",
        f"[arXiv:{_plain(reference.arxiv)}](<https://arxiv.org/abs/{_address(reference.arxiv)}>)"
        if reference.arxiv
        else "",
        doi if reference.doi else "",
        "**withdrawn**" if paper.withdrawn else "",
        " ".join(f"#{_plain(tag)}" for tag in reference.tags),
        f"`{reference.key}`",
    )
    head = f"[{title}](<{_address(reference.url)}>)" if reference.url else title
    line = " · ".join((head, *(fact for fact in facts if fact)))
    note = f"  {_plain(reference.note)}\n" if reference.note else ""
    return f"- {line}\n{note}"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _plain(text: str) -> str:
    """Text in which nothing is Markdown, HTML or an address that turns into a link."""
    text = re.sub(r"([\\`*_{}\[\]<>#|~&$]|:(?=//)|(?<=www)\.)", r"\\\1", text, flags=re.IGNORECASE)
    # a line that begins so would be a list, a heading or a rule
    return re.sub(r"^(\d*)([-+.)](?=\s|$)|[-=](?=[-=\s]*$))", r"\1\\\2", text)


def _address(text: str) -> str:
    return re.sub(r"[<>\\\s]", lambda found: f"%{ord(found[0]):02X}", text)
