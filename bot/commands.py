"""Every sentence understood: one table, one parser.

A command is a word and the rest of the line. Buttons type the same commands; those that only buttons type are hidden.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from datetime import time

from bot import calendar
from bot.messages import mistyping
from bot.models import Schedule
from bot.ports import CommandError


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table."""

    word: str
    #: what follows the word, as help shows it
    fields: str
    #: what it does, in one line
    does: str
    #: lines that work when pasted
    examples: tuple[str, ...] = ()
    #: other words for it, understood and not advertised
    also: tuple[str, ...] = ()
    #: it changes the channel: only those who may change it, and it is said to the channel
    changes: bool = False
    #: what it changes is shared by all channels of the workspace
    workspace: bool = False
    #: it posts papers here in the name of whoever types it
    shares: bool = False
    #: first words with which it changes nothing of the channel all the same; "" stands for none
    free: tuple[str, ...] = ()
    #: stands in the short help
    main: bool = False
    #: only buttons type it
    hidden: bool = False


TABLE = (
    Command(
        "follow",
        "QUERY",
        "bring new papers about it here",
        ("follow tokenization", 'follow "knowledge graph" -survey', "follow title:mamba"),
        also=("subscribe", "add"),
        changes=True,
        main=True,
    ),
    Command(
        "unfollow",
        "QUERY or NUMBER",
        "stop bringing them",
        ("unfollow tokenization", "unfollow 2"),
        also=("unsubscribe", "remove", "stop"),
        changes=True,
        main=True,
    ),
    Command(
        "list",
        "[text]",
        "what this channel follows",
        ("list", "list text"),
        also=("topics", "following"),
        main=True,
    ),
    Command(
        "edit",
        "NUMBER QUERY",
        "change a topic; its history stays",
        ("edit 1 title:tokenization",),
        also=("change",),
        changes=True,
    ),
    Command("preview", "QUERY", "what following it would bring", ("preview diffusion -image",), also=("forecast",)),
    Command("catchup", "[14d]", "the best of the last days, only for you", ("catchup", "catchup 14d")),
    Command("now", "", "send what is waiting, at once", ("now",), changes=True),
    Command(
        "schedule",
        "[9am] [weekdays] [Berlin] [max 5]",
        "show or set when the digest comes",
        ("schedule", "schedule 8:30 weekdays Berlin", "schedule max 5"),
        changes=True,
        free=("",),
        main=True,
    ),
    Command(
        "pause",
        "[2w | until 7 Jan]",
        "no digests for a while; all is kept",
        ("pause", "pause 2w", "pause until 7 Jan"),
        also=("mute",),
        changes=True,
    ),
    Command("resume", "", "go on after a pause", ("resume",), also=("unmute",), changes=True),
    Command(
        "settings",
        "[NAME VALUE]",
        "every setting and the command that changes it",
        ("settings", "settings quiet line", "settings news on"),
        also=("setting",),
        changes=True,
        free=("", "news"),
    ),
    Command(
        "move",
        "#CHANNEL",
        "take topics, hour and settings to another channel",
        ("move #papers",),
        changes=True,
    ),
    Command(
        "search",
        "QUERY",
        "stored papers, newest first",
        ("search tokenization", "search author:LeCun"),
        also=("find",),
        main=True,
    ),
    Command("show", "PAPER", "one paper: an id, a link, a number in a list", ("show 2604.10102", "show 2")),
    Command(
        "similar", "PAPER", "the stored papers nearest to it; what they share", ("similar 2604.10102", "similar 1")
    ),
    Command("why", "PAPER", "why it was posted here, or why not", ("why 1", "why 2604.10102")),
    Command("trending", "[week | month]", "most saved here, most upvoted elsewhere", ("trending", "trending month")),
    Command(
        "share",
        "PAPER…",
        "post papers here, with your name",
        ("share 2", "share 1 3", "share 2604.10102"),
        shares=True,
    ),
    Command("save", "PAPER", "put it on your reading list", ("save 2",), also=("bookmark",)),
    Command("unsave", "PAPER", "take it off again", ("unsave 2",)),
    Command(
        "note",
        "PAPER text #tag",
        "your own words and tags on a saved paper",
        ("note 2 read section 3 #todo", "note 2"),
        also=("annotate",),
    ),
    Command(
        "saved",
        "[#tag] [QUERY] [since:may]",
        "your reading list, newest first",
        ("saved", "saved #todo", "saved tokenization since:7d"),
        main=True,
    ),
    Command(
        "export",
        "FORMAT [FILTERS]",
        "your list: bibtex, ris, csl, csv or markdown",
        ("export bibtex", "export csv #todo mamba since:may"),
        main=True,
    ),
    Command(
        "sources",
        "[add URL | remove NAME]",
        "where papers come from; how each is",
        ("sources", "sources add https://www.nature.com/nature.rss"),
        changes=True,
        workspace=True,
        free=("",),
    ),
    Command("status", "", "quiet or broken: sources, the next digest", ("status",), main=True),
    Command("forget", "me", "deletes what I keep of you; asks first", ("forget me",)),
    Command(
        "help",
        "[COMMAND]",
        "this, or more about one command",
        ("help", "help follow", "help query", "help all", "help privacy"),
        also=("?",),
    ),
    Command("follow!", "QUERY", "follow it, however much it brings", hidden=True, changes=True),
    Command("edit!", "NUMBER QUERY", "change a topic, however much it brings", hidden=True, changes=True),
    Command("post", "NUMBER PAPER…", "post papers of a topic here", hidden=True, changes=True),
    Command("accept", "NAME", "a button whose command is too long for one", hidden=True),
    Command("more", "QUERY", "what a digest had no room for, of one topic", hidden=True),
    Command("share!", "PAPER…", "share again what was posted today", hidden=True, shares=True),
    Command("restore", "NUMBER", "follow again as before", hidden=True, changes=True),
    Command("home", "[#tag] [QUERY]", "your own page: reading list and topics", hidden=True),
    Command("notthis", "PAPER", "which topic brought it, and how to get fewer like it", hidden=True),
    Command("again", "NUMBER", "send a message again whose fate is not known", hidden=True, changes=True),
)

