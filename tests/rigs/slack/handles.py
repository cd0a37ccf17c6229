"""Short-lived handles that come with what people do: triggers for a form, addresses for an answer.

https://docs.slack.dev/interactivity/handling-user-interaction/
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.ports import Clock
from tests.rigs.slack.wire import Refusal
from tests.rigs.slack.world import Conversation, Member, Said

TRIGGER: Final = timedelta(seconds=3)
REPLIES: Final = timedelta(minutes=30)
MOST_REPLIES: Final = 5


@dataclass(eq=False, slots=True)
class Trigger:
    """Somebody just did something, so a form may be shown to them; once."""

    person: Member
    until: datetime
    #: the view it was done in
    view: str = ""
    used: bool = False


@dataclass(eq=False, slots=True)
class Reply:
    """Where an answer to somebody may be posted: five times, for thirty minutes."""

    person: Member
    conversation: Conversation
    until: datetime
    #: the message that was acted on
    message: Said | None = None
    left: int = MOST_REPLIES


class Handles:
    """Every handle ever given."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = itertools.count(1)
        self.triggers: dict[str, Trigger] = {}
        self.replies: dict[str, Reply] = {}

    def trigger(self, person: Member, view: str = "") -> str:
        """A new trigger."""
        name = f"{next(self._count)}.{person.team}.trigger"
        self.triggers[name] = Trigger(person, self._clock() + TRIGGER, view)
        return name

    def pull(self, name: str) -> Trigger:
        """Use a trigger. Raises Refusal."""
        trigger = self.triggers.get(name)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._clock() > trigger.until:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def reply(self, person: Member, conversation: Conversation, message: Said | None = None) -> str:
        """A new address; gives its last part."""
        name = f"{person.team}-{next(self._count)}-reply"
        self.replies[name] = Reply(person, conversation, self._clock() + REPLIES, message)
        return name

    def use(self, name: str) -> Reply:
        """Answer there once. Raises Refusal."""
        reply = self.replies.get(name)
        if reply is None or self._clock() > reply.until:
            raise Refusal("expired_url")
        if not reply.left:
            raise Refusal("used_url")
        reply.left -= 1
        return reply
