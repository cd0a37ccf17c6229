"""The gateway: what Discord tells is an act in the inbox before it is acknowledged.

discord.py's client comes back by itself after whatever ends a connection; what it gives up at (a dead token, an intent
that is not turned on, the API away at the start) is tried again later with a new client.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import discord
from discord.gateway import KeepAliveHandler

from adapters.platforms.discord import forms, limits, presses
from adapters.platforms.discord.acts import Acts, Moment, shown_in
from adapters.platforms.discord.client import Client, intents
from adapters.platforms.discord.homes import Homes
from adapters.platforms.discord.reactions import WRONG, Reactions
from bot import forms as filling
from bot.models import Act, Action
from bot.ports import Inbox, StorageError

if TYPE_CHECKING:
    from adapters.platforms.discord.platform import Discord

log = logging.getLogger(__name__)

#: what has to be done by whoever set it up
_HOPELESS: Final = (discord.LoginFailure, discord.PrivilegedIntentsRequired)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what takes, in seconds."""

    #: between two sessions that are begun; Discord wants so much (`max_concurrency`)
    identify: float = 5.0
    #: until another server is expected no more after a session began
    ready: float = 2.0
    #: before a new client is tried, and where somebody has to mend something first
    again: float = 5.0
    hopeless: float = 300.0
    #: before an act that could not be recorded is tried again, and how often that is done
    record: float = 1.0
    times: int = 600
    #: between two messages whose reactions are looked at
    looking: float = 0.2
    #: for what is being done when we leave, and for the connections to close
    leaving: float = 3.0

    def divided(self, factor: float) -> Patience:
        """Every wait of it, shorter by that factor."""
        waits = {one.name: getattr(self, one.name) / factor for one in fields(self) if one.name != "times"}
        return replace(self, **waits)


