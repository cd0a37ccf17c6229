"""Reads one feed, in a process of its own: bytes on standard input, JSON on standard output.

A feed comes from anywhere. feedparser raises on some pages, needs minutes and gigabytes for others, and opens files and
addresses when it is given a str; so it gets a BytesIO and nothing else, here and only here, in a child that may be
killed at any time and that knows no secret.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from bot.identity import identifier, normal_title, normal_url, web_link
from bot.markup import plain
from bot.text import readable

#: what is kept at most, so that a page of 10 MB cannot become an answer of 100
_ENTRIES = 2_000
_AUTHORS = 3_000
_NAME = 200
_TITLE = 1_000
_ABSTRACT = 5_000
_MEMORY = 512 * 1024 * 1024

_ROOTS = re.compile(rb"<((?:[A-Za-z]+:)?(?:rss|feed|rdf|channel))[\s>]", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[A-Za-z]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,4000})|([0-9]{1,4000}));?", re.IGNORECASE)
_ARXIV_HEAD = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*([\w-]+)\s*(?:Abstract:)?\s*")
#: paragraphs of a description that are no abstract: "Journal: JAMA Neurology", "Nature, Published online: …; doi:…"
_LABEL = re.compile(
    r"(authors?(?:\(s\))?|abstract|summary|upvotes|journal|source|publication date|doi)\s*(?::\s*|$)"
    r"|[^,]{1,60}, Published online: .{1,60}doi:\S+$",
    re.IGNORECASE,
)
_SURE = ("arxiv:", "doi:")
_MAIL = re.compile(r"[^\s<>()]+@[^\s<>()]+")
_INITIALS = re.compile(r"(?:\w\.[- ]?)+")
_CODE = re.compile(
    r"(?:astro-ph|cond-mat|cs|econ|eess|math|nlin|physics|q-bio|q-fin|stat)\.[A-Za-z]+(?:-[a-z]+)*"
    r"|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nucl-(?:ex|th)|quant-ph|astro-ph|cond-mat"
)


@dataclass(slots=True)
class Entry:
    """One entry, ready to become a paper."""

    title: str
    abstract: str
    #: the surest first
    identifiers: list[str]
    authors: list[str]
    categories: list[str]
    url: str
    #: ISO 8601 in UTC, or ""
    published: str
    #: the word by which an arXiv feed announces it, or ""
    announced: str


@dataclass(slots=True)
class Reading:
    """What a page is."""

    #: "feed", "not a feed", "cut off", or "nameless" when no entry can be told from the others
    what: str
    title: str = ""
    #: another address that a web page names as its feed
    feed: str = ""
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class _Raw:
    """An entry as the feed writes it, whatever its format."""

    title: str = ""
    title_is_markup: bool = False
    text: str = ""
    link: str = ""
    guid: str = ""
    #: what may name the work for ever: DOI fields and identifiers of libraries
    names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published: str = ""


def read(body: bytes, content_type: str, url: str) -> Reading:
    """What that page says. May raise anything and may never end: see above."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(body, url)
    headers = {"content-type": content_type, "content-location": url}
    body = _REFERENCE.sub(_character, body)
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.version:
        return Reading("not a feed", feed=_alternate(body, url))
    if found.bozo and _broke_off(body, found.get("encoding", "")):
        return Reading("cut off")
    base = found.feed.get("link", url)
    raws = [_from_feedparser(entry) for entry in found.entries[:_ENTRIES]]
    return _feed(found.feed.get("title", ""), raws, url, base)


