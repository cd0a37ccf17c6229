"""What arXiv's pages say: the daily announcements (RSS 2.0, or Atom) and the API's answers (Atom).

Protocol facts: https://info.arxiv.org/help/rss.html and https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers.expat import errors

from bot.identity import arxiv_id, identifier
from bot.models import Announcement, Condition, Health, Kind, Paper
from bot.ports import SourceError
from bot.text import readable

_KINDS = {
    "new": Kind.NEW,
    "cross": Kind.CROSS,
    "replace": Kind.REPLACEMENT,
    "replace-cross": Kind.REPLACEMENT,
}
#: "cs.AI", "cond-mat.str-el", "hep-th"; the API also gives MSC and ACM classes as categories
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*))?")
_HEAD = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*([\w-]+)\s*(?:Abstract:)?\s*")
_VERSION = re.compile(r"v(\d{1,3})$")
_WITHDRAWN = re.compile(
    r"\bth(?:is|e) (?:paper|article|submission|manuscript|preprint|work|version) (?:has been|is|was) withdrawn\b"
    r"|^withdrawn\b",
    re.IGNORECASE,
)
#: what expat says when the page ends too early
_ENDS_EARLY = frozenset(
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_NOT_A_FEED = Health(Condition.NOT_A_FEED, "arXiv sent something else than a feed.")
#: small pieces, so that a thread that parses lets the others run
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Announced:
    """A page of announcements."""

    announcements: tuple[Announcement, ...]
    #: how many items the page holds, readable or not
    items: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the API's answer."""

    papers: tuple[Paper, ...]
    #: how many entries the page holds, and how many there are on all pages
    entries: int
    total: int


def announced(body: bytes) -> Announced:
    """The announcements on a page of rss.arxiv.org, one for each paper. Raises SourceError."""
    root = _tree(body)
    channel = root.find("channel") if root.tag == "rss" else root
    if channel is None or _local(root) not in ("rss", "feed"):
        raise SourceError(_NOT_A_FEED)
    if _text(channel, "title").startswith("Feed error"):
        raise SourceError(Health(Condition.REFUSED, f"arXiv answered: {_text(channel, 'title')}."))
    items = channel.findall("item") or channel.findall("{*}entry")
    day = _moment(_text(channel, "pubDate"))
    best: dict[str, Announcement] = {}
    for item in items:
        announcement = _announcement(item, day)
        if announcement is None:
            continue
        name = announcement.paper.identifiers[0]
        if name not in best or announcement.kind is Kind.NEW:
            best[name] = announcement
    if items and not best:
        raise SourceError(Health(Condition.NOT_A_FEED, "arXiv sent a feed in a form that is not understood."))
    return Announced(tuple(best.values()), len(items))


def found(body: bytes) -> Found:
    """The papers on a page of the API. Raises SourceError, also for the API's own error page."""
    root = _tree(body)
    if _local(root) != "feed":
        raise SourceError(_NOT_A_FEED)
    entries = root.findall("{*}entry")
    for entry in entries:
        if "/api/errors" in _text(entry, "id"):
            raise SourceError(Health(Condition.REFUSED, f"arXiv answered: {readable(_text(entry, 'summary'))[:200]}."))
    papers = tuple(paper for entry in entries if (paper := _paper(entry)))
    total = _text(root, "totalResults")
    return Found(papers, len(entries), int(total) if total.isdecimal() else len(entries))


# ---------------------------------------------------------------------------------------- announcements


