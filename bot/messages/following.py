"""What is said about following: the forecast, what is asked back, what a channel follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import calendar
from bot.forecast import Forecast
from bot.messages import forecasts
from bot.messages.answers import and_next, next_digest, said
from bot.messages.digests import counted, origin
from bot.messages.moments import Moments
from bot.models import Action, ChannelState, File, Message, Person, Subscription
from bot.variants import Variant

#: topics named in one sentence
NAMED = 5
#: what a message shows whole on every platform: characters of a line, and of all lines
LINE, LINES = 76, 1500
#: why a line of several is not followed
SEVERAL = "topics stand on lines of their own, without commas."
#: of several topics that bring too much, those that have a button
BUTTONS = 4
#: numbers that are said in words
_SMALL = {1: "one", 2: "two", 3: "three"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of several that is no query."""

    number: int
    text: str
    why: str


# ------------------------------------------------------------------------------------------------ one topic


def following(
    predicted: Forecast, subscription: Subscription, created: bool, state: ChannelState, now: datetime
) -> Message:
    """The private answer to `follow`."""
    since = calendar.say_date_of(subscription.since, now, state.schedule.zone)
    head = (
        f"Following {predicted.plain}." if created else f"This channel follows {subscription.shown} already, as number "
    )
    if not created:
        head += f"{subscription.number}, since {since}."
    number = subscription.number
    undo = (Action("Undo", f"unfollow {number}"),) if created else ()
    moments = Moments.of(state, now)
    answer = Message(
        title=head,
        facts=(*forecasts.lines(predicted), *predicted.notes, next_digest(state, moments)),
        items=_latest(predicted),
        actions=(*undo, *_variants(predicted, f"edit! {number}"), *_post(predicted, number)),
    )
    return moments.beside(answer)


def asked_first(predicted: Forecast, most: int, before: Subscription | None = None) -> Message:
    """What a topic is asked that brings more than anybody reads: nothing is followed, or changed `before`, yet."""
    command, anyway = (f"edit! {before.number}", "Change it anyway") if before else ("follow!", "Follow anyway")
    return Message(
        title=_upper(_flood(predicted, most)),
        facts=(f"{predicted.text}: {predicted.plain}.", *forecasts.lines(predicted)[1:], *predicted.notes),
        note=f"Number {before.number} is {before.shown} as before."
        if before
        else f"{predicted.text} is not followed yet.",
        items=_latest(predicted),
        actions=(
            *(
                Action(f"{_upper(one.label)}: {forecasts.brings(predicted, week)}", f"{command} {one.query.typed}")
                for one, week in predicted.variants
            ),
            Action(anyway, f"{command} {predicted.text}"),
        ),
    )


def _flood(predicted: Forecast, most: int) -> str:
    """More than anybody reads: "about 80 a day; you would see the best 10."."""
    return f"{forecasts.about(predicted)}; you would see the best {most}."


def previewed(predicted: Forecast) -> Message:
    """The forecast alone."""
    return Message(
        title=f"Preview: {predicted.plain}",
        facts=(*forecasts.lines(predicted), *predicted.notes),
        items=_latest(predicted),
        actions=(Action("Follow", f"follow {predicted.text}"), *_variants(predicted, "preview")),
    )


def edited(predicted: Forecast, before: Subscription, state: ChannelState, now: datetime, waiting: int) -> Message:
    """The private answer to `edit`."""
    waits = f"{counted(waiting, 'paper')} of the last days {'waits' if waiting == 1 else 'wait'} for it."
    since = calendar.say_date_of(before.since, now, state.schedule.zone)
    moments = Moments.of(state, now)
    answer = Message(
        title=f"Changed {before.number} from {before.shown} to {predicted.text}: {predicted.plain}.",
        facts=(
            *forecasts.lines(predicted),
            *predicted.notes,
            f"Followed since {since} as before; what was posted stays posted." + (f" {waits}" if waiting else ""),
            next_digest(state, moments),
        ),
        items=_latest(predicted),
        actions=(
            Action("Undo", f"edit! {before.number} {before.shown}"),
            *_variants(predicted, f"edit! {before.number}"),
            *_post(predicted, before.number),
        ),
    )
    return moments.beside(answer)


