"""Channels, people, and what is followed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class Channel:
    """Where digests go. The three ids together are its key; the name is only shown."""

    platform: str
    workspace: str
    id: str
    name: str = field(default="", compare=False)
    #: a person's direct messages with the bot; its id is the person's id
    direct: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who types, presses or reacts. The three ids together are the key; the rest is only suggested."""

    platform: str
    workspace: str
    id: str
    name: str = field(default="", compare=False)
    #: IANA time zone of their profile, where the platform tells it
    zone: str = field(default="", compare=False)

    @property
    def direct(self) -> Channel:
        """Their direct messages with the bot."""
        return Channel(self.platform, self.workspace, self.id, direct=True)


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
    #: what a day without news brings: nothing, or one line
    quiet: Literal["silent", "line"] = "silent"

    def rests(self, now: datetime) -> bool:
        """It is paused, and the end of that has not come."""
        return self.paused and (self.until is None or now < self.until)


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
    #: who may change it; "" for what the platform thinks right
    editors: Literal["", "everyone", "managers"] = ""
    #: somebody said that this large channel is meant
    agreed: bool = False
    #: when the pause it is in began
    paused_at: datetime | None = None

    def awake(self) -> Self:
        """The channel without a pause."""
        return replace(self, schedule=replace(self.schedule, paused=False, until=None), paused_at=None)


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
    #: how somebody wrote it, which is what people see; "" for the canonical text
    typed: str = ""
    #: when it took the place of another query: what came earlier counts only if it waited under that one
    edited: datetime | None = None

    @property
    def shown(self) -> str:
        """What people see of it. Whether two topics are one is told by `text`."""
        return self.typed or self.text
