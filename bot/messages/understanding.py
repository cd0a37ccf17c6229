"""What a person gets who wants to understand: what is near a paper, and why it came here or not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import calendar, why
from bot.messages.answers import next_digest
from bot.messages.digests import AUTHORS, NAMES, authors, buttons, counted, origin, withdrawn
from bot.messages.digests import why as reason
from bot.messages.failing import failed
from bot.messages.moments import Moments
from bot.messages.reading import keeping
from bot.models import Action, ChannelState, Kind, Message, Paper, Saved, State
from bot.ports.store.tasting import Tasted
from bot.ports.store.understanding import History, Showing, Told
from bot.similarity import Similar
from bot.why import Fate, Topic

#: topics that are explained; of further ones it is said how many there are
TOPICS = 6
#: sources that are named
SOURCES = 3
#: people beside the one who asks, from whom on it is told what they save
PEOPLE = 3
_IN_WORDS = {1: "", 2: "two ", 3: "three ", 4: "four ", 5: "five "}


# --------------------------------------------------------------------------------------------- similar


def similar(paper: Paper, near: Sequence[Similar], own: Collection[str]) -> Message:
    """The stored papers nearest to one, and what they share with it; `own` are those that the person saved."""
    if not near:
        return Message(
            title=f"I have read nothing like “{paper.title}”",
            body="I keep what was announced in the last 180 days, and what somebody saved.",
        )
    many = f"{_IN_WORDS.get(len(near), f'{len(near)} ')}{'paper' if len(near) == 1 else 'papers'}"
    return Message(
        title=f"The {many} most like “{paper.title}”",
        items=tuple(_near(one, saved=one.paper.id in own) for one in near),
    )


def _near(one: Similar, *, saved: bool) -> Message:
    facts = (authors(one.paper), origin(one.paper), shared(one))
    return Message(
        title=withdrawn(one.paper) + one.paper.title,
        url=one.paper.url,
        facts=tuple(fact for fact in facts if fact),
        actions=(*buttons(one.paper, saved=saved)[:2], Action("Similar", f"similar {one.paper.id}")),
    )


def shared(one: Similar) -> str:
    """What two papers share: "both are about tokenizers, byte-level models; both by A. Author"."""
    more = len(one.authors) - AUTHORS
    by = ", ".join(one.authors[:AUTHORS]) + (f" +{more:,}" if more > 0 else "")
    said = (("both are about", ", ".join(one.topics)), ("both by", by))
    return "; ".join(f"{what} {which}" for what, which in said if which)


# ------------------------------------------------------------------------------------------------- why


def explained(  # noqa: PLR0917 - all that is known of it
    paper: Paper,
    history: History,
    topics: Sequence[Topic],
    state: ChannelState | None,
    now: datetime,
    tasted: Tasted = Tasted(),  # noqa: B008 - frozen
    entry: Saved | None = None,
) -> Message:
    """Why a paper was posted in a channel, or why not; `entry` is the person's own where it is on their list."""
    moments = Moments(now, state.schedule.zone if state is not None else "UTC")
    showing = why.showing(history)
    matched = [topic for topic in topics if topic.match is not None]
    facts: list[str] = []
    actions = [*keeping(paper, entry), Action("Abstract", f"show {paper.id}")]
    actions.append(Action("Similar", f"similar {paper.id}"))
    body, note = "", ""
    if showing is not None:
        facts.append(shown_here(showing, moments))
        facts += [] if showing.topic else ["Somebody shared it with the channel."]
        facts.append(reason(showing.topic, showing.match))
        facts += [reason(one.subscription.shown, one.match) for one in matched if one.match]
        body = why.snippet(paper, showing.match.reasons)
        if showing.state in (State.UNKNOWN, State.PARKED):
            actions.insert(0, Action("Send it again", f"again {showing.delivery}"))
    if showing is None or showing.state is State.DROPPED:
        facts += [] if showing else ["Not posted here."]
        facts += not_shown(paper, history, topics, moments)
        body = body or why.snippet(paper, [one for topic in matched[:1] if topic.match for one in topic.match.reasons])
        waits = any(topic.fate in (Fate.WAITS, Fate.LEFT) for topic in topics)
        note = next_digest(state, moments) if state is not None and waits else ""
    if showing is not None:
        facts.append(ranked([one.word for one in showing.match.reasons if one.field == "liked"], tasted))
    facts.append(heard(history.told, moments))
    answer = Message(
        title=withdrawn(paper) + paper.title,
        url=paper.url,
        facts=tuple(dict.fromkeys(fact for fact in facts if fact)),
        body=body,
        note=note,
        actions=tuple(actions),
    )
    return moments.beside(answer)


