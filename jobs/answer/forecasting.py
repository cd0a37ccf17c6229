"""What following a query would bring: counted over the papers of the last month, the newest first.

A topic that half of all papers speak of is not counted to the end: `MOST` candidates are read, and the forecast rests
on the days that these cover. Narrower variants are counted over what was found, wider ones over one more look.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot import variants
from bot.forecast import ENOUGH, MANY, MODEST, Forecast
from bot.matching import QueryIndex, prefilter
from bot.messages import following as words
from bot.models import Act, Match, Paper, Seen
from bot.query import Field, Leaf, Node, Or, Query, QueryError, Within, categories, leaves
from bot.text import name_key, same_name, source_names
from bot.variants import Variant
from jobs.answer.desk import Desk

#: what a forecast looks back over
BACK = timedelta(days=30)
#: a month may begin with a long weekend
BEGINS = timedelta(days=5)
#: papers that are read for a forecast, for narrower variants, and for wider ones
MOST, NARROWER, WIDER = 700, 200, 500
#: working days that say as much as a month
MANY_DAYS = 2 * ENOUGH
#: papers that are matched before others get a turn
STRETCH = 50
#: a working day with less than this share of the fullest day's papers has not been fetched yet
THIN = 0.1
#: an author's name that fits so many is said to
NAMESAKES = 10


#: papers that were news on each day
Read = Mapping[date, int]


async def days_read(desk: Desk, act: Act) -> Read:
    """By day, how many papers a forecast can look through."""
    return dict(await desk.store.days_read(act.channel, desk.clock() - BACK))


async def forecast(
    desk: Desk, act: Act, query: Query, *, explore: bool = False, read: Read | None = None
) -> tuple[Forecast, list[tuple[Match, str]]]:
    """What following it would bring, and the matches found; with `explore` also what other queries would.

    `read` is what `days_read` says, for who asks about many queries. Raises QueryError for a source or a category that
    there is not.
    """
    since = desk.clock() - BACK
    read = await days_read(desk, act) if read is None else read
    if read:  # before that nobody knows what there is
        await _check_names(desk, act, query)
    seen = await desk.store.find(prefilter(query, desk.acronyms()), act.channel, since, MOST)
    days, whole = _days(read, seen, MOST, since)
    found = [(one, match) for one, (match,) in zip(seen, await _matched(desk, [query], seen), strict=True) if match]
    per_day = Counter(one.at.date() for one, _ in found)
    counted = [match for one, match in found if one.at.date() in days]
    in_title = sum(any(reason.field == "title" for reason in match.reasons) for match in counted)
    papers = [one.paper for one, _ in found]
    predicted = Forecast(
        query.typed,
        query.understood(desk.acronyms()),
        tuple((day, per_day[day]) for day in sorted(days)),
        in_title if _elsewhere(query) else 0,
        tuple(papers[:3]),
        whole,
        cut=len(seen) == MOST,
    )
    if explore:
        strange = await _strange(desk, act, query) if days and not predicted.total else []
        if not days:
            others: tuple[tuple[Variant, float], ...] = ()
        elif predicted.week >= MODEST:
            others = await _narrower(desk, query, predicted, papers)
        else:
            others = await _wider(desk, act, query, predicted, strange, read=read)
        notes = [words.no_word(variants.text_of(leaf)) for leaf in strange]
        predicted = replace(predicted, variants=others, notes=(*notes, *_notes(query, papers)))
    # a match by source is this workspace's own: others may not see that source
    public = [one for one in found if not any(reason.field == "source" for reason in one[1].reasons)]
    return predicted, [(match, one.paper.id) for one, match in public]


def _elsewhere(query: Query) -> bool:
    """It looks for words not in titles alone: how many it finds there says something."""
    asked = [leaf for leaf, wanted in leaves(query.root) if wanted and not isinstance(leaf, Field)]
    return any(not isinstance(leaf, Within) or leaf.field != "title" for leaf in asked)


def _days(read: Read, seen: Sequence[Seen], most: int, since: datetime) -> tuple[set[date], bool]:
    """The days that these papers cover, and whether they are those of the last month."""
    fullest = max(read.values(), default=0)
    days = {day for day, papers in read.items() if day.weekday() >= ENOUGH or papers >= THIN * fullest}
    if len(seen) == most:
        # of the last day there are perhaps more
        oldest = seen[-1].at.date()
        days = {day for day in days if day > oldest} or {oldest}
        return days, sum(day.weekday() < ENOUGH for day in days) >= MANY_DAYS
    return days, bool(days) and min(days) <= since.date() + BEGINS


async def _matched(desk: Desk, queries: Sequence[Query], seen: Sequence[Seen]) -> list[list[Match | None]]:
    """The match of each query with each paper."""
    index = QueryIndex(desk.acronyms())
    for number, query in enumerate(queries):
        index.add(number, query)
    found: list[list[Match | None]] = []
    for number, one in enumerate(seen):
        if number % STRETCH == STRETCH - 1:
            await asyncio.sleep(0)
        by_query = {match.query: match for match in index.match(one.paper)}
        found.append([by_query.get(number) for number in range(len(queries))])
    return found


async def _narrower(
    desk: Desk, query: Query, predicted: Forecast, found: Sequence[Paper]
) -> tuple[tuple[Variant, float], ...]:
    """Narrower variants of a topic that brings much, with what each would bring in a week."""
    some = [Seen(paper, desk.clock()) for paper in found[:NARROWER]]
    offered = variants.narrower(query, found[:NARROWER])
    counts = await _counts(desk, [one.query for one in offered], some)
    brings = {one: predicted.week * many / len(some) for one, many in zip(offered, counts, strict=True)}
    return tuple((one, brings[one]) for one in variants.helpful_narrower(brings.items(), predicted.week))


async def _wider(
    desk: Desk, act: Act, query: Query, predicted: Forecast, strange: Sequence[Leaf], *, read: Read
) -> tuple[tuple[Variant, float], ...]:
    """Wider variants of a topic that brings little, or what was meant, with what each would bring in a week."""
    meant = [one for leaf in strange for one in variants.meant(query, leaf)]
    offered = [*meant, *variants.wider(query)]
    if not offered:
        return ()
    whole = Query("", _any([one.query for one in offered]), "")
    since = desk.clock() - BACK
    seen = await desk.store.find(prefilter(whole, desk.acronyms()), act.channel, since, WIDER)
    days, _ = _days(read, seen, WIDER, since)
    seen = [one for one in seen if one.at.date() in days]
    counts = await _counts(desk, [one.query for one in offered], seen)
    weeks = max(sum(day.weekday() < ENOUGH for day in days), 1) / ENOUGH
    brings = {one: many / weeks for one, many in zip(offered, counts, strict=True)}
    right = [one for one in meant if brings[one]][:1]
    more = variants.helpful_wider(
        [(one, many) for one, many in brings.items() if one not in meant], predicted.week, ENOUGH * MANY
    )
    return tuple((one, brings[one]) for one in [*right, *more][: variants.MOST])


async def _counts(desk: Desk, queries: Sequence[Query], seen: Sequence[Seen]) -> list[int]:
    matched = await _matched(desk, queries, seen)
    return [sum(row[number] is not None for row in matched) for number in range(len(queries))]


def _any(queries: Sequence[Query]) -> Node:
    return Or(tuple(query.root for query in queries)) if len(queries) > 1 else queries[0].root


async def _strange(desk: Desk, act: Act, query: Query) -> list[Leaf]:
    """Words of the query that stand in no stored paper."""
    found: list[Leaf] = []
    for leaf in variants.unknown(query):
        groups = prefilter(Query("", leaf, ""), desk.acronyms())
        if not await desk.store.find(groups, act.channel, limit=1):
            found.append(leaf)
    return found


# ------------------------------------------------------------------------------------------------- names


def _fields(query: Query, name: str) -> list[Field]:
    return [leaf for leaf, wanted in leaves(query.root) if wanted and isinstance(leaf, Field) and leaf.name == name]


async def _check_names(desk: Desk, act: Act, query: Query) -> None:
    """Raises QueryError for a source or a category that there is not: such a topic would never bring anything."""
    fields = [leaf for leaf, _ in leaves(query.root) if isinstance(leaf, Field)]
    if asked := [field for field in fields if field.name == "source"]:
        known = {name for state in await desk.store.sources_for(act.channel) for name in source_names(state.name)}
        for field in asked:
            if known and field.value not in known:
                raise QueryError(words.no_source(field.value, sorted(name for name in known if ":" not in name)))
    for field in fields:
        if field.name != "cat" or categories.known(field.value):
            continue
        alone = prefilter(Query("", field, ""), desk.acronyms())
        if not await desk.store.find(alone, act.channel, limit=1):
            near = categories.near(field.value)
            better = variants.with_field(query, field, near) if near else []
            suggestion = better[0].query.typed if better else ""
            typed = query.spelling.get(field, field.value).removeprefix("cat:").strip('"')
            raise QueryError(words.no_category(typed, near), suggestion=suggestion)


def _notes(query: Query, found: Sequence[Paper]) -> tuple[str, ...]:
    """What is to be said of the names in it: one that fits many people."""
    said: list[str] = []
    for field in _fields(query, "author"):
        names = {name for paper in found for name in paper.authors}
        namesakes = {name_key(name) for name in names if same_name(field.value, name)}
        if len(namesakes) >= NAMESAKES:
            said.append(words.fits_many(field.value, len(namesakes)))
    return tuple(said)
