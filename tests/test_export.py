"""3,000 real papers leave as a bibliography, and readers that are not ours find everything in it again."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import rispy
from citeproc.source.json import CiteProcJSON
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from adapters.sources.arxiv.pages import found
from bot import reading
from bot.citations import KINDS, export, keys
from bot.models import Paper, Saved
from bot.ports import SourceError
from bot.text import readable

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MONDAY = datetime(2026, 4, 13, 9, tzinfo=UTC)
#: what people note: plain, long, and hostile to every format
NOTES = (
    "",
    "read section 3 #todo",
    'she said “no”, then "yes"; 50% of $x_2$ & more {here} #ml #to-read',
    "=SUM(A1) is not a formula #2nd_pass",
    "- not a list, [not a link](x), *not stressed* <b>nor this</b> #überblick",
    "ER  - TY  - JOUR and @misc{x, title={y}} \\input{z} #a #b #c",
    "日本語のメモ 🔖 und Straße, naïve #論文",
    "1. not a list either",
)
SIZE = 3000


@dataclass(frozen=True, slots=True)
class Back:
    """A paper as it came back from a file."""

    key: str
    title: str
    authors: tuple[str, ...]
    year: str
    arxiv: str
    doi: str
    note: str
    tags: tuple[str, ...]


@cache
def week() -> list[Saved]:
    """The papers of the recorded week, and to make 3,000 of them those of recorded answers that know of journals."""
    if not DATA.is_dir():
        pytest.skip("the recorded week (../shared/data) is not here")
    papers: dict[str, Paper] = {}
    for file in sorted(DATA.glob("corpus/arxiv_week_2026-04-13/*/*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                papers.setdefault(row["id"], _paper(row))
    for file in sorted(DATA.glob("recorded/arxiv_atom/*.xml")):
        try:
            told = found(file.read_bytes()).papers
        except SourceError:
            continue  # an answer that was recorded because it is none
        papers |= {one.identifier("arxiv"): one for one in told if one.authors}
    # those with a journal or a DOI first: they are few, and have most to lose
    listed = sorted(papers.values(), key=lambda one: (not one.journal, not one.identifier("doi"), one.identifiers))
    assert len(listed) >= SIZE
    return [_saved(paper, number) for number, paper in enumerate(listed[:SIZE])]


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(
        "",
        readable(row["title"]),
        readable(row["summary"]),
        identifiers=(f"arxiv:{row['id']}",),
        authors=tuple(" ".join(name.split()) for name in row["authors"]),
        categories=tuple(row["categories"]),
        sources=("arxiv",),
        url=row["abs"],
        published=MONDAY,
    )


def _saved(paper: Paper, number: int) -> Saved:
    noted = reading.note(NOTES[number % len(NOTES)])
    paper = Paper(**{**{name: getattr(paper, name) for name in paper.__slots__}, "id": f"p{number}"})
    return Saved(paper, MONDAY + timedelta(minutes=number), noted.text, tags=noted.tags)


# ------------------------------------------------------------------------------------------ the readers


@cache
def plain(field: str) -> str:
    """What a reader of LaTeX sees; two commands are named for one that does not know them."""
    if "\\" in field or "{" in field or "~" in field or "'" in field or "`" in field:
        field = field.replace(r"{\textbraceleft}", r"\{").replace(r"{\textbraceright}", r"\}")
        field = re.sub(r"\\ensuremath\{[_^]", r"\\ensuremath{", field)  # it writes indices as they are typed
        field = LatexNodes2Text().latex_to_text(field)
    return same(field)


def same(text: str) -> str:
    """A text as every format can carry it: LaTeX has one kind of double quotes and no ligatures of its own."""
    for printed, typed in (("''", '"'), ("”", '"'), ("``", '"'), ("“", '"'), ("ˆ", "^"), ("’", "'"), ("‘", "'")):
        text = text.replace(printed, typed)
    text = unicodedata.normalize("NFKC", text).replace("`", "'").replace("---", "—").replace("--", "–")
    return " ".join(text.replace("—", "-").replace("–", "-").split())


def names(*parts: Sequence[str]) -> str:
    return " ".join(word for part in parts for word in part if word)


def from_bibtex(text: str) -> list[Back]:
    back = []
    for key, entry in parse_string(text, "bibtex").entries.items():
        fields = entry.fields
        people = [
            names(one.first_names, one.middle_names, one.prelast_names, one.last_names, one.lineage_names)
            for one in entry.persons.get("author", ())
        ]
        back.append(
            Back(
                key,
                plain(fields["title"]),
                tuple(map(plain, people)),
                fields.get("year", ""),
                fields.get("eprint", ""),
                fields.get("doi", ""),
                plain(fields.get("annote", "")),
                tuple(plain(tag) for tag in fields.get("keywords", "").split(", ") if tag),
            )
        )
    return back


def from_ris(text: str) -> list[Back]:
    return [
        Back(
            one["id"],
            same(one["title"]),
            tuple(map(_turned, one.get("authors", ()))),
            one.get("year", ""),
            one.get("accession_number", "").removeprefix("arXiv:"),
            one.get("doi", ""),
            same(" ".join(note for note in one.get("notes", ()) if note != "Withdrawn")),
            tuple(one.get("keywords", ())),
        )
        for one in rispy.loads(text)
    ]


def _turned(name: str) -> str:
    """ "van der Berg, Jan, Jr." as it is printed."""
    family, given, suffix = (*name.split(", "), "", "")[:3]
    return same(names([given, family, suffix]))


def from_csl(text: str) -> list[Back]:
    items = json.loads(text)
    with warnings.catch_warnings():
        # it warns of fields that its own styles have no use for
        warnings.simplefilter("ignore")
        read = CiteProcJSON(items)
    back = []
    for item in items:
        one = read[item["id"].lower()] if item["id"] not in read else read[item["id"]]
        people = [
            str(name.get("literal", ""))
            or names([str(name.get(part, "")) for part in ("given", "non-dropping-particle", "family", "suffix")])
            for name in item.get("author", ())
        ]
        assert len(one.get("author", ())) == len(people)
        back.append(
            Back(
                item["id"],
                same(str(one["title"])),
                tuple(map(same, people)),
                str(one["issued"].year) if "issued" in one else "",
                str(one.get("number", "")).removeprefix("arXiv:"),
                str(one.get("DOI", "")),
                same(str(one.get("note", ""))),
                tuple(str(one.get("keyword", "")).split(", ")) if "keyword" in one else (),
            )
        )
    return back


def from_csv(text: str) -> list[Back]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    cells = [{name: re.sub(r"^'(?=[=+@-])", "", cell) for name, cell in row.items()} for row in rows]
    return [
        Back(
            row["key"],
            same(row["title"]),
            tuple(map(same, filter(None, row["authors"].split("; ")))),
            row["year"],
            row["arxiv"],
            row["doi"],
            same(row["note"]),
            tuple(filter(None, row["tags"].split("; "))),
        )
        for row in cells
    ]


def from_markdown(text: str) -> list[Back]:
    """Every item of the one list: a line of parts, and perhaps a line of a note."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    assert {token.type for token in tokens} <= {
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
        *("paragraph_open", "paragraph_close", "inline"),
    }
    return [_line(token.children or []) for token in tokens if token.type == "inline"]


