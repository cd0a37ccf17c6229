"""What happens to servers, channels and threads, and who is told of it."""

from __future__ import annotations

from tests.rigs.discord.permissions import INVITED, NOTHING, May
from tests.rigs.discord.said import Said
from tests.rigs.discord.state import Discord
from tests.rigs.discord.world import Account, Channel, Guild


class Admin:
    """Somebody who may change everything."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord

    # ------------------------------------------------------------------------------------------------- channels

    def denies(self, where: Channel, *several: May, whom: Account | None = None) -> None:
        """The bot, or somebody, may not do that in a channel; without VIEW_CHANNEL it does not see it."""
        name = (whom or self._discord.bot).id
        allow, deny = where.overwrites.get(name, (NOTHING, NOTHING))
        for one in several:
            allow, deny = allow & ~one, deny | one
        self._changed(where, name, allow, deny)

    def allows(self, where: Channel, *several: May, whom: Account | None = None) -> None:
        """The bot, or somebody, may do that in a channel."""
        name = (whom or self._discord.bot).id
        allow, deny = where.overwrites.get(name, (NOTHING, NOTHING))
        for one in several:
            allow, deny = allow | one, deny & ~one
        self._changed(where, name, allow, deny)

    def deletes(self, what: Channel | Said) -> None:
        """A channel, a thread or a message is gone."""
        if isinstance(what, Said):
            self._discord.delete(what)
            return
        for thread in self._discord.threads(what):
            thread.deleted = True
        event = "THREAD_DELETE" if what.threaded else "CHANNEL_DELETE"
        self._discord.event(event, what.json(), what)
        what.deleted = True

    def renames(self, where: Channel, name: str) -> None:
        """A channel has another name."""
        where.name = name
        self._discord.event("THREAD_UPDATE" if where.threaded else "CHANNEL_UPDATE", where.json(), where)

    def archives(self, thread: Channel, *, locked: bool = False) -> None:
        """A thread rests: nobody reacts there, and whoever writes wakes it unless it is `locked`."""
        thread.archived, thread.locked, thread.since = True, locked, self._discord.clock()
        self._discord.event("THREAD_UPDATE", thread.json(), thread)

    # -------------------------------------------------------------------------------------------------- servers

    def removes_bot(self, guild: Guild) -> None:
        """The bot is removed from a server."""
        self._discord.event("GUILD_DELETE", {"id": guild.id}, guild)
        member = guild.members.pop(self._discord.bot.id)
        for role in member.roles:
            del guild.roles[role]

    def invites_bot(self, guild: Guild, permissions: May = INVITED) -> None:
        """The bot is in that server from now on."""
        self._discord.invite(guild, permissions)

    def loses(self, guild: Guild) -> None:
        """An outage: the server is unavailable, and the bot still in it."""
        self._discord.event("GUILD_DELETE", {"id": guild.id, "unavailable": True}, guild)
        guild.unavailable = True

    def restores(self, guild: Guild) -> None:
        """The outage is over."""
        guild.unavailable = False
        self._discord.gateway.tell("GUILD_CREATE", self._discord.whole(guild), guild.id)

    # ------------------------------------------------------------------------------------------------- accounts

    def leaves(self, guild: Guild, account: Account) -> None:
        """Somebody leaves a server."""
        del guild.members[account.id]
        self._discord.event("GUILD_MEMBER_REMOVE", {"user": account.json()}, guild)

    async def resets_token(self) -> None:
        """The bot's token is reset: every connection ends with 4004, and the old one is worth nothing."""
        self._discord.reconfigure(token=f"{self._discord.app.token}-reset")
        await self._discord.gateway.close(4004)

    def forgets_nonces(self) -> None:
        """No nonce is known any more, as some minutes later."""
        self._discord.forget_nonces()

    def _changed(self, where: Channel, name: str, allow: May, deny: May) -> None:
        """An overwrite of a channel changes; the app is told with the sight that it has after or had before."""
        before = where.overwrites.get(name)
        where.overwrites[name] = allow, deny
        if self._discord.event("CHANNEL_UPDATE", where.json(), where):
            return
        # sight is lost: it is told that the channel is gone
        where.overwrites.pop(name)
        if before is not None:
            where.overwrites[name] = before
        self._discord.event("CHANNEL_DELETE", where.json(), where)
        where.overwrites[name] = allow, deny
