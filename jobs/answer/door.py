"""Where platforms hand in what people do and what they ask: the inbox of a process that works on nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import commands
from bot.models import Act, Question
from bot.ports import AnswerStore, Wake
from bot.text import one_line
from jobs.answer.completing import completions

#: characters of a name that are said
LONGEST_NAME = 100


def named(act: Act) -> Act:
    """The act with names that stand on one line and hold nothing unseen: people choose theirs, and we say them."""
    person = replace(act.person, name=one_line(act.person.name)[:LONGEST_NAME])
    return replace(act, person=person, channel=replace(act.channel, name=one_line(act.channel.name)[:LONGEST_NAME]))


class Door:
    """Records acts and wakes whoever works on them; answers questions at once."""

    def __init__(self, store: AnswerStore, wake: Wake) -> None:
        self._store = store
        self._wake = wake

    async def take(self, act: Act) -> None:
        """Record it; when this returns, it is safe to acknowledge."""
        if await self._store.take(named(act)):
            self._wake()

    async def answered(self, act: Act) -> None:
        """At once: another process answers, through the platform."""

    async def ask(self, question: Question) -> Sequence[str]:
        """Completions of what is being typed; for nothing, every word there is."""
        if not question.text:
            return list(commands.BY_WORD)
        return await completions(self._store, question)
