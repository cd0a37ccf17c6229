"""RIS: https://en.wikipedia.org/wiki/RIS_(file_format); tags as Zotero, EndNote and Mendeley read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.citations.reference import Name, Reference


def ris_text(references: Sequence[Reference]) -> str:
    """One record a reference, lines ended by CR LF as the format wants."""
    return "".join(f"{line}\r\n" for reference in references for line in (*_record(reference), ""))


def _record(reference: Reference) -> Iterator[str]:
    paper = reference.paper
    kind = "UNPB" if not reference.container else "CONF" if reference.meeting else "JOUR"
    yield f"TY  - {kind}"
    first, _, last = reference.pages.partition("–")
    fields = (
        ("ID", reference.key),
        ("TI", paper.title),
        *(("AU", _name(author)) for author in reference.authors),
        ("PY", reference.year),
        ("DA", f"{reference.day:%Y/%m/%d}" if reference.day else ""),
        ("T2", reference.container),
        ("VL", reference.volume),
        ("IS", reference.number),
        ("SP", first),
        ("EP", last),
        ("DO", reference.doi),
        ("AN", f"arXiv:{reference.arxiv}" if reference.arxiv else ""),
        ("PB", "arXiv" if reference.arxiv and not reference.container else ""),
        ("UR", reference.url),
        ("L1", paper.pdf),
        *(("KW", tag) for tag in reference.tags),
        ("N1", "Withdrawn" if paper.withdrawn else ""),
        ("N1", reference.note),
        ("AB", paper.abstract),
    )
    for tag, value in fields:
        if line := " ".join(value.split()):
            yield f"{tag}  - {line}"
    yield "ER  - "


def _name(author: Name) -> str:
    """As in "van der Berg, Jan, Jr."; commas separate, so a collaboration has none."""
    if author.group:
        return author.family.replace(",", "")
    family = f"{author.particle} {author.family}".strip()
    return ", ".join(part for part in (family, author.given, author.suffix) if part)
