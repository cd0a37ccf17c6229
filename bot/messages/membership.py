"""What is said when our bot is brought into a channel, and of one that it was taken out of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import calendar
from bot.messages.answers import next_digest
from bot.messages.digests import counted
from bot.messages.moments import Moments
from bot.messages.settings import channel_name
from bot.models import ChannelState, Message


def welcome() -> Message:
    """Said once to a channel that our bot was brought into and that follows nothing yet."""
    return Message(
        body="I bring new research papers here, every working morning. Type `/papers follow` and a topic to begin, "
        "for example `/papers follow tokenization`; `/papers help` tells more."
    )


def back(state: ChannelState, topics: int, now: datetime) -> Message:
    """Said to a channel that follows something and where nothing waits."""
    moments = Moments.of(state, now)
    followed = f"{counted(topics, 'topic')} followed."
    return moments.beside(Message(body=f"I am here now. {followed} {next_digest(state, moments)}"))


def taken_out(until: datetime, now: datetime) -> str:
    """Why nothing is posted in a channel any more."""
    day = calendar.say_date(until.date(), now.date())
    return f"I was removed from this channel; what it follows is kept until {day}."


def undecryptable(installations: int) -> str:
    """What the operator is told when a key is lost."""
    return (
        f"The tokens of {counted(installations, 'workspace')} cannot be decrypted by any key in SECRET_KEYS: "
        "they count as not installed. Put the old key back behind the new one, or let them install the bot again."
    )


def elsewhere(removed: Sequence[ChannelState]) -> list[str]:
    """Lines of `status` in somebody's own messages about channels where they follow something."""
    return [f"{channel_name(state.channel)}: {state.trouble}" for state in removed]
