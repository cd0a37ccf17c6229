"""What a channel gets: leads, papers, the line on a quiet first day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from bot import calendar, summary
from bot.models import Action, Delivery, Digest, Entry, Match, Message, Paper

#: names a paper shows before it counts the rest
AUTHORS = 3
#: topics of which what is left over gets a button; of others it is said in words
BUTTONS = 4
#: what sources are called in a sentence
NAMES = {"arxiv": "arXiv", "huggingface": "Hugging Face"}


def counted(number: int, thing: str, things: str = "") -> str:
    """Say how many: "1 paper", "5 papers", "1,204 papers"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def span(first: int, last: int) -> str:
    """Which entries of a list stand on a page: "11 to 20", "number 21"."""
    return f"{first:,} to {last:,}" if last > first else f"number {first:,}"


def say_day(day: date) -> str:
    """A date as a heading says it: "Tuesday 14 April"."""
    return f"{day:%A} {day.day} {day:%B}"


def authors(paper: Paper) -> str:
    """The first authors and how many more: "A, B, C +1,839"."""
    shown = ", ".join(paper.authors[:AUTHORS])
    more = len(paper.authors) - AUTHORS
    return f"{shown} +{more:,}" if more > 0 else shown


def origin(paper: Paper) -> str:
    """Source, category and date: "arXiv cs.CL · 14 Apr"."""
    name = next((NAMES[source] for source in paper.sources if source in NAMES), "")
    if paper.identifier("arxiv"):
        name = NAMES["arxiv"]
    name = name or (urlsplit(paper.url).hostname or "").removeprefix("www.")
    what = " ".join(part for part in (name, paper.categories[0] if paper.categories else "") if part)
    when = calendar.say_date(paper.published.date()) if paper.published else ""
    likes = f"{counted(paper.upvotes, 'upvote')} on Hugging Face" if paper.upvotes else ""
    return " · ".join(part for part in (what, when, paper.journal, likes) if part)


def why(topic: str, match: Match) -> str:
    """The reason in words: "tokenization: “Tokenizers” in the title, “tokenised” in the abstract"."""
    places = {"title": "in the title", "abstract": "in the abstract", "author": "among the authors"}
    said: list[str] = []
    for field, place in places.items():
        found = dict.fromkeys(reason.word for reason in match.reasons if reason.field == field)
        if found:
            said.append(", ".join(f"“{word}”" for word in list(found)[:3]) + " " + place)
    if not said and any(reason.field == "cat" for reason in match.reasons):
        said.append("in this category")
    return f"{topic}: {', '.join(said[:2])}" if said else topic


def buttons(paper: Paper, *, saved: bool = False) -> tuple[Action, ...]:
    """What can be done with a paper."""
    keep = Action("Remove", f"unsave {paper.id}") if saved else Action("Save", f"save {paper.id}")
    links = [Action(label, url=url) for label, url in (("Code", paper.code), ("PDF", paper.pdf)) if url]
    return (keep, Action("Abstract", f"show {paper.id}"), *links)


def more(paper: Paper) -> tuple[Action, ...]:
    """What is seldom wanted of a paper that was posted."""
    typed = (("Similar", "similar"), ("Why", "why"), ("Not this", "notthis"))
    return tuple(Action(label, f"{command} {paper.id}", more=True) for label, command in typed)


@lru_cache(maxsize=4096)  # one paper goes to many channels
def paper(entry: Entry) -> Message:
    """One paper of a digest."""
    shown = entry.paper
    facts = [authors(shown), origin(shown), why(entry.topic, entry.match)]
    return Message(
        title=withdrawn(shown) + shown.title,
        url=shown.url,
        facts=tuple(fact for fact in facts if fact),
        # a paper that was never stored has none yet
        body=entry.summary or shown.plain or summary.plain(shown),
        actions=(*buttons(shown), *more(shown)),
        notice=f"1 new paper: {shown.title}",
    )


def withdrawn(paper: Paper) -> str:
    """What stands before the title of a withdrawn paper."""
    return "Withdrawn: " if paper.withdrawn else ""


