"""A terminal as a platform: one channel, one person.

What is typed goes to the inbox as it is. The terminal itself understands only what takes a mouse elsewhere (`react`,
`unreact`, `press`), the words it was given, and `quit`.
"""

from __future__ import annotations

import asyncio
import difflib
import re
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from rich.console import Console
from rich.text import Text

from adapters.platforms.console import harmless, streams
from adapters.platforms.console.keyboard import Complete, Keyboard, Prompt, Script
from adapters.platforms.console.page import Page
from adapters.platforms.console.screen import BOOKMARK, BOOKMARKS, Reaction, Screen, keycap, numbered_words
from bot import forms
from bot.commands import BY_WORD
from bot.messages import mistyping
from bot.messages import terminal as sentences
from bot.models import Act, Action, Ask, Channel, Message, Person, Place, Posted, Question
from bot.ports import Clock, CommandError, Doubt, Inbox, Limit, PaperroundError, PostError, Sight, in_time

NAME = "console"
CHANNEL = Channel(NAME, "terminal", "terminal", "this terminal")
PROMPT = "> "
#: the terminal's own words, as they are shown
WORDS = ("react N 🔖", "unreact N 🔖", "press LABEL")
LEAVE = ("quit", "exit")
OWN = ("react", "unreact", "press", *LEAVE)
#: words that are helped with as another one is
HELPED_AS = {"unreact": "react", "exit": "quit"}
SIGHT = Sight(
    sees=("the lines you type at this prompt, and the button or paper you point at",),
    never=("anything else of this computer, but its time zone and what CONSOLE_NAME says",),
)

#: what a word does; its docstring is its help
Word = Callable[[], Awaitable[None]]
KEYCAPS = {keycap(number): number for number in range(1, 11)}