def _announcement(item: Element, day: datetime | None) -> Announcement | None:
    guid = _text(item, "guid") or _text(item, "id")
    number = arxiv_id(guid) or arxiv_id(_text(item, "link"))
    title = readable(_text(item, "title"))
    if not number or not title:
        return None
    text = _text(item, "description") or _text(item, "summary")
    head = _HEAD.match(text)
    version = _version(guid)
    said = _text(item, "announce_type") or (head[1] if head else "")
    kind = _KINDS.get(said, Kind.NEW if version == 1 else Kind.REPLACEMENT)
    abstract = readable(text[head.end() :] if head else text)
    withdrawn = bool(_WITHDRAWN.search(abstract))
    if withdrawn and kind is Kind.REPLACEMENT:
        kind = Kind.WITHDRAWAL
    at = _moment(_text(item, "pubDate") or _text(item, "published")) or day
    paper = Paper(
        id="",
        title=title,
        abstract=abstract,
        identifiers=(f"arxiv:{number}",),
        authors=_names(_text(item, "creator").split(",")),
        categories=_categories(_text_of(c) or c.get("term", "") for c in item.findall("{*}category")),
        sources=("arxiv",),
        url=f"https://arxiv.org/abs/{number}",
        pdf=f"https://arxiv.org/pdf/{number}",
        # the day of the announcement says nothing of a paper that was there before
        published=_utc(at) if kind is Kind.NEW else None,
        version=version,
        withdrawn=withdrawn,
    )
    # midnight of arXiv's own zone, so the date as it is written
    return Announcement(paper, kind, _date(day or at))


def _date(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


# -------------------------------------------------------------------------------------------------- API


def _paper(entry: Element) -> Paper | None:
    address = _text(entry, "id")
    number = arxiv_id(address)
    title = readable(_text(entry, "title"))
    if not number or not title:
        return None
    abstract = readable(_text(entry, "summary"))
    comment = readable(_text(entry, "comment"))
    primary = entry.find("{*}primary_category")
    terms = [category.get("term", "") for category in entry.findall("{*}category")]
    journal_doi = identifier("doi:" + (_text(entry, "doi").split() or [""])[0])
    return Paper(
        id="",
        title=title,
        abstract=abstract,
        identifiers=(f"arxiv:{number}", *([journal_doi] if journal_doi.startswith("doi:") else [])),
        authors=_names(_text(author, "name") for author in entry.findall("{*}author")),
        categories=_categories([primary.get("term", "") if primary is not None else "", *terms]),
        sources=("arxiv",),
        url=f"https://arxiv.org/abs/{number}",
        pdf=f"https://arxiv.org/pdf/{number}",
        comment=comment,
        journal=readable(_text(entry, "journal_ref")),
        published=_utc(_moment(_text(entry, "published"))),
        version=_version(address),
        withdrawn=bool(_WITHDRAWN.search(comment) or _WITHDRAWN.search(abstract)),
    )


# -------------------------------------------------------------------------------------------------- XML


class _Builder(ET.TreeBuilder):
    """Builds a tree, and refuses a document type: with it go entities, and all attacks that need them."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called by expat before it reads what the document type declares."""
        raise SourceError(Health(Condition.NOT_A_FEED, "arXiv sent a web page instead of a feed."))


def _tree(body: bytes) -> Element:
    if not body.strip():
        raise SourceError(Health(Condition.NOT_A_FEED, "arXiv sent an empty page."))
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - _Builder refuses what defusedxml would
    try:
        for start in range(0, len(body), _PIECE):
            parser.feed(body[start : start + _PIECE])
        root: Element = parser.close()
    except ET.ParseError as error:
        if error.code in _ENDS_EARLY:
            raise SourceError(Health(Condition.CUT_OFF, "arXiv’s page broke off in the middle.")) from None
        raise SourceError(_NOT_A_FEED) from None
    except (LookupError, ValueError):  # an encoding that nobody knows, or that expat cannot read
        raise SourceError(_NOT_A_FEED) from None
    return root


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(parent: Element, name: str) -> str:
    child = parent.find(f"{{*}}{name}")
    return _text_of(child) if child is not None else ""


def _text_of(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in map(readable, names) if name)


def _categories(terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for term in terms if _CATEGORY.fullmatch(term)))


def _version(name: str) -> int:
    version = _VERSION.search(name)
    return int(version[1]) if version else 1


def _moment(text: str) -> datetime | None:
    """A date of RSS ("Mon, 27 Apr 2026 00:00:00 -0400") or Atom ("2026-04-27T00:00:00-04:00"); aware, or None."""
    try:
        moment = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        return None
