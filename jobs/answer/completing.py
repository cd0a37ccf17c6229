"""What somebody may mean by what they are typing: the rest of a command, from one read at most.

"unfollow tok"  what is followed here      "show attention"   papers of the last list, and saved ones, by title
"schedule ber"  zones, days, hours         "follow RA"        own topics, those of before, acronyms
"sources re"    the words a command takes  "help fo"          commands

"note p17: {note}"  what the fields of a form hold now; "schedule ber" typed into a field of it: what fits in there
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from bot import calendar, citations, commands
from bot.messages.settings import CHANGE, changing
from bot.models import Paper, Question, Schedule
from bot.ports import AnswerStore, Completion
from bot.reading import Note
from bot.text import KEPT, fold
from jobs.answer.desk import state_of
from jobs.answer.settings import VALUES

#: completions that a platform shows at most
MOST = 25
#: characters of one: https://discord.com/developers/docs/interactions/application-commands
LONGEST = 100
#: what a schedule may say, but for zones
HOURS = ("08:00", "09:00", "10:00", "12:00", "14:00", "17:00")
DAYS = ("weekdays", "daily", "mon,thu", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

#: zones that are proposed before anything is typed, from west to east
ZONES = (
    "America/Los_Angeles",
    "America/New_York",
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Tokyo",
)

#: what the form of a note asks when it opens, with its field not filled in
_NOTE = re.compile(r"note (p\d+): \{note\}")

#: completes what stands after the command's word
Completer = Callable[[AnswerStore, Question, str], Awaitable[Iterable[str]]]


async def completions(store: AnswerStore, question: Question) -> list[str]:
    """What may be typed there, best first, at most 25, each of at most 100 characters; nothing of another workspace.

    Each stands for the words after the command's own, or for the last of them, whichever it goes on from.
    """
    where, text = commands.elsewhere(question.text)
    if where == "dm":
        question = replace(question, channel=question.person.direct)
    if note := _NOTE.fullmatch(text):
        return [await _noted(store, question, note[1])]
    if text == CHANGE:
        return [ask.value for ask in changing(await _scheduled(store, question)).ask]
    word, blank, rest = text.lstrip().partition(" ")
    if not blank:
        found: Iterable[str] = _beginning([one.word for one in commands.TABLE if not one.hidden], word)
    else:
        command = commands.BY_WORD.get(word.lower())
        completer = COMPLETERS.get(command.word) if command and not command.hidden else None
        completer = FIELDS.get(question.field, completer)
        found = await completer(store, question, rest.lstrip()) if completer else ()
    return [one for one in dict.fromkeys(found) if len(one) <= LONGEST][:MOST]


def words(*known: str) -> Completer:
    """A command that takes one of these."""

    async def complete(_store: AnswerStore, _question: Question, typed: str) -> Iterable[str]:
        return _beginning(known, typed)

    return complete


async def followed(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """What is followed here, by any word of it or by its number."""
    known = await store.subscriptions(question.channel)
    return _holding([one.shown for one in known], typed) or [
        _shown(str(one.number), one.shown) for one in known if str(one.number) == typed.strip()
    ]


async def edited(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """A topic's number first, then its query as it is."""
    known = await store.subscriptions(question.channel)
    number, blank, query = typed.partition(" ")
    if blank:
        return _beginning([one.shown for one in known if str(one.number) == number], query.lstrip())
    return [
        _shown(str(one.number), one.shown)
        for one in known
        if str(one.number).startswith(number) or fold(number) in fold(one.shown)
    ]