def _line(children: list[Token]) -> Back:
    ends = [n for n, token in enumerate(children) if token.type == "softbreak"]
    head, note = (children[: ends[0]], children[ends[0] :]) if ends else (children, [])
    assert {token.type for token in note} <= {"softbreak", "text"}
    labels: list[str] = []
    said: list[str] = [""]
    for n, token in enumerate(head):
        if token.type == "link_open":
            end = next(m for m in range(n, len(head)) if head[m].type == "link_close")
            labels.append("".join(one.content for one in head[n + 1 : end]))
        said[-1] += token.content
    line = "".join(said)
    title, *names_of_it = labels
    rest = line.removeprefix(title).removeprefix(" · ")
    parts = rest.split(" · ")
    year = next(n for n, part in enumerate(parts) if re.fullmatch(r"(?:19|20)\d\d", part))
    by_scheme = {label.partition(":")[0]: label.partition(":")[2] for label in names_of_it}
    return Back(
        parts[-1],
        same(title),
        (same(" · ".join(parts[:year])),),
        parts[year],
        by_scheme.get("arXiv", ""),
        by_scheme.get("doi", ""),
        same("".join(token.content for token in note)),
        tuple(tag.removeprefix("#") for tag in parts[-2].split()) if parts[-2].startswith("#") else (),
    )


READERS = {"bibtex": from_bibtex, "ris": from_ris, "csl": from_csl, "csv": from_csv, "markdown": from_markdown}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_three_thousand_papers_is_lost(kind: str) -> None:
    saved = week()
    named = keys(saved)

    back = READERS[kind](export(kind, saved, named).content)

    assert [one.key for one in back] == list(named.values())
    for entry, one in zip(saved, back, strict=True):
        paper = entry.paper
        assert one.title == same(paper.title), one.key
        printed = [same(author) for author in paper.authors if author.strip()]
        if kind == "markdown":  # a line for people: one name after the other
            assert one.authors == (", ".join(printed),), one.key
        else:
            assert sorted(map(_shuffled, one.authors)) == sorted(map(_shuffled, printed)), one.key
            assert len(one.authors) == len(printed)
        years = re.findall(r"\b(?:19|20)\d\d\b", paper.journal)
        assert one.year in (years or [_year(paper)]), one.key
        assert one.arxiv == paper.identifier("arxiv")
        assert one.doi.lower() == paper.identifier("doi").lower()
        assert one.note == same(entry.note)
        assert one.tags == entry.tags


def _shuffled(name: str) -> str:
    """A name whatever the order of its parts: "King, Jr., M." is "M. King Jr."."""
    return " ".join(sorted(name.replace(",", " ").split()))


def _year(paper: Paper) -> str:
    digits = re.search(r"(?:^|/)(\d\d)\d\d", paper.identifier("arxiv"))
    assert digits
    return f"{'19' if int(digits[1]) > 90 else '20'}{digits[1]}"


def test_among_them_are_published_ones_with_journal_doi_and_arxiv_id() -> None:
    papers = [entry.paper for entry in week()]

    assert sum(bool(paper.journal and paper.identifier("doi")) for paper in papers) > 10
    assert max(len(paper.authors) for paper in papers) > 300
    assert sum(not paper.title.isascii() for paper in papers) > 50
