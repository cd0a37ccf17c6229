"""What a person gets: following, papers, the reading list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot import calendar
from bot.messages.digests import authors, buttons, counted, origin, why, withdrawn
from bot.models import Action, ChannelState, File, Match, Message, Paper, Person, Saved, Schedule, Subscription
from bot.ports import CommandError

#: a topic that brings more than this a day is asked about first
MANY = 10


@dataclass(frozen=True, slots=True)
class Forecast:
    """What following a query brings, counted over stored papers."""

    #: canonical text of the query, and how it was understood
    text: str
    plain: str
    #: the days that were read, oldest first, and how many papers matched on each
    days: tuple[tuple[date, int], ...]
    #: how many of them match in the title
    in_title: int
    #: the newest ones
    latest: tuple[Paper, ...]

    @property
    def total(self) -> int:
        """How many matched in all."""
        return sum(number for _, number in self.days)

    @property
    def span(self) -> int:
        """Days from the first that was read to the last, both counted."""
        return (self.days[-1][0] - self.days[0][0]).days + 1 if self.days else 0

    @property
    def week(self) -> int:
        """About how many a week; five days of news are a week."""
        return round(self.total / max(self.span / 7, 1))


#: days of news that a rate needs
ENOUGH = 5


def about(forecast: Forecast) -> str:
    """The rate in words: "about 20 a week", or how little was read."""
    if not forecast.days:
        return "no papers read yet"
    if forecast.span < ENOUGH:
        return f"{forecast.total} in the papers read so far"
    if forecast.week > 7 * MANY:
        return f"about {round(forecast.week / 5):,} a day"
    if forecast.week == 0:
        return f"{forecast.total} in the last {forecast.span} days"
    return f"about {forecast.week} a week"


def forecast_lines(forecast: Forecast) -> tuple[str, ...]:
    """The forecast in one or two lines."""
    notes = [f"{forecast.in_title} in titles"] if forecast.in_title else []
    if 0 < forecast.span < ENOUGH:
        notes.append(f"it rests on {' and '.join(calendar.say_date(day) for day, _ in forecast.days)}")
    more = f" ({'; '.join(notes)})" if notes else ""
    lines = [f"{forecast.text}: {about(forecast)}{more}."]
    if forecast.span >= ENOUGH and forecast.total:
        lines.append("By day: " + ", ".join(str(number) for _, number in forecast.days[-5:]) + ".")
    return tuple(lines)


def following(
    forecast: Forecast, subscription: Subscription, created: bool, state: ChannelState, now: datetime
) -> Message:
    """The private answer to `follow`."""
    head = f"Following {forecast.plain}." if created else f"This channel follows {forecast.text} already, since "
    if not created:
        head += calendar.say_date(subscription.since.date()) + "."
    facts = (*forecast_lines(forecast), next_digest(state, now))
    return Message(
        title=head,
        facts=facts,
        items=latest(forecast),
        actions=(Action("Undo", f"unfollow {subscription.number}"),) if created else (),
    )


def following_again(subscription: Subscription, state: ChannelState, now: datetime) -> Message:
    """The answer to *Undo* after `unfollow`."""
    since = calendar.say_date(subscription.since.date())
    return Message(title=f"Following {subscription.text} again, since {since} as before.", note=next_digest(state, now))


def previewed(forecast: Forecast) -> Message:
    """The forecast alone."""
    return Message(
        title=f"Preview: {forecast.plain}",
        facts=forecast_lines(forecast),
        items=latest(forecast),
        actions=(Action("Follow", f"follow {forecast.text}"),) if len(forecast.text) <= 80 else (),
    )


def latest(forecast: Forecast) -> tuple[Message, ...]:
    """The newest titles of a forecast, as a list."""
    return tuple(
        Message(title=paper.title, url=paper.url, facts=(origin(paper),), group="The latest")
        for paper in forecast.latest
    )


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


def follows(person: Person, forecast: Forecast) -> Message:
    """Said to the channel when somebody follows."""
    return said(person, f"follows {forecast.text} here ({about(forecast)}).")


def unfollowed(subscription: Subscription) -> Message:
    """The private answer to `unfollow`."""
    return Message(title=f"Stopped: {subscription.text}.", actions=(Action("Undo", f"restore {subscription.number}"),))


def listed(
    subscriptions: Sequence[Subscription], counts: dict[int, tuple[int, int]], state: ChannelState | None, now: datetime
) -> Message:
    """What the channel follows."""
    if not subscriptions or state is None:
        return Message(
            title="Nothing is followed here yet.",
            body="Type `/papers follow tokenization`, or any topic you like.",
        )
    lines = []
    for one in subscriptions:
        week, month = counts.get(one.number, (0, 0))
        who = f", {one.by.name}" if one.by.name else ""
        since = calendar.say_date(one.since.date())
        lines.append(f"{one.number:>3}  {one.text}  ·  {week} in 7 days, {month} in 30  ·  since {since}{who}")
    return Message(
        title=f"{counted(len(subscriptions), 'topic')} here", body="\n".join(lines), note=next_digest(state, now)
    )


def listed_as_text(subscriptions: Sequence[Subscription]) -> Message:
    """The topics as lines that `follow` accepts."""
    return Message(body="\n".join(f"follow {one.text}" for one in subscriptions) or "Nothing is followed here yet.")


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


def paused(state: ChannelState, now: datetime) -> Message:
    """The answer to `pause`."""
    return Message(
        title=next_digest(state, now),
        body="Topics and what waits for them are kept.",
        actions=(Action("Resume", "resume"),),
    )


def pauses(person: Person, state: ChannelState, now: datetime) -> Message:
    """Said to the channel when somebody pauses it."""
    until = state.schedule.until
    end = f" until {calendar.say_when(until, now, state.schedule.zone)}" if until else ""
    return said(person, f"paused the digest{end}.")


def two_topics(topics: Sequence[str]) -> Message:
    """What `follow a, b` is asked."""
    each = [Action(f"Follow {topic}"[:40], f"follow {topic}") for topic in topics if len(topic) <= 80]
    words = " ".join(topics)
    both = [Action("All of these words in one paper"[:40], f"follow {words}")] if len(words) <= 80 else []
    return Message(body=f"Are these {len(topics)} topics, or one? Nothing is followed yet.", actions=(*each, *both))


def waits(reason: str) -> Message:
    """The database cannot take it just now; what was asked for is kept and done when it can."""
    return Message(body=f"{reason} I keep what you asked for and do it as soon as I can.")


def resumed(state: ChannelState, now: datetime) -> Message:
    """The answer to `resume`."""
    return Message(title="Going on.", note=next_digest(state, now))


def sent_now(papers: int) -> Message:
    """The private answer to `now`."""
    if not papers:
        return Message(title="Nothing is waiting.", body="`/papers status` tells what was read and when.")
    return Message(title=f"Sending {counted(papers, 'paper')}.")


def found(text: str, papers: Sequence[Paper], total: int) -> Message:
    """The answer to `search`."""
    if not papers:
        return Message(
            title=f"No stored paper is about {text}.",
            body="I keep what was announced in the last 180 days, and what somebody saved.",
            actions=(Action("Follow", f"follow {text}"),) if len(text) <= 80 else (),
        )
    more = f", the newest {len(papers)}" if total > len(papers) else ""
    return Message(title=f"{counted(total, 'paper')} about {text}{more}", items=tuple(map(brief, papers)))


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


def saved_now(paper: Paper, first: bool) -> Message:
    """The answer to `save`."""
    note = "It is on your own reading list: `/papers saved` shows it, only to you." if first else ""
    return Message(title=f"Saved: {paper.title}", note=note, actions=(Action("Remove", f"unsave {paper.id}"),))


def unsaved_now(paper: Paper) -> Message:
    """The answer to `unsave`."""
    return Message(title=f"Removed: {paper.title}", actions=(Action("Save", f"save {paper.id}"),))


def already(paper: Paper, saved: bool) -> Message:
    """The answer when there was nothing to do."""
    return Message(
        title=f"{'On' if saved else 'Not on'} your list already: {paper.title}"
        if saved
        else f"Not on your list: {paper.title}"
    )


def reading_list(saved: Sequence[Saved], total: int, text: str = "") -> Message:
    """A person's own list."""
    if not saved:
        about_it = f" about {text}" if text else ""
        return Message(
            title=f"Nothing saved{about_it} yet.",
            body="React with 🔖 (bookmark) to a paper, or type `/papers save` and its number.",
        )
    items = tuple(
        Message(
            title=withdrawn(one.paper) + one.paper.title,
            url=one.paper.url,
            facts=tuple(
                fact
                for fact in (
                    authors(one.paper),
                    origin(one.paper),
                    f"saved {calendar.say_date(one.at.date())}",
                    one.note,
                )
                if fact
            ),
            actions=(Action("Remove", f"unsave {one.paper.id}"),),
        )
        for one in saved
    )
    shown = f", the newest {len(items)}" if total > len(items) else ""
    return Message(
        title=f"Your reading list: {counted(total, 'paper')}{shown}",
        items=items,
        note="`/papers export bibtex` gives it as a file.",
    )


def exported(file: File, papers: int) -> Message:
    """The answer to `export`."""
    return Message(title=f"{counted(papers, 'paper')} as {file.name}", file=file)


def mistaken(error: CommandError) -> Message:
    """A wrong command: one sentence, and the nearest right one as a button."""
    suggestion = error.suggestion
    return Message(body=str(error), actions=(Action(suggestion[:40], suggestion),) if 0 < len(suggestion) <= 90 else ())


def misread(text: str, message: str, start: int, end: int, suggestion: str = "") -> Message:
    """A wrong query: one sentence, the place marked, the nearest right command as a button."""
    marked = (
        f"{text[:start]}»{text[start:end]}«{text[end:]}" if 0 <= start < end <= len(text) and len(text) <= 200 else ""
    )
    action = (Action(suggestion[:40], suggestion),) if 0 < len(suggestion) <= 90 else ()
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