def left_over(left: Sequence[tuple[str, int]]) -> str:
    """What a digest had no room for: "3 more tokenization · 143 more reasoning"."""
    return " · ".join(f"{count:,} more {topic}" for topic, count in left)


def lead(digest: Digest, entries: Sequence[Entry], left: Sequence[tuple[str, int]]) -> Message:
    """The numbered titles of a digest, grouped by topic."""
    items = tuple(
        Message(
            title=withdrawn(entry.paper) + entry.paper.title,
            url=entry.paper.url,
            facts=tuple(fact for fact in (authors(entry.paper), origin(entry.paper)) if fact),
            group=entry.topic,
            actions=(Action("Save", f"save {entry.paper.id}"),),
        )
        for entry in entries
    )
    shown = [(topic, count) for topic, count in left if len(topic) <= 80][:BUTTONS]
    more = tuple(Action(left_over([one])[:40], f"more {one[0]}") for one in shown)
    many = counted(len(items), "new paper")
    return Message(
        title=f"{many} · {say_day(digest.date)}",
        note=" · ".join(part for part in (left_over([one for one in left if one not in shown]), late(digest)) if part),
        items=items,
        actions=more,
        notice=f"{many}: {items[0].title}" if items else many,
    )


def line(digest: Digest, topics: Sequence[str]) -> Message:
    """The first digest of a channel when there is nothing: it is never silent."""
    read = counted(digest.read, "paper") + " read"
    return Message(
        body=f"Nothing new for {either(topics)} today ({read}). From now on I stay silent on quiet days; "
        "`/papers status` tells why.",
        note=late(digest),
    )


def quiet_day(digest: Digest, topics: Sequence[str]) -> Message:
    """A day without news where a line is wanted on such days."""
    read = counted(digest.read, "paper") + " read"
    return Message(body=f"Nothing new for {either(topics)} today ({read}).", note=late(digest))


def still_paused() -> Message:
    """A pause without an end, recalled once."""
    return Message(
        body="The digest has been paused here for 30 days. Topics and what waits are kept: `/papers resume` goes on, "
        "`/papers pause until 7 Jan` sets an end."
    )


def news(entries: Sequence[Entry]) -> Message:
    """What happened to papers that somebody saved and wants to hear of."""
    note = "You asked for news of papers you saved; `/papers settings news off` ends it."
    if len(entries) == 1:
        item = _news_of(entries[0])
        return Message(
            title=item.title,
            url=item.url,
            facts=item.facts,
            note=note,
            actions=item.actions,
            notice=f"{entries[0].topic} {entries[0].paper.title}",
        )
    many = f"News of {counted(len(entries), 'paper')} you saved"
    return Message(title=many, items=tuple(map(_news_of, entries)), note=note, notice=many)


def _news_of(entry: Entry) -> Message:
    paper = entry.paper
    return Message(
        title=withdrawn(paper) + paper.title,
        url=paper.url,
        facts=tuple(fact for fact in (authors(paper), origin(paper), entry.topic) if fact),
        actions=buttons(paper, saved=True),
    )


def either(topics: Sequence[str]) -> str:
    """Several topics in a sentence: "a, b or c"; more than three are counted."""
    if len(topics) > 3:
        return counted(len(topics), "topic")
    return " or ".join((", ".join(topics[:-1]), topics[-1])) if len(topics) > 1 else "".join(topics)


def late(digest: Digest) -> str:
    """What a digest says that comes after its hour because we were away."""
    return "Late: I was not running at the usual hour." if digest.late else ""


def rendered(delivery: Delivery) -> Message:
    """The message of a delivery."""
    part = delivery.part
    match part.kind:
        case "lead":
            return lead(delivery.digest, part.entries, part.left)
        case "paper":
            message = paper(part.entries[0])
            return replace(message, note=late(delivery.digest)) if part.number == 0 else message
        case "line":
            return line(delivery.digest, [topic for topic, _ in part.left])
        case "quiet":
            return quiet_day(delivery.digest, [topic for topic, _ in part.left])
        case "paused":
            return still_paused()
        case "news":
            return news(part.entries)
