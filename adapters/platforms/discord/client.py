"""The SDK's client: as much of Discord as we ask for, and which of its events concern us.

Nothing is kept of members or messages and nobody's presence is asked for, so it stays small with any number of
servers.
https://discord.com/developers/docs/events/gateway
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord

from adapters.platforms.discord.acts import Moment
from adapters.platforms.discord.tree import Tree
from bot.ports import SettingError

if TYPE_CHECKING:
    from adapters.platforms.discord.listening import Listening

log = logging.getLogger(__name__)

_SHARDS: Final = re.compile(r"(\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*)/(\d{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of this process, and how many there are."""

    ids: tuple[int, ...]
    count: int

    @classmethod
    def of(cls, text: str) -> Shards | None:
        """Out of a setting: "0-3/8" or "0,1/4"; None for "", which leaves it to Discord. Raises SettingError."""
        if not text.strip():
            return None
        found = _SHARDS.fullmatch(text.replace(" ", ""))
        ids: set[int] = set()
        for part in found[1].split(",") if found else ():
            first, _, last = part.partition("-")
            ids |= set(range(int(first), int(last or first) + 1))
        if found is None or not ids or max(ids) >= int(found[2]):
            raise SettingError("DISCORD_SHARDS are the shards of this process, from 0, and how many there are: 0-3/8.")
        return cls(tuple(sorted(ids)), int(found[2]))


def intents(*, content: bool) -> discord.Intents:
    """The least that we need: servers and channels, reactions, our name in a message; people's words if asked for."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        guild_reactions=True,
        dm_messages=True,
        dm_reactions=True,
        message_content=content,
    )


class Client(discord.AutoShardedClient):
    """discord.py's client, which hands on what concerns us."""

    def __init__(
        self,
        listening: Listening,
        shards: Shards | None,
        wanted: discord.Intents,
        trace: aiohttp.TraceConfig,
    ) -> None:
        split: dict[str, Any] = {"shard_ids": list(shards.ids), "shard_count": shards.count} if shards else {}
        super().__init__(
            intents=wanted,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=listening.patience.ready,
            max_ratelimit_timeout=30.0,
            http_trace=trace,
            **split,
        )
        self._listening = listening
        #: the servers that we are in
        self._ours: set[int] = set()
        self.tree = Tree(self, listening.typed, listening.asked, listening.chosen)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Events that have no name of their own get one while it is known which one it is."""
        if self.is_closed():
            return  # a session that ends as it begins is told of all the same
        if event == "shard_connect":
            self._ours |= {guild.id for guild in self.guilds}
        elif event == "guild_available" and self.get_guild(args[0].id) and args[0].id not in self._ours:
            event = "guild_join"  # while a session begins, the SDK says so of every server
        if event in ("raw_reaction_add", "raw_reaction_remove"):
            args = (*args, self._moment(args[0].guild_id))
        elif event in ("guild_join", "guild_remove"):
            (self._ours.add if event == "guild_join" else self._ours.discard)(args[0].id)
            args = (*args, self._moment(args[0].id, f":{event}:{args[0].id}"))
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord wants time between two sessions that begin."""
        if not initial:
            await asyncio.sleep(self._listening.patience.identify)

    async def setup_hook(self) -> None:
        """It is known who we are; no connection yet."""
        self._listening.logged_in(self)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Buttons, menus and forms; commands are the tree's."""
        if interaction.type is discord.InteractionType.component:
            await self._listening.pressed(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._listening.submitted(interaction)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent, moment: Moment) -> None:
        """A reaction, to a message of any age."""
        await self._listening.reacted(self, event, moment)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent, moment: Moment) -> None:
        """The end of one."""
        await self._listening.reacted(self, event, moment)

    async def on_message(self, message: discord.Message) -> None:
        """A message."""
        await self._listening.said(self, message)

    async def on_guild_join(self, guild: discord.Guild, moment: Moment) -> None:
        """We are in a server from now on."""
        await self._listening.belongs("joined", guild.id, moment)

    async def on_guild_remove(self, guild: discord.Guild, moment: Moment) -> None:
        """We are not any more; one that is only unavailable is not told here."""
        await self._listening.belongs("left", guild.id, moment)

    async def on_shard_ready(self, shard: int) -> None:
        """A new session, all of whose servers are known."""
        self._listening.began(self, shard)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """What broke is logged; the next event comes all the same."""
        # called where the error is being handled
        broken = {"action": "act_broke", "event": event_method}
        log.error("What Discord told was not understood", exc_info=sys.exc_info(), extra=broken)

    def _moment(self, guild: int | None, more: str = "") -> Moment:
        # direct messages are told to the first shard
        socket = self._get_websocket(guild or 0)
        return self._listening.acts.moment(str(socket.session_id), f"{socket.sequence}{more}")
