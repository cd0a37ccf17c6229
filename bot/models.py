"""The nouns of Paperround. This page is the glossary: one word, one idea, everywhere.

paper         one work, however many sources announce it; arXiv id, DOI and other identifiers are merged,
              versions are not new papers
source        where papers come from: public (arXiv, Hugging Face) or a feed that one workspace added
announcement  a source says a paper is there: new, cross-list, replacement or withdrawal
batch         what one source announces at once
query         what is followed, in the query language of `bot.query`; equal queries are one query
subscription  a channel follows a query since a moment; only announcements after it count
match         a query and a paper, with the reason
digest        what one channel gets on one local date; number 0 is the scheduled one, 1, 2, … are asked for
delivery      one message of a digest and its fate
reading list  one person's saved papers
channel, person, workspace
              opaque ids of the platform; a direct message with the bot is a channel
act           something somebody did (a command, a press, a reaction); question: something a form asks

Every noun is frozen: change is a copy. Times are aware and UTC. Ids that come from outside are opaque strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal

# --------------------------------------------------------------------------------------------- papers


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
class Reason:
    """Why a query matched: the word as it stands in the paper, its field, and where (a word index from 0)."""

    word: str
    field: Literal["title", "abstract", "author", "cat", "source", "has"]
    position: int


@dataclass(frozen=True, slots=True)
class Match:
    """A query and a paper, with the reason."""

    query: int
    #: 0.0 to 1.0: how strongly the paper speaks of it (title above abstract, often above once)
    score: float
    reasons: tuple[Reason, ...] = ()


# ------------------------------------------------------------------------------------------- channels


@dataclass(frozen=True, slots=True)
class Channel:
    """Where digests go. The three ids together are its key; the name is only shown."""

    platform: str
    workspace: str
    id: str
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who types, presses or reacts. The three ids together are the key; the rest is only shown or suggested."""

    platform: str
    workspace: str
    id: str
    name: str = field(default="", compare=False)
    #: IANA time zone of their profile, where the platform tells it
    zone: str = field(default="", compare=False)


