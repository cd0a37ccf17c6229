"""An act -> store -> messages; a question -> an answer at once.

    platform -> store.take -> acknowledged -> store.acts (a lease) -> handler -> store.done -> the answer

Acts are committed to the inbox before they are acknowledged, and worked on once per key: one person's in the order
they came, by one worker at a time, different people's side by side, by as many workers as there are. A crash or a full
disk in the middle works on the act again, so every command may be repeated without another effect, and one that changes
a channel says what it did to the channel as it stood when it began (`Desk.begin`). An answer that cannot be posted is
lost; what it did is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot import commands
from bot.messages import answers
from bot.models import Act, Message, Place
from bot.policy import USUAL, Limits
from bot.ports import CommandError, Invalid, Pace, PaperroundError, Platform, PostError, Rank, StorageError
from bot.query import QueryError
from jobs.answer import (
    catchup,
    following,
    gate,
    helping,
    home,
    membership,
    moving,
    papers,
    privacy,
    proposals,
    reading,
    schedule,
    settings,
    sharing,
    sources,
    status,
    understanding,
)
from jobs.answer.desk import Desk, NotYet, Reply, private
from jobs.answer.door import Door

__all__ = ["HANDLERS", "Answer", "Desk", "Door"]

log = logging.getLogger(__name__)

#: people whose acts are worked on side by side
AT_ONCE = 100
#: seconds between two looks whether another process has worked on an act
GLANCE = 1.0
#: seconds that the acts in hand may still take when the program ends
PARTING = 8.0
#: what cannot be worked on yet is looked at again after so long
AGAIN = timedelta(seconds=1)
#: an act that never ends is begun for so many leases
PATIENCE = 4

#: who answers which command of `bot.commands.TABLE`
HANDLERS: dict[str, gate.Handler] = {
    "follow": following.follow,
    "follow!": following.follow_anyway,
    "edit": following.edit,
    "edit!": following.edit_anyway,
    "post": following.post,
    "accept": proposals.accept,
    "catchup": catchup.catchup,
    "unfollow": following.unfollow,
    "list": following.listing,
    "preview": following.preview,
    "restore": following.restore,
    "now": schedule.now,
    "schedule": schedule.schedule,
    "pause": schedule.pause,
    "resume": schedule.resume,
    "settings": settings.settings,
    "move": moving.move,
    "sources": sources.sources,
    "status": status.status,
    "again": status.again,
    "help": helping.help_,
    "forget": privacy.forget,
    "search": papers.search,
    "more": papers.more,
    "show": papers.show,
    "similar": understanding.similar,
    "why": understanding.why,
    "notthis": understanding.not_this,
    "trending": understanding.trending,
    "share": sharing.share,
    "share!": sharing.share_again,
    "save": reading.save,
    "unsave": reading.unsave,
    "saved": reading.saved,
    "note": reading.note,
    "export": reading.export,
    "home": home.home,
}


class Answer(Door):
    """The inbox of a process that works on it."""

    def __init__(
        self,
        desk: Desk,
        platforms: Mapping[str, Platform],
        settled: Callable[[str], Awaitable[None]],
        pace: Pace,
        limits: Limits = USUAL,
    ) -> None:
        super().__init__(desk.store, self.wake)
        self._desk = desk
        self._platforms = platforms
        #: waits until what an act set going on that platform is done too
        self._settled = settled
        self._pace = pace
        self._limits = limits
        self._asked = asyncio.Event()
        self._stopping = False
        self._claiming = asyncio.Lock()
        self._working: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, asyncio.Event] = {}
        #: acts whose person knows already that they have to wait
        self._put_off: set[str] = set()

    async def answered(self, act: Act) -> None:
        """Wait until that act has been worked on, here or in another process on the same database."""
        waiting = self._waiting.setdefault(act.key, asyncio.Event())
        while not waiting.is_set() and await self._undone(act):
            # `wait_for` of Python 3.11 swallows a cancellation that comes with what is waited for
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GLANCE):
                    await waiting.wait()
        self._waiting.pop(act.key, None)
        await self._settled(act.channel.platform)

    async def _undone(self, act: Act) -> bool:
        try:
            return act.key in self._working or await self._store.undone(act)
        except StorageError:
            return True

    # -- the work

    def wake(self) -> None:
        """Look for acts; may be called as often as one likes."""
        self._asked.set()

    async def run(self) -> None:
        """Work on acts for ever, beginning with those that were left."""
        self.wake()
        told = False
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._claim()
            except PaperroundError as error:
                if not told:
                    log.warning("The inbox could not be read: %s", error, extra={"action": "inbox_unread"})
                    told = True
                await asyncio.sleep(1)
                self.wake()
            else:
                if told:
                    log.warning("The inbox is read again.", extra={"action": "inbox_read"})
                    told = False

    async def stop(self) -> None:
        """Begin no further act, finish those in hand, and leave what does not end soon to whoever works next."""
        self._stopping = True
        async with self._claiming:  # what is being claimed is in hand too
            working = list(self._working.values())
        if working:
            await asyncio.wait(working, timeout=PARTING)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def _claim(self) -> None:
        """Begin the next act of everybody who has one, as long as there are hands."""
        async with self._claiming:
            free = AT_ONCE - len(self._working)
            if self._stopping or not free:
                return
            for act in await self._store.acts(self._desk.clock(), self._limits.lease, free):
                # one whose lease ran out while we were at it stays in our hands
                if act.key not in self._working:
                    self._working[act.key] = asyncio.create_task(self._work(act))

    async def _work(self, act: Act) -> None:
        """Work on one act for as long as its lease is good, then look for more."""
        try:
            async with asyncio.timeout(self._limits.lease.total_seconds()):
                await self._until_done(act)
        except TimeoutError:
            await self._overdue(act)
        finally:
            del self._working[act.key]
            self._let_go(act)
            self.wake()

    async def _until_done(self, act: Act) -> None:
        """Work on one act until the database takes it: what was acknowledged is not lost."""
        pause = 1
        while True:
            try:
                await self.one(act)
            except StorageError as error:
                log.warning("An act waits: %s", error, extra={"action": "act_waits"})
                if act.key not in self._put_off:
                    self._put_off.add(act.key)
                    await self._apologise(act, answers.waits(str(error)))
                    self._let_go(act)
                if self._stopping:
                    return
                await asyncio.sleep(pause)
                pause = min(2 * pause, 60)
            else:
                self._put_off.discard(act.key)
                return

    async def _overdue(self, act: Act) -> None:
        """Leave an act that outlived its lease to whoever claims it next; one that never ends is set aside."""
        log.warning("An act took longer than its lease", extra={"action": "act_overdue", "kind": act.kind})
        now = self._desk.clock()
        if now - act.at > PATIENCE * self._limits.lease and act.key not in self._put_off:
            with contextlib.suppress(StorageError):
                if await self._store.done(act, now, TimeoutError.__name__):
                    await self._apologise(act, answers.failed())

    async def _apologise(self, act: Act, message: Message) -> None:
        for reply in _apology(act, message):
            await self._say(*reply)

    async def one(self, act: Act) -> None:
        """Work on one act, mark it done, and say what there is to say, unless another worker did."""
        try:
            replies, error = await self._replies(act)
            replies = await proposals.kept(self._store, act, replies)
        except NotYet:
            await self._store.put_back(act, self._desk.clock() + AGAIN)
            asyncio.get_running_loop().call_later(AGAIN.total_seconds(), self.wake)
            return
        if not await self._store.done(act, self._desk.clock(), error):
            return  # our lease was lost
        for place, message in replies:
            await self._say(place, message)

    def _let_go(self, act: Act) -> None:
        """Whoever waits for the answer waits no longer."""
        waiting = self._waiting.pop(act.key, None)
        if waiting is not None:
            waiting.set()

    async def _say(self, place: Place, message: Message) -> None:
        """Post an answer; one that cannot be posted is lost, and what it tells of is not."""
        platform = self._platforms[place.channel.platform]
        try:
            async with asyncio.timeout(self._limits.request.total_seconds()):
                if closed := await self._pace.turn(platform.limits(place), Rank.ANSWER):
                    log.warning("Nothing may be said there for %.0f s", closed, extra={"action": "answer_lost"})
                    return
                await platform.post(place, message, "")
        except (PostError, TimeoutError) as lost:
            log.warning("An answer was not posted: %s", lost, extra={"action": "answer_lost"})
            if isinstance(lost, PostError) and lost.limit and lost.retry_after:
                with contextlib.suppress(StorageError):
                    await self._pace.close(lost.limit, lost.retry_after)
        except Exception:
            log.exception("An answer broke", extra={"action": "answer_broke"})

    async def _replies(self, act: Act) -> tuple[list[Reply], str]:
        act = await proposals.spelled_out(self._store, act)
        where, text = commands.elsewhere(act.text) if act.kind == "command" else ("", act.text)
        if where == "dm":
            replies, error = await self._worked_on(gate.in_direct(act, text))
            return gate.brought_back(act, replies), error
        return await self._worked_on(replace(act, text=text), agreed=where == "here")

    async def _worked_on(self, act: Act, *, agreed: bool = False) -> tuple[list[Reply], str]:
        """The answers to an act where it was meant; `agreed`: this channel is meant, however many people read it."""
        try:
            if act.kind in membership.KINDS:
                return await membership.moved(self._desk, act), ""
            if act.kind != "command":
                return await reading.react(self._desk, act), ""
            typed = commands.parse(act.text)
            return await gate.answered(self._desk, act, typed, HANDLERS[typed.command.word], agreed=agreed), ""
        except QueryError as wrong:
            text = commands.parse(act.text).rest
            word = commands.parse(act.text).command.word
            suggestion = f"{word} {wrong.suggestion}" if wrong.suggestion else ""
            return [private(act, answers.misread(text, str(wrong), wrong.start, wrong.end, suggestion))], ""
        except commands.UnknownTopic as unknown:
            return [private(act, answers.unknown_topic(unknown.topic))], ""
        except CommandError as wrong:
            return [private(act, answers.mistaken(wrong))], ""
        except Exception as broken:
            if isinstance(broken, StorageError | NotYet) and not isinstance(broken, Invalid):
                raise
            # one broken act never stops the others; it is set aside with its reason, and the person is told
            log.exception("An act broke", extra={"action": "act_broke", "kind": act.kind})
            return _apology(act, answers.failed()), type(broken).__name__


def _apology(act: Act, message: Message) -> list[Reply]:
    """What the person is told whose act could not be worked on; nobody waits where our own bot came or went."""
    return [] if act.kind in membership.KINDS else [private(act, message)]