def unchanged(subscription: Subscription) -> Message:
    """The answer to `edit` when the topic is that already."""
    return Message(title=f"Number {subscription.number} is {subscription.shown} already.")


def edits(person: Person, before: Subscription, predicted: Forecast) -> Message:
    """Said to the channel when somebody changes a topic."""
    return said(person, f"changed {before.shown} to {predicted.text} here ({forecasts.about(predicted)}).")


def follows(person: Person, predicted: Forecast) -> Message:
    """Said to the channel when somebody follows."""
    return said(person, f"follows {predicted.text} here ({forecasts.about(predicted)}).")


def following_again(back: Sequence[Subscription], state: ChannelState, now: datetime) -> Message:
    """The answer to *Undo* after `unfollow`."""
    if len(back) > 1:
        return Message(title=f"Following {_some([one.shown for one in back])} again, as before.")
    since = calendar.say_date_of(back[0].since, now, state.schedule.zone)
    return and_next(Message(title=f"Following {back[0].shown} again, since {since} as before."), state, now)


def follows_again(person: Person, back: Sequence[Subscription]) -> Message:
    """Said to the channel when somebody undoes `unfollow`."""
    return said(person, f"follows {_some([one.shown for one in back])} here again.")


def stopped_all(stopped: Sequence[Subscription]) -> Message:
    """The private answer to `unfollow`."""
    undo = "restore " + " ".join(str(one.number) for one in stopped)
    return Message(title=f"Stopped: {_some([one.shown for one in stopped])}.", actions=(Action("Undo", undo),))


def stops(person: Person, stopped: Sequence[Subscription]) -> Message:
    """Said to the channel when somebody stops following."""
    return said(person, f"stopped following {_some([one.shown for one in stopped])} here.")


def posting(papers: int, asked: int) -> Message:
    """The answer to *Post these three here*."""
    if not papers:
        return Message(title="Nothing to post: this channel had them before.")
    rest = "" if papers == asked else " The channel had the rest before."
    return Message(title=f"Posting {counted(papers, 'paper')} here.{rest}")


def _latest(predicted: Forecast) -> tuple[Message, ...]:
    """The newest titles of a forecast, as a list."""
    return tuple(
        Message(title=paper.title, url=paper.url, facts=(origin(paper),), group="The latest")
        for paper in predicted.latest
    )


def _variants(predicted: Forecast, command: str) -> tuple[Action, ...]:
    """What may be tried in its place."""
    return tuple(
        Action(
            f"{_way(one, week, predicted)} {one.label} ({forecasts.brings(predicted, week)})",
            f"{command} {one.query.typed}",
        )
        for one, week in predicted.variants
    )


def _way(one: Variant, week: float, predicted: Forecast) -> str:
    if one.kind == "meant":
        return "Use"
    return "Narrow it:" if week < predicted.week else "Widen it:"


def _upper(label: str) -> str:
    return label[:1].upper() + label[1:]


def _post(predicted: Forecast, number: int) -> tuple[Action, ...]:
    many = len(predicted.latest)
    if not many:
        return ()
    which = "this one" if many == 1 else f"these {_SMALL[many]}"
    return (Action(f"Post {which} here", f"post {number} {' '.join(paper.id for paper in predicted.latest)}"),)


def a_paper(name: str) -> Message:
    """The answer to `follow` and a paper's id or link."""
    return Message(
        title="That is a paper, not a topic.",
        actions=(Action("Show it", f"show {name}"), Action("Similar", f"similar {name}")),
    )


# -------------------------------------------------------------------------------------------- notes on names


def fits_many(name: str, people: int) -> str:
    """An author's name that many people have."""
    return f"“{name}” fits {people:,} people in these papers; a first name or an initial says which."


def no_word(word: str) -> str:
    """A word that is perhaps misspelt."""
    return f"No paper I have read contains “{word}”."


def no_source(name: str, known: Sequence[str]) -> str:
    """A source that is not here; what is typed almost like one is asked about when it is read."""
    return f"No source here is called “{name}”; " + (f"there are {_and(known)}." if known else "there are none.")


