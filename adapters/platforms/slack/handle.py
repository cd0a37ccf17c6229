"""How an answer finds back to what it answers: the handle that travels with an act. A secret while it is good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ports import Packed


@dataclass(frozen=True, slots=True)
class Handle(Packed):
    """Where an answer may go; what is not there is ""."""

    #: an address for answers, good five times within thirty minutes
    url: str = field(default="", repr=False)
    #: opens one window within three seconds
    trigger: str = field(default="", repr=False)
    #: when that was, seconds since 1970
    at: float = 0.0
    #: what was pressed, as it is read: the heading of such a window
    label: str = ""
    #: what it was pressed in, where that is no message: "modal" or "home"
    view: str = ""
    #: the thread it was done in
    thread: str = ""
    #: the person's home is what is answered
    home: bool = False
    #: the command that such a home shows
    shows: str = ""
    #: links that somebody posted: the preview's id, its source, and the link
    unfurl: Sequence[str] = ()
