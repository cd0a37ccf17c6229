"""What a person gets: following, papers, the reading list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import calendar
from bot.messages.digests import authors, buttons, counted, origin, why, withdrawn
from bot.models import Action, ChannelState, Match, Message, Paper, Person, Schedule
from bot.ports import CommandError


def next_digest(state: ChannelState, now: datetime) -> str:
    """When the next digest comes, or why none does."""
    if state.trouble:
        return f"Set aside: {state.trouble} I try again once a day; `/papers resume` starts it at once."
    if state.schedule.paused:
        until = state.schedule.until
        return f"Paused until {calendar.say_when(until, now, state.schedule.zone)}." if until else "Paused."
    if state.due is None:
        return "Nothing is followed here yet."
    return f"Next digest: {calendar.say_when(state.due, now, state.schedule.zone)}."


def said(person: Person, what: str) -> Message:
    """A change of the channel, said to the channel in one line."""
    return Message(body=f"{person.name or 'Somebody'} {what}")


def when(schedule: Schedule) -> str:
    """A schedule in words: "09:00 Europe/Zurich, weekdays, at most 10 papers"."""
    days = calendar.days_in_words(schedule.days)
    return f"{schedule.at:%H:%M} {schedule.zone}, {days}, at most {counted(schedule.most, 'paper')}"


def scheduled(schedule: Schedule, state: ChannelState, now: datetime, changed: bool) -> Message:
    """The schedule, shown or set."""
    return Message(
        title=f"{'Set' if changed else 'The digest comes'}: {when(schedule)}.",
        note=next_digest(state, now) if state.due or schedule.paused else "",
    )


def waits(reason: str) -> Message:
    """The database cannot take it just now; what was asked for is kept and done when it can."""
    return Message(body=f"{reason} I keep what you asked for and do it as soon as I can.")


def sent_now(papers: int) -> Message:
    """The private answer to `now`."""
    if not papers:
        return Message(title="Nothing is waiting.", body="`/papers status` tells what was read and when.")
    return Message(title=f"Sending {counted(papers, 'paper')}.")


def found(text: str, papers: Sequence[Paper], total: int, whole: bool = True) -> Message:
    """The answer to `search`; not the whole of it when there may be more than that total."""
    if not papers:
        return Message(
            title=f"No stored paper is about {text}.",
            body="I keep what was announced in the last 180 days, and what somebody saved.",
            actions=(Action("Follow", f"follow {text}"),),
        )
    more = f", the newest {len(papers)}" if total > len(papers) else ""
    least = "" if whole else "At least "
    return Message(title=f"{least}{counted(total, 'paper')} about {text}{more}", items=tuple(map(brief, papers)))


def brief(paper: Paper) -> Message:
    """A paper in a list."""
    return Message(
        title=withdrawn(paper) + paper.title,
        url=paper.url,
        facts=tuple(fact for fact in (authors(paper), origin(paper)) if fact),
    )


def shown(paper: Paper, matches: Sequence[tuple[str, Match]] = ()) -> Message:
    """One paper, whole."""
    facts = [
        authors(paper) if len(paper.authors) > 12 else ", ".join(paper.authors),
        origin(paper),
        ", ".join(paper.categories),
        paper.comment,
        *(why(topic, match) for topic, match in matches),
    ]
    return Message(
        title=withdrawn(paper) + paper.title,
        url=paper.url,
        facts=tuple(dict.fromkeys(fact for fact in facts if fact)),
        body=paper.abstract or paper.tldr,
        actions=tuple(action for action in buttons(paper) if action.label != "Abstract"),
    )


def mistaken(error: CommandError) -> Message:
    """A wrong command: one sentence, and the nearest right one as a button."""
    suggestion = error.suggestion
    return Message(body=str(error), actions=(Action(suggestion[:40], suggestion),) if suggestion else ())


def misread(text: str, message: str, start: int, end: int, suggestion: str = "") -> Message:
    """A wrong query: one sentence, the place marked, the nearest right command as a button."""
    marked = (
        f"{text[:start]}»{text[start:end]}«{text[end:]}" if 0 <= start < end <= len(text) and len(text) <= 200 else ""
    )
    action = (Action(suggestion[:40], suggestion),) if suggestion else ()
    return Message(body=message, note=marked, actions=action)


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
