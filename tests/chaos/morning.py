"""The channels, topics and papers that the program finds when it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from bot.models import Channel, ChannelState, Person, Schedule
from jobs.clock import now
from jobs.house import House, build
from jobs.settings import Settings
from tests.chaos.scenes import Scene
from tests.chaos.scenes.scene import title
from tests.rigs.house import announce, paper

#: topics and how many papers each has: messages of their own up to three, else a lead and its thread
TOPICS: Final = {"graphene": 3, "zebrafish": 5, "neutrino": 2, "tokenization": 8}


@dataclass(frozen=True, slots=True)
class Expected:
    """A channel and the digest that it must get."""

    channel: Channel
    #: who types there, and nowhere else: one person's commands are worked on one after the other
    person: Person
    topic: str
    titles: frozenset[str]
    due: datetime

    @property
    def led(self) -> bool:
        """A lead and a thread, not messages of their own."""
        return len(self.titles) > 3

    @property
    def messages(self) -> int:
        """How many messages that is."""
        return len(self.titles) + self.led


async def prepare(settings: Settings, scene: Scene, deliveries: int, spread: float) -> list[Expected]:
    """Write it into the new database; the digests come due one after the other in so many seconds, from now on."""
    titles = {topic: [title(topic, part) for part in range(1, many + 1)] for topic, many in TOPICS.items()}
    async with build(settings, {}, {}) as house:
        expected: list[Expected] = []
        while sum(one.messages for one in expected) < deliveries:
            number = len(expected)
            topic = list(TOPICS)[number % len(TOPICS)]
            channel, person = scene.somewhere(number)
            expected.append(Expected(channel, person, topic, frozenset(titles[topic]), now()))
            await _schedule(house, expected[-1])
            await house.store.follow(channel, person, topic, now())
        papers = [
            paper(100 * which + part, title, f"We study {topic} in depth.")
            for which, (topic, named) in enumerate(titles.items())
            for part, title in enumerate(named)
        ]
        await announce(house, *papers, source="lab")
        return await _come_due(house, expected, spread)


async def _come_due(house: House, expected: Sequence[Expected], spread: float) -> list[Expected]:
    """Spread the digests over so many seconds from now on."""
    begin, apart = now() + timedelta(seconds=0.5), timedelta(seconds=spread) / len(expected)
    spaced = [replace(one, due=begin + number * apart) for number, one in enumerate(expected)]
    for one in spaced:
        await _schedule(house, one)
    return spaced


async def _schedule(house: House, one: Expected) -> None:
    """Store the channel with its next digest."""

    def due(state: ChannelState) -> ChannelState:
        return replace(state, due=one.due, due_date=one.due.date())

    await house.store.change(one.channel, Schedule(zone="UTC", at=time(9), days=tuple(range(7))), due)
