"""CSL-JSON: https://docs.citationstyles.org/en/stable/specification.html (appendices III to V)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.citations.reference import Name, Reference


def csl_text(references: Sequence[Reference]) -> str:
    """A list of items, as Zotero, Pandoc and citeproc read it."""
    return json.dumps([_item(reference) for reference in references], ensure_ascii=False, indent=2) + "\n"


def _item(reference: Reference) -> dict[str, object]:
    paper = reference.paper
    kind = "article" if not reference.container else "paper-conference" if reference.meeting else "article-journal"
    day = reference.day
    when = [day.year, day.month, day.day] if day else [int(reference.year or 0)]
    item: dict[str, object] = {
        "id": reference.key,
        "citation-key": reference.key,
        "type": kind,
        "title": " ".join(paper.title.split()),
        "author": [_name(author) for author in reference.authors],
        "issued": {"date-parts": [when]} if any(when) else None,
        "container-title": reference.container,
        "volume": reference.volume,
        "issue": reference.number,
        "page": reference.pages,
        "DOI": reference.doi,
        "number": f"arXiv:{reference.arxiv}" if reference.arxiv else "",
        "publisher": "arXiv" if reference.arxiv and not reference.container else "",
        "URL": reference.url,
        "status": "withdrawn" if paper.withdrawn else "",
        "keyword": ", ".join(reference.tags),
        "note": reference.note,
        "abstract": " ".join(paper.abstract.split()),
    }
    return {name: value for name, value in item.items() if value}


def _name(author: Name) -> dict[str, str]:
    if author.group:
        return {"literal": author.family}
    parts = {
        "family": author.family,
        "given": author.given,
        "non-dropping-particle": author.particle,
        "suffix": author.suffix,
    }
    return {name: value for name, value in parts.items() if value}
