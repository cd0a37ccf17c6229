"""What many people like."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.messages.digests import authors, buttons, counted, origin, withdrawn
from bot.models import Action, Message, Paper

SAVED_HERE = "Most saved here"
UPVOTED = "Most upvoted on Hugging Face"


def trending(
    saved: Sequence[tuple[Paper, int]],
    upvoted: Sequence[Paper],
    span: str,
    least: int,
    *,
    enough: bool,
    own: Collection[str],
) -> Message:
    """The answer to `trending`: the most saved here with their counts, then the most upvoted; `span` is "week".

    `enough`: at least so many people save papers here that saves could be counted at all; `own`: those that the person
    who asks saved.
    """
    other = "week" if span == "month" else "month"
    look = Action(f"The last {other}", f"trending {other}")
    none = f"No paper was saved here by {least} people or more." if enough else ""
    if not saved and not upvoted:
        return Message(title=f"Nothing stands out in the last {span}.", body=none, actions=(look,))
    said = [(paper, SAVED_HERE, f"saved by {counted(people, 'person', 'people')}") for paper, people in saved]
    said += [(paper, UPVOTED, "") for paper in upvoted]
    items = [_item(paper, group, why, saved=paper.id in own) for paper, group, why in said]
    return Message(
        title=f"Trending in the last {span}", items=tuple(items), note="" if saved else none, actions=(look,)
    )


def _item(paper: Paper, group: str, said: str, *, saved: bool) -> Message:
    return Message(
        title=withdrawn(paper) + paper.title,
        url=paper.url,
        facts=tuple(fact for fact in (authors(paper), origin(paper), said) if fact),
        group=group,
        actions=buttons(paper, saved=saved)[:2],
    )
