"""What is said, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.models.channels import Channel, Person


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a form."""

    name: str
    label: str
    kind: Literal["text", "choice", "time", "completion"] = "text"
    value: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    #: `value` is what stood there when this was drawn; whoever opens the form asks for what stands there by now
    #: (`bot.ports.Inbox.ask`)
    current: bool = False
    #: one line under the field, where there is room for one
    hint: str = ""


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
    #: seldom wanted: a platform may fold these into a menu
    more: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file for one person."""

    name: str
    content: str
    kind: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Moment:
    """Words of a message that mean an instant, in the channel's zone: a platform may show it in each reader's own."""

    #: as they stand in the body, a fact or the note, once: "Monday 09:00"
    words: str
    at: datetime
    #: what stands right before them; the same words after anything else, in a title say, are only words
    before: str


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
    #: number of the first item: a list's second page may begin with 11
    first: int = 1
    #: heading of the group an item stands under ("tokenization"); equal neighbours share one heading
    group: str = ""
    actions: tuple[Action, ...] = ()
    file: File | None = None
    #: one sentence for the notification and for screen readers; "" means the title
    notice: str = ""
    #: lines in letters of one width, under the body: a query, and marks under what is wrong in it
    code: str = ""
    #: what in the body, the facts and the note is an instant
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes."""

    channel: Channel
    kind: Literal["channel", "thread", "private", "direct", "home", "unfurl"] = "channel"
    #: for a thread: the platform's id of the message it hangs under
    under: str = ""
    #: for a private answer, a direct message or a home: whose it is
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
