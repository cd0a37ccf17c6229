"""Commands about what a channel follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import calendar, policy
from bot.forecast import Forecast
from bot.matching import matches
from bot.messages import answers, refusing
from bot.messages import following as words
from bot.models import Act, ChannelState, Digest, Entry, Match, Paper, Part, Subscription
from bot.ports import Busy, CommandError
from bot.query import Query, QueryError, different_topics, parse, separate_topics
from jobs.answer.desk import Desk, Reply, private, public
from jobs.answer.desk import named as named_paper
from jobs.answer.forecasting import days_read, forecast

#: topics that one channel may follow
MOST_TOPICS = 50
#: lines that are read of a list
MOST_LINES = 200
#: topics that are written in one transaction: others wait for it
AT_ONCE = 10
#: attempts to find a number of a digest that nobody else takes in the same moment
TRIES = 5


async def follow(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`follow QUERY`; several lines are several topics."""
    listed = separate_topics(rest)
    if len(listed) > 1:
        return await _follow_all(desk, act, listed)
    rest = listed[0][1] if listed else rest
    if paper := await _paper(desk, act, rest):
        return paper
    topics = different_topics(rest)
    if len(topics) > 1:
        return [private(act, words.two_topics(topics))]
    return await _follow(desk, act, parse(rest), asking=True)


