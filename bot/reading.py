"""What people type about their own reading list: a note with tags, and which part of the list they want.

A tag is a # and letters, digits, -, _ or /, at least one of them a letter: "#3" is a number in a sentence, "C#" is not
a tag either. Tags are kept in small letters; one in the middle of a sentence stays a word of it. Filters combine:
`#toread mamba since:may` is what is tagged so, matches that query and was saved since then. `before:` begins a page: it
names the last entry of the one before.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import calendar
from bot.messages import mistyping
from bot.ports import CommandError
from bot.query import Query, QueryError, parse

#: characters of a note, tags of a paper, characters of a tag
LONGEST = 2000
MOST_TAGS = 20
LONGEST_TAG = 40
#: what stands before a tag is a space or nothing that a word, an address or a language called C# is made of
_TAG = re.compile(r"(?<![\w#&/])#(?=[\w/-]*[^\W\d_])(\w(?:[\w/-]*\w)?)(?![\w-])")
#: tags before and behind the sentence are no part of it
_BEFORE, _BEHIND = re.compile(rf"^(?:{_TAG.pattern}(?:\s+|$))+"), re.compile(rf"(?:\s*{_TAG.pattern})+$")
#: `since:"7 Jan"`, `since: may`, `before:2026-05-01T09:30:00/p17`
_WORD = re.compile(r"(?<!\S)(since|before):\s*(\"[^\"]*\"|“[^”]*”|\S+)", re.IGNORECASE)
#: of these, where a page begins
_PAGE = re.compile(r"\s*\bbefore:\S+/\S+")
_QUOTED = re.compile(r"[\"“”„«»「」][^\"“”„«»「」]*[\"“”„«»「」]")
#: controls that are no space, halves of characters, and marks that turn the direction of writing
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
#: what empties a note
_NOTHING = frozenset({"", "-", "–", '""', "''", "“”", "„“", "«»"})


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted about a paper; the text is one line, tags are sorted."""

    text: str = ""
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.tags)

    @property
    def typed(self) -> str:
        """The note as somebody would type it: "read section 3 #todo"."""
        return " ".join((self.text, *(f"#{tag}" for tag in self.tags))).strip()


@dataclass(frozen=True, slots=True)
class Position:
    """An entry of a list, for ever: when it was saved, and the paper's id, which parts those of one moment."""

    at: datetime
    paper: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).replace(tzinfo=None).isoformat()}/{self.paper}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a reading list somebody wants."""

    tags: tuple[str, ...] = ()
    query: Query | None = None
    since: datetime | None = None
    #: words of `since`, for a sentence and for the next command
    since_typed: str = ""
    #: only what was saved before then; or what stands behind that entry
    before: datetime | Position | None = None
    before_typed: str = ""

    @property
    def filters(self) -> str:
        """The filters as somebody would type them, without the page: "#toread mamba since:may"."""
        before = f"before:{self.before_typed}" if isinstance(self.before, datetime) else ""
        words = (*(f"#{tag}" for tag in self.tags), self.query.text if self.query else "")
        since = f"since:{self.since_typed}" if self.since else ""
        return " ".join(word for word in (*words, since, before) if word)

    def holds(self, at: datetime, tags: Iterable[str]) -> bool:
        """True for an entry of these pages and tags; whether it matches the query is for the matcher to say."""
        if self.since is not None and at < self.since:
            return False
        if isinstance(self.before, datetime) and at >= self.before:
            return False
        return set(self.tags) <= set(tags)

    def behind(self, at: datetime, paper: str) -> bool:
        """True for an entry that stands behind the page before, in a list with the newest first."""
        if not isinstance(self.before, Position):
            return True
        return (at, _number(paper)) < (self.before.at, _number(self.before.paper))


def _number(paper: str) -> int:
    digits = paper.removeprefix("p")
    return int(digits) if digits.isdecimal() else 0


def note(text: str) -> Note:
    """The note that these words are. Raises CommandError naming the limit that they pass."""
    plain = " ".join(_NO_TEXT.sub("", text).split())
    if plain in _NOTHING:
        return Note()
    tags = tuple(sorted({_folded(tag) for tag in _TAG.findall(plain)} - {""}))
    words = _TAG.sub(r"\1", _BEHIND.sub("", _BEFORE.sub("", plain)))
    if len(words) > LONGEST:
        raise CommandError(mistyping.long_note(LONGEST, len(words)))
    if len(tags) > MOST_TAGS:
        raise CommandError(mistyping.many_tags(MOST_TAGS, len(tags)))
    if long := next((tag for tag in tags if len(tag) > LONGEST_TAG), ""):
        raise CommandError(mistyping.long_tag(LONGEST_TAG, long))
    return Note(words, tags)


def _folded(tag: str) -> str:
    """A tag in the one form in which it is kept and looked for."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag).casefold())
    return re.sub(r"[^\w/-]+", "", plain)