#: Monday to Friday, as `date.weekday()` counts
WEEKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a channel's digest comes and how much it holds."""

    zone: str = "UTC"
    at: time = time(9, 0)
    #: weekdays as `date.weekday()` counts them, Monday 0
    days: tuple[int, ...] = WEEKDAYS
    #: most papers in one digest, 1 to 10
    most: int = 10
    paused: bool = False
    #: end of the pause; None while paused means until somebody resumes
    until: datetime | None = None
    layout: Literal["auto", "list"] = "auto"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel follows a query since a moment."""

    #: the number shown in `list`, never reused in its channel
    number: int
    query: int
    #: canonical text of the query
    text: str
    #: only announcements first seen after this moment count
    since: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper waiting for a digest, with every topic that brought it."""

    paper: Paper
    #: the channel's subscriptions that it matches, with the match of each
    topics: tuple[tuple[Subscription, Match], ...]
    #: when a source this channel may see first announced it
    seen: datetime
    #: the sources that announced it
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper chosen for a digest, under the topic whose place it took."""

    candidate: Candidate
    topic: Subscription


@dataclass(frozen=True, slots=True)
class Selection:
    """The papers of one digest, best first within the topics' turns, and what is left over by topic."""

    picks: tuple[Pick, ...]
    left: tuple[tuple[Subscription, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """What one channel gets on one local date."""

    channel: Channel
    date: date
    #: 0 is the scheduled one; 1, 2, … were asked for
    number: int
    #: papers read since the last digest, for "Nothing new … (393 papers read)"
    read: int = 0
    #: when a scheduled one was due; None for one that was asked for
    slot: datetime | None = None
    #: it comes well after its hour because we were away
    late: bool = False


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as it is stored."""

    channel: Channel
    schedule: Schedule
    #: when its next scheduled digest is due, and the local date that digest is for; None while nothing is followed
    due: datetime | None = None
    due_date: date | None = None
    #: local date and instant of the last scheduled digest
    last_date: date | None = None
    last_at: datetime | None = None
    #: no digest was ever posted here: the first one is never silent
    fresh: bool = True
    #: why the platform stopped taking messages here; "" while it does
    trouble: str = ""


class State(StrEnum):
    """Where a delivery is. See `bot.policy` for what leads from one to the next."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    UNKNOWN = "unknown"
    PARKED = "parked"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as one delivery shows it: the topic it came under and why."""

    paper: Paper
    #: canonical text of the topic's query
    topic: str
    match: Match


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest before it has a fate."""

    number: int
    #: a lead shows its entries as numbered titles; a paper is one message; a line says that there is nothing
    kind: Literal["lead", "paper", "line"]
    entries: tuple[Entry, ...] = ()
    #: topics and how many of their papers were left over
    left: tuple[tuple[str, int], ...] = ()
    #: the part whose message this one hangs under; None for a message of the channel itself
    under: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of a digest and its fate."""

    id: int
    #: names this message for ever, on the platform too; see `bot.policy.key`
    key: str
    digest: Digest
    part: Part
    state: State
    #: the platform's id of the message (or its thread) that this one hangs under; "" for the channel itself
    under: str = ""
    attempts: int = 0
    #: when it was last attempted; None before the first time
    attempted: datetime | None = None
    reason: str = ""
    #: what was rendered when it was first attempted; it never changes after that
    message: Message | None = None


# ------------------------------------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a form."""

    name: str
    label: str
    kind: Literal["text", "choice", "time", "completion"] = "text"
    value: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a label and the command it types, or a link.

    `command` is at most 90 characters and names things by stored id ("unfollow q17"), never by position.
    With `ask` it opens a form first; "{name}" in the command is filled with the answer of that field.
    """

    label: str
    command: str = ""
    url: str = ""
    ask: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file for one person."""

    name: str
    content: str
    kind: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, in plain text; the platforms escape, trim and lay out."""

    title: str = ""
    url: str = ""
    body: str = ""
    #: short lines under the title: authors, source and date, why
    facts: tuple[str, ...] = ()
    note: str = ""
    #: messages of one level: the numbered papers of a lead, a page of the reading list
    items: Sequence[Message] = ()
    #: heading of the group an item stands under ("tokenization"); equal neighbours share one heading
    group: str = ""
    actions: tuple[Action, ...] = ()
    file: File | None = None
    #: one sentence for the notification and for screen readers; "" means the title
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes."""

    channel: Channel
    kind: Literal["channel", "thread", "private", "home", "unfurl"] = "channel"
    #: for a thread: the platform's id of the message it hangs under
    under: str = ""
    #: for a private answer or a home: whose it is
    person: Person | None = None
    #: for a private answer: the platform's own handle of the act that is answered; opaque, short-lived, secret
    reply: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """The platform has the message."""

    #: the platform's id of the message
    id: str
    #: the platform's id of the thread that hangs under it, where that differs
    thread: str = ""


# ----------------------------------------------------------------------------------------------- acts


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody did: recorded in the inbox, acknowledged, then worked on."""

    #: the platform's own name of this act; the same act told twice has the same key
    key: str
    #: the platform's order of acts: of two about the same thing the greater wins, compared as text
    order: str
    kind: Literal["command", "react", "unreact"]
    channel: Channel
    person: Person
    at: datetime
    #: a command's words, without the slash
    text: str = ""
    #: the platform's id of the message that was reacted to, or whose button was pressed
    message: str = ""
    #: a reaction as Unicode: "🔖"
    emoji: str = ""
    #: the platform's handle for a private answer
    reply: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """What an open form or a half-typed command wants to know; answered at once, changes nothing."""

    channel: Channel
    person: Person
    #: the words typed so far, without the slash: "unfollow tok"
    text: str


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
