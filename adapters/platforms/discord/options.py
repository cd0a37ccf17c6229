"""What Discord asks for with each command, and the words that the answers type: a keyboard would type the same.

    /papers schedule at:9am zone:Berlin most:5   types   schedule 9am Berlin max 5

A command that is not described here has one option, named as the table in bot/commands.py names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot import calendar, citations
from bot.commands import TABLE, Command


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that is asked for with a command."""

    name: str
    #: one line; 100 characters at most
    says: str
    kind: Literal["text", "number", "channel"] = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    #: what is typed for it, with the value in the place of {}
    types: str = "{}"
    #: of a number
    least: int = 1
    most: int = 100
    #: proposes what is known, of which only what this takes
    proposes: bool = False
    takes: Callable[[str], bool] = bool

    def typed(self, value: Any) -> str:
        """The words that it types."""
        text = " ".join(str(value).split()) if self.kind != "channel" else f"<#{value.id}|{value.name}>"
        beginning = self.types.partition("{}")[0]
        return text if beginning and text.startswith(beginning) else self.types.format(text)


def _query(says: str) -> Option:
    return Option("query", says, required=True, proposes=True)


def _paper(says: str = "an id, a link, or a number in a list; in its own thread it may be left out") -> Option:
    return Option("paper", says, proposes=True)


_FILTERS: Final = (
    Option("tag", "only papers with this tag", types="#{}", proposes=True, takes=lambda text: text.startswith("#")),
    Option("query", "only papers about this"),
    Option(
        "since",
        "only what was saved since then: may, 7d, 2026-05-01",
        types="since:{}",
        proposes=True,
        takes=lambda text: text.startswith("since:"),
    ),
)

#: by the command's word; in the order in which they are typed, required ones first
OPTIONS: Final[Mapping[str, tuple[Option, ...]]] = {
    "follow": (_query('words, "phrases", OR, -without, title:, author:'),),
    "unfollow": (Option("topic", "a topic of this channel, or its number", required=True, proposes=True),),
    "list": (Option("as", "as lines that follow accepts", choices=("text",)),),
    "edit": (
        Option("number", "the topic's number in list", required=True, proposes=True),
        Option("query", "what it becomes", required=True, proposes=True),
    ),
    "preview": (_query("what you think of following"),),
    "catchup": (Option("days", "how many days back", "number", types="{}d", most=90),),
    "schedule": (
        Option(
            "at",
            "the hour: 9, 9am, 21:30",
            proposes=True,
            takes=lambda text: calendar.parse_time(text) is not None,
        ),
        Option("days", "weekdays, daily, mon,thu", proposes=True, takes=lambda text: bool(calendar.parse_days(text))),
        Option(
            "zone",
            "a city or a time zone: Berlin, UTC",
            proposes=True,
            takes=lambda text: calendar.parse_zone(text) is not None,
        ),
        Option("most", "most papers in one digest", "number", types="max {}", most=10),
    ),
    "pause": (Option("for", "how long: 2w, until 7 Jan; left out, until you resume", proposes=True),),
    "settings": (Option("setting", "a setting and its value", proposes=True),),
    "move": (Option("channel", "where to", "channel", required=True),),
    "search": (_query("what to look for"),),
    "show": (_paper(),),
    "similar": (_paper(),),
    "why": (_paper(),),
    "trending": (Option("of", "of which time", choices=("week", "month")),),
    "share": (Option("papers", "ids, links, or numbers in a list", required=True, proposes=True),),
    "save": (_paper(),),
    "unsave": (_paper(),),
    "note": (_paper(), Option("text", "your own words and #tags; left out, the note is shown")),
    "saved": _FILTERS,
    "export": (Option("format", "what kind of file", required=True, choices=citations.KINDS), *_FILTERS),
    "sources": (
        Option("action", "what to do; left out, all are shown", choices=("add", "remove")),
        Option("feed", "the address of a feed to add, or the name of one to remove", proposes=True),
    ),
    "forget": (Option("what", "what I keep of you", required=True, choices=("me",)),),
    "help": (Option("about", "a command, query or privacy", proposes=True),),
}

#: Discord takes 25 subcommands: these are choices of another one, which asks for the same
SHARED: Final[Mapping[str, str]] = {"unsave": "save", "similar": "show"}
#: the option that tells them apart
CHOICE: Final = "action"


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One subcommand of /papers."""

    command: Command
    options: tuple[Option, ...]

    def typed(self, values: Mapping[str, Any]) -> str:
        """The command as a keyboard would type it, of values by the names of options."""
        given = dict(values)
        word = str(given.pop(CHOICE, "") or "") if self.shared else ""
        words = [one.typed(given[one.name]) for one in self.options if given.get(one.name) not in (None, "")]
        return " ".join((word or self.command.word, *words))

    def typing(self, values: Mapping[str, Any], focused: str, current: str) -> str:
        """What the house is asked for while somebody types into one option."""
        # each option of a schedule is proposed by itself, as each tag and date of a list is
        alone = self.command.word in ("schedule", "saved")
        known = {} if alone else {name: value for name, value in values.items() if name != focused}
        if self.command.word == "export":
            known = {"format": known.get("format") or citations.KINDS[0]}
        names = [one.name for one in self.options]
        before = {name: value for name, value in known.items() if names.index(name) < names.index(focused)}
        return f"{self.typed(before)} {current}"

    @property
    def shared(self) -> tuple[str, ...]:
        """The commands that are choices of this one."""
        return tuple(word for word, into in SHARED.items() if into == self.command.word)


def subcommands() -> list[Subcommand]:
    """All of them, out of the table."""
    return [_subcommand(one) for one in TABLE if not one.hidden and one.word not in SHARED]


def _subcommand(command: Command) -> Subcommand:
    made = Subcommand(command, OPTIONS.get(command.word, _usual(command)))
    if not made.shared:
        return made
    words = (command.word, *made.shared)
    return Subcommand(command, (*made.options, Option(CHOICE, f"{' or '.join(words)}", choices=words)))


def _usual(command: Command) -> tuple[Option, ...]:
    """The one option of a command that nobody described; none where nothing follows its word."""
    if not command.fields:
        return ()
    name = re.search(r"[A-Za-z]\w*", command.fields)
    required = not command.fields.startswith("[")
    return (Option(name[0].lower() if name else "words", command.fields[:100], required=required, proposes=True),)
