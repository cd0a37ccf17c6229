"""Papers, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Paper:
    """One work. Text is readable Unicode: LaTeX and HTML are gone before a paper is made."""

    #: our own stored id ("p17"), or the caller's; empty until it is stored
    id: str
    title: str
    abstract: str = ""
    #: every name the work is known by, the surest first: "arxiv:2604.10005", "doi:10.1101/…", "url:…", "guid:…"
    identifiers: tuple[str, ...] = ()
    #: names as printed: "Yann LeCun"
    authors: tuple[str, ...] = ()
    #: the first is the primary one: "cs.CL"
    categories: tuple[str, ...] = ()
    #: names of the sources that announced it, first one first: "arxiv"
    sources: tuple[str, ...] = ()
    url: str = ""
    pdf: str = ""
    code: str = ""
    #: one sentence by the source's own model, where it has one
    tldr: str = ""
    comment: str = ""
    #: where it was published, as the source says it: "Phys. Rev. D 76, 013009 (2007)"
    journal: str = ""
    published: datetime | None = None
    version: int = 1
    upvotes: int = 0
    withdrawn: bool = False
    #: its plain summary, as it is stored; "" before that, and without an abstract. See `bot.summary.plain`
    plain: str = field(default="", compare=False, repr=False)

    def identifier(self, scheme: str) -> str:
        """The identifier of one scheme without its prefix ("2604.10005" for "arxiv"), or ""."""
        prefix = scheme + ":"
        return next((known[len(prefix) :] for known in self.identifiers if known.startswith(prefix)), "")


class Kind(StrEnum):
    """What an announcement says of its paper. Only NEW and CROSS are news."""

    NEW = "new"
    CROSS = "cross"
    REPLACEMENT = "replacement"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A source says that a paper is there."""

    paper: Paper
    kind: Kind = Kind.NEW
    #: what the source announced at once: the ISO date of arXiv's mailing or of a Daily Papers page; "" for a feed
    batch: str = ""


class Condition(StrEnum):
    """How a source was when it was last asked."""

    OK = "ok"
    UNCHANGED = "unchanged"  #: the same as last time
    EMPTY = "empty"  #: a valid page with nothing on it: a weekend, a holiday
    NOT_A_FEED = "not a feed"  #: a web page, or garbage, where a feed should be
    CUT_OFF = "cut off"  #: the page broke off in the middle
    REFUSED = "refused"  #: the source answered with an error of its own
    THROTTLED = "throttled"  #: the source asks us to come back later
    UNREACHABLE = "unreachable"  #: no answer, or an address we do not connect to


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is, in one word and one sentence."""

    condition: Condition = Condition.OK
    #: one sentence for people; never a secret, never a stack trace
    detail: str = ""
    #: seconds the source asks us to stay away; 0 when it does not say
    retry_after: float = 0.0

    @property
    def well(self) -> bool:
        """True when the source answered as it should, with or without news."""
        return self.condition in (Condition.OK, Condition.UNCHANGED, Condition.EMPTY)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one question to a source brought."""

    announcements: tuple[Announcement, ...]
    #: opaque to everybody but the source; unchanged when the answer is not to be trusted
    cursor: str
    health: Health
    #: this page is seen for the first time: remember it, announce nothing
    baseline: bool = False
    #: the source has more to give now: ask again with the new cursor
    more: bool = False


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source as it is stored: what it is called, who may see it, how it was when last asked."""

    #: "arxiv", or "feed:17" for one that a workspace added
    name: str
    #: file name of its adapter: "arxiv", "feed"
    adapter: str
    url: str = ""
    title: str = ""
    #: workspace that added it ("platform/workspace"); "" for a public one
    owner: str = ""
    cursor: str = ""
    health: Health = Health()
    #: when it was last asked, when it last answered well, when it last brought news, when it may be asked again
    asked: datetime | None = None
    answered: datetime | None = None
    news: datetime | None = None
    next: datetime | None = None
    #: the newest batch it announced and how many papers that held
    batch: str = ""
    batch_size: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a query matched: the word as it stands in the paper, its field, and where (a word index from 0).

    "liked" is why a digest shows the paper higher than the match alone would: "about video", which people there save.
    """

    word: str
    field: Literal["title", "abstract", "author", "cat", "source", "has", "liked"]
    position: int


@dataclass(frozen=True, slots=True)
class Match:
    """A query and a paper, with the reason."""

    query: int
    #: 0.0 to 1.0: how strongly the paper speaks of it (title above abstract, often above once)
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored paper and when a source that the asker may see first announced it as news."""

    paper: Paper
    at: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """One entry of a reading list."""

    paper: Paper
    at: datetime
    note: str = ""
    #: the citation key it was given at its first export; "" before
    key: str = ""
    #: sorted, without the #
    tags: tuple[str, ...] = ()
