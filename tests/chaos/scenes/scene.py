"""A platform in the drill: its server here, its adapter in the children, and the people at their screens."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.models import Channel, Person
from bot.ports import Clock, Platform
from tests.chaos.rows import FACTOR
from tests.rigs.faults import Arrival, Fault, Faults

#: the platform knows a key again for so long: "the past few minutes", divided
WINDOW: Final = timedelta(seconds=180) / FACTOR
#: so many of the platform's receipts are lost
FORGETFUL: Final = 0.3
#: what stands in the place of a paper's title for the lead of a digest
LEAD: Final = "the lead"
#: what every paper of the drill is called
TITLE: Final = re.compile(r"On \w+, part \d+")


def title(topic: str, part: int) -> str:
    """The title of a paper, as `TITLE` knows it."""
    return f"On {topic}, part {part}"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message of a digest that is there."""

    id: str
    key: str
    workspace: str
    channel: str
    #: the papers that it shows, in their order
    titles: Sequence[str]
    #: it is the lead of a digest
    lead: bool
    #: what its thread is called, and the thread it stands in; "" for none
    thread: str
    under: str
    #: by the platform's clock
    at: datetime

    @property
    def name(self) -> str:
        """The paper that it shows, or that it is a lead."""
        return LEAD if self.lead else "".join(self.titles)


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody alone was told."""

    text: str
    #: presses each button that sends something again
    again: Sequence[Callable[[], object]]


class Server(Protocol):
    """What every platform's server is."""

    faults: Faults
    violations: list[str]

    def behave(self) -> None:
        """No fault from now on."""


class Scene(ABC):
    """What the drill asks of a platform."""

    #: what it is called, by the house too
    name: str
    server: Server

    @property
    @abstractmethod
    def given(self) -> Mapping[str, str]:
        """The settings of the adapter."""

    @abstractmethod
    def posts(self, arrival: Arrival) -> bool:
        """That request is a post."""

    def slow(self, most: float) -> None:
        """A message is kept after so many seconds at most, and that is said after so many more."""
        self.server.faults.order(Fault("delays", before=(0, most), after=(0, most)), times=None)

    @abstractmethod
    def somewhere(self, number: int) -> tuple[Channel, Person]:
        """A new channel, and somebody who types there and nowhere else."""

    @abstractmethod
    def arrived(self) -> list[Arrived]:
        """Every message of a digest, in the order it came."""

    @abstractmethod
    def types(self, channel: Channel, person: Person, text: str) -> None:
        """Somebody types a command."""

    @abstractmethod
    def mark(self) -> int:
        """Now, for `answers`."""

    @abstractmethod
    def answers(self, mark: int) -> dict[tuple[str, str], Answered]:
        """By workspace and channel: the last answer since then that one person alone sees."""

    @abstractmethod
    def asked(self) -> int:
        """About how many messages, or how often, it was asked whether they are there."""


class Opens(Protocol):
    """Makes a scene whose platform does that in doubt: "finds", "confirms"."""

    def __call__(self, doubt: str, seed: int) -> AbstractAsyncContextManager[Scene]: ...


class Closing(Platform, Protocol):
    """An adapter."""

    async def close(self) -> None:
        """Close every connection."""


class Adapter(Protocol):
    """Makes the adapter as its settings say, every time limit divided by that."""

    def __call__(self, given: Mapping[str, str], /, *, clock: Clock, shrink: float) -> Closing: ...
