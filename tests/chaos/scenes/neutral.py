"""The platform of no kind: whatever a platform may be able to do in doubt."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Final

from bot.models import Channel, Person
from bot.ports import Clock, Doubt
from tests.chaos.rows import FACTOR, LIMITS
from tests.chaos.scenes.scene import FORGETFUL, WINDOW, Answered, Arrived, Scene
from tests.rigs import neutral
from tests.rigs.faults import Arrival
from tests.rigs.neutral import Kept, Neutral, NeutralServer
from tests.rigs.neutral.wire import FIND, POST

NAME: Final = "neutral"
DOUBTS: Final = {
    "repeats": Doubt.REPEATS_SAFELY,
    "finds": Doubt.FINDS,
    "confirms": Doubt.CONFIRMS,
    "neither": Doubt.NEITHER,
}
WORKSPACES: Final = 12


class OnNeutral(Scene):
    """Channels in several workspaces."""

    name = NAME

    def __init__(self, server: NeutralServer, doubt: Doubt = Doubt.NEITHER) -> None:
        self.server: NeutralServer = server
        self._doubt = doubt

    @property
    def given(self) -> Mapping[str, str]:
        return {
            "NEUTRAL_URL": self.server.url,
            "NEUTRAL_DOUBT": self._doubt.name,
            "NEUTRAL_REQUEST": str(LIMITS.request.total_seconds()),
            "NEUTRAL_RECONNECT": str(1 / FACTOR),
        }

    def posts(self, arrival: Arrival) -> bool:
        return arrival.path == POST

    def somewhere(self, number: int) -> tuple[Channel, Person]:
        channel = Channel(NAME, f"w{number % WORKSPACES}", f"c{number:03}")
        return channel, Person(NAME, channel.workspace, f"p{number:03}", zone="UTC")

    def arrived(self) -> list[Arrived]:
        return [_arrived(kept) for kept in self.server.digests()]

    def types(self, channel: Channel, person: Person, text: str) -> None:
        self.server.people.types(channel, person, text)

    def mark(self) -> int:
        return len(self.server.books)

    def answers(self, mark: int) -> dict[tuple[str, str], Answered]:
        private = (kept for kept in self.server.books[mark:] if kept.kind == "private")
        return {(kept.workspace, kept.channel): self._answered(kept) for kept in private}

    def asked(self) -> int:
        return len({arrival.key for arrival in self.server.faults.arrivals if arrival.path == FIND})

    def _answered(self, kept: Kept) -> Answered:
        channel = Channel(NAME, kept.workspace, kept.channel)
        person = Person(NAME, kept.workspace, kept.person, zone="UTC")
        again = (one for one in kept.message.actions if one.command.startswith("again "))
        return Answered(
            kept.message.body, [partial(self.server.people.presses, channel, person, kept.id, one) for one in again]
        )


@contextlib.asynccontextmanager
async def opened(doubt: str, seed: int) -> AsyncIterator[OnNeutral]:
    """Its server, which forgets as much as the drill wants."""
    can = DOUBTS[doubt]
    async with NeutralServer(can=[can], window=WINDOW, forgetful=FORGETFUL, seed=seed) as server:
        yield OnNeutral(server, can)


def adapter(given: Mapping[str, str], *, clock: Clock, shrink: float) -> Neutral:
    """Its adapter, whose settings say how long everything takes."""
    return neutral.platform(given, clock=clock)


def _arrived(kept: Kept) -> Arrived:
    message = kept.message
    return Arrived(
        kept.id,
        kept.key,
        kept.workspace,
        kept.channel,
        [item.title for item in message.items] if message.items else [message.title],
        lead=bool(message.items),
        thread=kept.thread,
        under=kept.under,
        at=kept.at,
    )
