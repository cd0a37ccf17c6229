"""Forms, wherever they are shown: what stands in their fields when they open, and what is wrong in what was filled in.

A field's name says what it holds; so an answer is read before anything is recorded, and whoever wrote it can mend it in
the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot import calendar
from bot import reading as notes
from bot.identity import web_link
from bot.messages import mistyping
from bot.models import Action, Ask
from bot.ports import CommandError
from bot.query import QueryError, different_topics, parse, separate_topics


def asks_first(action: Action) -> bool:
    """True for a form whose fields hold what stands there by now; see `bot.ports.Inbox.ask`."""
    return any(ask.current for ask in action.ask)


def standing(action: Action, known: Sequence[str]) -> Action:
    """The form with what stands in its fields by now: one value for each of those that ask for it, in their order."""
    values = iter(known)
    return replace(action, ask=tuple(_held(ask, str(next(values, ""))) if ask.current else ask for ask in action.ask))


def _held(ask: Ask, value: str) -> Ask:
    several = ask.choices if not ask.choices or value in ask.choices else (value, *ask.choices)
    return replace(ask, value=value, choices=several)


def wrong(answers: Mapping[str, str]) -> dict[str, str]:
    """What is wrong in a form, by the name of the field, each in one sentence; nothing where all can be read."""
    said = {name: READ[name](answer) for name, answer in answers.items() if answer and name in READ}
    return {name: sentence for name, sentence in said.items() if sentence}


def _topic(text: str) -> str:
    # several topics, and a paper in place of one, are answered with more than a sentence
    if len(separate_topics(text)) > 1 or web_link(text.strip("<>")):
        return ""
    try:
        if len(different_topics(text)) == 1:
            parse(text)
    except QueryError as error:
        return str(error)
    return ""


def _hour(text: str) -> str:
    return "" if calendar.parse_time(text) is not None else mistyping.no_hour(text)


def _days(text: str) -> str:
    several = text.replace(",", " ").split()
    return "" if several and all(map(calendar.parse_days, several)) else mistyping.no_days(text)


def _zone(text: str) -> str:
    if calendar.parse_zone(text):
        return ""
    return mistyping.no_zone(text, next(iter(calendar.zones_like(text, 1)), ""))


def _most(text: str) -> str:
    return "" if text.isascii() and text.isdecimal() and 1 <= int(text[:3]) <= 10 else mistyping.MOST


def _note(text: str) -> str:
    try:
        notes.note(text)
    except CommandError as error:
        return str(error)
    return ""


#: what reads a field of that name: gives the sentence about what is wrong there, or ""
READ: dict[str, Callable[[str], str]] = {
    "topic": _topic,
    "at": _hour,
    "days": _days,
    "zone": _zone,
    "most": _most,
    "note": _note,
}
