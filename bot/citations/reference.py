"""What every format of a bibliography needs, once: names, year, published version, tags, citation keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from bot.models import Paper, Saved

_GROUP = re.compile(
    r"\b(?:collaborations?|consortium|team|group|project|network|society|institute|laboratory|university|department|"
    r"committee|organi[sz]ation|initiative|members|authors|contributors|et al)\b",
    re.IGNORECASE,
)
#: several people, or what is left of a list of them: BibTeX parts authors at this word
_AND = re.compile(r"(?:^|\s)and(?:\s|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr)\.?|II|III|IV", re.IGNORECASE)
#: "Phys. Rev. D 76, 013009 (2007)", "Nature 12(3): 45–67 (2020)"
_CITATION = re.compile(
    r"(?P<name>\D.*?)[,\s]\s*(?:vol\.? ?)?(?P<volume>\d+[A-Z]?)\s*(?:\((?P<number>[\d-]+)\))?\s*[,:]\s*"
    r"(?:pp?\.? ?)?(?P<pages>[A-Za-z]?\d[\w.]*(?:\s?[-–]+\s?[A-Za-z]?\d\w*)?)\s*[,\s]\s*"
    r"\(?(?P<year>(?:19|20)\d\d)\)?\.?"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MEETING = re.compile(r"\b(?:proc|proceedings|conference|workshop|symposium|in:|meeting|congress)\b", re.IGNORECASE)
#: letters that are not a letter and an accent
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ə": "e"}
)
_INSIGNIFICANT = re.compile(
    r"an?|the|on|of|in|for|to|and|with|from|by|at|is|are|do|does|can|how|what|why|when|towards?|via"
)


@dataclass(frozen=True, slots=True)
class Name:
    """An author; a collaboration has only its `family`, which is then not to be taken apart."""

    family: str
    given: str = ""
    #: "van der", as printed
    particle: str = ""
    #: "Jr."
    suffix: str = ""
    group: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A saved paper as a bibliography sees it; everything is plain Unicode on one line, "" where unknown."""

    key: str
    paper: Paper
    saved: date
    authors: tuple[Name, ...]
    year: str
    #: the day it appeared, of a preprint whose first version did; a published one has a year only
    day: date | None = None
    #: where it was published: a journal's or proceedings' name, taken apart where it could be
    container: str = ""
    meeting: bool = False
    volume: str = ""
    number: str = ""
    pages: str = ""
    arxiv: str = ""
    doi: str = ""
    url: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()


def references(saved: Sequence[Saved], given: Mapping[str, str]) -> list[Reference]:
    """The saved papers in their order, each with its key."""
    named = keys(saved, given)
    return [_reference(entry, named[entry.paper.id]) for entry in saved]


