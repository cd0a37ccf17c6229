"""What Discord tells of people, as acts of the house.

An interaction has an id of its own; a reaction or a membership has none and is named by its place in the session that
told it. The order is that of arrival: one server's events come over one session.
https://discord.com/developers/docs/interactions/receiving-and-responding and https://discord.com/developers/docs/events
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import discord

from adapters.platforms.discord.handle import Handle
from bot.models import Act, Channel, Person, Question
from bot.ports import Clock

NAME: Final = "discord"
#: the workspace of direct messages with somebody whom we never met in a server; Discord's own word for it
ALONE: Final = "@me"
#: commands in the menu of a message: what they are called, and the command they type
MENUS: Final = (("Save paper", "save"), ("Why this paper?", "why"))
#: reactions that mean something to us, without the sign that only asks for colours
MEANT: Final = frozenset(("🔖", "🔟", *(f"{digit}\u20e3" for digit in range(1, 10))))
_COLOURS: Final = "\ufe0f"
_LINK: Final = re.compile(r"https?://[^\s<>]+")
_AT_THE_END: Final = ".,;:!?)]}*_~|\"'"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something happened: the channel, and the thread of it that it happened in."""

    channel: Channel
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Which event it was, and when it came: the key and the order of its act."""

    key: str
    order: str


class Acts:
    """Reads what Discord tells."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    # --------------------------------------------------------------------------------------- interactions

    def done(self, interaction: discord.Interaction, text: str, *, home: str = "", message: str = "") -> Act:
        """A command that somebody typed, chose, pressed or filled in; `home` is the server of direct messages."""
        spot, person = self._where(interaction, home)
        on = interaction.message
        now = self._clock()
        handle = Handle(str(interaction.application_id), interaction.token, now.timestamp(), spot.thread)
        return Act(
            f"{NAME}:{interaction.id}",
            self.arrived(),
            "command",
            spot.channel,
            person,
            now,
            text=text,
            message=message or (str(on.id) if on else spot.thread),
            reply=handle.packed(),
            manager=None if spot.channel.direct else interaction.permissions.manage_channels,
            writes=spot.channel.direct or interaction.permissions.send_messages,
        )

    def asking(self, interaction: discord.Interaction, text: str, *, home: str = "") -> Question:
        """Somebody types, or opens a form."""
        spot, person = self._where(interaction, home)
        return Question(spot.channel, person, text)

    # ---------------------------------------------------------------------------------------------- events

    def moment(self, session: str, number: int | str) -> Moment:
        """Name an event by its session and its number there, when it comes: before anything else is awaited."""
        return Moment(f"{NAME}:{session}:{number}", self.arrived())

    def reaction(
        self,
        kind: Literal["react", "unreact"],
        emoji: str,
        *,
        message: int,
        person: Person,
        spot: Spot,
        moment: Moment,
    ) -> Act:
        """A reaction, or its end."""
        return Act(
            moment.key,
            moment.order,
            kind,
            spot.channel,
            person,
            self._clock(),
            message=str(message),
            emoji=emoji,
            reply=Handle(thread=spot.thread).packed() if spot.thread else "",
        )

    def mention(self, said: discord.Message, me: int, *, home: str = "") -> Act | None:
        """Words that mention us, or in our direct messages; None for what nobody typed."""
        if said.author.bot or said.type not in (discord.MessageType.default, discord.MessageType.reply):
            return None
        direct = said.guild is None
        mentioned = re.compile(rf"<@!?{me}>:?")
        if not direct and not mentioned.search(said.content):
            return None
        before, behind = (part.strip() for part in (*mentioned.split(said.content, maxsplit=1), "")[:2])
        workspace = str(said.guild.id) if said.guild else home or ALONE
        author = said.author
        person = Person(NAME, workspace, str(author.id), author.display_name)
        spot = Spot(person.direct) if said.guild is None else spot_of(workspace, said.channel)
        may = (
            said.channel.permissions_for(author)
            if isinstance(author, discord.Member)
            and isinstance(said.channel, discord.abc.GuildChannel | discord.Thread)
            else None
        )
        return Act(
            f"{NAME}:{said.id}",
            self.arrived(),
            "command",
            spot.channel,
            person,
            self._clock(),
            text=(direct and before) or behind or before or "help",
            message=spot.thread,
            reply=Handle(thread=spot.thread).packed() if spot.thread else "",
            manager=None if may is None else may.manage_channels,
            writes=may is None or may.send_messages,
        )

    def membership(self, kind: Literal["joined", "left"], guild: int, moment: Moment) -> Act:
        """We came into a server, or were removed from it."""
        nobody = Person(NAME, str(guild), "")
        return Act(
            moment.key,
            moment.order,
            kind,
            Channel(NAME, str(guild), ""),
            nobody,
            self._clock(),
        )

    # ------------------------------------------------------------------------------------------ what all have

    def arrived(self) -> str:
        """The time now, later than every one before."""
        now = self._clock()
        self._last = max(self._last + 1, int(now.timestamp()) * 1_000_000 + now.microsecond)
        return f"{self._last:020}"

    def _where(self, interaction: discord.Interaction, home: str) -> tuple[Spot, Person]:
        guild = interaction.guild_id
        workspace = str(guild) if guild else home or ALONE
        person = Person(NAME, workspace, str(interaction.user.id), interaction.user.display_name)
        return (spot_of(workspace, interaction.channel) if guild else Spot(person.direct)), person


def spot_of(workspace: str, channel: Any) -> Spot:
    """A channel of a server; of a thread or a forum's post, the channel that it belongs to."""
    if isinstance(channel, discord.Thread):
        name = channel.parent.name if channel.parent else ""
        return Spot(Channel(NAME, workspace, str(channel.parent_id), name), str(channel.id))
    return Spot(Channel(NAME, workspace, str(channel.id), str(getattr(channel, "name", "") or "")))


def meant(emoji: discord.PartialEmoji) -> str:
    """A reaction as the house has it; "" for one that means nothing to us, as every emoji that a server made."""
    character = emoji.name.replace(_COLOURS, "") if emoji.is_unicode_emoji() and emoji.name else ""
    if character not in MEANT:
        return ""
    return f"{character[0]}{_COLOURS}\u20e3" if character.endswith("\u20e3") else character


def shown_in(message: discord.Message, me: int, command: str) -> str:
    """What a menu of a message types: the command alone for a message of ours, else with the first link in it."""
    if message.author.id == me:
        return command
    return f"{command} {first_link(message)}".strip()


def first_link(message: discord.Message) -> str:
    """The first web address in a message; "" where there is none."""
    found = _LINK.search(message.content)
    if found:
        return found[0].rstrip(_AT_THE_END)
    return next((embed.url for embed in message.embeds if embed.url), "")


def saving(act: Act, link: str) -> Act:
    """A reaction to somebody else's message, as the command about the paper that is linked in it."""
    word = "save" if act.kind == "react" else "unsave"
    return replace(act, kind="command", text=f"{word} {link}", message="", emoji="")
