"""Moments in words, kept beside the message that says them: a platform may show each reader their own hour."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import calendar
from bot.models import ChannelState, Message, Moment


@dataclass(frozen=True, slots=True)
class Moments:
    """Says moments in a zone, and keeps those that were said for the one message that is being made."""

    now: datetime
    zone: str
    _said: list[Moment] = field(default_factory=list)

    @classmethod
    def of(cls, state: ChannelState, now: datetime) -> Moments:
        """Moments in the zone of a channel."""
        return cls(now, state.schedule.zone)

    def say(self, before: str, at: datetime, words: str = "") -> str:
        """`before`, and the moment in words: "Next digest: Monday 09:00"; `words` where they are others than usual."""
        moment = Moment(words or calendar.say_when(at, self.now, self.zone), at, before)
        self._said.append(moment)
        return before + moment.words

    def beside(self, message: Message) -> Message:
        """The message, with the moments that were said in it."""
        return replace(message, moments=tuple(self._said))
