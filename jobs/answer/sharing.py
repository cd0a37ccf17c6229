"""`share`: papers that somebody wants the channel to see."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot import policy
from bot.messages import refusing, sharing
from bot.models import Act, ChannelState, Digest, Entry, Match, Paper, Part, State
from bot.ports import Busy, CommandError
from jobs.answer.desk import Desk, Reply, private, split
from jobs.answer.following import changed

#: papers that are shared at once
MOST = 5
#: papers that one person shares with a channel in a day
MOST_A_DAY = 10
#: attempts to find a number that nobody else takes in the same moment
TRIES = 5


async def share(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`share PAPER…`; once, however often the act is worked on."""
    return await _share(desk, act, rest, again=False)


async def share_again(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`share! PAPER…`, typed by the button *Share it again*."""
    return await _share(desk, act, rest, again=True)


async def _share(desk: Desk, act: Act, rest: str, *, again: bool) -> list[Reply]:
    # asked first: when the papers were posted already, the numbers of the last list mean others
    papers = await desk.store.papers_asked_by(act.key)
    if not papers:
        named = split(rest)
        if len(named) > MOST:
            raise CommandError(refusing.too_many_papers(len(named), MOST))
        found = await desk.papers(act, rest)
        if not again and (today := await _posted_today(desk, act, found)):
            return [private(act, sharing.posted_today(found, today))]
        await _refuse_many(desk, act, len(found))
        # whoever shares is known then, to be forgotten when they ask for it
        await desk.store.show_list(act.person, act.channel, [paper.id for paper in found])
        # the channel is stored then, and what was wrong there is perhaps mended
        state = await changed(desk, act, lambda known: known)
        papers = await _planned(desk, act, state, found)
    desk.deliver(act.channel.platform)
    return [private(act, sharing.sharing(papers))]


async def _refuse_many(desk: Desk, act: Act, papers: int) -> None:
    """Raise CommandError when this is more than one person shares with a channel in a day."""
    if act.channel.direct:
        return
    state = await desk.state(act)
    day = desk.clock().astimezone(ZoneInfo(state.schedule.zone)).date()
    shared = await desk.store.shared(act.channel, act.person, day)
    if shared + papers > MOST_A_DAY:
        raise CommandError(refusing.enough_shared(MOST_A_DAY, shared))


async def _posted_today(desk: Desk, act: Act, papers: list[Paper]) -> list[Paper]:
    """Those that stand in this channel since today, or are about to."""
    state = await desk.state(act)
    day = desk.clock().astimezone(ZoneInfo(state.schedule.zone)).date()
    histories = [await desk.store.history(act.channel, paper.id) for paper in papers]
    return [
        paper
        for paper, history in zip(papers, histories, strict=True)
        if any(one.digest.date == day and one.state is not State.DROPPED for one in history.shown)
    ]


async def _planned(desk: Desk, act: Act, state: ChannelState, papers: list[Paper]) -> int:
    now = desk.clock()
    day = now.astimezone(ZoneInfo(state.schedule.zone)).date()
    entries = [Entry(paper, "", Match(0, 0.0)) for paper in papers]
    for _ in range(TRIES):
        digest = Digest(act.channel, day, await desk.store.next_number(act.channel, day))
        parts = [
            (Part(number, "paper", (entry,)), policy.key(digest, number), sharing.shared_paper(entry, act.person))
            for number, entry in enumerate(entries)
        ]
        if await desk.store.share(digest, parts, now, act.key, act.person):
            return len(parts)
        if shared := await desk.store.papers_asked_by(act.key):
            return shared
    raise Busy(refusing.MANY_POST)
