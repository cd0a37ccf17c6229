"""The neutral platform that can tell about its channels, and that may leave them to their managers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from bot.models import Channel, Person, Place
from bot.ports import Room
from tests.rigs.neutral import wire
from tests.rigs.neutral.client import Neutral


@dataclass(frozen=True, slots=True)
class Described:
    """A channel as its server knows it; None is what it does not tell."""

    name: str = ""
    people: int | None = None
    general: bool = False
    inside: bool | None = True
    posts: bool | None = True
    invite: str = "/invite @Paperround"
    #: ids of those who can read it, and of those who manage it
    readers: Collection[str] | None = None
    managers: Collection[str] | None = None

    def told(self) -> wire.Json:
        """As JSON."""
        return asdict(self)


class TellingNeutral(Neutral):
    """The adapter with both abilities of `bot.ports.rooms`."""

    def __init__(self, url: str, *, only_managers: bool = False, **more: Any) -> None:
        super().__init__(url, **more)
        self.only_managers = only_managers

    async def room(self, channel: Channel, person: Person) -> Room:
        """Ask the server."""
        said = await self._ask("GET", wire.ROOMS, Place(channel), params={"channel": channel.id})
        readers, managers = said.pop("readers"), said.pop("managers")
        return Room(
            **said,
            reads=None if readers is None else person.id in readers,
            manager=None if managers is None else person.id in managers,
        )
