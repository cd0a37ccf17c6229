"""What is said to somebody who wants no more papers like one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.messages.digests import why, withdrawn
from bot.messages.forecasts import days
from bot.models import Action, Match, Message, Paper, Subscription
from bot.remedies import Remedy

#: letters that a button's label should have
LABEL = 75
#: remedies that are offered of one topic, and of each of several
MOST, EACH = 5, 3
_SAID = {
    "without": "without “{}”",
    "titles": "only in titles",
    "only in": "only in {}",
    "not in": "without {}",
    "phrase": "only as “{}”",
    "spelling": "only as “{}”",
    "exact": "only “{}” itself",
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A topic that brought a paper, and what would have kept it out."""

    subscription: Subscription
    match: Match
    #: papers of the last 30 days, and how many of them were looked through
    month: int
    looked: int
    remedies: tuple[Remedy, ...]
    #: the days these papers are of, while too few were read to speak of a month
    days: tuple[date, ...] = ()

    def kept(self, remedy: Remedy) -> int:
        """Papers of the month that the remedy keeps, by what was looked through."""
        return round(remedy.kept * self.month / self.looked) if self.looked else 0


def not_this(paper: Paper, topics: Sequence[Narrowed], *, shared: bool) -> Message:
    """Which topics brought a paper, and buttons that make them bring fewer like it."""
    title = f"Not this: {withdrawn(paper)}{paper.title}"
    if not topics:
        body = "Somebody shared it; no topic brought it." if shared else "No topic that is followed here brings it."
        return Message(title=title, body=body, actions=(Action("Why", f"why {paper.id}"),))
    several = len(topics) > 1
    actions: list[Action] = []
    typed: list[str] = []
    for one in topics:
        number, before = one.subscription.number, f"{one.subscription.shown}: " if several else ""
        for remedy in one.remedies[: EACH if several else MOST]:
            label, narrower = before + said(remedy, one), f"{number} {remedy.query.typed}"
            if len(label) <= LABEL:
                # what it will bring stands on the button: nobody is asked about that again
                actions.append(Action(label, f"edit! {narrower}"))
            else:
                typed.append(f"{label}: `/papers edit {narrower}`")
        stop = f"Stop {one.subscription.shown}"
        actions.append(Action(stop if len(stop) <= LABEL else f"Stop number {number}", f"unfollow {number}"))
    offered = any(one.remedies for one in topics)
    lines = [
        "Ways to get fewer like it, for everybody in this channel:" if offered else "I see no narrower topic.",
        *typed,
    ]
    sampled = any(one.looked < one.month for one in topics)
    few = next((one.days for one in topics if one.days), ())
    span = f"the papers of {days(few)}, all that was read so far" if few else "the last 30 days"
    note = f"Counted over {span}{', from the latest papers' if sampled else ''}."
    return Message(
        title=title,
        facts=tuple(why(one.subscription.shown, one.match) for one in topics),
        body="\n".join(lines),
        note=note if offered else "",
        actions=tuple(actions),
    )


def said(remedy: Remedy, topic: Narrowed) -> str:
    """A remedy and what it does: "without “image”: 31 a month instead of 45"; "11 instead of 13" of a few days."""
    what = _SAID[remedy.kind].format(remedy.what)
    return f"{what}: {topic.kept(remedy):,}{'' if topic.days else ' a month'} instead of {topic.month:,}"