def _character(reference: re.Match[bytes]) -> bytes:
    """A reference as it stands, or nothing where there is no such character: feedparser would raise."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if number <= sys.maxunicode and not 0xD800 <= number <= 0xDFFF else b""


def _feed(title: object, raws: Sequence[_Raw], url: str, base: str) -> Reading:
    entries = _entries(raws, url, base)
    return Reading(
        "nameless" if raws and not entries else "feed", title=_title(str(title), markup=False), entries=entries
    )


# ---------------------------------------------------------------------------------------------- formats


def _from_feedparser(entry: dict[str, Any]) -> _Raw:
    texts = [str(part.get("value") or "") for part in entry.get("content") or []]
    texts.append(str(entry.get("summary") or ""))
    detail = entry.get("title_detail") or {}
    people = [str(author.get("name") or "") for author in entry.get("authors") or []]
    if len(people) == 1 and "@" in str(entry.get("author")):
        # RSS wants "mail@example.org (Name)"; feedparser takes long top-level domains for names
        people = [_MAIL.sub("", str(entry.get("author"))).strip(" ()<>")]
    tags = tuple(str(tag.get("term") or "") for tag in entry.get("tags") or [])
    links = [str(link.get("href") or "") for link in entry.get("links") or [] if link.get("rel") == "alternate"]
    return _Raw(
        title=str(entry.get("title") or ""),
        title_is_markup="html" in str(detail.get("type") or ""),
        text=max(texts, key=len),
        link=str(entry.get("link") or "") or next(iter(links), ""),
        guid=str(entry.get("id") or ""),
        names=tuple(str(entry.get(key) or "") for key in ("prism_doi", "dc_identifier")),
        authors=tuple(people or [str(entry.get("author") or "")]),
        tags=tags,
        # past feedparser's own mapping of the one to the other, which warns
        published=_iso(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
    )


def _json_feed(body: bytes, url: str) -> Reading:
    """JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    try:
        page = json.loads(body)
    except ValueError:
        return Reading("cut off" if b"jsonfeed.org/version" in body else "not a feed")
    if "jsonfeed.org/version" not in str(page.get("version")) or not isinstance(page.get("items"), list):
        return Reading("not a feed")
    raws = [_from_json(item) for item in page["items"][:_ENTRIES] if isinstance(item, dict)]
    return _feed(page.get("title") or "", raws, url, url)


def _from_json(item: Mapping[str, Any]) -> _Raw:
    authors = item.get("authors") or [item.get("author")]
    texts = [str(item.get(key) or "") for key in ("content_html", "content_text", "summary")]
    return _Raw(
        title=str(item.get("title") or ""),
        text=next(filter(None, texts), ""),
        link=str(item.get("external_url") or item.get("url") or ""),
        guid=str(item.get("id") or ""),
        authors=tuple(str(author.get("name") or "") for author in authors if isinstance(author, dict)),
        tags=tuple(map(str, item.get("tags") or [])),
        published=_iso_text(str(item.get("date_published") or "")),
    )


def _broke_off(body: bytes, encoding: str) -> bool:
    """True when the outermost element does not end after the last entry, as in a download that was interrupted."""
    if encoding.startswith(("utf-16", "utf_16", "utf-32", "utf_32", "ucs")):
        body = body.decode(encoding, "replace").encode()
    root = _ROOTS.search(body)
    if root is None:
        return False
    last = max((item.start() for item in _ITEM.finditer(body)), default=0)
    return body.lower().rfind(b"</" + root[1].lower()) < last


def _alternate(body: bytes, url: str) -> str:
    """The feed that a web page names in its head."""
    for tag in re.findall(rb"<link\b[^<>]{1,2000}>", body[:200_000], re.IGNORECASE):
        if re.search(rb"application/(?:rss|atom)\+xml|application/feed\+json", tag, re.IGNORECASE) and (
            href := re.search(rb"""\bhref\s*=\s*["']([^"'<>\s]{1,1000})["']""", tag, re.IGNORECASE)
        ):
            return web_link(urljoin(url, plain(href[1].decode("utf-8", "replace"), markup=True)))
    return ""


# ---------------------------------------------------------------------------------------------- entries


def _entries(raws: Iterable[_Raw], url: str, base: str) -> list[Entry]:
    """Entries with a title and a name; a name that different ones bear is the name of none.

    Two titles may bear one DOI: publishers list a paper again when they have edited it.
    """
    entries = [entry for raw in raws if (entry := _entry(raw, url, base))]
    bearers: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for name in entry.identifiers:
            bearers[name].add(normal_title(entry.title))
    for entry in entries:
        entry.identifiers = [
            name for name in entry.identifiers if len(bearers[name]) <= (2 if name.startswith(_SURE) else 1)
        ]
    return [entry for entry in entries if entry.identifiers]


