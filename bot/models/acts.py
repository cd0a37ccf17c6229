"""What somebody did, and what a form asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.models.channels import Channel, Person


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody did: recorded in the inbox, acknowledged, then worked on."""

    #: the platform's own name of this act; the same act told twice has the same key
    key: str
    #: the platform's order of acts: of two about the same thing the greater wins, compared as text
    order: str
    #: "joined" and "left" are our bot's own: it was brought into a channel or taken out of it
    kind: Literal["command", "react", "unreact", "joined", "left"]
    #: where; an empty id stands for the whole workspace that our bot joined or left
    channel: Channel
    #: who acted; an empty id where nobody tells
    person: Person
    at: datetime
    #: a command's words, without the slash
    text: str = ""
    #: the platform's id of the message that was reacted to, whose button was pressed, or under which the command
    #: was typed
    message: str = ""
    #: a reaction as Unicode: "🔖"
    emoji: str = ""
    #: the platform's handle for a private answer
    reply: str = field(default="", repr=False)
    #: this person manages the channel; None where the platform has no such notion
    manager: bool | None = None
    #: this person is only a guest of the workspace
    guest: bool = False
    #: this person may write in the channel; True where the platform does not tell
    writes: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What an open form or a half-typed command wants to know; answered at once, changes nothing."""

    channel: Channel
    person: Person
    #: the words typed so far, without the slash: "unfollow tok"
    text: str
    #: the name of the form's field that they are typed into; "" for a command
    field: str = ""
