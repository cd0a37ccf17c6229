"""How things are: sources, status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import calendar
from bot.messages.answers import next_digest, said
from bot.messages.digests import NAMES, counted, say_day
from bot.messages.moments import Moments
from bot.models import Action, Channel, ChannelState, Condition, Message, Person, SourceState, State
from bot.ports import Trouble

#: where arXiv's evenings are
ARXIV = ZoneInfo("America/New_York")
SATURDAY = 5
#: messages in trouble that are told one by one
SHOWN = 5
#: why a source is not well, or not added, where its adapter could not say
UNREAD = "Its page could not be read; the log tells more."
UNKEPT = "It was read, but could not be kept."
ONLY_HTTPS = "Only https addresses on the public internet can be added."
#: why a message is in trouble, where its platform could not say
UNMADE = "it could not be made into a message"
UNSOUGHT = "looking for it broke"
UNANSWERED = "no answer in time"
BROKEN = "the adapter broke; the log tells more"


def source_name(source: SourceState) -> str:
    """What people call a source."""
    return source.title or NAMES.get(source.name) or source.url or source.name


def source_line(source: SourceState, now: datetime) -> str:
    """One source in one line: "arXiv: ok, 24 papers of 14 Apr, asked 5 minutes ago"."""
    if source.asked is None:
        return f"{source_name(source)}: not asked yet"
    said = [f"{source_name(source)}: {source.health.condition}"]
    if source.batch_size and source.batch:
        said.append(f"{counted(source.batch_size, 'paper')} of {calendar.say_date(date.fromisoformat(source.batch))}")
    elif source.news:
        said.append(f"last news {calendar.ago(source.news, now)}")
    said.append(f"asked {calendar.ago(source.asked, now)}")
    line = ", ".join(said)
    if source.health.condition is Condition.EMPTY:
        line += " (nothing announced: a weekend or a holiday)"
    elif source.health.detail and not source.health.well:
        line += f". {source.health.detail}"
    return line


def source_told(source: SourceState, moments: Moments) -> str:
    """One source in one line, for readers: what is wrong with one that is not well, and what happens next."""
    name, health, now = source_name(source), source.health, moments.now
    if source.asked is None:
        return f"{name}: not asked yet"
    if not health.well:
        return f"{name}: {' '.join(_broken(source, moments))}"
    if health.condition is not Condition.EMPTY:
        return source_line(source, now)
    local = now.astimezone(ARXIV).date()
    quiet = calendar.arxiv_silence(local - timedelta(days=1)) if source.name == "arxiv" else ""
    if quiet or local.weekday() >= SATURDAY:
        return f"{name}: nothing announced today: a {quiet or 'weekend'}"
    return f"{name}: nothing announced yet today"


def _broken(source: SourceState, moments: Moments) -> Iterator[str]:
    """Sentences about a source that is not well."""
    condition, detail = source.health.condition, source.health.detail
    if condition is Condition.UNREACHABLE:
        yield "does not answer just now; I keep trying."
    elif condition is Condition.NOT_A_FEED and source.owner:
        yield f"its address now shows something else than a feed ({source.url})."
    else:
        yield detail[:1].lower() + detail[1:] if detail else f"{condition}."
    if source.news:
        yield f"Last news {calendar.say_date_of(source.news, moments.now, moments.zone)}."
    if source.next and source.next > moments.now:
        yield f"{moments.say('I ask again ', source.next)}."


def _removals(states: Sequence[SourceState]) -> tuple[Action, ...]:
    """Buttons that remove what a workspace added and does not work."""
    broken = [one for one in states if one.owner and one.asked is not None and not one.health.well]
    return tuple(Action(f"Remove {source_name(one)[:40]}", f"sources remove {one.name}") for one in broken[:SHOWN])


def sources(states: Sequence[SourceState], now: datetime, zone: str) -> Message:
    """Where papers come from here."""
    moments = Moments(now, zone)
    answer = Message(
        title=counted(len(states), "source"),
        body="\n".join(source_told(state, moments) for state in states),
        note="`/papers sources add URL` adds a feed for this workspace.",
        actions=_removals(states),
    )
    return moments.beside(answer)


def source_added(title: str, name: str, papers: int) -> Message:
    """The answer to `sources add`."""
    return Message(
        title=f"Added: {title}.",
        body=f"{counted(papers, 'paper')} there now, read in silence. What comes from now on is matched "
        "with what you follow.",
        actions=(Action("Remove", f"sources remove {name}"),),
    )


def adds_source(person: Person, title: str) -> Message:
    """Said to the channel when somebody adds a feed."""
    return said(person, f"added the source {title}.")


def removes_source(person: Person, source: SourceState) -> Message:
    """Said to the channel when somebody removes a feed."""
    return said(person, f"removed the source {source_name(source)}.")


def source_known(title: str) -> Message:
    """A feed that the workspace added before."""
    return Message(title=f"{title} is a source here already.", body="`/papers sources` shows how it is.")


def source_refused(url: str, detail: str) -> Message:
    """A feed that could not be read."""
    return Message(title=f"Not added: {url[:120]}", body=detail)


def source_removed(source: SourceState) -> Message:
    """The answer to `sources remove`."""
    return Message(title=f"Removed: {source_name(source)}.", actions=(Action("Undo", f"sources add {source.url}"),))


def status(
    states: Sequence[SourceState],
    state: ChannelState | None,
    troubles: Sequence[Trouble],
    *,
    topics: int,
    waiting: int,
    read: int,
    outage: str = "",
    now: datetime,
) -> Message:
    """Quiet or broken."""
    broken = [source for source in states if source.asked is not None and not source.health.well]
    lines = []
    moments = Moments(now, state.schedule.zone if state else "UTC")
    if state is None or not topics:
        lines.append("Nothing is followed here yet: type `/papers follow` and a topic.")
    else:
        lines.append(f"{counted(topics, 'topic')} followed. {next_digest(state, moments)}")
        lines.append(f"{counted(read, 'paper')} read since the last digest, {waiting:,} waiting for the next.")
    if outage:
        lines.append(
            f"Nothing can be posted in this workspace: {outage} I try again once a day; `/papers resume` tries at once."
        )
    lines.extend(source_told(source, moments) for source in states)
    if any(source.name == "arxiv" for source in states):
        lines.append(next_batch(moments))
    lines.extend(trouble_line(trouble) for trouble in troubles[:SHOWN])
    if len(troubles) > SHOWN:
        lines.append(f"And {counted(len(troubles) - SHOWN, 'older message')} like these.")
    rests = state is not None and state.schedule.rests(now)
    stands = bool(outage or (state and state.trouble) or rests)
    actions = (
        *((Action("Resume", "resume"),) if stands else ()),
        *(Action(f"Send {calendar.say_date(one.digest.date)} again", f"again {one.id}") for one in troubles[:SHOWN]),
        *_removals(states),
    )
    if outage or (state and state.trouble):
        title = "Set aside."
    elif broken or troubles:
        title = "Something is not well."
    elif rests:
        title = "Paused; all else is well."
    else:
        title = "All is well."
    return moments.beside(Message(title=title, body="\n".join(lines), actions=actions))


def next_batch(moments: Moments) -> str:
    """When arXiv announces next, and why not tonight."""
    silence = calendar.arxiv_silence(moments.now.astimezone(ARXIV).date())
    tonight = f" It announces nothing tonight: a {silence}." if silence else ""
    batch = moments.say("arXiv's next batch: ", calendar.next_batch(moments.now))
    return f"{batch}.{tonight}"


def trouble_line(trouble: Trouble) -> str:
    """A delivery that was set aside, with its reason and the next step."""
    fate = "set aside" if trouble.state is State.PARKED else "perhaps posted, perhaps not"
    papers = len(trouble.titles)
    what = counted(papers, "paper") if papers > 1 else "".join(trouble.titles) or "a line"
    return (
        f"Digest of {calendar.say_date(trouble.digest.date)}, {what}: {fate}{because(trouble.reason)}. "
        f"`/papers again {trouble.id}` sends it again."
    )


def because(reason: str) -> str:
    """A reason as it goes on in a sentence: ": the platform answered 400"."""
    return f": {reason[:1].lower()}{reason[1:].rstrip('.')}" if reason else ""


def channel_gone(channel: Channel, reason: str) -> Message:
    """What one person is told, once, when a channel takes nothing any more."""
    name = channel.name or channel.id
    return Message(
        title=f"I cannot post in {name} any more.",
        body=f"{reason} The digest is set aside: its topics, its hour and the papers are kept. I try again once a day; "
        "`/papers resume` there starts it at once.",
    )


def sending_again() -> Message:
    """The answer to `again`."""
    return Message(title="Sending it again.")


def demo_begins(local: datetime) -> Message:
    """The beginning of the demonstration."""
    return Message(
        title=f"{say_day(local.date())} {local.year}, {local:%H:%M}",
        body="A week of real papers, played back on this machine: no account, no network. Today's papers were read in "
        "silence; what comes from now on is news.\n\n"
        "follow tokenization   follow a topic\n"
        "next                  go to the next morning\n"
        "react 1 🔖            save the first paper\n"
        "saved                 your reading list\n"
        "export bibtex         your bibliography\n"
        "status                quiet or broken?\n"
        "help                  all the rest; quit ends",
    )


def demo_goes_on(local: datetime) -> Message:
    """The demonstration after an interruption."""
    return Message(title=f"Going on where it stopped: {say_day(local.date())}")


def demo_morning(local: datetime) -> Message:
    """A new morning of the demonstration."""
    return Message(title=f"{say_day(local.date())}, {local:%H:%M}")


def demo_quiet() -> Message:
    """A morning without a digest."""
    return Message(body="Quiet: no digest this morning. `/papers status` tells why.")


def demo_broken() -> Message:
    """A morning whose digest could not be made."""
    return Message(body="No digest: it could not be made. The lines above tell why; it comes once that is mended.")


def demo_over() -> Message:
    """The end of the demonstration."""
    return Message(title="The week is over.", body="`quit` ends the demonstration; started again, it begins on Monday.")
