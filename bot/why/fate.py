"""What became, or becomes, of a paper that a channel's topic matches: as `jobs.plan` and the store decide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.matching import QueryIndex
from bot.models import Match, Paper, State, Subscription
from bot.ports.store.understanding import History, Showing
from bot.query import parse
from bot.ranking import LEFT_OVER
from bot.text import KEPT, Acronyms
from bot.why.failures import Failure, failures_of, standing


class Fate(StrEnum):
    """Why a paper that matches a topic was not posted."""

    #: no source here ever announced it as news
    UNHEARD = "unheard"
    #: it came before the topic was followed
    BEFORE = "before"
    #: it came before the topic was changed to what it is, and did not wait then
    EDITED = "edited"
    #: it came before the backup that was restored: perhaps it was posted
    RESTORED = "restored"
    #: when it came, the topic did not match it: a word was learned since, or the paper was changed
    NOT_THEN = "not then"
    #: the channel had it already
    HAD = "had"
    #: it waits for the next digest
    WAITS = "waits"
    #: others went first, and it waits on
    LEFT = "left"
    #: others went first for so long that it waits no more
    PAST = "past"
    #: the topic does not match it
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Topic:
    """A paper in the eyes of one topic."""

    subscription: Subscription
    fate: Fate
    match: Match | None = None
    #: what stands between them; empty for what matches
    failures: tuple[Failure, ...] = ()


def showing(history: History) -> Showing | None:
    """Of the messages that show a paper the one that tells most: sent before all, then in doubt, then the newest."""
    order = (State.SENT, State.UNKNOWN, State.SENDING, State.UNSURE, State.PLANNED, State.PARKED, State.DROPPED)
    return min(history.shown, key=lambda one: order.index(one.state), default=None)


def explained(
    paper: Paper,
    history: History,
    topics: Sequence[Subscription],
    last: datetime | None,
    *,
    now: datetime,
    acronyms: Acronyms = KEPT,
) -> list[Topic]:
    """A paper in the eyes of each topic; those it matches first, then those it fails by least.

    `last` is when the channel's last scheduled digest was.
    """
    index = QueryIndex(acronyms)
    queries = {topic.number: parse(topic.text) for topic in topics}
    for number, query in queries.items():
        index.add(number, query)
    # a match that was stored stays, whatever was learned since
    found = dict(history.matched) | {match.query: match for match in index.match(paper)}
    missed = [query for number, query in queries.items() if number not in found]
    there = standing(missed, paper, acronyms)
    seen = []
    for topic in topics:
        if match := found.get(topic.number):
            seen.append(Topic(topic, _fate(topic, history, last, now), match))
        else:
            seen.append(Topic(topic, Fate.FAILS, None, failures_of(queries[topic.number], paper, there)))
    return sorted(seen, key=lambda one: (one.fate is Fate.FAILS, len(one.failures), one.subscription.number))


def _fate(topic: Subscription, history: History, last: datetime | None, now: datetime) -> Fate:
    """In the order of `storage.waiting`: what is news, since when, whether it is had; then what choosing made of it."""
    if history.news is None or history.came is None:
        return Fate.UNHEARD
    if history.had:
        return Fate.HAD
    if history.came <= topic.since:
        return Fate.BEFORE
    if topic.edited is not None and history.came <= topic.edited and topic.number not in history.carried:
        return Fate.EDITED
    if history.floor is not None and history.came <= history.floor:
        return Fate.RESTORED
    if topic.number not in history.matched:
        return Fate.NOT_THEN
    if history.news <= (last or now - LEFT_OVER) - LEFT_OVER:
        return Fate.PAST
    return Fate.LEFT if history.passed else Fate.WAITS
