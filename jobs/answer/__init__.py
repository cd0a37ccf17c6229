"""An act -> store -> messages; a question -> an answer at once.

Acts are committed to the inbox before they are acknowledged, and worked on once per key: one person's in the order
they came, different people's side by side. A crash or a full disk in the middle works on the act again, so every
command may be repeated without another effect. An answer that cannot be posted is lost; what it did is not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot import calendar, commands, policy
from bot.messages import answers
from bot.models import Act, Message, Person, Place, Question
from bot.ports import CommandError, PaperroundError, Platform, PostError, StorageError
from bot.query import QueryError
from jobs.answer import channel, following, papers
from jobs.answer.desk import Desk, Reply, private

__all__ = ["HANDLERS", "Answer", "Desk"]

log = logging.getLogger(__name__)

#: acts read at a time
AT_ONCE = 1000
#: seconds that an act in hand may still take when the program ends
PARTING = 2.0

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
        self._stopping = False
        self._working: dict[Person, asyncio.Task[None]] = {}
        self._waiting: dict[str, asyncio.Event] = {}

    # -- the door: bot.ports.Inbox

    async def take(self, act: Act) -> None:
        """Record it; when this returns, it is safe to acknowledge."""
        if await self._desk.store.take(act):
            self._waiting[act.key] = asyncio.Event()
            self._wake.set()

    async def answered(self, act: Act) -> None:
        """Wait until that act has been worked on."""
        waiting = self._waiting.get(act.key)
        if waiting is not None:
            await waiting.wait()
        await self._settled()

    async def ask(self, question: Question) -> Sequence[str]:
        """Completions of the word being typed."""
        if not question.text:
            return list(commands.BY_WORD)
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

    async def stop(self) -> None:
        """Begin no further act, finish those in hand, and leave what does not end soon for the next start."""
        self._stopping = True
        working = list(self._working.values())
        if working:
            await asyncio.wait(working, timeout=PARTING)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def _start_all(self) -> None:
        # who is at work is asked before the acts are read: what is done meanwhile is not to be done again
        busy = set(self._working)
        by_person: dict[Person, list[Act]] = {}
        for act in await self._desk.store.acts(AT_ONCE):
            by_person.setdefault(act.person, []).append(act)
        for person, acts in by_person.items():
            if person not in busy and person not in self._working and not self._stopping:
                self._working[person] = asyncio.create_task(self._person(person, acts))

    async def _person(self, person: Person, acts: list[Act]) -> None:
        """Work on one person's acts in order, then look for more."""
        try:
            for act in acts:
                if not self._stopping:
                    await self._until_done(act)
        finally:
            del self._working[person]
            self._wake.set()

    async def _until_done(self, act: Act) -> None:
        """Work on one act until the database takes it: what was acknowledged is not lost."""
        pause = 1
        while True:
            try:
                await self.one(act)
            except StorageError as error:
                log.warning("An act waits: %s", error, extra={"action": "act_waits"})
                if pause == 1:
                    await self._say(*private(act, answers.waits(str(error))))
                    self._let_go(act)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 60)
            else:
                return

    async def one(self, act: Act) -> None:
        """Work on one act, mark it done, and say what there is to say."""
        replies, error = await self._replies(act)
        await self._desk.store.done(act, self._desk.clock(), error)
        for place, message in replies:
            await self._say(place, message)
        self._let_go(act)

    def _let_go(self, act: Act) -> None:
        """Whoever waits for the answer waits no longer."""
        waiting = self._waiting.pop(act.key, None)
        if waiting is not None:
            waiting.set()

    async def _say(self, place: Place, message: Message) -> None:
        """Post an answer; one that cannot be posted is lost, and what it tells of is not."""
        try:
            async with asyncio.timeout(policy.REQUEST):
                await self._platforms[place.channel.platform].post(place, message, "")
        except (PostError, TimeoutError) as lost:
            log.warning("An answer was not posted: %s", lost, extra={"action": "answer_lost"})
        except Exception:
            log.exception("An answer broke", extra={"action": "answer_broke"})

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
        except StorageError:
            raise
        except Exception as broken:
            # one broken act never stops the others; it is set aside with its reason, and the person is told
            log.exception("An act broke", extra={"action": "act_broke", "kind": act.kind})
            return [private(act, answers.failed())], type(broken).__name__
