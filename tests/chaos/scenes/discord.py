"""Discord: the real adapter and the real SDK, over the gateway, in one server.

It repeats safely while it knows the nonce, and after that the history is read: it finds. Discord's own time spans are
divided as ours are: how long it waits for an acknowledgement, and how long it knows a nonce.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Final

from adapters.platforms import discord
from bot.models import Channel, Person
from tests.chaos.rows import FACTOR
from tests.chaos.scenes.scene import TITLE, WINDOW, Answered, Arrived, Scene
from tests.rigs.discord import world
from tests.rigs.discord.components import BUTTON, elements
from tests.rigs.discord.exam import MARKER
from tests.rigs.discord.markdown import label
from tests.rigs.discord.people import Somebody
from tests.rigs.discord.permissions import May
from tests.rigs.discord.reading import lines
from tests.rigs.discord.said import Said
from tests.rigs.discord.server import DiscordServer
from tests.rigs.discord.told import PATIENCE
from tests.rigs.faults import Arrival

NAME: Final = discord.NAME
#: the button of `status` that sends a message again
SENDS_AGAIN: Final = re.compile(r"Send .+ again")


class OnDiscord(Scene):
    """Channels of one server, each with a manager."""

    name = NAME

    def __init__(self, server: DiscordServer) -> None:
        """The bot is invited to a new server."""
        self.server: DiscordServer = server
        self._guild = server.guild("lab")
        #: by id
        self._people: dict[str, Somebody] = {}
        self._channels: dict[str, world.Channel] = {}

    @property
    def given(self) -> Mapping[str, str]:
        return {
            "DISCORD_TOKEN": self.server.app.token,
            "DISCORD_API_URL": self.server.api,
            "DISCORD_GATEWAY_URL": self.server.gateway_url,
        }

    def posts(self, arrival: Arrival) -> bool:
        return arrival.method == "POST" and arrival.path.endswith("/messages")

    def somewhere(self, number: int) -> tuple[Channel, Person]:
        somebody = self.server.person(self._guild, f"Ada{number}", may=May.MANAGE_CHANNELS)
        there = self.server.channel(self._guild, f"papers-{number}")
        self._people[somebody.id], self._channels[there.id] = somebody, there
        channel = Channel(NAME, self._guild.id, there.id, there.name)
        return channel, Person(NAME, self._guild.id, somebody.id, zone="UTC")

    def arrived(self) -> list[Arrived]:
        return [_arrived(said) for said in self.server.digests()]

    def types(self, channel: Channel, person: Person, text: str) -> None:
        self._people[person.id].types(self._channels[channel.id], f"/papers {text}")

    def mark(self) -> int:
        return len(self.server.books)

    def answers(self, mark: int) -> dict[tuple[str, str], Answered]:
        private = (said for said in self.server.books[mark:] if said.to and not said.loading)
        return {(self._guild.id, said.channel.id): self._answered(said) for said in private}

    def asked(self) -> int:
        return len(self.server.called("list_messages"))

    def _answered(self, said: Said) -> Answered:
        """What somebody sees, and the buttons as that person reads them: of those with one label, each by its place."""
        labels = [label(one) for one in elements(said.components) if one["type"] == BUTTON]
        seen: Counter[str] = Counter()
        again = []
        for name in labels:
            seen[name] += 1
            if SENDS_AGAIN.fullmatch(name):
                again.append(partial(self._people[said.to].presses, said, name, number=seen[name]))
        return Answered("\n".join(lines(said)), again)


@contextlib.asynccontextmanager
async def opened(doubt: str, seed: int) -> AsyncIterator[OnDiscord]:
    """Discord, which can do both."""
    patience = PATIENCE / FACTOR
    async with DiscordServer(
        patience=patience, nonce_window=WINDOW, marker=MARKER, by_document=False, seed=seed
    ) as server:
        yield OnDiscord(server)


def _arrived(said: Said) -> Arrived:
    titles = list(dict.fromkeys(TITLE.findall("\n".join(lines(said)))))
    thread = said.channel.parent is not None
    where = said.channel.parent or said.channel
    return Arrived(
        said.id,
        said.key,
        where.guild.id if where.guild else "",
        where.id,
        titles,
        lead=len(titles) > 1,
        thread="" if thread else said.id,
        under=said.channel.id if thread else "",
        at=said.at,
    )
