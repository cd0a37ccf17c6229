"""Discord itself: what is there, what is said, and which of it the app is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.ports import Clock
from tests.rigs.discord.app import App
from tests.rigs.discord.commands import Commands
from tests.rigs.discord.components import elements
from tests.rigs.discord.gateway import Gateway
from tests.rigs.discord.permissions import EVERYBODY, INVITED, NOTHING, May, in_channel
from tests.rigs.discord.said import File, Said
from tests.rigs.discord.sessions import Session
from tests.rigs.discord.told import PATIENCE, Telling, Told
from tests.rigs.discord.wire import Json, Refusal
from tests.rigs.discord.world import EPOCH, Account, Channel, Guild, Kind, Member, Role

#: how long the same nonce gives the same message; Discord says only "the past few minutes"
NONCE: timedelta = timedelta(seconds=120)


class Discord:
    """Servers, members, channels, messages, and one app.

    `patience` is how long the app may take for its first answer, seconds. `marker` finds our own name of a message in
    the `custom_id`s of its components, as its first group.
    """

    def __init__(
        self,
        app: App | None = None,
        *,
        clock: Clock,
        patience: float = PATIENCE,
        nonce_window: timedelta = NONCE,
        marker: str = "",
    ) -> None:
        self.app = app or App()
        self.clock = clock
        self.bot = Account(self.app.id, self.app.name, bot=True)
        self.accounts: dict[str, Account] = {self.bot.id: self.bot}
        self.guilds: dict[str, Guild] = {}
        #: every channel, thread and direct message, gone ones too
        self.channels: dict[str, Channel] = {}
        #: every message, ephemeral and deleted ones too, in the order it came
        self.books: list[Said] = []
        self.files: dict[str, File] = {}
        #: sentences about what must never happen
        self.violations: list[str] = []
        self.gateway = Gateway(self.app, clock, self._ready, self._members)
        self.telling = Telling(self._tell, clock, patience=patience)
        self.commands = Commands(self.app.id, self.snowflake, clock)
        self.nonce_window = nonce_window
        self.marker = re.compile(marker) if marker else None
        self._nonces: dict[tuple[str, str], Said] = {}
        self._last = 0

    @property
    def url(self) -> str:
        """Where it listens; nowhere without its server."""
        return ""

    # -------------------------------------------------------------------------------------------- what is there

    def snowflake(self) -> str:
        """A new id: the time, and never the same twice."""
        milliseconds = int(self.clock().timestamp() * 1000) - EPOCH
        self._last = max(self._last + 1, milliseconds << 22)
        return str(self._last)

    def guild(self, name: str = "lab", *, bot: bool = True, permissions: May = INVITED) -> Guild:
        """A new server of somebody, with the bot in it unless `bot` is False."""
        made = Guild(self.snowflake(), name)
        owner = self.account(f"Owner of {name}")
        made.owner = owner.id
        made.roles[made.id] = Role(made.id, "@everyone", EVERYBODY)
        made.members[owner.id] = Member(owner, self.clock())
        self.guilds[made.id] = made
        if bot:
            self.invite(made, permissions)
        return made

    def invite(self, guild: Guild, permissions: May = INVITED) -> None:
        """The bot joins a server, with a role of its own, and is told."""
        role = self.role(guild, self.app.name, permissions)
        guild.members[self.bot.id] = Member(self.bot, self.clock(), [role.id])
        whole = self.whole(guild)
        # a server that was not there before does not say that it is available
        del whole["unavailable"]
        self.gateway.tell("GUILD_CREATE", whole, guild.id)

    def role(self, guild: Guild, name: str, permissions: May = NOTHING, *, mentionable: bool = False) -> Role:
        """A new role."""
        made = Role(self.snowflake(), name, permissions, len(guild.roles), mentionable)
        guild.roles[made.id] = made
        self.event("GUILD_ROLE_CREATE", {"role": made.json()}, guild)
        return made

    def account(self, name: str, **more: Any) -> Account:
        """Somebody; `more` are fields of Account."""
        made = Account(self.snowflake(), name, **more)
        self.accounts[made.id] = made
        return made

    def join(self, guild: Guild, account: Account, *roles: Role) -> Member:
        """Somebody joins a server."""
        made = guild.members[account.id] = Member(account, self.clock(), [one.id for one in roles])
        self.event("GUILD_MEMBER_ADD", made.json(), guild)
        return made

    def channel(self, guild: Guild, name: str, *, kind: Kind = "text", private: bool = False, **more: Any) -> Channel:
        """A new channel; a private one is seen by nobody who is not let in. `more` are fields of Channel."""
        made = Channel(self.snowflake(), name, kind, guild, position=len(guild.channels), **more)
        if private:
            made.overwrites[guild.id] = NOTHING, May.VIEW_CHANNEL
        guild.channels[made.id] = self.channels[made.id] = made
        self.event("CHANNEL_CREATE", made.json(), made)
        return made

    def direct(self, account: Account) -> Channel:
        """The direct messages of somebody with the app, opened when there are none."""
        for one in self.channels.values():
            if one.kind == "dm" and account in one.recipients:
                return one
        made = Channel(self.snowflake(), "", "dm", recipients=(account, self.bot))
        self.channels[made.id] = made
        return made

    def reconfigure(self, **changes: Any) -> App:
        """Somebody changes the app in the developer portal; `changes` are fields of App."""
        self.app = self.gateway.app = replace(self.app, **changes)
        return self.app

    # --------------------------------------------------------------------------------------------- what is said

    def say(self, channel: Channel, author: Account, content: str, *, number: str = "", **more: Any) -> Said:
        """A message is there, and whoever may know is told; `more` are fields of Said, `number` is its id."""
        said = Said(number or self.snowflake(), channel, author, content, at=self.clock(), **more)
        said.key = self.marked(said.components) or said.nonce
        channel.said.append(said)
        self.books.append(said)
        if channel.archived:
            self.wake(channel)
        if not said.to:
            self.heard("MESSAGE_CREATE", said)
        return said

    def remembered(self, author: Account, nonce: str) -> Said | None:
        """The message of that nonce, while it is known. Raises Refusal for one that was deleted since."""
        said = self._nonces.get((author.id, nonce))
        if said is None or self.clock() - said.at >= self.nonce_window:
            return None
        if said.deleted:
            raise Refusal(10008)
        return said

    def remember(self, said: Said) -> None:
        """The same nonce gives this message for a while."""
        self._nonces[said.author.id, said.nonce] = said

    def forget_nonces(self) -> None:
        """No nonce is known any more."""
        self._nonces.clear()

    def delete(self, said: Said) -> None:
        """A message is gone."""
        said.deleted = True
        if not said.to:
            self.event("MESSAGE_DELETE", {"id": said.id, "channel_id": said.channel.id}, said.channel)

    def wake(self, thread: Channel) -> None:
        """A thread that rested lives again."""
        thread.archived, thread.since = False, self.clock()
        self.event("THREAD_UPDATE", thread.json(), thread)

    def marked(self, components: list[Json]) -> str:
        """Our own name of a message, as its components say it; "" where they do not."""
        names = [one.get("custom_id") or "" for one in elements(components)]
        found = (self.marker.search(name) for name in names) if self.marker else ()
        return next((one[1] for one in found if one), "")

    # ----------------------------------------------------------------------------------------- what is told

    def heard(self, event: str, said: Said) -> bool:
        """Tell of a message, its words only to whoever may read them."""
        guild = said.channel.guild
        payload = said.json(self.bot.id)
        if guild is not None and said.author.id in guild.members:
            payload["member"] = guild.members[said.author.id].json(user=False)
        readable = guild is None or said.author is self.bot or self.bot in said.mentions
        unread = None if readable else payload | {"content": "", "embeds": [], "components": [], "attachments": []}
        return self.event(event, payload, said.channel, unread=unread)

    def event(self, event: str, payload: Json, where: Channel | Guild, *, unread: Json | None = None) -> bool:
        """Tell the app of an event, if it asked for such and sees where it happened; False when nobody is told."""
        guild = where if isinstance(where, Guild) else where.guild
        if guild is None:
            return self.gateway.tell(event, payload, unread=unread)
        if guild.unavailable or self.bot.id not in guild.members:
            return False
        if isinstance(where, Channel) and not in_channel(where, self.bot):
            return False
        more = {"guild_id": guild.id}
        return self.gateway.tell(event, payload | more, guild.id, unread=unread | more if unread else None)

    def whole(self, guild: Guild) -> Json:
        """A server as GUILD_CREATE shows it to the app."""
        member = guild.members[self.bot.id]
        seen = [one for one in guild.channels.values() if not one.deleted and in_channel(one, self.bot)]
        return guild.json() | {
            "joined_at": member.joined.isoformat(),
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members),
            "members": [member.json()],
            "channels": [one.json() for one in seen if not one.threaded],
            "threads": [one.json() for one in seen if one.threaded and not one.archived],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def mine(self) -> list[Guild]:
        """The servers that the bot is in."""
        return [one for one in self.guilds.values() if self.bot.id in one.members]

    def _ready(self, session: Session) -> list[tuple[str, Json]]:
        guilds = [one for one in self.mine() if session.has(one.id)]
        ready: Json = {
            "v": 10,
            "user": self.bot.json(),
            "guilds": [{"id": one.id, "unavailable": True} for one in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url.replace("http", "ws", 1) + "/gateway",
            "shard": list(session.shard),
            "application": {"id": self.app.id, "flags": self.app.flags},
            "private_channels": [],
        }
        return [("READY", ready), *(("GUILD_CREATE", self.whole(one)) for one in guilds if not one.unavailable)]

    def _members(self, asked: Json) -> Json:
        guild = self.guilds[str(asked["guild_id"])]
        wanted = [str(one) for one in asked.get("user_ids") or ()]
        found = [one.json() for one in guild.members.values() if not wanted or one.account.id in wanted]
        missing = [one for one in wanted if one not in guild.members]
        more = {"chunk_index": 0, "chunk_count": 1, "nonce": asked.get("nonce")}
        return {"guild_id": guild.id, "members": found, "not_found": missing, **more}

    def _tell(self, told: Told) -> bool:
        return self.gateway.tell("INTERACTION_CREATE", told.payload, told.payload.get("guild_id", ""))

    # ------------------------------------------------------------------------------------------- what tests ask

    def digests(self) -> list[Said]:
        """What must come exactly once: the messages with a key that were ever posted."""
        return [said for said in self.books if said.key and said.author is self.bot and not said.via]

    def message(self, number: str) -> Said:
        """The message of that id, ephemeral ones too. Raises LookupError."""
        found = next((said for said in reversed(self.books) if said.id == number), None)
        if found is None:
            raise LookupError(f"there is no message {number}")
        return found

    def doubled(self) -> list[str]:
        """Keys that came more than once, once for each time too many."""
        times = Counter(said.key for said in self.digests())
        return [key for key, many in times.items() for _ in range(many - 1)]

    def threads(self, channel: Channel) -> Sequence[Channel]:
        """The threads of a channel, or the posts of a forum."""
        return [one for one in self.channels.values() if one.parent is channel and one.threaded and not one.deleted]
