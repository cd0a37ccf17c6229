"""What is said of papers that somebody shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.messages import digests
from bot.messages.digests import counted
from bot.models import Action, Entry, Message, Paper, Person

#: how a message says who shares it: after their name
_SHARES = " shares this paper."


def shared_paper(entry: Entry, person: Person) -> Message:
    """A paper as the channel gets it: it says who shares it where others say which topic brought them."""
    message, who = digests.paper(entry), person.name or "Somebody"
    return replace(message, facts=(*message.facts, f"{who}{_SHARES}"), notice=f"{who} shares: {entry.paper.title}")


def by_former_member(message: Message) -> Message:
    """A paper that somebody shared who is to be forgotten: the same without their name."""
    *facts, says = message.facts
    who, instead = says.removesuffix(_SHARES), "A former member"
    notice = f"{instead}{message.notice.removeprefix(who)}"
    return replace(message, facts=(*facts, f"{instead}{_SHARES}"), notice=notice)


def posted_today(papers: Sequence[Paper], today: Sequence[Paper]) -> Message:
    """Some of the papers were posted here today: `today`. It is asked whether once more."""
    names, others = " ".join(paper.id for paper in papers), [paper for paper in papers if paper not in today]
    if len(papers) == 1:
        return Message(
            title=f"It was posted here today: {papers[0].title}", actions=(Action("Share it again", f"share! {names}"),)
        )
    rest = (Action("Share only the others", f"share {' '.join(one.id for one in others)}"),) if others else ()
    were = "was" if len(today) == 1 else "were"
    return Message(
        title=f"{len(today)} of these {len(papers)} papers {were} posted here today.",
        facts=tuple(paper.title for paper in today),
        actions=(*rest, Action("Share all again", f"share! {names}")),
    )


def sharing(papers: int) -> Message:
    """The private answer to `share`."""
    return Message(title=f"Sharing {counted(papers, 'paper')} here.")
