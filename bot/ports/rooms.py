"""What a platform can tell about a channel: optional abilities, known by `isinstance`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.models import Channel, Person


@dataclass(frozen=True, slots=True)
class Room:
    """What a platform knows of a channel, and of one person in it; None where it cannot say."""

    #: what people call it, without the #
    name: str = ""
    #: people who can read it, as far as they are counted
    people: int | None = None
    #: it is everybody's: the whole workspace is in it
    general: bool = False
    #: our bot is in it
    inside: bool | None = None
    #: our bot may post in it
    posts: bool | None = None
    #: what somebody types to bring our bot in: "/invite @Paperround"
    invite: str = ""
    #: that person can read it
    reads: bool | None = None
    #: that person manages it
    manager: bool | None = None


@runtime_checkable
class Rooms(Protocol):
    """A platform that can tell about its channels."""

    async def room(self, channel: Channel, person: Person) -> Room:
        """What it knows now. Raises PostError, ChannelGone for a channel that this workspace does not have."""
        ...


@runtime_checkable
class Managed(Protocol):
    """A platform that says who may change a channel for which nobody set it; without it, every full member may."""

    #: only those who manage the channel
    only_managers: bool
