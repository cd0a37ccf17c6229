"""Where platforms hand in what people do and what they ask: the inbox of a process that works on nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from bot import calendar, commands
from bot.models import Act, Question
from bot.ports import AnswerStore, Wake


class Door:
    """Records acts and wakes whoever works on them; answers questions at once."""

    def __init__(self, store: AnswerStore, wake: Wake) -> None:
        self._store = store
        self._wake = wake

    async def take(self, act: Act) -> None:
        """Record it; when this returns, it is safe to acknowledge."""
        if await self._store.take(act):
            self._wake()

    async def answered(self, act: Act) -> None:
        """At once: another process answers, through the platform."""

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
            known = await self._store.subscriptions(question.channel)
            return [one.text for one in known if one.text.startswith(rest.lower())][:25]
        if command.word == "schedule" and rest.split():
            return calendar.zones_like(rest.split()[-1], 25)
        return []
