"""BibTeX: https://ctan.org/pkg/bibtex (btxdoc), and arXiv's fields for it: https://info.arxiv.org/help/hypertex/bibstyles/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.citations.latex import latex, title
from bot.citations.reference import Name, Reference
from bot.models import Paper

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def bibtex_text(references: Sequence[Reference]) -> str:
    """One entry a reference.

    A published paper is an `@article` or `@inproceedings` with its arXiv id beside it, any other a `@misc`. What a
    person noted is in `annote`, which no style prints; tags are `keywords`; `note` says when a paper is withdrawn.
    """
    return "\n".join(_entry(reference) for reference in references)


def _entry(reference: Reference) -> str:
    paper = reference.paper
    kind = "misc" if not reference.container else "inproceedings" if reference.meeting else "article"
    fields = {
        "title": title(paper.title),
        "author": " and ".join(_name(author) for author in reference.authors),
        "booktitle" if reference.meeting else "journal": latex(reference.container),
        "volume": reference.volume,
        "number": reference.number,
        "pages": reference.pages.replace("–", "--"),
        "year": reference.year,
        "month": _MONTHS[reference.day.month - 1] if reference.day else "",
        "doi": _verbatim(reference.doi),
        "eprint": _verbatim(reference.arxiv),
        "archiveprefix": "arXiv" if reference.arxiv else "",
        "primaryclass": latex(paper.categories[0]) if reference.arxiv and paper.categories else "",
        "howpublished": latex(_source(paper)) if kind == "misc" and not reference.arxiv else "",
        "url": _verbatim(reference.url),
        "note": "Withdrawn" if paper.withdrawn else "",
        "keywords": latex(", ".join(reference.tags)),
        "annote": latex(reference.note),
        "abstract": latex(" ".join(paper.abstract.split())),
    }
    lines = [
        f"  {name} = {value if name == 'month' else '{' + value + '}'}," for name, value in fields.items() if value
    ]
    return "\n".join([f"@{kind}{{{reference.key},", *lines, "}", ""])


def _source(paper: Paper) -> str:
    """Where somebody finds what no journal printed; a feed has no name that others know."""
    return ", ".join(name for name in paper.sources if ":" not in name) or urlsplit(paper.url).hostname or ""


def _name(author: Name) -> str:
    """As in "van der Berg, Jr., Jan"; a collaboration in braces, so that nobody takes it for a person."""
    if author.group:
        return f"{{{latex(author.family)}}}"
    family = f"{author.particle} {author.family}".strip()
    return ", ".join(latex(part) for part in (family, author.suffix, author.given) if part)


def _verbatim(text: str) -> str:
    """An address or identifier: not LaTeX, but without what would end the field."""
    return re.sub(r"[{}\\\s]", lambda found: f"%{ord(found[0]):02X}", text)
