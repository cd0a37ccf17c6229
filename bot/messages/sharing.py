"""What is said of papers that somebody shares."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import digests
from bot.messages.digests import counted
from bot.models import Entry, Message, Person


def shared_paper(entry: Entry, person: Person) -> Message:
    """A paper as the channel gets it: it says who shares it where others say which topic brought them."""
    message, who = digests.paper(entry), person.name or "Somebody"
    return replace(
        message, facts=(*message.facts, f"{who} shares this paper."), notice=f"{who} shares: {entry.paper.title}"
    )


def sharing(papers: int) -> Message:
    """The private answer to `share`."""
    return Message(title=f"Sharing {counted(papers, 'paper')} here.")