BY_WORD = {word: command for command in TABLE for word in (command.word, *command.also)}


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as somebody typed it."""

    command: Command
    rest: str

    @property
    def text(self) -> str:
        """The command as we would type it."""
        return f"{self.command.word} {self.rest}".strip()

    @property
    def changes(self) -> bool:
        """It changes the channel, and does not only show it or set what is the person's own."""
        return self.command.changes and self.rest.partition(" ")[0].lower() not in self.command.free


#: what may stand before a command: "/papers", "papers:", "/paper", or a slash alone
_SLASH = re.compile(r"^\s*(?:/?papers\b:?|/paper\b:?|/)\s*", re.IGNORECASE)
#: buttons type these before a command: in my direct messages; yes, here, though many people read it
_ELSEWHERE = re.compile(rf"(?:{_SLASH.pattern})?\s*(dm|here)\s+((\w+).*)", re.IGNORECASE | re.DOTALL)
#: a channel as platforms write it when somebody chooses one: "<#C123|name>"
_CHANNEL = re.compile(r"<#([^|>\s]{1,100})(?:\|([^>]*))?>")
#: a link, an arXiv id or a DOI by itself means `show`
_PAPER = re.compile(
    r"(?:https?://\S+|(?:arxiv:)?\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?|(?:doi:)?10\.\d{4,}/\S+)",
    re.IGNORECASE,
)


def parse(text: str) -> Typed:
    """Read one command; the slash and the word `papers` in front may be there or not.

    Raises CommandError with the nearest right command.
    """
    line = bare(text)
    if not line:
        return Typed(BY_WORD["help"], "")
    word, rest = (*line.split(maxsplit=1), "")[:2]
    command = BY_WORD.get(word.lower())
    if command is not None:
        return Typed(command, rest.strip())
    if _PAPER.fullmatch(line):
        return Typed(BY_WORD["show"], line)
    near = difflib.get_close_matches(word.lower(), [c for c in BY_WORD if not BY_WORD[c].hidden], n=1, cutoff=0.74)
    if near:
        right = f"{BY_WORD[near[0]].word} {rest}".strip()
        raise CommandError(mistyping.meant(word, right), right)
    raise UnknownTopic(line)


def bare(text: str) -> str:
    """The command without what may stand before it: the slash, and the word `papers`."""
    return _SLASH.sub("", text, count=1).strip()


