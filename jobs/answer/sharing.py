"""`share`: papers that somebody wants the channel to see."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from bot import policy
from bot.messages import sharing
from bot.models import Act, ChannelState, Digest, Entry, Match, Paper, Part
from bot.ports import Busy, CommandError
from jobs.answer.desk import Desk, Reply, private
from jobs.answer.following import changed

#: papers that are shared at once
MOST = 5
#: attempts to find a number that nobody else takes in the same moment
TRIES = 5


async def share(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`share PAPER…`; once, however often the act is worked on."""
    # asked first: when the papers were posted already, the numbers of the last list mean others
    papers = await desk.store.papers_asked_by(act.key)
    if not papers:
        named = names(rest)
        if len(named) > MOST:
            raise CommandError(f"At most {MOST} papers at once; these are {len(named)}.")
        found = [await desk.paper(act, name) for name in named or [""]]
        # whoever shares is known then, to be forgotten when they ask for it
        await desk.store.show_list(act.person, act.channel, list(dict.fromkeys(paper.id for paper in found)))
        # the channel is stored then, and what was wrong there is perhaps mended
        state = await changed(desk, act, lambda known: known)
        papers = await _planned(desk, act, state, list({paper.id: paper for paper in found}.values()))
    desk.deliver()
    return [private(act, sharing.sharing(papers))]


def names(rest: str) -> list[str]:
    """The papers that are named, between blanks; numbers also between commas."""
    words = [word.strip(",;") for word in rest.split()]
    return [
        name
        for word in words
        for name in (re.split("[,;]+", word) if re.fullmatch(r"[\d,;]+", word) else [word])
        if name
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
        if await desk.store.share(digest, parts, now, act.key):
            return len(parts)
        if shared := await desk.store.papers_asked_by(act.key):
            return shared
    raise Busy("Many things are being posted here.")
