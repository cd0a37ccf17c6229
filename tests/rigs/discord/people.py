"""Somebody at a screen: types, presses, chooses, reacts; and what that person sees.

Whatever is done is told to the app at once; `Told.done` waits until that is over, and so does what a person awaits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.rigs.discord import forms, typed
from tests.rigs.discord.commands import CHAT, MESSAGE, USER
from tests.rigs.discord.components import BUTTON, LINK, MENUS
from tests.rigs.discord.forms import Shown
from tests.rigs.discord.mentions import named, pinged
from tests.rigs.discord.methods.reactions import MOST, react
from tests.rigs.discord.methods.threads import opened
from tests.rigs.discord.payloads import Payloads
from tests.rigs.discord.permissions import May, in_channel
from tests.rigs.discord.reading import lines
from tests.rigs.discord.said import Said
from tests.rigs.discord.state import Discord
from tests.rigs.discord.told import FORM, Kind, Told
from tests.rigs.discord.wire import Json
from tests.rigs.discord.world import Account, Channel
from tests.rigs.waiting import until

#: what people read when the app did not answer
TROUBLE = "The application did not respond"


class Somebody:
    """Somebody with an account."""

    def __init__(self, discord: Discord, account: Account) -> None:
        self._discord = discord
        self._payloads = Payloads(discord, account)
        self.account = account
        #: what Discord itself told this person
        self.errors: list[str] = []
        #: forms that the app opened, and what proposals were read
        self.forms: list[Shown] = []
        self._proposed: list[str] = []

    @property
    def id(self) -> str:
        """The id of the account."""
        return self.account.id

    # ------------------------------------------------------------------------------------------ saying things

    def types(self, where: Channel, text: str) -> Told:
        """Type a slash command: "/papers follow query:mamba". Raises LookupError for what there is not."""
        name, _, rest = text.removeprefix("/").partition(" ")
        command = self._command(where, name, CHAT)
        payload = self._payloads.command(where, command, typed.options(command, rest, where.guild))
        return self._tell("command", payload, where)

    async def asks(self, where: Channel, text: str) -> list[str]:
        """Type a command whose last option proposes something: "/papers follow query:tok"; gives what is proposed."""
        name, _, rest = text.removeprefix("/").partition(" ")
        command = self._command(where, name, CHAT)
        options = typed.options(command, rest, where.guild, focused=True)
        told = self._discord.telling.tell(
            "autocomplete", self._payloads.command(where, command, options), self.account, where
        )
        await told.done()
        data = (told.answer or {}).get("data") or {}
        proposed = [one["name"] for one in data.get("choices") or ()]
        self._proposed += proposed
        return proposed

    def uses(self, name: str, on: Said | Somebody, where: Channel | None = None) -> Told:
        """Use a command from the menu of a message, or of a person somewhere. Raises LookupError."""
        if isinstance(on, Said):
            command = self._command(on.channel, name, MESSAGE)
            return self._tell("command", self._payloads.menu(on.channel, command, on), on.channel)
        assert where is not None
        command = self._command(where, name, USER)
        return self._tell("command", self._payloads.menu(where, command, on.account), where)

    def says(self, where: Channel, text: str, *, mention: bool = False) -> Said:
        """Write a message; with `mention` it begins with the bot's name. Raises LookupError where one may not."""
        may = in_channel(where, self.account)
        if (May.SEND_MESSAGES_IN_THREADS if where.threaded else May.SEND_MESSAGES) not in may:
            raise LookupError(f"{self.account.name} may not write in {where.name!r}")
        text = f"<@{self._discord.bot.id}> {text}" if mention else text
        mentioned = named(text, self._discord.accounts)
        return self._discord.say(
            where, self.account, text, mentions=mentioned, pings=pinged(where, self.account, text, None)
        )

    def writes(self, text: str) -> Said:
        """Write a direct message to the app."""
        return self.says(self.direct, text)

    def reacts(self, said: Said, emoji: str, *, back: bool = False, burst: bool = False) -> bool:
        """React with an emoji ("👍🏽"), or take that back; `burst` for a super reaction.

        False when the app is not told. Raises LookupError where nobody can.
        """
        resting = said.channel.archived or said.to or said.deleted
        full = not back and emoji not in said.reactions and len(said.reactions) >= MOST
        may = in_channel(said.channel, self.account)
        if (
            resting
            or full
            or May.VIEW_CHANNEL not in may
            or (emoji not in said.reactions and May.ADD_REACTIONS not in may)
        ):
            raise LookupError("nobody can react to that")
        return react(self._discord, said, self.account, emoji, back=back, burst=burst)

    def opens(self, said: Said, name: str) -> Channel:
        """Open the thread of a message, before the app does."""
        said.thread = opened(self._discord, said.channel, {"name": name}, "thread", said.id)
        said.thread.owner = self.id
        return said.thread

    def begins(self, forum: Channel, name: str) -> Channel:
        """Begin a post in a forum, whose first message says its name."""
        post = opened(self._discord, forum, {"name": name}, "thread")
        post.owner = self.id
        self._discord.say(post, self.account, name, number=post.id)
        return post

    # -------------------------------------------------------------------------------- buttons, menus and forms

    def presses(self, on: Said, name: str, *, number: int = 1) -> Told:
        """Press the button of that label; of several the first, or the one of that number.

        Raises LookupError, which names what there is.
        """
        element = forms.find(self._there(on), name, kinds=(BUTTON,), number=number)
        if element["style"] == LINK:
            raise LookupError(f"{name!r} only leads to {element['url']}")
        return self._tell("press", self._payloads.pressed(on, element), on.channel, on)

    def chooses(self, on: Said, name: str, *options: str) -> Told:
        """Choose in a menu, by label or value."""
        element = forms.find(self._there(on), name, kinds=MENUS)
        return self._tell("press", self._payloads.pressed(on, element, forms.chosen(element, options)), on.channel, on)

    def submits(self, form: Shown, answers: Mapping[str, str] | None = None) -> Told:
        """Fill in a form, by label, and send it. Raises ValueError when Discord would not even send it."""
        form.fill(answers or {})
        if form.closed:
            raise ValueError("the form is gone")
        if missing := form.missing():
            raise ValueError(f"This field is required: {', '.join(missing)}")
        form.closed = True
        payload = self._payloads.submitted(form.where, form.said["custom_id"], form.components(), form.on)
        return self._tell("form", payload, form.where, form.on)

    # ---------------------------------------------------------------------------------------------- seeing

    @property
    def direct(self) -> Channel:
        """The direct messages with the app."""
        return self._discord.direct(self.account)

    @property
    def form(self) -> Shown:
        """The form on the screen. Raises LookupError when there is none."""
        open_ones = [one for one in self.forms if not one.closed]
        if not open_ones:
            raise LookupError("no form is open")
        return open_ones[-1]

    def sees(self, where: Channel) -> list[Said]:
        """The messages of a channel or thread, and those that this person alone sees there."""
        return [said for said in where.said if self._sees(said)]

    def thread(self, said: Said) -> list[Said]:
        """What stands in the thread of a message."""
        return self.sees(said.thread) if said.thread else []

    def private(self) -> list[Said]:
        """What this person alone was told, anywhere."""
        return [said for said in self._discord.books if said.to == self.id and not said.deleted]

    def pinged(self) -> list[Said]:
        """The messages that pinged this person by name or with everybody."""
        mine = {self.id, "everyone", "here"}
        return [said for said in self._discord.books if said.pings & mine and self._sees(said)]

    def reads(self) -> str:
        """All text that this person has been shown so far: messages, forms, proposals, what Discord itself said."""
        return "\n".join(self._reads())

    async def until_reads(self, text: str, seconds: float = 10.0) -> None:
        """Wait until this person has been shown that. Raises TimeoutError."""
        await until(lambda: text in self.reads(), lambda: f"{self.account.name} has not read {text!r}", seconds)

    def _reads(self) -> Iterator[str]:
        for said in self._discord.books:
            if self._sees(said):
                yield from lines(said)
        for form in self.forms:
            yield from form.lines()
        yield from self._proposed
        yield from self.errors

    def _sees(self, said: Said) -> bool:
        return not said.deleted and said.to in ("", self.id) and bool(in_channel(said.channel, self.account))

    # ---------------------------------------------------------------------------------------- what comes back

    def _command(self, where: Channel, name: str, kind: int) -> Json:
        """A command that this person finds there. Raises LookupError."""
        guild, may = where.guild, in_channel(where, self.account)
        if guild and self._discord.bot.id not in guild.members:
            raise LookupError(f"the app is not in {guild.name}")
        command = self._discord.commands.find(name, guild.id if guild else "", kind)
        needed = command["default_member_permissions"]
        lacks = needed is not None and (May(int(needed)) & ~may or needed == "0") and May.ADMINISTRATOR not in may
        contexts = command["contexts"]
        elsewhere = contexts is not None and (0 if guild else 1) not in contexts
        if May.USE_APPLICATION_COMMANDS not in may or (guild and lacks) or elsewhere:
            raise LookupError(f"{self.account.name} does not find {name!r} there")
        return command

    def _tell(self, kind: Kind, payload: Json, where: Channel, on: Said | None = None) -> Told:
        return self._discord.telling.tell(kind, payload, self.account, where, on=on, then=self._answered)

    def _answered(self, told: Told) -> None:
        if told.failed:
            self.errors.append(TROUBLE)
        elif told.answer and told.answer["type"] == FORM:
            self.forms.append(Shown(told.answer["data"], told.where, told.on))

    def _there(self, on: Said) -> Said:
        if not self._sees(on):
            raise LookupError("it is not there any more")
        return on
