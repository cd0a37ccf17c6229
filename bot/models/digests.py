"""Digests, from the papers that wait to the fate of each message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from bot.models.channels import Channel, Subscription
from bot.models.messages import Message
from bot.models.papers import Match, Paper


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
    #: what a model of the operator's choice said of it, checked; "" where the plain summary is shown
    summary: str = ""
    #: why it stands higher than its match alone would put it: "about video", which people there save
    liked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest before it has a fate."""

    number: int
    #: a lead shows its entries as numbered titles; a paper is one message; a line says that there is nothing (the
    #: first time), quiet says it where that is wanted, paused recalls a pause without an end;
    #: news tells a person what happened to papers they saved
    kind: Literal["lead", "paper", "line", "quiet", "paused", "news"]
    entries: tuple[Entry, ...] = ()
    #: topics and how many of their papers were left over
    left: tuple[tuple[str, int], ...] = ()
    #: the part whose message this one hangs under; None for a message of the channel itself
    under: int | None = None
    #: planned to wait for its summary, until then at most
    waits_until: datetime | None = None


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