async def follow_anyway(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`follow! QUERY`, typed by the button *Follow anyway*: however much it brings, and one topic."""
    return await _follow(desk, act, parse(rest), asking=False)


async def _paper(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """The answer when what is to be followed is a paper's id or its link; else none. Raises CommandError."""
    text = rest.strip().strip("<>")
    name = named_paper(text) if len(text.split()) == 1 else ""
    if not name:
        return []
    if name.startswith("url:") and not await desk.store.papers([name], act.channel):
        raise CommandError(refusing.NO_TOPIC)
    return [private(act, words.a_paper(text))]


async def _follow(desk: Desk, act: Act, query: Query, *, asking: bool) -> list[Reply]:
    now = desk.clock()
    begun = await desk.begin(act)
    known = begun.topics
    followed = query.text in {one.text for one in known}
    if len(known) >= MOST_TOPICS and not followed:
        raise CommandError(refusing.no_room(MOST_TOPICS), "list")
    predicted, found = await forecast(desk, act, query, explore=True)
    await _show(desk, act, predicted)
    if asking and predicted.floods and not followed:
        return [private(act, words.asked_first(predicted, begun.state.schedule.most))]
    await changed(desk, act, lambda known: known)  # it is stored now
    subscription, created = await desk.store.follow(act.channel, act.person, query.text, now, found, query.typed)
    state = await changed(desk, act, lambda known: due_first(known, now))
    created = created or (begun.before and not followed and subscription.by == act.person)
    replies = [private(act, words.following(predicted, subscription, created, state, now))]
    if created:
        replies.append(public(act, words.follows(act.person, predicted)))
    return replies


async def _follow_all(desk: Desk, act: Act, listed: Sequence[tuple[int, str]]) -> list[Reply]:
    """Several topics at once: all that can be followed are, and one answer tells of each."""
    if len(listed) > MOST_LINES:
        raise CommandError(refusing.too_many_lines(len(listed), MOST_LINES))
    now = desk.clock()
    lines, wrong = _read(listed)
    begun = await desk.begin(act)
    known = {one.text for one in begun.topics}
    room, days = MOST_TOPICS - len(known), await days_read(desk, act)
    wanted: list[tuple[Query, Forecast | None, Sequence[tuple[Match, str]]]] = []
    broad: list[Forecast] = []
    for number, text, query in lines:
        if query.text in known or room <= 0:
            wanted.append((query, None, ()))
            continue
        try:
            predicted, found = await forecast(desk, act, query, read=days)
        except QueryError as error:
            wrong.append(words.Wrong(number, text, str(error)))
            continue
        if predicted.floods:
            broad.append(predicted)
            continue
        wanted.append((query, predicted, found))
        room -= 1
    wrong.sort(key=lambda line: line.number)
    asked = words.broad(broad, begun.state.schedule.most)
    if not wanted:
        return [private(act, words.followed_all((), (), wrong, (), MOST_TOPICS, *asked))]
    await changed(desk, act, lambda known: known)  # it is stored now
    told = [(query.text, found, query.typed) for query, _, found in wanted]
    answered: list[tuple[Subscription, bool] | None] = []
    for first in range(0, len(told), AT_ONCE):
        some = told[first : first + AT_ONCE]
        answered += await desk.store.follow_all(act.channel, act.person, some, now, MOST_TOPICS)
    state = await changed(desk, act, lambda known: due_first(known, now))
    new: list[tuple[Subscription, Forecast | None]] = []
    before: list[Subscription] = []
    for (_, brings, _), answer in zip(wanted, answered, strict=True):
        ours = begun.before and answer is not None and answer[0].text not in known and answer[0].by == act.person
        if answer is not None and (answer[1] or ours):
            new.append((answer[0], brings))
        elif answer is not None:
            before.append(answer[0])
    beyond = [query.typed for (query, _, _), answer in zip(wanted, answered, strict=True) if answer is None]
    followed = words.followed_all(new, before, wrong, beyond, MOST_TOPICS, *asked)
    replies = [private(act, answers.and_next(followed, state, now))]
    if new:
        replies.append(public(act, words.follows_all(act.person, [one for one, _ in new])))
    return replies


def _read(listed: Sequence[tuple[int, str]]) -> tuple[list[tuple[int, str, Query]], list[words.Wrong]]:
    """The queries of these lines, each once, with line number and line; and the lines that are none."""
    lines: dict[str, tuple[int, str, Query]] = {}
    wrong: list[words.Wrong] = []
    for number, text in listed:
        try:
            if len(different_topics(text)) > 1:
                wrong.append(words.Wrong(number, text, words.SEVERAL))
                continue
            query = parse(text)
        except QueryError as error:
            wrong.append(words.Wrong(number, text, str(error)))
        else:
            lines.setdefault(query.text, (number, text, query))
    return list(lines.values()), wrong


async def preview(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`preview QUERY`."""
    if paper := await _paper(desk, act, rest):
        return paper
    predicted, _ = await forecast(desk, act, parse(rest), explore=True)
    await _show(desk, act, predicted)
    return [private(act, words.previewed(predicted))]


async def _show(desk: Desk, act: Act, predicted: Forecast) -> None:
    if predicted.latest:
        await desk.store.show_list(act.person, act.channel, [paper.id for paper in predicted.latest])


async def edit(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`edit 2 QUERY`."""
    return await _edit(desk, act, rest, asking=True)


async def edit_anyway(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`edit! 2 QUERY`, typed by the buttons *Change it anyway* and *Undo*: however much it brings."""
    return await _edit(desk, act, rest, asking=False)


async def _edit(desk: Desk, act: Act, rest: str, *, asking: bool) -> list[Reply]:
    typed = re.fullmatch(r"#?(\d{1,9})[\s:]+(\S.*)", rest, re.DOTALL)
    if typed is None:
        raise CommandError(refusing.EDIT_WHAT, "list")
    number, text = int(typed[1]), typed[2]
    begun = await desk.begin(act)
    before = next((one for one in begun.topics if one.number == number), None)
    if before is None:
        raise CommandError(refusing.no_number(number), "list")
    if paper := await _paper(desk, act, text):
        return paper
    now = desk.clock()
    with _in_all_of(rest, text):
        query = parse(text)
        if query.text == before.text:
            return [private(act, words.unchanged(before))]
        predicted, found = await forecast(desk, act, query, explore=True)
    if asking and predicted.floods and query.text not in {one.text for one in begun.topics}:
        await _show(desk, act, predicted)
        return [private(act, words.asked_first(predicted, begun.state.schedule.most, before))]
    answer = await desk.store.edit(act.channel, number, query.text, now, found, query.typed)
    if answer is None:
        twin = next((one for one in await desk.store.subscriptions(act.channel) if one.text == query.text), None)
        if twin is None:
            raise CommandError(refusing.number_not_any_more(number), "list")
        raise CommandError(refusing.another_is_that(twin), f"unfollow {number}")
    if not begun.before:
        before, _ = answer
    await _show(desk, act, predicted)
    state = await changed(desk, act, lambda known: known)
    waiting = sum(one.subscription.number == number for one in await desk.store.waiting(act.channel))
    return [
        private(act, words.edited(predicted, before, state, now, waiting)),
        public(act, words.edits(act.person, before, predicted)),
    ]


@contextmanager
def _in_all_of(typed: str, text: str) -> Iterator[None]:
    """An error of the query that ends what was typed tells its place and its remedy in all of that."""
    try:
        yield
    except QueryError as wrong:
        before = typed[: len(typed) - len(text)]
        better = before + wrong.suggestion if wrong.suggestion else ""
        raise QueryError(str(wrong), wrong.start + len(before), wrong.end + len(before), better) from wrong


async def post(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`post 2 p17 p18`, typed by *Post these three here*; once, however often the act is worked on."""
    number, *names = rest.split()[:4] or [""]
    topic = next((one for one in await desk.store.subscriptions(act.channel) if str(one.number) == number), None)
    if topic is None or not names:
        raise CommandError(refusing.POST_WHAT, "list")
    posted = await desk.store.papers_asked_by(act.key)
    if not posted:
        papers = [
            paper
            for paper in await desk.store.papers(names, act.channel)
            if not (await desk.store.history(act.channel, paper.id)).had
        ]
        posted = await _planned(desk, act, topic, papers)
    desk.deliver(act.channel.platform)
    return [private(act, words.posting(posted, len(names)))]


async def _planned(desk: Desk, act: Act, topic: Subscription, papers: Sequence[Paper]) -> int:
    """Plan these papers as messages of their own, under the key of the act; how many."""
    query, now = parse(topic.text), desk.clock()
    found = [(paper, matches(query, paper, desk.acronyms())) for paper in papers]
    entries = [Entry(paper, topic.shown, replace(match, query=topic.query)) for paper, match in found if match]
    if not entries:
        return 0
    state = await changed(desk, act, lambda known: known)
    day = now.astimezone(ZoneInfo(state.schedule.zone)).date()
    for _ in range(TRIES):
        digest = Digest(act.channel, day, await desk.store.next_number(act.channel, day))
        parts = [(Part(place, "paper", (entry,)), policy.key(digest, place)) for place, entry in enumerate(entries)]
        await desk.store.plan(digest, parts, now, None, None, asked_by=act.key)
        if planned := await desk.store.papers_asked_by(act.key):
            return planned
    raise Busy(refusing.MANY_POST)


async def unfollow(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`unfollow QUERY`, `unfollow 2` or `unfollow 2 3`."""
    begun = await desk.begin(act)
    known = begun.topics
    several = re.fullmatch(r"#?\d+(?:[\s,;]+#?\d+)+", rest.strip())
    chosen = [named(known, number) for number in re.findall(r"\d+", rest)] if several else [named(known, rest)]
    numbers = list(dict.fromkeys(one.number for one in chosen))
    stopped = await desk.store.unfollow_all(act.channel, numbers, desk.clock())
    if begun.before:
        stopped = chosen
    elif not stopped:
        raise CommandError(refusing.not_any_more(rest), "list")
    if len(known) == len(numbers):
        await without_topics(desk, act)
    return [
        private(act, words.stopped_all(stopped)),
        public(act, words.stops(act.person, stopped)),
    ]


def named(known: Sequence[Subscription], rest: str) -> Subscription:
    """The subscription that a number or a query names. Raises CommandError."""
    text = rest.strip().removeprefix("#")
    if not text:
        raise CommandError(refusing.UNFOLLOW_WHAT, "list")
    if text.isdecimal():
        found = [one for one in known if one.number == int(text)]
    else:
        query = parse(text)
        found = [one for one in known if one.text == query.text]
    if found:
        return found[0]
    if not known:
        raise CommandError(refusing.NOTHING_FOLLOWED, "list")
    near = f"unfollow {known[0].number}" if len(known) == 1 else "list"
    raise CommandError(refusing.not_followed(text), near)


async def restore(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`restore 2` or `restore 2 3`, typed by the button *Undo*."""
    numbers = [int(word) for word in rest.split() if re.fullmatch(r"\d{1,9}", word)]
    if not numbers or len(numbers) != len(rest.split()):
        raise CommandError(refusing.RESTORE_WHAT, "list")
    known = (await desk.begin(act)).topics
    followed = {one.number for one in known}
    if followed.issuperset(numbers):
        again = next(one for one in known if one.number == numbers[0])
        raise CommandError(refusing.followed_already(again), "list")
    if len(known) + len(set(numbers) - followed) > MOST_TOPICS:
        raise CommandError(refusing.no_room(MOST_TOPICS), "list")
    restored = [await desk.store.restore(act.channel, number) for number in numbers if number not in followed]
    back = [one for one in restored if one is not None]
    if not back:
        raise CommandError(refusing.nothing_to_restore(rest), "list")
    state = await changed(desk, act, lambda known: due_first(known, desk.clock()))
    return [
        private(act, words.following_again(back, state, desk.clock())),
        public(act, words.follows_again(act.person, back)),
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
    """The channel with a due date, when it had none: after its pause, and with none in a pause without an end."""
    return state if state.due is not None else due_after(state, _awake(state, now))


def due_next(state: ChannelState, now: datetime) -> ChannelState:
    """The channel with its due date by a schedule that was changed; a digest whose hour has come stays due."""
    if state.due is None or (state.due <= now and not state.schedule.rests(now)):
        return state
    return due_after(state, _awake(state, now))


def _awake(state: ChannelState, now: datetime) -> datetime | None:
    """From when on digests come: now, or the end of the pause; None when that has none."""
    return state.schedule.until if state.schedule.rests(now) else now


async def listing(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`list` or `list text`."""
    known = await desk.store.subscriptions(act.channel)
    if rest.strip().lower() == "text":
        return [private(act, words.listed_as_text(known))]
    if rest:
        raise CommandError(refusing.LIST_HOW, "list")
    now = desk.clock()
    counts = await desk.store.counts(act.channel, now)
    return [private(act, words.listed(known, dict(counts), await desk.store.channel(act.channel), now))]