def elsewhere(text: str) -> tuple[str, str]:
    """What buttons type before a command, "dm" or "here", and the command; "" and all of it where there is neither."""
    found = _ELSEWHERE.fullmatch(text)
    if found is None or found[3].lower() not in BY_WORD:
        return "", text
    return found[1].lower(), found[2]


def channel(words: str) -> tuple[str, str]:
    """The id and the name of a channel, each "" where it is not told: "<#C123|nlp>", "#nlp", "nlp".

    Raises CommandError when it is neither.
    """
    text = words.strip()
    if found := _CHANNEL.fullmatch(text):
        return found[1], found[2] or ""
    name = text.removeprefix("#").strip()
    if not name or "<" in name or len(name) > 100:
        raise CommandError(mistyping.ONE_CHANNEL, "")
    return "", name


class UnknownTopic(CommandError):
    """No command at all: perhaps a topic to follow or to search for."""

    def __init__(self, topic: str) -> None:
        super().__init__(mistyping.perhaps_a_topic(topic))
        self.topic = topic


#: what may be the most papers of a digest
MOST = range(1, 11)
#: what somebody says to a schedule who wants none
_STOPS = {"off", "none", "never", "stop", "pause", "no"}


def most(number: str) -> int | None:
    """The most papers of a digest, 1 to 10; None for what is none."""
    return int(number) if number.isdecimal() and len(number) < 3 and int(number) in MOST else None


def weekdays(words: str) -> tuple[int, ...]:
    """All the days that these words name, Monday 0, sorted; none where one of the words is no day."""
    found = [calendar.parse_days(word) for word in words.replace(",", " ").split()]
    return tuple(sorted({day for days in found for day in days or ()})) if all(found) else ()


def zone_like(name: str) -> str:
    """The zone that was perhaps meant, or "": of a short word the first letter has to be right."""
    near = calendar.zones_like(name, 1)
    if not near:
        return ""
    cities = (part.casefold() for part in near[0].split("/"))
    return near[0] if len(name) > 5 or any(city.startswith(name[0].casefold()) for city in cities) else ""


def schedule(words: str, now: Schedule) -> Schedule:
    """The schedule that these words make of the present one: hour, days, zone and most, in any order.

    Raises CommandError naming the word that is none of them.
    """
    if words.strip().lower() in _STOPS:
        raise CommandError(mistyping.RATHER_PAUSE, "pause")
    text = re.sub(r"\bmax(?:imum)?\s*[:=]?\s*([-+−–]?\d+)", r"max=\1", words.strip(), flags=re.IGNORECASE)
    text = re.sub(r"(\d)\s+(am|pm)\b", r"\1\2", text, flags=re.IGNORECASE)
    text = re.sub(r"\s*,\s*", ",", text)
    made = now
    hours: set[time] = set()
    weekdays: set[int] = set()
    rest: list[str] = []
    for word in text.split():
        if re.fullmatch(r"max(?:imum)?[:=]?\S*", word, re.IGNORECASE):
            number = word.rpartition("=")[2]
            wanted = most(number)
            if wanted is None:
                better = 10 if number.isdecimal() and int(number[:3]) > 10 else 5
                raise CommandError(mistyping.MOST, f"schedule max {better}")
            made = replace(made, most=wanted)
        elif (at := calendar.parse_time(word)) is not None:
            hours.add(at)
            if len(hours) > 1:
                raise CommandError(mistyping.ONE_HOUR, "schedule 9am")
            made = replace(made, at=at)
        elif days := calendar.parse_days(word):
            weekdays.update(days)
            made = replace(made, days=tuple(sorted(weekdays)))
        elif re.fullmatch(r"[-+−–]?\d[\d:.h]*(?:[ap]\.?m?\.?)?", word, re.IGNORECASE):
            # a zone by its distance is written "UTC-1"
            raise CommandError(mistyping.no_hour(word), "schedule 9am")
        elif word.lower() not in ("at", "on", "every", "in"):
            rest.append(word)
    if rest:
        zone = calendar.parse_zone(" ".join(rest))
        if zone is None:
            near = zone_like(" ".join(rest))
            wrong = mistyping.no_part_of_a_schedule(" ".join(rest), near)
            raise CommandError(wrong, f"schedule {near}" if near else "")
        made = replace(made, zone=zone)
    return made
