"""An act -> store -> messages; a question -> an answer at once.

Acts are committed to the inbox before they are acknowledged, and worked on once per key: one person's in the order
they came, different people's side by side. A crash in the middle works on the act again, so every command may be
repeated without another effect. An answer that cannot be posted is lost; what it did is not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot import calendar, commands
from bot.messages import answers
from bot.models import Act, Person, Question
from bot.ports import Busy, CommandError, PaperroundError, Platform, PostError
from bot.query import QueryError
from jobs.answer import channel, following, papers
from jobs.answer.desk import Desk, Reply, private

__all__ = ["HANDLERS", "Answer", "Desk"]

log = logging.getLogger(__name__)

Handler = Callable[[Desk, Act, str], Awaitable[list[Reply]]]

#: who answers which command of `bot.commands.TABLE`
HANDLERS: dict[str, Handler] = {
    "follow": following.follow,
    "unfollow": following.unfollow,
    "list": following.listing,
    "preview": following.preview,
    "restore": following.restore,
    "now": channel.now,
    "schedule": channel.schedule,
    "pause": channel.pause,
    "resume": channel.resume,
    "sources": channel.sources,
    "status": channel.status,
    "again": channel.again,
    "help": channel.help_,
    "search": papers.search,
    "show": papers.show,
    "save": papers.save,
    "unsave": papers.unsave,
    "saved": papers.saved,
    "export": papers.export,
}


class Answer:
    """The inbox: records acts, works on them, answers questions."""

    def __init__(self, desk: Desk, platforms: Mapping[str, Platform], settled: Callable[[], Awaitable[None]]) -> None:
        self._desk = desk
        self._platforms = platforms
        #: waits until what an act set going is done too
        self._settled = settled
        self._wake = asyncio.Event()
        self._working: dict[Person, asyncio.Task[None]] = {}
        self._waiting: dict[str, asyncio.Event] = {}

    # -- the door: bot.ports.Inbox

    async def take(self, act: Act) -> None:
        """Record it; when this returns, it is safe to acknowledge."""
        await self._desk.store.take(act)
        self._waiting.setdefault(act.key, asyncio.Event())
        self._wake.set()

    async def answered(self, act: Act) -> None:
        """Wait until that act has been worked on."""
        waiting = self._waiting.get(act.key)
        if waiting is not None:
            await waiting.wait()
        await self._settled()

    async def ask(self, question: Question) -> Sequence[str]:
        """Completions of the word being typed."""
        word, blank, rest = question.text.lstrip().partition(" ")
        if not blank:
            return [one.word for one in commands.TABLE if one.word.startswith(word.lower()) and not one.hidden][:25]
        command = commands.BY_WORD.get(word.lower())
        if command is None:
            return []
        if command.word == "unfollow":
            known = await self._desk.store.subscriptions(question.channel)
            return [one.text for one in known if one.text.startswith(rest.lower())][:25]
        if command.word == "schedule" and rest.split():
            return calendar.zones_like(rest.split()[-1], 25)
        return []

    # -- the work

    async def run(self) -> None:
        """Work on acts for ever, beginning with those that were left."""
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._start_all()
            except PaperroundError as error:
                log.warning("The inbox could not be read: %s", error, extra={"action": "inbox_unread"})
                await asyncio.sleep(1)
                self._wake.set()

    async def _start_all(self) -> None:
        by_person: dict[Person, list[Act]] = {}
        for act in await self._desk.store.acts():
            by_person.setdefault(act.person, []).append(act)
        for person, acts in by_person.items():
            if person not in self._working:
                task = asyncio.create_task(self._person(person, acts))
                self._working[person] = task

    async def _person(self, person: Person, acts: list[Act]) -> None:
        """Work on one person's acts in order, then look for more."""
        try:
            for act in acts:
                await self.one(act)
        except PaperroundError as error:
            log.warning("An act waits: %s", error, extra={"action": "act_waits"})
            await asyncio.sleep(1)
        finally:
            del self._working[person]
            self._wake.set()

    async def one(self, act: Act) -> None:
        """Work on one act, say what there is to say, and mark it done."""
        replies, error = await self._replies(act)
        for place, message in replies:
            try:
                await self._platforms[place.channel.platform].post(place, message, "")
            except PostError as lost:
                log.warning("An answer was not posted: %s", lost, extra={"action": "answer_lost"})
        await self._desk.store.done(act, self._desk.clock(), error)
        waiting = self._waiting.pop(act.key, None)
        if waiting is not None:
            waiting.set()

    async def _replies(self, act: Act) -> tuple[list[Reply], str]:
        try:
            if act.kind != "command":
                return await papers.react(self._desk, act), ""
            typed = commands.parse(act.text)
            return await HANDLERS[typed.command.word](self._desk, act, typed.rest), ""
        except QueryError as wrong:
            text = commands.parse(act.text).rest
            word = commands.parse(act.text).command.word
            suggestion = f"{word} {wrong.suggestion}" if wrong.suggestion else ""
            return [private(act, answers.misread(text, str(wrong), wrong.start, wrong.end, suggestion))], ""
        except commands.UnknownTopic as unknown:
            return [private(act, answers.unknown_topic(unknown.topic))], ""
        except CommandError as wrong:
            return [private(act, answers.mistaken(wrong))], ""
        except Busy:
            return [private(act, answers.busy())], "busy"
        except Exception as broken:
            # one broken act never stops the others; it is set aside with its reason, and the person is told
            log.exception("An act broke", extra={"action": "act_broke", "kind": act.kind})
            return [private(act, answers.failed())], type(broken).__name__