def _entry(raw: _Raw, url: str, base: str) -> Entry | None:
    head = _ARXIV_HEAD.match(raw.text)
    paragraphs = _paragraphs(raw.text[head.end() :] if head else raw.text)
    abstract, people = _labelled(paragraphs)
    title = _title(raw.title, markup=raw.title_is_markup) or abstract[:100]
    link = _absolute(raw.link, base, url)
    if not title:
        return None
    return Entry(
        title=title,
        abstract="" if abstract == title else abstract[:_ABSTRACT],
        identifiers=_identifiers(raw, link, url),
        authors=_authors(raw.authors) or _authors([people]),
        categories=list(dict.fromkeys(tag for tag in raw.tags if _CODE.fullmatch(tag))),
        url=link,
        published=raw.published,
        announced=head[1] if head else "",
    )


def _identifiers(raw: _Raw, link: str, url: str) -> list[str]:
    """Names of the work, the surest first: what the feed calls an identifier, the guid, the address."""
    sure = next(filter(None, map(identifier, (*raw.names, raw.guid, link))), "")
    address = normal_url(link)
    host = urlsplit(url).hostname or ""
    names = [sure, f"url:{address}" if address else "", f"guid:{host}|{raw.guid.strip()}" if raw.guid.strip() else ""]
    return [name for name in names if name and len(name) <= 2_000 and name.isprintable()]


def _absolute(link: str, base: str, url: str) -> str:
    try:
        return web_link(urljoin(urljoin(url, base), link.strip())) if link.strip() else ""
    except ValueError:
        return ""


def _title(text: str, *, markup: bool) -> str:
    return readable(plain(text[: 10 * _TITLE], markup=markup))[:_TITLE]


def _paragraphs(text: str) -> list[str]:
    return [line for part in re.split(r"\n\s*\n", plain(text, markup=True)) if (line := " ".join(part.split()))]


def _labelled(paragraphs: Iterable[str]) -> tuple[str, str]:
    """The abstract, without paragraphs that say something else, and the authors if one of those names them."""
    kept = []
    people = ""
    for paragraph in paragraphs:
        label = _LABEL.match(paragraph)
        word = (label[1] or "").lower() if label else "abstract"
        rest = paragraph[label.end() :] if label else paragraph
        if word.startswith("author"):
            people = people or rest
        elif word in ("abstract", "summary") and rest:
            kept.append(rest)
    return readable("\n\n".join(kept)[: 2 * _ABSTRACT]), people


def _authors(names: Iterable[str]) -> list[str]:
    """One name each, where a feed puts all of them into one string."""
    listed = [plain(name, markup=False) for name in names if name.strip()]
    if len(listed) == 1:
        listed = _split_names(listed[0])
    found = (readable(name[: 2 * _NAME])[:_NAME] for name in listed[:_AUTHORS])
    return [name for name in found if name]


def _split_names(text: str) -> list[str]:
    """The names in “A. One, B. Two and C. Three”, “One, A.; Two, B.” or “One, A., Two, B. B.”; “One, Anna” is one."""
    if ";" in text:
        return text.split(";")
    parts = [part for part in re.split(r",\s+and\s+|,\s*|\s+and\s+", text) if part.strip()]
    if len(parts) > 1 and len(parts) % 2 == 0 and all(map(_INITIALS.fullmatch, parts[1::2])):
        return [f"{initials} {last}" for last, initials in zip(parts[::2], parts[1::2], strict=True)]
    full = sum(" " in part.strip() for part in parts)
    return parts if full == len(parts) or full > len(parts) / 2 > 1 else [text]


def _iso(moment: struct_time | None) -> str:
    """A date of feedparser's, in UTC; a year of -1 or 99999 is none."""
    if moment is None:
        return ""
    try:
        year, month, day, hour, minute, second = moment[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def _iso_text(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


# -------------------------------------------------------------------------------------------- the child


def _limit(seconds: int) -> None:
    """Make this process unable to take much memory or time, or to write files."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """The child: one line of JSON (url, content_type, seconds), then the page."""
    asked = json.loads(sys.stdin.buffer.readline())
    _limit(int(asked["seconds"]) + 1)
    reading = read(sys.stdin.buffer.read(), asked["content_type"], asked["url"])
    sys.stdout.write(json.dumps(asdict(reading)))


if __name__ == "__main__":
    main()
