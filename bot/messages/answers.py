"""What a person gets: following, papers, the reading list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot import calendar
from bot.messages.digests import authors, buttons, counted, left_over, origin, span, why, withdrawn
from bot.messages.moments import Moments
from bot.messages.places import marked
from bot.messages.reading import keeping
from bot.models import (
    Action,
    ChannelState,
    Match,
    Message,
    Paper,
    Person,
    Pick,
    Saved,
    Schedule,
    Subscription,
)
from bot.ports import CommandError
from bot.query import Query


def next_digest(state: ChannelState, moments: Moments) -> str:
    """When the next digest comes, or why none does."""
    if state.trouble:
        return f"Set aside: {state.trouble} I try again once a day; `/papers resume` starts it at once."
    if state.schedule.rests(moments.now):
        until = state.schedule.until
        return f"{moments.say('Paused until ', until)}." if until else "Paused."
    if state.due is None:
        return "Nothing is followed here yet."
    return f"{moments.say('Next digest: ', state.due)}."


def and_next(message: Message, state: ChannelState, now: datetime) -> Message:
    """The message with a note of when the next digest comes."""
    moments = Moments.of(state, now)
    return moments.beside(replace(message, note=next_digest(state, moments)))


def said(person: Person, what: str) -> Message:
    """A change of the channel, said to the channel in one line."""
    return Message(body=f"{person.name or 'Somebody'} {what}")


def when(schedule: Schedule) -> str:
    """A schedule in words: "09:00 Europe/Zurich, weekdays, at most 10 papers"."""
    days = calendar.days_in_words(schedule.days)
    return f"{schedule.at:%H:%M} {calendar.say_zone(schedule.zone)}, {days}, at most {counted(schedule.most, 'paper')}"


def waits(reason: str) -> Message:
    """The database cannot take it just now; what was asked for is kept and done when it can."""
    return Message(body=f"{reason} I keep what you asked for and do it as soon as I can.")


def sent_now(papers: int) -> Message:
    """The private answer to `now`."""
    if not papers:
        return Message(title="Nothing is waiting.", body="`/papers status` tells what was read and when.")
    return Message(title=f"Sending {counted(papers, 'paper')}.")


def found(
    query: Query, papers: Sequence[Paper], total: int, first: int, *, whole: bool, own: Collection[str]
) -> Message:
    """The answer to `search`: a page that begins with number `first`; not `whole` when there may be more than that.

    Here and below `own` are those papers that the person saved.
    """
    text, follow = query.typed, Action("Follow", f"follow {query.typed}")
    if not papers:
        none = "I have read no more papers" if first > 1 else "I have read no paper"
        return Message(
            title=f"{none} {about(query)}.",
            body="I keep what was announced in the last 180 days, and what somebody saved.",
            actions=(follow,),
        )
    least, last = "" if whole else "At least ", first + len(papers) - 1
    more = Action("More", f"search from:{last + 1} {text}")
    return Message(
        title=f"{least}{counted(total, 'paper')} {about(query)}{part(first, last, total)}",
        items=tuple(brief(paper, own) for paper in papers),
        first=first,
        actions=((more,) if last < total or not whole else ()) + (follow,),
    )


def about(query: Query) -> str:
    """What papers are that a query finds: "about tokenization", "in cs.CL"."""
    clause = query.plain.removeprefix("papers ")
    return f"about {query.typed}" if clause.startswith("about ") else clause


def part(first: int, last: int, total: int) -> str:
    """Which part of a list a page is, "" when it is the whole: ", the newest 10", ", 11 to 20"."""
    if first > 1:
        return f", {span(first, last)}"
    return f", the newest {last}" if total > last else ""


def waiting(topic: str, papers: Sequence[Paper], total: int, first: int, own: Collection[str]) -> Message:
    """What a digest had no room for, of one topic: a page that begins with number `first`."""
    search = Action("Search", f"search {topic}")
    if not papers:
        return Message(title=f"Nothing more about {topic} is waiting.", actions=(search,))
    last = first + len(papers) - 1
    pages = f" ({span(first, last)})" if first > 1 or total > last else ""
    many = counted(total, "more paper")
    return Message(
        title=f"{many} about {topic}, waiting for the next digest{pages}",
        items=tuple(brief(paper, own) for paper in papers),
        first=first,
        actions=(Action("More", f"more from:{last + 1} {topic}"),) if last < total else (),
    )


def caught_up(  # noqa: PLR0917 - what `catchup` found
    picks: Sequence[Pick],
    left: Sequence[tuple[Subscription, int]],
    days: int,
    total: int,
    first: int,
    own: Collection[str],
) -> Message:
    """The answer to `catchup`: the best of some days, or the next best from number `first` on, under their topics."""
    time = "day" if days == 1 else f"{days} days"
    if not picks:
        nothing = "Nothing more" if first > 1 else "Nothing"
        return Message(title=f"{nothing} came for this channel's topics in the last {time}.")
    last = first + len(picks) - 1
    best = f"the best {len(picks)} of {counted(total, 'paper')}" if total > len(picks) else counted(total, "paper")
    return Message(
        title=f"The last {time}: {f'{span(first, last)} of {total:,} papers, best first' if first > 1 else best}",
        items=tuple(replace(brief(pick.candidate.paper, own), group=pick.topic.shown) for pick in picks),
        first=first,
        note=left_over([(topic.shown, many) for topic, many in left]),
        actions=(Action("More", f"catchup from:{last + 1} {days}d"),) if last < total else (),
    )


def brief(paper: Paper, own: Collection[str]) -> Message:
    """A paper in a list."""
    return Message(
        title=withdrawn(paper) + paper.title,
        url=paper.url,
        facts=tuple(fact for fact in (authors(paper), origin(paper)) if fact),
        actions=(*buttons(paper, saved=paper.id in own)[:2], Action("Similar", f"similar {paper.id}")),
    )


def shown(paper: Paper, matches: Sequence[tuple[str, Match]] = (), entry: Saved | None = None) -> Message:
    """One paper, whole; `entry` is the person's own where it is on their list."""
    facts = [
        authors(paper) if len(paper.authors) > 12 else ", ".join(paper.authors),
        origin(paper),
        # the first one stands beside the source
        f"also in {', '.join(paper.categories[1:])}" if len(paper.categories) > 1 else "",
        paper.comment,
        *(why(topic, match) for topic, match in matches),
    ]
    return Message(
        title=withdrawn(paper) + paper.title,
        url=paper.url,
        facts=tuple(dict.fromkeys(fact for fact in facts if fact)),
        body=paper.abstract or paper.tldr,
        actions=(
            *keeping(paper, entry),
            *buttons(paper)[2:],
            Action("Similar", f"similar {paper.id}"),
            Action("Why", f"why {paper.id}"),
        ),
    )


def mistaken(error: CommandError) -> Message:
    """A wrong command: one sentence, and the nearest right one as a button."""
    right = error.suggestion
    # a command of one word looks like a button's name
    label = error.label or (right if " " in right else right.capitalize())
    return Message(body=str(error), actions=(Action(label[:40], right, ask=error.ask),) if right else ())


def misread(text: str, message: str, start: int, end: int, suggestion: str = "") -> Message:
    """A wrong query: one sentence, the place marked, the nearest right command as a button."""
    action = (Action(suggestion[:40], suggestion),) if suggestion else ()
    return Message(body=message, code=marked(text, start, end), actions=action)


def unknown_topic(topic: str) -> Message:
    """No command: perhaps a topic."""
    short = topic if len(topic) <= 80 else ""
    return Message(
        body=f"“{topic[:80]}” is not a command. `/papers help` lists them; or is it a topic?",
        actions=(Action("Follow", f"follow {short}"), Action("Search", f"search {short}")) if short else (),
    )


def failed() -> Message:
    """Something of ours broke."""
    return Message(body="That went wrong on my side. `/papers status` may tell more.")