class Listening:
    """Hands what people do to an inbox."""

    def __init__(self, platform: Discord) -> None:
        """Listen for that platform."""
        self.patience = platform.patience
        self._platform = platform
        self._inbox: Inbox
        self.acts = Acts(platform.clock)
        self._homes = Homes(platform.memory)
        self._reactions = Reactions(
            self.acts,
            platform.clock,
            platform.memory,
            content=platform.setup.content,
            between=self.patience.looking,
        )
        #: what is being done
        self._working: set[asyncio.Task[Any]] = set()
        #: what was begun beside, until the client ends
        self._aside: set[asyncio.Task[None]] = set()

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled."""
        self._inbox = inbox
        setup = self._platform.setup
        while True:
            client = Client(self, setup.shards, intents(content=setup.content), self._platform.web.trace())
            # a task of its own: discord.py swallows a cancellation while it connects again
            connected = asyncio.create_task(client.start(setup.token))
            try:
                await asyncio.wait([connected])
                await connected
            except _HOPELESS as error:
                log.warning("Discord does not let us in: %s", error, extra={"action": "discord_refused"})
                pause = self.patience.hopeless
            except Exception as error:  # the SDK ends with whatever it did not understand, too
                dead = isinstance(error, discord.ConnectionClosed)
                log.warning("Discord does not answer: %s", error, extra={"action": "discord_away"})
                pause = self.patience.hopeless if dead else self.patience.again
            else:
                pause = self.patience.again
            finally:
                await self._leave(client, connected)
            await asyncio.sleep(pause)

    async def _leave(self, client: discord.Client, connected: asyncio.Task[None]) -> None:
        """Finish what is being done, and close every connection; in a few seconds."""
        if self._working:
            await asyncio.wait(self._working, timeout=self.patience.leaving)
        await self._give_up()
        # `wait_for` of Python 3.11 swallows a cancellation that comes with what is waited for
        with contextlib.suppress(*WRONG):
            async with asyncio.timeout(self.patience.leaving):
                await client.close()
        connected.cancel()
        await asyncio.wait([connected], timeout=self.patience.leaving)
        # of a connection that was cut off while it began nobody but its heart, a thread, knows
        for heart in threading.enumerate():
            if isinstance(heart, KeepAliveHandler) and heart.ws._connection is client._connection:
                heart.stop()
                with contextlib.suppress(*WRONG):
                    async with asyncio.timeout(self.patience.leaving):
                        await heart.ws.close()
        # what was told until the connections were closed
        await self._give_up()

    async def _give_up(self) -> None:
        left = [*self._working, *self._aside]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    # --------------------------------------------------------------------------------------- interactions

    async def typed(self, interaction: discord.Interaction, text: str) -> None:
        """Somebody typed a command."""
        self._doing()
        await self._take(interaction, text)

    async def chosen(self, interaction: discord.Interaction, message: discord.Message, command: str) -> None:
        """Somebody chose a command from the menu of a message."""
        self._doing()
        me = interaction.client.user
        text = shown_in(message, me.id if me else 0, command)
        await self._take(interaction, text, message=str(message.id))

    async def pressed(self, interaction: discord.Interaction) -> None:
        """Somebody pressed a button, or chose in a menu."""
        self._doing()
        for action in presses.pressed(interaction):
            if action.ask:
                await self._open(interaction, action)
            else:
                await self._take(interaction, action.command)

    async def submitted(self, interaction: discord.Interaction) -> None:
        """Somebody sent a form."""
        self._doing()
        if text := forms.sent(interaction):
            await self._take(interaction, text)

    async def asked(
        self, interaction: discord.Interaction, text: str, takes: Callable[[str], bool]
    ) -> list[tuple[str, str]]:
        """What is proposed while somebody types: what it types, and what is shown."""
        try:
            question = self.acts.asking(interaction, text, home=await self._home(interaction))
            known = await self._inbox.ask(question)
        except StorageError:
            return []
        fitting = [(str(one), str(getattr(one, "label", one))) for one in known if takes(str(one))]
        return [(one, shown[: limits.OPTION]) for one, shown in fitting if len(one) <= limits.OPTION][: limits.OPTIONS]

    async def _take(self, interaction: discord.Interaction, text: str, *, message: str = "") -> None:
        """Record it, then say that it was heard; who did it is told when it could not be recorded."""
        try:
            act = self.acts.done(interaction, text, home=await self._home(interaction), message=message)
            await self._inbox.take(act)
        except StorageError as error:
            await self._say(interaction, str(error))
            return
        # a press that is answered by nothing must not leave anybody waiting
        thinking = interaction.type is discord.InteractionType.application_command or interaction.message is None
        await self._answer(interaction.response.defer(ephemeral=True, thinking=thinking), interaction)
        await self._met(act)

    async def _open(self, interaction: discord.Interaction, action: Action) -> None:
        """Open a form, with what stands in its fields by now."""
        try:
            if filling.asks_first(action):
                question = self.acts.asking(interaction, action.command, home=await self._home(interaction))
                action = filling.standing(action, await self._inbox.ask(question))
        except StorageError as error:
            await self._say(interaction, str(error))
            return
        await self._answer(interaction.response.send_modal(forms.view(action)), interaction)

    async def _say(self, interaction: discord.Interaction, text: str) -> None:
        await self._answer(interaction.response.send_message(text[: limits.CONTENT], ephemeral=True), interaction)

    async def _answer(self, answering: Awaitable[Any], interaction: discord.Interaction) -> None:
        """The first answer; once it was given, or is too late, nothing more can be done about it."""
        if interaction.response.is_done():
            if asyncio.iscoroutine(answering):
                answering.close()
            return
        try:
            await answering
        except (*WRONG, RuntimeError) as error:
            log.warning("Discord did not take an answer: %s", error, extra={"action": "answer_lost"})

    async def _home(self, interaction: discord.Interaction) -> str:
        return "" if interaction.guild_id else await self._homes.of(interaction.user.id)

    # ---------------------------------------------------------------------------------------------- events

    async def reacted(self, client: discord.Client, event: discord.RawReactionActionEvent, moment: Moment) -> None:
        """Somebody reacted, or took that back."""
        self._doing()
        try:
            home = "" if event.guild_id else await self._homes.of(event.user_id)
            if act := await self._reactions.told(client, event, moment, home, self._insist):
                await self._met(act)
        except (*WRONG, StorageError) as error:
            log.warning("A reaction was lost: %s", error, extra={"action": "act_lost"})

    async def said(self, client: discord.Client, message: discord.Message) -> None:
        """Somebody wrote a message that we are told of."""
        if client.user is None:
            return
        self._doing()
        try:
            home = "" if message.guild else await self._homes.of(message.author.id)
            if act := self.acts.mention(message, client.user.id, home=home):
                await self._insist(act)
                await self._met(act)
        except StorageError as error:
            log.warning("A message was lost: %s", error, extra={"action": "act_lost"})

    async def belongs(self, kind: Literal["joined", "left"], guild: int, moment: Moment) -> None:
        """We came into a server, or were removed from it."""
        self._doing()
        with contextlib.suppress(StorageError):
            await self._insist(self.acts.membership(kind, guild, moment))

    def began(self, client: Client, shard: int) -> None:
        """A new session: whatever happened before it was not told."""
        self._later(self._caught_up(client, shard))

    def logged_in(self, client: Client) -> None:
        """It is known who we are."""
        self._later(self._synchronised(client))

    async def _caught_up(self, client: Client, shard: int) -> None:
        mine = [str(guild.id) for guild in client.guilds if guild.shard_id == shard]
        try:
            made = await self._reactions.caught_up(client, mine.__contains__, self._insist)
        except StorageError as error:
            log.warning("Reactions of meanwhile were not read: %s", error, extra={"action": "reactions_unread"})
        else:
            log.info("Reactions of meanwhile: %d", made, extra={"action": "reactions_caught_up"})

    async def _synchronised(self, client: Client) -> None:
        """Tell Discord our commands, until it took them."""
        while True:
            try:
                await client.tree.synchronise(self._platform.memory)
            except (*WRONG, StorageError) as error:
                log.warning("Discord did not take our commands: %s", error, extra={"action": "commands_untold"})
                refused = isinstance(error, discord.HTTPException) and error.status < 500
                await asyncio.sleep(self.patience.hopeless if refused else self.patience.again)
            else:
                return

    # --------------------------------------------------------------------------------------- what all have

    async def _insist(self, act: Act) -> None:
        """Record what Discord does not tell again. Raises StorageError when that cannot be done at all."""
        for _ in range(self.patience.times):
            try:
                await self._inbox.take(act)
            except StorageError:
                await asyncio.sleep(self.patience.record)
            else:
                return
        await self._inbox.take(act)

    async def _met(self, act: Act) -> None:
        try:
            await self._homes.met(act)
        except StorageError as error:
            log.info("Where somebody is was not remembered: %s", error, extra={"action": "home_unknown"})

    def _doing(self) -> None:
        """What this task does is finished before we leave."""
        if task := asyncio.current_task():
            self._working.add(task)
            task.add_done_callback(self._ended)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._working.discard(task)
        self._aside.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("What was begun broke", exc_info=error, extra={"action": "act_broke"})
