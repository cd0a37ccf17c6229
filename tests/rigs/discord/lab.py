"""A server with a channel and two people, and the real SDK on the app's side: what tests of the rig need."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

with warnings.catch_warnings():
    # its voice part imports a module that Python 3.13 no longer has
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands

from yarl import URL

from tests.rigs.discord.app import App
from tests.rigs.discord.people import Somebody
from tests.rigs.discord.permissions import May
from tests.rigs.discord.said import Said
from tests.rigs.discord.server import DiscordServer
from tests.rigs.discord.wire import Json
from tests.rigs.discord.world import Channel, Guild
from tests.rigs.waiting import until

#: an embed and a row with a button, as the API takes them
EMBED: Final[Json] = {"title": "On tokens", "url": "https://arxiv.org/abs/2604.10005", "description": "A paper."}
SAVE: Final[Json] = {"type": 2, "style": 2, "label": "Save", "custom_id": "save p17", "emoji": {"name": "🔖"}}
ROW: Final[Json] = {"type": 1, "components": [SAVE]}


@dataclass(slots=True)
class Lab:
    """What there is."""

    discord: DiscordServer
    guild: Guild
    papers: Channel
    ada: Somebody
    bob: Somebody
    http: aiohttp.ClientSession
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def settings(self) -> dict[str, str]:
        """What an operator sets."""
        return {
            "DISCORD_TOKEN": self.discord.app.token,
            "DISCORD_API_URL": self.discord.api,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
        }

    async def until_heard(self) -> None:
        """Wait until the app listens and its commands are there."""
        await self.discord.gateway.until_connected()
        await until(lambda: self.discord.commands.kept[""])

    async def asks(self, verb: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """A request as a bot makes it; status and what was said."""
        headers = {"Authorization": f"Bot {self.discord.app.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        async with self.http.request(
            verb, f"{self.discord.api}{path}", data=data, headers=headers | more.pop("headers", {}), **more
        ) as answer:
            raw = await answer.read()
            said = json.loads(raw) if raw and answer.content_type == "application/json" else raw.decode()
            return answer.status, said

    async def posts(self, channel: Channel | None = None, **body: Any) -> Said:
        """The app posts in a channel."""
        status, said = await self.asks("POST", f"/channels/{(channel or self.papers).id}/messages", _full(body))
        assert status == 200, said
        return self.discord.message(said["id"])

    async def refused(self, channel: Channel | None = None, **body: Any) -> int:
        """The app posts, and is refused with that code."""
        status, said = await self.asks("POST", f"/channels/{(channel or self.papers).id}/messages", _full(body))
        assert status >= 400, said
        return int(said["code"])


def _full(body: dict[str, Any]) -> dict[str, Any]:
    return body or {"content": "On tokens"}


def told_of(said: Any) -> list[str]:
    """The codes of the problems in a refusal."""
    if isinstance(said, list):
        return [one["code"] for one in said]
    return [code for one in said.values() for code in told_of(one)] if isinstance(said, dict) else []


@contextlib.asynccontextmanager
async def lab(app: App | None = None, **more: Any) -> AsyncIterator[Lab]:
    """A lab; `more` is for the server."""
    async with DiscordServer(app, **more) as server, aiohttp.ClientSession() as http:
        guild = server.guild("lab")
        papers = server.channel(guild, "papers")
        ada, bob = server.person(guild, "Ada", may=May.MANAGE_CHANNELS), server.person(guild, "Bob")
        yield Lab(server, guild, papers, ada, bob, http)


__all__ = [
    "EMBED",
    "INTENTS",
    "ROW",
    "SAVE",
    "Bot",
    "Lab",
    "app_commands",
    "discord",
    "lab",
    "pointed",
    "running",
    "told_of",
]

#: nothing that has to be turned on first
INTENTS: Final = discord.Intents(
    guilds=True, guild_messages=True, guild_reactions=True, dm_messages=True, dm_reactions=True
)


class Bot(discord.Client):
    """The app's side: everything that came, and commands of its own."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            intents=more.pop("intents", INTENTS),
            allowed_mentions=discord.AllowedMentions.none(),
            # how long it waits for one more server before it calls itself ready
            guild_ready_timeout=0.05,
            **more,
        )
        self.tree = app_commands.CommandTree(self)
        self.came: list[tuple[str, Any]] = []
        self._more = asyncio.Event()
        #: what it does with a press or a form; commands are the tree's
        self.acts: Callable[[discord.Interaction], Awaitable[None]] | None = None

    def heard(self, name: str) -> list[Any]:
        """What came of that kind."""
        return [what for kind, what in self.came if kind == name]

    async def until(self, name: str, number: int = 1) -> list[Any]:
        """Wait until so much of that kind has come."""
        async with asyncio.timeout(10):
            while len(self.heard(name)) < number:
                self._more.clear()
                await self._more.wait()
        return self.heard(name)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.came.append((event, args[0] if args else None))
        self._more.set()
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No five seconds between two sessions: the rig does not ask for them."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if self.acts is not None and interaction.type in (
            discord.InteractionType.component,
            discord.InteractionType.modal_submit,
        ):
            await self.acts(interaction)


@contextlib.contextmanager
def pointed(server: DiscordServer) -> Iterator[None]:
    """discord.py takes its addresses only as two class attributes."""
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = server.api
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(server.gateway_url)
    try:
        yield
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = before


@contextlib.asynccontextmanager
async def running(server: DiscordServer, bot: Bot | None = None) -> AsyncIterator[Bot]:
    """The SDK's client, connected and ready."""
    bot = bot or Bot()
    with pointed(server):
        task = asyncio.create_task(bot.start(server.app.token))
        try:
            async with asyncio.timeout(10):
                waiting = asyncio.create_task(bot.until("ready"))
                await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if task.done():
                    task.result()
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)
