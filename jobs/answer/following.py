"""Commands about what a channel follows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot import calendar
from bot.matching import matches, prefilter
from bot.messages import answers
from bot.messages.answers import Forecast
from bot.models import Act, ChannelState, Match, Paper, Subscription
from bot.ports import CommandError
from bot.query import Query, parse, split_topics
from jobs.answer.desk import Desk, Reply, private, public

#: topics that one channel may follow
MOST_TOPICS = 50
#: what a forecast looks back over
BACK = timedelta(days=30)


async def forecast(desk: Desk, act: Act, query: Query) -> tuple[Forecast, list[tuple[Match, str]]]:
    """What following it would bring, over the papers stored in the last 30 days, and the matches found."""
    since = desk.clock() - BACK
    found: list[tuple[Match, str]] = []
    per_day: Counter[object] = Counter()
    in_title = 0
    latest: list[Paper] = []
    for number, seen in enumerate(await desk.store.find(prefilter(query, desk.acronyms()), act.channel, since)):
        if number % 50 == 49:
            await asyncio.sleep(0)
        match = matches(query, seen.paper, desk.acronyms())
        if match is None:
            continue
        if not any(reason.field == "source" for reason in match.reasons):
            # a match by source is this workspace's own: others may not see that source
            found.append((match, seen.paper.id))
        per_day[seen.at.date()] += 1
        in_title += any(reason.field == "title" for reason in match.reasons)
        if len(latest) < 3:
            latest.append(seen.paper)
    days = tuple((day, per_day[day]) for day, _ in await desk.store.days_read(act.channel, since))
    return Forecast(query.text, query.plain, days, in_title, tuple(latest)), found


async def follow(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`follow QUERY`."""
    topics = split_topics(rest)
    if len(topics) > 1:
        return [private(act, answers.two_topics(topics))]
    query = parse(rest)
    now = desk.clock()
    known = await desk.store.subscriptions(act.channel)
    if len(known) >= MOST_TOPICS and query.text not in {one.text for one in known}:
        raise CommandError(f"A channel follows at most {MOST_TOPICS} topics. `/papers list` shows which.", "list")
    predicted, found = await forecast(desk, act, query)
    await changed(desk, act, lambda known: known)  # it is stored now
    subscription, created = await desk.store.follow(act.channel, act.person, query.text, now, found)
    state = await changed(desk, act, lambda known: due_first(known, now))
    await desk.store.show_list(act.person, act.channel, [paper.id for paper in predicted.latest])
    replies = [private(act, answers.following(predicted, subscription, created, state, now))]
    if created:
        replies.append(public(act, answers.follows(act.person, predicted)))
    return replies


async def preview(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`preview QUERY`."""
    predicted, _ = await forecast(desk, act, parse(rest))
    await desk.store.show_list(act.person, act.channel, [paper.id for paper in predicted.latest])
    return [private(act, answers.previewed(predicted))]


async def unfollow(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`unfollow QUERY` or `unfollow 2`."""
    known = await desk.store.subscriptions(act.channel)
    subscription = named(known, rest)
    await desk.store.unfollow(act.channel, subscription.number, desk.clock())
    if len(known) == 1:
        await without_topics(desk, act)
    return [
        private(act, answers.unfollowed(subscription)),
        public(act, answers.said(act.person, f"stopped following {subscription.text} here.")),
    ]


def named(known: list[Subscription], rest: str) -> Subscription:
    """The subscription that a number or a query names. Raises CommandError."""
    text = rest.strip().removeprefix("#")
    if not text:
        raise CommandError("Unfollow what? `/papers list` shows the numbers.", "list")
    if text.isdecimal():
        found = [one for one in known if one.number == int(text)]
    else:
        query = parse(text)
        found = [one for one in known if one.text == query.text]
    if found:
        return found[0]
    if not known:
        raise CommandError("Nothing is followed here.", "list")
    near = f"unfollow {known[0].number}" if len(known) == 1 else "list"
    raise CommandError(f"“{text}” is not followed here. `/papers list` shows what is.", near)


async def restore(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`restore 2`, typed by the button *Undo*."""
    if not rest.isdecimal():
        raise CommandError("Restore which number? `/papers list` shows what is followed.", "list")
    if int(rest) in {one.number for one in await desk.store.subscriptions(act.channel)}:
        raise CommandError(f"Number {rest} is followed here.", "list")
    subscription = await desk.store.restore(act.channel, int(rest))
    if subscription is None:
        raise CommandError(f"There is nothing to restore under {rest}.", "list")
    state = await changed(desk, act, lambda known: due_first(known, desk.clock()))
    return [
        private(act, answers.following_again(subscription, state, desk.clock())),
        public(act, answers.said(act.person, f"follows {subscription.text} here again.")),
    ]


async def changed(desk: Desk, act: Act, change: Callable[[ChannelState], ChannelState]) -> ChannelState:
    """Change the channel somebody acts in, as it stands then; what was wrong there is perhaps mended."""
    new = await desk.state(act)
    return await desk.store.change(act.channel, new.schedule, lambda known: replace(change(known), trouble=""))


async def without_topics(desk: Desk, act: Act) -> ChannelState:
    """Nothing is followed any more: no digest is due, unless somebody follows something in this moment."""
    new = await desk.state(act)
    state = await desk.store.change(act.channel, new.schedule, lambda known: due_after(known, None))
    if not await desk.store.subscriptions(act.channel):
        return state
    return await desk.store.change(act.channel, new.schedule, lambda known: due_first(known, desk.clock()))


def due_after(state: ChannelState, after: datetime | None) -> ChannelState:
    """The channel with its first slot after that moment; with None it is not due at all."""
    if after is None:
        return replace(state, due_date=None, due=None)
    day, due = calendar.next_slot(state.schedule, after, last=state.last_date, last_at=state.last_at)
    return replace(state, due_date=day, due=due)


def due_first(state: ChannelState, now: datetime) -> ChannelState:
    """The channel with a due date, when it had none and is not paused."""
    return state if state.due is not None or state.schedule.paused else due_after(state, now)


def due_next(state: ChannelState, now: datetime) -> ChannelState:
    """The channel with its due date by a schedule that was changed; a digest whose hour has come stays due."""
    if state.due is None or (state.due <= now and not state.schedule.paused):
        return state
    return due_after(state, state.schedule.until if state.schedule.paused else now)


async def listing(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`list` or `list text`."""
    known = await desk.store.subscriptions(act.channel)
    if rest.strip().lower() == "text":
        return [private(act, answers.listed_as_text(known))]
    if rest:
        raise CommandError("Say `list` or `list text`.", "list")
    now = desk.clock()
    counts = await desk.store.counts(act.channel, now)
    return [private(act, answers.listed(known, dict(counts), await desk.store.channel(act.channel), now))]
