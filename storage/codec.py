"""Nouns as rows and JSON, and back again, without loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import Row

from bot.models import (
    Act,
    Action,
    Ask,
    Channel,
    ChannelState,
    Condition,
    File,
    Health,
    Match,
    Message,
    Moment,
    Paper,
    Person,
    Reason,
    Schedule,
    SourceState,
    Subscription,
)
from bot.news import Known
from bot.ports import Begun

# ------------------------------------------------------------------------------------------------ ids


def shown(prefix: str, number: int) -> str:
    """A stored id as people see it: "p17"."""
    return f"{prefix}{number}"


def stored(prefix: str, identifier: str) -> int | None:
    """The number of a stored id ("p17"), or None when it is something else."""
    digits = identifier.removeprefix(prefix)
    return int(digits) if digits != identifier and digits.isascii() and digits.isdigit() and len(digits) < 10 else None


# --------------------------------------------------------------------------------------------- papers


def paper_values(paper: Paper) -> dict[str, Any]:
    """A paper as columns of `papers`."""
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "identifiers": list(paper.identifiers),
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "sources": list(paper.sources),
        "url": paper.url,
        "pdf": paper.pdf,
        "code": paper.code,
        "tldr": paper.tldr,
        "comment": paper.comment,
        "journal": paper.journal,
        "published": paper.published,
        "version": paper.version,
        "upvotes": paper.upvotes,
        "withdrawn": paper.withdrawn,
    }


def paper(row: Row[Any]) -> Paper:
    """A row of `papers`."""
    return Paper(
        id=shown("p", row.id),
        title=row.title,
        abstract=row.abstract,
        identifiers=tuple(row.identifiers),
        authors=tuple(row.authors),
        categories=tuple(row.categories),
        sources=tuple(dict.fromkeys(row.sources)),
        url=row.url,
        pdf=row.pdf,
        code=row.code,
        tldr=row.tldr,
        comment=row.comment,
        journal=row.journal,
        published=row.published,
        version=row.version,
        upvotes=row.upvotes,
        withdrawn=row.withdrawn,
        plain=row.plain,
    )


def reasons(match: Match) -> list[list[Any]]:
    """Reasons as JSON."""
    return [[reason.word, reason.field, reason.position] for reason in match.reasons]


def match(query: int, score: float, why: Sequence[Sequence[Any]]) -> Match:
    """A stored match."""
    return Match(query, score, tuple(Reason(word, where, position) for word, where, position in why))


def known(what: Known) -> dict[str, Any]:
    """What somebody knows of a paper, as JSON."""
    return {"version": what.version, "withdrawn": what.withdrawn, "code": what.code}


def source(row: Row[Any]) -> SourceState:
    """A row of `sources`."""
    return SourceState(
        name=row.name,
        adapter=row.adapter,
        url=row.url,
        title=row.title,
        owner=row.owner,
        cursor=row.cursor,
        health=Health(Condition(row.condition or Condition.OK), row.detail, row.retry_after),
        asked=row.asked,
        answered=row.answered,
        news=row.news,
        next=row.next,
        batch=row.batch,
        batch_size=row.batch_size,
    )


# ------------------------------------------------------------------------------------------- channels


def channel(row: Row[Any]) -> Channel:
    """The channel of a row of `channels`."""
    return Channel(row.platform, row.workspace, row.outside_id, row.name, row.direct)


def channel_state(row: Row[Any]) -> ChannelState:
    """A row of `channels`."""
    schedule = Schedule(row.zone, row.at, tuple(row.days), row.most, row.paused, row.until, row.layout, row.quiet)
    return ChannelState(
        channel=channel(row),
        schedule=schedule,
        due=row.due,
        due_date=row.due_date,
        last_date=row.last_date,
        last_at=row.last_at,
        fresh=row.fresh,
        trouble=row.trouble,
        editors=row.editors,
        agreed=row.agreed,
        paused_at=row.paused_at,
    )


def subscription(row: Row[Any]) -> Subscription:
    """A row of `subscriptions` joined with `queries.text` and the columns of `persons`."""
    person = Person(row.platform, row.workspace, row.outside_id, row.name)
    return Subscription(row.number, row.query, row.text, row.since, person, row.typed, row.edited)


# -------------------------------------------------------------------------------------- acts, messages


def _slim(noun: Any, made: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a noun that are not as by default; `made` holds those that JSON has no form for."""
    slim: dict[str, Any] = {}
    for name, default in _fields(noun.__class__):
        value = getattr(noun, name)
        if value != default:
            slim[name] = made.get(name, value)
    return slim


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a noun with their defaults; MISSING equals nothing."""
    return tuple((field.name, field.default) for field in fields(kind))


def pack_message(message: Message) -> dict[str, Any]:
    """A message as JSON, without what is as by default."""
    actions = [_slim(action, {"ask": [_slim(ask, {}) for ask in action.ask]}) for action in message.actions]
    return _slim(
        message,
        {
            "items": [pack_message(item) for item in message.items],
            "actions": actions,
            "file": message.file and _slim(message.file, {}),
            "moments": [_slim(moment, {"at": moment.at.isoformat()}) for moment in message.moments],
        },
    )


def message(packed: Mapping[str, Any]) -> Message:
    """A packed message; every sequence in it is a tuple."""
    return Message(
        **{
            **packed,
            "facts": tuple(packed.get("facts", ())),
            "items": tuple(message(item) for item in packed.get("items", ())),
            "actions": tuple(_action(action) for action in packed.get("actions", ())),
            "file": File(**packed["file"]) if packed.get("file") else None,
            "moments": tuple(_moment(moment) for moment in packed.get("moments", ())),
        }
    )


def _moment(packed: Mapping[str, Any]) -> Moment:
    return Moment(**{**packed, "at": datetime.fromisoformat(packed["at"])})


def _action(packed: Mapping[str, Any]) -> Action:
    asks = (Ask(**{**ask, "choices": tuple(ask.get("choices", ()))}) for ask in packed.get("ask", ()))
    return Action(**{**packed, "ask": tuple(asks)})


def pack_act(act: Act) -> dict[str, Any]:
    """An act as JSON, without its reply handle, which has a column of its own."""
    made = {"channel": _slim(act.channel, {}), "person": _slim(act.person, {}), "at": act.at.isoformat()}
    packed = _slim(act, made)
    packed.pop("reply", None)
    return packed


def act(packed: Mapping[str, Any], reply: str) -> Act:
    """A packed act."""
    return Act(
        **{
            **packed,
            "channel": Channel(**packed["channel"]),
            "person": Person(**packed["person"]),
            "at": datetime.fromisoformat(packed["at"]),
            "reply": reply,
        }
    )


#: the times of a channel's state, the dates, and what in a schedule JSON has no form for
_MOMENTS = ("due", "last_at", "paused_at")
_DATES = ("due_date", "last_date")
_HOURS: dict[str, Callable[[Any], Any]] = {
    "at": time.fromisoformat,
    "until": datetime.fromisoformat,
    "days": tuple,
}


def pack_begun(begun: Begun) -> dict[str, Any]:
    """What a channel was like when an act upon it began, as JSON; people are left out."""
    state, schedule = begun.state, begun.state.schedule
    hours = {"at": schedule.at.isoformat(), "until": schedule.until and schedule.until.isoformat()}
    moments = {name: made and made.isoformat() for name in (*_MOMENTS, *_DATES) for made in (getattr(state, name),)}
    packed = _slim(state, moments | {"schedule": _slim(schedule, hours)})
    del packed["channel"]
    topics = [[one.number, one.query, one.text, one.since.isoformat(), one.typed] for one in begun.topics]
    return {"state": packed, "topics": topics}


def begun(packed: Mapping[str, Any], channel: Channel) -> Begun:
    """What `pack_begun` made of that channel."""
    state, schedule = dict(packed["state"]), dict(packed["state"].get("schedule", {}))
    made: dict[str, Any] = {name: datetime.fromisoformat(state[name]) for name in _MOMENTS if name in state}
    made |= {name: date.fromisoformat(state[name]) for name in _DATES if name in state}
    hours = {name: kind(schedule[name]) for name, kind in _HOURS.items() if name in schedule}
    known = ChannelState(**{**state, **made, "channel": channel, "schedule": Schedule(**{**schedule, **hours})})
    nobody = Person(channel.platform, channel.workspace, "")
    topics = (
        Subscription(number, query, text, datetime.fromisoformat(since), nobody, typed)
        for number, query, text, since, typed in packed["topics"]
    )
    return Begun(known, tuple(topics), before=True)