async def topics(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """Topics that were followed here or by this person, and acronyms by themselves or by what they stand for."""
    known, learned = await store.topics_at_hand(question.person, question.channel)
    wanted = fold(typed)
    short = [
        _shown(acronym, phrase)
        for acronym, phrase in (*KEPT.pairs(), *learned)
        if wanted and (fold(acronym).startswith(wanted) or fold(phrase).startswith(wanted))
    ]
    return [*_holding(known, typed), *short]


async def papers(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """The papers of the list seen last and saved ones, by id or by words of the title."""
    at_hand = await store.papers_at_hand(question.person, question.channel)
    wanted = fold(typed).split()
    return [
        _shown(_name(paper), paper.title)
        for paper in at_hand
        if _name(paper).startswith(typed) or all(word in fold(paper.title) for word in wanted)
    ]


def _name(paper: Paper) -> str:
    """What people call a paper: its arXiv id where it has one."""
    return paper.identifier("arxiv") or paper.id


async def schedules(_store: AnswerStore, _question: Question, typed: str) -> Iterable[str]:
    """An hour, days, a zone, the most papers: any of them, in any order."""
    last = typed.rpartition(" ")[2]
    if not last:
        return (*HOURS, *DAYS[:3], "max 5", "max 10", "UTC")
    most = [f"max {number}" for number in (1, 3, 5, 10)]
    hours = [hour for hour in HOURS if hour.lstrip("0").startswith(last.lstrip("0") or "x")]
    # the one that is meant, then all that it may become, as a list is read
    meant = [zone for zone in (calendar.parse_zone(last),) if zone]
    return [*hours, *_beginning((*DAYS, *most), last), *meant, *sorted(calendar.zones_like(last, MOST))]


async def zones(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """Time zones alone: before anything is typed one's own, the one that is set here, and some of every continent."""
    if not typed.strip():
        here = (await _scheduled(store, question)).zone
        return [zone for zone in (question.person.zone, calendar.say_zone(here), *ZONES) if zone]
    meant = [zone for zone in (calendar.parse_zone(typed),) if zone]
    return [*meant, *sorted(calendar.zones_like(typed, MOST))]


async def days(_store: AnswerStore, _question: Question, typed: str) -> Iterable[str]:
    """Days alone; several as they are typed: "tue thu" is "tue,thu"."""
    meant = commands.weekdays(typed)
    return [*([calendar.days_to_type(meant)] if meant else []), *_beginning(DAYS, typed.strip())]


async def own_list(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """Tags of one's own list, and since when."""
    last = typed.rpartition(" ")[2]
    return _beginning((*await _tags(store, question), "since:week", "since:month", "since:year"), last)


async def exports(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """The kind of file first, then what `saved` takes."""
    kind, blank, rest = typed.partition(" ")
    return await own_list(store, question, rest) if blank else _beginning(tuple(citations.KINDS), kind)


async def _tags(store: AnswerStore, question: Question) -> list[str]:
    tags = {tag for one in await store.shelf(question.person) for tag in one.tags}
    return [f"#{tag}" for tag in sorted(tags)]


async def _noted(store: AnswerStore, question: Question, paper: str) -> str:
    """A note as somebody would type it, "" where there is none."""
    entry = await store.noted(question.person, paper)
    return Note(entry.note, entry.tags).typed if entry else ""


async def _scheduled(store: AnswerStore, question: Question) -> Schedule:
    return (await state_of(store, question.channel, question.person)).schedule


async def sources(store: AnswerStore, question: Question, typed: str) -> Iterable[str]:
    """What one does with sources, and the feeds of this workspace."""
    verb, blank, name = typed.partition(" ")
    if not blank:
        return _beginning(("add https://", "remove"), verb)
    if verb != "remove":
        return ()
    mine = [one for one in await store.sources_for(question.channel) if one.owner]
    return [
        _shown(one.name, f"{one.title or one.url}") for one in mine if fold(name) in fold(f"{one.name} {one.title}")
    ]


async def helped(_store: AnswerStore, _question: Question, typed: str) -> Iterable[str]:
    """Commands, and what else there is to read."""
    return _beginning(("all", "query", "privacy", *(one.word for one in commands.TABLE if not one.hidden)), typed)


COMPLETERS: dict[str, Completer] = {
    "unfollow": followed,
    "edit": edited,
    "follow": topics,
    "preview": topics,
    "search": topics,
    "show": papers,
    "save": papers,
    "unsave": papers,
    "similar": papers,
    "why": papers,
    "note": papers,
    "share": papers,
    "schedule": schedules,
    "list": words("text"),
    "pause": words("1w", "2w", "1 month", "until monday"),
    "catchup": words("7d", "14d"),
    "settings": words(*(f"{name} {value}" for name, values in VALUES.items() for value in values)),
    "trending": words("week", "month"),
    "saved": own_list,
    "export": exports,
    "sources": sources,
    "forget": words("me"),
    "help": helped,
}
#: fields of forms that take one kind of thing alone
FIELDS: dict[str, Completer] = {"zone": zones, "days": days}


def _beginning(known: Sequence[str], typed: str) -> list[str]:
    """Those that begin with what was typed."""
    return [one for one in known if one.casefold().startswith(typed.casefold())]


def _holding(known: Sequence[str], typed: str) -> list[str]:
    """Those that begin with what was typed; then those that hold it."""
    wanted = fold(typed)
    return [*_beginning(known, typed), *(one for one in known if wanted in fold(one))]


def _shown(typed: str, what: str) -> Completion:
    """A completion with what it means: "2604.10102 · Tokenization, part 2"."""
    label = f"{typed} · {what}" if what else typed
    return Completion(typed, label if len(label) <= LONGEST else label[: LONGEST - 1] + "…")
