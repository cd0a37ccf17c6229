"""Forms, wherever they are shown: what stands in them when they open, what they type, what is wrong in the answers.

A field's name says what it holds; so an answer is read before anything is recorded, and whoever wrote it can mend it in
the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot import calendar, commands
from bot import reading as notes
from bot.identity import web_link
from bot.messages import mistyping
from bot.models import Action, Ask
from bot.ports import CommandError
from bot.query import QueryError, different_topics, parse, separate_topics

#: where an answer goes in a command: "schedule {at} {zone}"
FIELD: Final = re.compile(r"\{(\w+)\}")


def fields(command: str) -> list[str]:
    """The names of a command's fields, in their order."""
    return list(dict.fromkeys(FIELD.findall(command)))


def filled(command: str, answers: Mapping[str, str]) -> str:
    """The command with the answers in their places; what an answer holds is not filled again.

    Fields that are not answered yet stay as they are.
    """
    return FIELD.sub(lambda field: answers.get(field[1], field[0]), command).strip()


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
    return "" if commands.weekdays(text) else mistyping.no_days(text)


def _zone(text: str) -> str:
    if calendar.parse_zone(text):
        return ""
    return mistyping.no_zone(text, commands.zone_like(text))


def _most(text: str) -> str:
    return "" if text.isascii() and commands.most(text) else mistyping.MOST


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