def wanted(text: str, now: datetime, zone: str) -> Wanted:
    """Read filters in any order: tags, `since:`, `before:`; the rest is a query.

    Raises CommandError for a date that is none, and QueryError with its place in `text`.
    """
    found: dict[str, str] = {}

    def kept(word: re.Match[str]) -> str:
        found[word[1].lower()] = word[2].strip('"“”')
        return " " * len(word[0])

    rest = _WORD.sub(kept, text)
    quoted = [span.span() for span in _QUOTED.finditer(rest)]
    tags: list[str] = []
    for tag in _TAG.finditer(rest):
        if not any(begin <= tag.start() < end for begin, end in quoted):
            tags.append(_folded(tag[1]))
            # blanks in its place: what is wrong in the query keeps its position
            rest = rest[: tag.start()] + " " * len(tag[0]) + rest[tag.end() :]
    before_typed = found.get("before", "")
    part = Wanted(
        tags=tuple(dict.fromkeys(tags)),
        since=_moment("since", found["since"], now, zone) if "since" in found else None,
        since_typed=_again(found.get("since", "")),
        before=_page(before_typed, now, zone) if before_typed else None,
        before_typed=_again(before_typed),
    )
    if not rest.strip():
        return part
    try:
        query = parse(rest)
    except QueryError as wrong:
        better = " ".join(word for word in (part.filters, wrong.suggestion) if word) if wrong.suggestion else ""
        raise QueryError(str(wrong), wrong.start, wrong.end, better) from wrong
    return Wanted(part.tags, query, part.since, part.since_typed, part.before, part.before_typed)


def unpaged(text: str) -> str:
    """The filters as they were typed, without the page."""
    return _PAGE.sub("", text).strip()


def _again(typed: str) -> str:
    """Words of a date as they can be typed again."""
    return f'"{typed}"' if " " in typed else typed


def _moment(word: str, typed: str, now: datetime, zone: str) -> datetime:
    """A date in the past. Raises CommandError."""
    month = re.fullmatch(r"(\d{4})[-/](\d{1,2})", typed)
    moment = calendar.parse_since(f"{month[1]}-{month[2]}-1" if month else typed, now, zone)
    if moment is None:
        raise CommandError(mistyping.no_date(word, typed), "saved since:7d")
    return moment


def _page(typed: str, now: datetime, zone: str) -> datetime | Position:
    """The entry that a page begins behind, or a date. Raises CommandError."""
    moment, slash, paper = typed.partition("/")
    if slash and re.fullmatch(r"p\d{1,9}", paper):
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if at is not None and at.tzinfo is None:
            return Position(at.replace(tzinfo=UTC), paper)
    return _moment("before", typed, now, zone)


def counted_tags(tags: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
    """Tags by how many entries have them, the most used first."""
    counts = Counter(tag for one in tags for tag in one)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def is_name(text: str) -> bool:
    """True for a word that surely names a paper: a number in a list, a stored id."""
    return bool(re.fullmatch(r"\d{1,3}|p\d{1,9}", text))