class Terminal:
    """The platform; see `platform` in this folder for what it is made of."""

    name = NAME
    sight = SIGHT

    def __init__(
        self,
        clock: Clock,
        lines: AsyncIterator[str] | None,
        out: Console,
        words: Mapping[str, Word],
        person: Person,
        *,
        links: bool,
    ) -> None:
        self._clock = clock
        self._lines = lines
        self._out = out
        #: where the console writes today: `patch_stdout` must not get between
        self._file = out.file
        self._words = words
        self._person = person
        self._page = Page(out, links=links)
        self._screen = Screen()
        self._keyboard: Keyboard | None = None
        #: one message at a time on the screen
        self._printing = asyncio.Lock()
        #: ids of this process are its own, also when the clock stands still or goes back
        self._session = secrets.token_hex(6)
        self._count = 0
        #: messages that were posted
        self._posts = 0

    # ----------------------------------------------------------------------------------------- listening

    async def run(self, inbox: Inbox) -> None:
        """Read commands until the input ends, somebody quits, or nobody can read what we print."""
        typing = self._lines is None and sys.stdin is not None and sys.stdin.isatty() and self._out.is_terminal
        keyboard: Keyboard = (
            Prompt(PROMPT, partial(self._complete, inbox))
            if typing
            else Script(PROMPT, self._lines or streams.read_lines(sys.stdin), self._echo)
        )
        self._keyboard = keyboard
        try:
            with keyboard.aside():
                if typing:
                    await self._say(sentences.WELCOME)
                while (typed := await keyboard.command()) is not None:
                    for line in pasted(typed, (*OWN, *self._words)):
                        words = _without_slash(line)
                        if words.casefold() in LEAVE:
                            return
                        if line.strip():
                            await self._line(words, inbox, keyboard)
        except PostError:
            return  # the output is closed
        finally:
            self._keyboard = None

    async def _line(self, words: str, inbox: Inbox, keyboard: Keyboard) -> None:
        """Do what one line says; what goes wrong is said in one sentence."""
        word, _, rest = words.partition(" ")
        word, rest = word.casefold(), rest.strip()
        try:
            match word:
                case "react" | "unreact":
                    await self._react(word, rest, inbox)
                case "press":
                    self._screen.turn()
                    await self._press(rest, inbox, keyboard)
                case _ if word in self._words and not rest:
                    self._screen.turn()
                    await self._words[word]()
                case "help" if said := self._help(rest.casefold()):
                    await self._say(said)
                case _ if near := await self._near(word, inbox):
                    right = f"{near} {rest}".strip()
                    await self._say(mistyping.meant(word, right))
                case _:
                    self._screen.turn()
                    await self._hand(inbox, self._act(text=words))
                    await self._mention_words(word, rest, inbox)
        except PostError:
            raise
        except PaperroundError as error:
            await self._say(str(error))

    async def _react(self, kind: Literal["react", "unreact"], rest: str, inbox: Inbox) -> None:
        number, typed = numbered_words(rest)
        emoji = BOOKMARK if typed.casefold() in BOOKMARKS else typed
        if number is None and emoji in KEYCAPS:
            number, emoji = KEYCAPS[emoji], BOOKMARK
        if not emoji or emoji.isascii() or any(char.isalpha() or char.isspace() for char in emoji):
            raise CommandError(sentences.how_to_react(kind, BOOKMARK))
        found = self._screen.reaction(number, emoji, kind)
        if found.command:
            await self._hand(inbox, self._act(text=found.command))
            return
        before = self._posts
        await self._hand(inbox, self._act(kind, message=found.message, emoji=found.emoji))
        if self._posts == before:  # elsewhere the emoji stays at the message
            await self._say(_sign(kind, emoji, found))

    async def _press(self, label: str, inbox: Inbox, keyboard: Keyboard) -> None:
        button = self._screen.button(label)
        action = button.action
        if not action.command:
            await self._print(self._page.link(action.label, action.url))
            return
        answers: dict[str, str] = {}
        for ask in (await self._standing(action, inbox)).ask:
            answers[ask.name] = await self._ask(ask, forms.filled(action.command, answers), inbox, keyboard)
        await self._hand(inbox, self._act(text=forms.filled(action.command, answers), message=button.message))

    async def _ask(self, ask: Ask, command: str, inbox: Inbox, keyboard: Keyboard) -> str:
        """The answer to one field. Raises CommandError when the form is given up."""
        complete: Complete | None = None
        if ask.choices:
            complete = partial(_beginning, ask.choices)
        elif ask.kind == "completion":
            complete = partial(self._complete_field, inbox, command.partition("{")[0], field=ask.name)
        # what is to be chosen is not filled in: who typed behind it would say "bibtexcsl"
        usual, value = (ask.value, "") if ask.choices else ("", ask.value)
        question = harmless.line(ask.label)
        hints = [", ".join(ask.choices), sentences.enter_for(usual)] if usual else [", ".join(ask.choices)]
        if not (ask.choices or keyboard.scripted):
            hints = [sentences.CTRL_C]
        if any(hints):
            question += f" ({harmless.line('; '.join(hints))})"
        while True:
            typed = await keyboard.answer(f"{question}: ", value, complete)
            answer = (typed or "").strip() or usual
            if typed is None or not (answer or ask.optional):
                raise CommandError(sentences.NOTHING_SENT)
            wrong = forms.wrong({ask.name: answer}).get(ask.name, "")
            if not (wrong or (answer and ask.choices)):
                return answer
            fits = await _beginning(ask.choices, answer)
            exact = [choice for choice in fits if choice.casefold() == answer.casefold()]
            if len(exact or fits) == 1:
                return (exact or fits)[0]
            # in a script the next line is a command, not another answer
            if ask.choices:
                wrong = sentences.one_of(ask.label, ask.choices, given_up=keyboard.scripted)
            if keyboard.scripted:
                raise CommandError(wrong)
            await self._say(wrong)

    async def _standing(self, action: Action, inbox: Inbox) -> Action:
        """A form with what stands in its fields by now; as it was drawn, where that cannot be asked."""
        known = await self._complete_field(inbox, "", action.command) if forms.asks_first(action) else ()
        return forms.standing(action, known) if known else action

    async def _hand(self, inbox: Inbox, act: Act) -> None:
        await inbox.take(act)
        await inbox.answered(act)

    def _act(
        self,
        kind: Literal["command", "react", "unreact"] = "command",
        *,
        text: str = "",
        message: str = "",
        emoji: str = "",
    ) -> Act:
        now = self._clock()
        name = self._name(now)
        return Act(name, name, kind, CHANNEL, self._person, now, text=text, message=message, emoji=emoji)

    def _name(self, now: datetime) -> str:
        """A name that sorts by time, then by count, and is never given twice."""
        self._count += 1
        return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}-{self._count:09}-{self._session}"

    async def _near(self, word: str, inbox: Inbox) -> str:
        """The terminal's own word that was nearly typed, or ""."""
        near = difflib.get_close_matches(word, (*OWN, *self._words), 1, 0.74)
        known = await inbox.ask(Question(CHANNEL, self._person, "")) if near else ()
        return near[0] if near and word not in (*known, *near) else ""

    def _help(self, word: str) -> str:
        """Help for a word that only the terminal understands, or ""."""
        if word in self._words:
            return f"{word}: {self._words[word].__doc__ or sentences.TYPED_ALONE}"
        return sentences.HELP.get(HELPED_AS.get(word, word), "")

    async def _mention_words(self, word: str, rest: str, inbox: Inbox) -> None:
        """Say which words only the terminal understands: after `help`, and after one that nobody understands."""
        help_ = word in {"help", "?"}
        unknown = (help_ or word.isalpha()) and not rest
        if unknown and not help_:
            known = await inbox.ask(Question(CHANNEL, self._person, ""))
            unknown = bool(known) and word not in {one.split()[0].casefold() for one in known if one.strip()}
        if unknown:
            await self._say(sentences.own_words((*WORDS, *self._words, LEAVE[0])))

    # ---------------------------------------------------------------------------------------- completing

    async def _complete(self, inbox: Inbox, typed: str) -> Sequence[str]:
        words = _without_slash(typed) + (" " if typed.endswith(" ") and typed.strip() else "")
        word, space, rest = words.partition(" ")
        if word.casefold() == "press" and space:
            return await _beginning(self._screen.labels(), rest.lstrip())
        own = () if space else await _beginning((*OWN, *self._words), word)
        return [*own, *await self._complete_field(inbox, "", words)]

    async def _complete_field(self, inbox: Inbox, before: str, typed: str, field: str = "") -> Sequence[str]:
        try:
            found = await inbox.ask(Question(CHANNEL, self._person, before + typed, field))
        except PaperroundError:
            return ()
        # nobody manages a terminal
        return [one for one in found if not one.startswith("editors ")]

    # ------------------------------------------------------------------------------------------ speaking

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Print it; a terminal shows every kind of place."""
        async with self._printing:
            in_time()
            now = self._clock()
            spot = self._screen.spot(place, message, now)
            await self._write(self._page.message(message, place, spot))
            posted = Posted(self._name(now))
            self._screen.keep(spot, place, message, posted.id, now)
            self._posts += 1
        return posted

    def doubt(self, place: Place) -> Sequence[Doubt]:
        """Nobody can ask a terminal what it showed."""
        return (Doubt.NEITHER,)

    def limits(self, place: Place) -> Sequence[Limit]:
        """A terminal counts nothing."""
        return ()

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """Nothing can be found."""
        return None

    async def _echo(self, prompt: str, typed: str) -> None:
        await self._print(self._page.typed(prompt, typed))

    async def _say(self, sentence: str) -> None:
        await self._print(self._page.said(sentence))

    async def _print(self, text: Text) -> None:
        async with self._printing:
            await self._write(text)

    async def _write(self, text: Text) -> None:
        """Raises NotSent or Doubtful when the output took nothing or only a part."""
        self._out.file = self._file
        write = partial(streams.write, self._file, streams.drawn(self._out, text))
        await (self._keyboard.above(write) if self._keyboard else write())


def pasted(text: str, own: Collection[str]) -> list[str]:
    """The commands of what was typed or pasted, a line each; topics below a `follow` belong to it.

    `own` are words of the terminal's own, which are never topics.
    """
    lines = text.splitlines()
    first, *others = [_without_slash(line).partition(" ")[0].casefold() for line in lines] or [""]
    follows = {word for word, command in BY_WORD.items() if command.word == "follow"}
    topics = all(word in follows or word not in {*BY_WORD, *own} for word in others)
    return ["\n".join(lines)] if first in follows and topics else lines


def _sign(kind: str, emoji: str, found: Reaction) -> str:
    """What the terminal says of a reaction that nobody answered."""
    if emoji != BOOKMARK:
        return sentences.does_nothing(emoji, BOOKMARK)
    return sentences.reacted(BOOKMARK, found.title, saved=kind == "react")


def _without_slash(line: str) -> str:
    """What was typed without "/papers" or a bare slash."""
    return re.sub(r"^\s*/(papers(?=\s|$))?\s*", "", line, flags=re.IGNORECASE).strip()


async def _beginning(choices: Sequence[str], typed: str) -> list[str]:
    return [choice for choice in choices if choice.casefold().startswith(typed.casefold())]
