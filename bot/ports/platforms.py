"""Where people are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from bot.models import Act, Message, Place, Posted, Question


class Doubt(Enum):
    """What a platform can say of a message that it may or may not have taken."""

    REPEATS_SAFELY = auto()  #: posting again with the same key gives the first message back
    FINDS = auto()  #: it can be looked for, and not finding it proves that it is not there
    CONFIRMS = auto()  #: it can be seen to be there, never that it is not
    NEITHER = auto()


class Platform(Protocol):
    """Where people are."""

    name: str

    async def run(self, inbox: Inbox) -> None:
        """Listen, and hand every act to the inbox, until cancelled or until there is nobody left to listen to."""
        ...

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there. `key` names the message for ever; 24 characters, or "" for an answer that may be lost.

        Raises PostError and nothing else.
        """
        ...

    def doubt(self, place: Place) -> Doubt:
        """What it can say of a message it may have taken at that place."""
        ...

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """The message of that key, posted not before `since`; asked only where `doubt` says FINDS or CONFIRMS.

        Raises PostError when it could not be asked.
        """
        ...


class Inbox(Protocol):
    """What a platform hands its acts and questions to."""

    async def take(self, act: Act) -> None:
        """Record it; when this returns, it is safe to acknowledge. Raises Busy when it could not be recorded."""
        ...

    async def answered(self, act: Act) -> None:
        """Wait until that act has been worked on, for a platform whose people wait for the answer."""
        ...

    async def ask(self, question: Question) -> Sequence[str]:
        """Completions for what is being typed, best first, at most 25; for nothing typed, every word there is."""
        ...