def no_category(name: str, near: str) -> str:
    """A category that arXiv does not have, and no paper that was read either."""
    return f"There is no category “{name}”." + (
        f" Did you mean {near}?" if near else " Categories look like cs.CL or hep-th."
    )


# ------------------------------------------------------------------------------------------- several topics


def two_topics(topics: Sequence[str]) -> Message:
    """What `follow a, b` is asked."""
    number = _SMALL.get(len(topics), f"{len(topics)}")
    return Message(
        title=f"Are these {number} topics, or one?",
        facts=(
            f"{_upper(number)} topics: a paper about {'either' if len(topics) == 2 else 'any of them'} comes.",
            f"One topic: a paper must be about {'both' if len(topics) == 2 else 'all of them'}.",
        ),
        actions=(
            Action(f"{_upper(number)} topics", "follow " + "; ".join(topics)),
            Action("One topic", "follow " + " ".join(f"({topic})" if " " in topic else topic for topic in topics)),
        ),
    )


def followed_all(  # noqa: PLR0917 - what became of each line
    new: Sequence[tuple[Subscription, Forecast | None]],
    known: Sequence[Subscription],
    wrong: Sequence[Wrong],
    beyond: Sequence[str],
    most: int,
    asked: Sequence[str] = (),
    actions: Sequence[Action] = (),
) -> Message:
    """The private answer to several topics at once; see `broad` for `asked` and `actions`."""
    facts = [
        f"{one.number}  {one.shown}" + (f": {forecasts.about(predicted)}" if predicted else "")
        for one, predicted in new
    ]
    if known:
        facts.append(f"Followed already: {_some([one.shown for one in known])}.")
    facts += [f"Line {one.number} is not followed: {one.text[:80]} – {one.why}" for one in wrong]
    facts += asked
    if beyond:
        facts.append(f"No room for {_some(beyond)}: a channel follows at most {most} topics.")
    undo = "unfollow " + " ".join(str(one.number) for one, _ in new)
    return Message(
        title=f"Following {counted(len(new), 'new topic')}." if new else "Nothing new is followed.",
        facts=tuple(facts),
        actions=(*((Action("Undo", undo),) if new else ()), *actions),
    )


def broad(predicted: Sequence[Forecast], most: int) -> tuple[list[str], list[Action]]:
    """What is asked of those of several topics that bring more than anybody reads: lines, and buttons of the first."""
    lines = [f"{one.text} is not followed yet: {_flood(one, most)}" for one in predicted]
    return lines, [Action(f"Follow {one.text} anyway", f"follow! {one.text}") for one in predicted[:BUTTONS]]


def follows_all(person: Person, new: Sequence[Subscription]) -> Message:
    """Said to the channel when somebody follows several topics."""
    return said(person, f"follows {_some([one.shown for one in new])} here.")


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _some(texts: Sequence[str]) -> str:
    """Texts in a sentence; of many the first ones and how many more."""
    shown = ", ".join(texts[:NAMED])
    return f"{shown} and {len(texts) - NAMED} more" if len(texts) > NAMED else shown


# -------------------------------------------------------------------------------------------------- the list


def listed(
    subscriptions: Sequence[Subscription],
    counts: Mapping[int, tuple[int, int]],
    state: ChannelState | None,
    now: datetime,
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
        who = f", {one.by.name}" if one.by.name else "" if one.by.id else ", a former member"
        since = calendar.say_date_of(one.since, now, state.schedule.zone)
        lines.append(f"{one.number:>3}  {one.shown}  ·  {week} in 7 days, {month} in 30  ·  since {since}{who}")
    return and_next(Message(title=f"{counted(len(subscriptions), 'topic')} here", body="\n".join(lines)), state, now)


def listed_as_text(subscriptions: Sequence[Subscription]) -> Message:
    """The topics as lines that `follow` accepts; a file where a message would break or cut them."""
    if not subscriptions:
        return Message(body="Nothing is followed here yet.")
    lines = [f"follow {one.shown}" for one in subscriptions]
    text = "\n".join(lines)
    if len(text) <= LINES and max(map(len, lines)) <= LINE:
        return Message(body=text)
    return Message(title=f"{counted(len(lines), 'topic')} as text", file=File("topics.txt", text + "\n"))