def shown_here(one: Showing, moments: Moments) -> str:
    """What became of the message that shows it."""
    day = calendar.say_date(one.digest.date, moments.now.astimezone(ZoneInfo(moments.zone)).date())
    match one.state:
        case State.SENT:
            return f"{moments.say('Posted here ', one.at)}." if one.at else f"Posted here {day}."
        case State.UNKNOWN:
            return f"It may have been posted here on {day}; nobody can say. {_sentence(one.reason)}"
        case State.PARKED:
            return f"Set aside on {day}: {_sentence(one.reason)}"
        case State.DROPPED:
            return f"It could not be posted on {day}: {_sentence(one.reason)}"
        case State.PLANNED:
            return f"It is in the digest of {day}, and not posted yet."
        case State.SENDING | State.UNSURE:
            return f"It is in the digest of {day}, and its message is on the way."


def ranked(liked: Sequence[str], tasted: Tasted) -> str:
    """Why it stands where it does: "Placed higher because people here save papers about video and speech", or "".

    `liked` was kept when the digest was planned. Of a few others it is not told what they save; what somebody saves
    alone is told to that person.
    """
    if not liked:
        return ""
    if tasted.others >= PEOPLE or (tasted.own and not tasted.others):
        by_kind: dict[str, list[str]] = {}
        for one in liked:
            kind, _, what = one.partition(" ")
            by_kind.setdefault(kind, []).append(what)
        traits = ", ".join(f"{kind} {' and '.join(what)}" for kind, what in by_kind.items())
        return f"Placed higher because {'people here' if tasted.others else 'you'} save papers {traits}."
    return "Placed higher because papers like it are often saved here."


def not_shown(paper: Paper, history: History, topics: Sequence[Topic], moments: Moments) -> list[str]:
    """A line for each topic: why it did not bring the paper, or not yet."""
    if not topics:
        return ["Nothing is followed here."]
    fails = [topic for topic in topics if topic.fate is Fate.FAILS]
    matched = [topic for topic in topics if topic.fate is not Fate.FAILS]
    told = fails[: max(TOPICS - len(matched), 0)]
    lines = [_topic(paper, history, topic, moments) for topic in (*matched, *told)]
    if more := len(fails) - len(told):
        lines.append(f"{counted(more, 'other topic')} followed here {'does' if more == 1 else 'do'} not match it.")
    return lines


def _topic(paper: Paper, history: History, topic: Topic, moments: Moments) -> str:
    text = topic.subscription.shown
    match topic.fate:
        case Fate.FAILS:
            return f"{text}: {failed(topic.failures, paper, topic.subscription.text)}."
        case Fate.UNHEARD:
            return f"It matches {text}, but {_unheard(history.told, moments)}"
        case Fate.HAD:
            return f"It matches {text}; this channel had it before, and gets no paper twice."
        case Fate.BEFORE:
            came = _came(text, history, moments)
            return f"{came}{moments.say(') before that was followed here (', topic.subscription.since)})."
        case Fate.EDITED:
            came, edited = _came(text, history, moments), topic.subscription.edited
            changed = ") before the topic was changed to that"
            return f"{came}{moments.say(f'{changed} (', edited)})." if edited else f"{came}{changed}."
        case Fate.RESTORED:
            restored = f"It matches {text}, but a backup was restored "
            restored = moments.say(restored, history.floor) if history.floor else f"{restored}then"
            return f"{restored}, and it may have been posted before that."
        case Fate.NOT_THEN:
            return f"It matches {text} now, but did not when it came; nothing is posted in hindsight."
        case Fate.WAITS:
            return f"It matches {text}, and waits for the next digest."
        case Fate.LEFT | Fate.PAST:
            last = history.passed[0] if history.passed else None
            first = (
                f"{counted(last.papers, 'better one')} on {calendar.say_date(last.digest.date)}" if last else "others"
            )
            ends = "it waits on." if topic.fate is Fate.LEFT else "after a week it waits no more."
            return f"It matches {text}, but was left over behind {first}; {ends}"


def _came(text: str, history: History, moments: Moments) -> str:
    """That it matches, and when it came, in brackets that are still open."""
    came = f"It matches {text}, but came ("
    return moments.say(came, history.came) if history.came else f"{came}earlier"


def _unheard(told: Sequence[Told], moments: Moments) -> str:
    announced = [one for one in told if one.kind]
    if not announced:
        return "no source that is seen here announced it: somebody asked me for it."
    first = announced[0]
    if first.kind in (Kind.NEW, Kind.CROSS):
        seen = moments.say(f"{_source(first)} listed it already when I first looked, ", first.seen)
        return f"{seen}: only what came after is posted."
    return f"{moments.say(f'{_source(first)} only told of a new version (', first.seen)}), which is not news."


def heard(told: Sequence[Told], moments: Moments) -> str:
    """Who announced it as news, and when that was seen: "arXiv announced it (cross-list), seen today 07:00"."""
    said = []
    for one in told:
        if one.news:
            kind = "cross-list" if one.kind == Kind.CROSS else "new"
            said.append(moments.say(f"{_source(one)} announced it ({kind}), seen ", one.seen))
    return "; ".join(said[:SOURCES]) + "." if said else ""


def _source(one: Told) -> str:
    return NAMES.get(one.source) or one.title or one.source


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""
