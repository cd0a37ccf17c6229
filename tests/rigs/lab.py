"""A lab on the neutral platform: people who type and press in its channels, and what each of them is told."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.models import Channel, Message, Person
from jobs.house import House
from tests.rigs.house import Hands, opened, typed
from tests.rigs.neutral import NeutralServer
from tests.rigs.neutral.exam import lines
from tests.rigs.neutral.rooms import Described, TellingNeutral

NLP = Channel("neutral", "lab", "C1", "nlp")
VISION = Channel("neutral", "lab", "C2", "vision")
ADA = Person("neutral", "lab", "U1", "Ada", zone="UTC")
BOB = Person("neutral", "lab", "U2", "Bob", zone="UTC")


@dataclass
class Lab:
    """The house and its platform."""

    house: House
    server: NeutralServer
    clock: Hands

    async def says(self, words: str, person: Person = ADA, channel: Channel = NLP, **act: Any) -> Message:
        """Somebody types that; the one private answer. `act` are more fields of the act: manager, guest."""
        before = len(self.server.books)
        await typed(self.house, replace(self.clock.act(words, person, channel), **act))
        answers = [one for one in self.server.books[before:] if one.kind == "private"]
        assert len(answers) == 1, f"{words!r} got {len(answers)} answers"
        assert (answers[0].channel, answers[0].person) == (channel.id, person.id)
        return answers[0].message

    async def presses(
        self, message: Message, label: str, person: Person = ADA, channel: Channel = NLP, **act: Any
    ) -> Message:
        """Somebody presses that button; the one private answer."""
        button = next(one for one in message.actions if one.label == label)
        assert len(button.command) <= 90
        return await self.says(button.command, person, channel, **act)

    def public(self, channel: Channel = NLP) -> list[str]:
        """What that channel was told, beside digests."""
        own = [one for one in self.server.books if one.kind == "channel" and not one.key and one.channel == channel.id]
        return [text(one.message) for one in own]

    def digests(self, channel: Channel = NLP) -> list[Message]:
        """The messages of its digests."""
        return [one.message for one in self.server.digests() if one.channel == channel.id]

    async def follows(self, channel: Channel = NLP) -> list[str]:
        """What it follows."""
        return [one.text for one in await self.house.store.subscriptions(channel)]

    async def deliver(self, **after: float) -> None:
        """Let time go by, then plan and post what is due."""
        self.clock.move(**after)
        await self.house.plan.due()
        await self.house.deliver.due()

    def describe(self, channel: Channel, **known: Any) -> None:
        """What the platform tells of that channel from now on."""
        told = Described(**{"name": channel.name, **known}).told()
        self.server.rooms[channel.workspace, channel.id] = told


def text(message: Message) -> str:
    """Everything a message says, but for its buttons."""
    return "\n".join(line for line in lines(replace(message, actions=())) if line)


@contextlib.asynccontextmanager
async def lab(folder: Path, *, only_managers: bool = False, request: float = 5.0, **more: Any) -> AsyncIterator[Lab]:
    """A lab whose platform knows two channels; `more` are settings of the house."""
    clock = Hands()
    async with (
        NeutralServer(clock=clock) as server,
        TellingNeutral(server.url, only_managers=only_managers, request=request) as platform,
        opened(folder, {"neutral": platform}, clock, **more) as house,
    ):
        here = Lab(house, server, clock)
        for channel in (NLP, VISION):
            here.describe(channel)
        yield here
