"""Where people are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Protocol, Self, runtime_checkable

from bot.models import Act, Message, Place, Posted, Question


class Doubt(Enum):
    """What a platform can say of a message that it may or may not have taken."""

    REPEATS_SAFELY = auto()  #: posting again with the same key gives the first message back
    FINDS = auto()  #: it can be looked for, and not finding it proves that it is not there
    CONFIRMS = auto()  #: it can be seen to be there, never that it is not
    NEITHER = auto()


@dataclass(frozen=True, slots=True)
class Limit:
    """A token bucket that posts at a place take from, whichever process posts them."""

    #: whose it is: "discord" for a bot token, "slack/T1" for a workspace, "slack/T1/C1" for a channel
    name: str
    #: posts a second in the long run
    rate: float
    #: posts at once after a rest
    burst: int = 1


class Platform(Protocol):
    """Where people are."""

    name: str

    async def run(self, inbox: Inbox) -> None:
        """Listen, and hand every act to the inbox, until cancelled or until there is nobody left to listen to."""
        ...

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there. `key` names the message for ever; 24 characters, or "" for an answer that may be lost.

        Before the first byte it asks `in_time`. Raises PostError and nothing else.
        """
        ...

    def doubt(self, place: Place) -> Sequence[Doubt]:
        """What it can say of a message it may have taken at that place, all that holds: safe repeats, then finding."""
        ...

    def limits(self, place: Place) -> Sequence[Limit]:
        """The buckets that a post there takes from; none where the platform does not count."""
        ...

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """The message of that key, posted not before `since`; asked only where `doubt` says FINDS or CONFIRMS.

        Raises PostError when it could not be asked.
        """
        ...


@runtime_checkable
class OneToken(Protocol):
    """A platform where one token posts for everybody: a crowded hour is begun ahead, to be over by the hour."""

    #: posts a second
    rate: float


class Completion(str):
    """What would be typed, with what people are shown of it: an id, and the title of that paper."""

    __slots__ = ("label",)

    #: for a menu; at most 100 characters, which is what platforms show
    label: str

    def __new__(cls, typed: str, label: str = "") -> Self:
        """What is typed and what is shown; without a label they are the same."""
        made = super().__new__(cls, typed)
        made.label = label or typed
        return made


class Inbox(Protocol):
    """What a platform hands its acts and questions to."""

    async def take(self, act: Act) -> None:
        """Record it; when this returns, it is safe to acknowledge. Raises Busy when it could not be recorded."""
        ...

    async def answered(self, act: Act) -> None:
        """Wait until that act has been worked on, for a platform whose people wait for the answer."""
        ...

    async def ask(self, question: Question) -> Sequence[str]:
        """Completions for what is being typed, best first, at most 25; for nothing typed, every word there is.

        Each stands for the last words typed, as many as it fits, and is at most 100 characters; what looks unlike what
        it means is a `Completion`.

        A form that opens asks with the button's command, its fields not filled in ("note p17: {note}"), what they hold
        now (see `Ask.current` and `bot.forms`): one answer for each in their order, the whole of it however long, ""
        where nothing stands. While somebody types into a field, the question names it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What a platform's server asks of ours over HTTP."""

    method: str
    path: str
    #: by name in lower case; of a repeated one the last
    headers: Mapping[str, str]
    #: as it came, for a signature is over the bytes
    body: bytes = field(repr=False)
    #: what stands behind the question mark, undecoded
    query: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What it is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Routes(Protocol):
    """A platform that reaches us over HTTP."""

    #: its paths on our server: "/slack/events"
    paths: Sequence[str]

    async def serve(self, request: Request, inbox: Inbox) -> Response:
        """Answer one request on one of its paths; an act is in the inbox before it is acknowledged."""
        ...