def keys(saved: Sequence[Saved], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """A citation key for every saved paper, by paper id; no two are alike.

    A key that was given before stays. Of papers that would have the same one the first saved has it, the others add
    their identifier ("smith2026neural-260410005"): never a number in the list, which would change with the list.
    """
    found = {entry.paper.id: (given or {}).get(entry.paper.id, "") for entry in saved}
    taken = {*(given or {}).values(), *found.values()}
    for entry in sorted(saved, key=lambda entry: (entry.at, entry.paper.id)):
        if not found[entry.paper.id]:
            own = _identity(entry.paper)
            base = key(entry.paper)
            choices = (base, f"{base}-{own}", f"{base}-{sha256(entry.paper.id.encode()).hexdigest()[:8]}")
            found[entry.paper.id] = next(choice for choice in choices if choice not in taken)
            taken.add(found[entry.paper.id])
    return found


def key(paper: Paper) -> str:
    """The citation key of a paper: first author's surname, year of its first version, first word of weight.

    Small ASCII letters and digits only; "anon" without an author that Latin letters can write.
    """
    author = name(paper.authors[0]) if paper.authors else Name("")
    surname = _folded(author.family if author.group else author.particle + author.family)
    if author.group:
        surname = _folded(re.sub(r"(?i)^the |\bcollaborations?$", "", author.family.strip()))
    words = [_folded(word) for word in re.split(r"[^\w]+", paper.title)]
    weighty = [word for word in words if len(word) > 1 and not _INSIGNIFICANT.fullmatch(word)]
    return f"{surname or 'anon'}{_first_year(paper)}{next(iter(weighty or words), '')}"


def name(printed: str) -> Name:
    """An author's name taken apart: "Jan van der Berg", "van der Berg, Jan", "M. King Jr.", "ATLAS Collaboration"."""
    printed = " ".join(printed.split()).strip(", ")
    if _GROUP.search(printed) or _AND.search(printed) or " " not in printed:
        return Name(printed, group=True)
    parts = [part.strip() for part in printed.split(",")]
    if len(parts) > 1:
        family, given = parts[0], parts[-1]
        suffix = parts[1] if len(parts) > 2 else ""
        if _SUFFIX.fullmatch(given):
            # "M. King, Jr."
            return replace(name(family), suffix=given)
        words = family.split()
        small = next((n for n, word in enumerate(words) if not word[0].islower()), 0)
        return Name(" ".join(words[small:]), given, " ".join(words[:small]), suffix)
    words = printed.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    # the surname begins at the first small word that is not the first: "Ludwig van Beethoven"
    start = next((n for n, word in enumerate(words[1:-1], 1) if word[0].islower()), len(words) - 1)
    end = next((n for n, word in enumerate(words[start:-1], start) if not word[0].islower()), len(words) - 1)
    return Name(" ".join(words[end:]), " ".join(words[:start]), " ".join(words[start:end]), suffix)


def _reference(entry: Saved, own_key: str) -> Reference:
    paper = entry.paper
    arxiv, doi = paper.identifier("arxiv"), paper.identifier("doi")
    journal = " ".join(paper.journal.split())
    parts = _CITATION.fullmatch(journal) if len(journal) < 300 else None
    container, years = journal, _YEAR.findall(journal)
    year = years[-1] if years else _first_year(paper)
    volume = number = pages = ""
    if parts:
        container, year = parts["name"].rstrip(" ,"), parts["year"]
        volume, number, pages = parts["volume"], parts["number"] or "", re.sub(r"\s?[-–]+\s?", "–", parts["pages"])
    return Reference(
        key=own_key,
        paper=paper,
        saved=entry.at.date(),
        authors=tuple(name(author) for author in paper.authors if author.strip()),
        year=year,
        day=_day(paper, year) if not container else None,
        container=container,
        meeting=bool(_MEETING.search(journal)),
        volume=volume,
        number=number,
        pages=pages,
        arxiv=arxiv,
        doi=doi,
        url=paper.url or (f"https://arxiv.org/abs/{arxiv}" if arxiv else f"https://doi.org/{doi}" if doi else ""),
        note=" ".join(entry.note.split()),
        tags=entry.tags,
    )


def _first_year(paper: Paper) -> str:
    """The year of the first version: of the arXiv id, which never changes, before the date a source gives."""
    if match := re.search(r"^(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(?:0[1-9]|1[0-2])", paper.identifier("arxiv")):
        # arXiv began in 1991
        return f"{'19' if int(match[1]) > 90 else '20'}{match[1]}"
    return str(paper.published.year) if paper.published else ""


def _day(paper: Paper, year: str) -> date | None:
    """The day a source gives, unless it is that of a later announcement."""
    return paper.published.date() if paper.published and str(paper.published.year) == year else None


def _identity(paper: Paper) -> str:
    """A short word for the paper's surest identifier."""
    if arxiv := paper.identifier("arxiv"):
        return re.sub(r"[^a-z0-9]", "", arxiv.casefold())
    return sha256((paper.identifiers[0] if paper.identifiers else paper.id).encode()).hexdigest()[:6]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]", "", plain)
