"""Commands and reactions about papers, and a person's own reading list."""

from __future__ import annotations

from bot import citations
from bot.matching import matches, prefilter
from bot.messages import answers
from bot.models import Act, Match, Paper, Saved
from bot.ports import CommandError
from bot.query import QueryError, parse
from jobs.answer.desk import Desk, Reply, private

#: entries of a list that are shown at once
PAGE = 10
#: what saves, and the numbers of a lead
BOOKMARK = "🔖"
KEYCAPS = {**{f"{number}\u20e3": number for number in range(1, 10)}, "🔟": 10}


async def search(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`search QUERY`."""
    query = parse(rest)
    found = [seen.paper for seen, _ in await desk.search(query, act, prefilter(query, desk.acronyms()))]
    shown = found[:PAGE]
    await desk.store.show_list(act.person, act.channel, [paper.id for paper in shown])
    return [private(act, answers.found(query.text, shown, len(found)))]


async def show(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`show PAPER`."""
    paper = await desk.paper(act, rest)
    reasons: list[tuple[str, Match]] = []
    for one in await desk.store.subscriptions(act.channel):
        match = matches(parse(one.text), paper, desk.acronyms())
        if match is not None:
            reasons.append((one.text, match))
    return [private(act, answers.shown(paper, reasons))]


async def save(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`save PAPER`."""
    paper = await desk.paper(act, rest)
    first = not await desk.store.saved(act.person)
    if await desk.store.save(act.person, paper.id, act.at, act.order):
        return [private(act, answers.saved_now(paper, first))]
    return [private(act, answers.already(paper, saved=True))]


async def unsave(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`unsave PAPER`."""
    paper = await desk.paper(act, rest)
    if await desk.store.unsave(act.person, paper.id, act.at, act.order):
        return [private(act, answers.unsaved_now(paper))]
    return [private(act, answers.already(paper, saved=False))]


async def saved(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`saved [QUERY]`."""
    entries, about = await own_list(desk, act, rest)
    shown = entries[:PAGE]
    await desk.store.show_list(act.person, act.channel, [one.paper.id for one in shown])
    return [private(act, answers.reading_list(shown, len(entries), about))]


async def export(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`export bibtex [QUERY]`."""
    kind, _, about = rest.partition(" ")
    kind = kind.lower() or "bibtex"
    if kind not in citations.KINDS:
        known = ", ".join(citations.KINDS)
        raise CommandError(f"I do not write “{kind}”. I write {known}.", "export bibtex")
    try:
        entries, _ = await own_list(desk, act, about)
    except QueryError as wrong:
        # its place is in the query, and the query is not all that was typed
        before = len(rest) - len(about)
        better = f"{kind} {wrong.suggestion}" if wrong.suggestion else ""
        raise QueryError(str(wrong), wrong.start + before, wrong.end + before, better) from wrong
    if not entries:
        return [private(act, answers.reading_list((), 0, about.strip()))]
    given = {one.paper.id: one.key for one in await desk.store.saved(act.person) if one.key}
    keys = citations.keys(entries, given)
    await desk.store.cite(act.person, keys)
    return [private(act, answers.exported(citations.export(kind, entries, keys), len(entries)))]


async def own_list(desk: Desk, act: Act, about: str) -> tuple[list[Saved], str]:
    """That person's list, or what of it matches, newest first; and the canonical text of the query."""
    entries = await desk.store.saved(act.person)
    if not about.strip():
        return entries, ""
    query = parse(about)
    return [one for one in entries if matches(query, one.paper, desk.acronyms()) is not None], query.text


async def react(desk: Desk, act: Act) -> list[Reply]:
    """A reaction: 🔖 saves what the message shows, a number on a lead saves that one; taking it away un-saves."""
    emoji = act.emoji.replace("\ufe0f", "")
    shown = await desk.store.posted_papers(act.channel, act.message)
    if emoji == BOOKMARK:
        chosen = shown
    elif (number := KEYCAPS.get(emoji, 0)) and len(shown) > 1:
        chosen = shown[number - 1 : number]
    else:
        return []
    first = not await desk.store.saved(act.person)
    done: list[Paper] = []
    for paper in await desk.store.papers(chosen, act.channel):
        if act.kind == "unreact":
            await desk.store.unsave(act.person, paper.id, act.at, act.order)
        elif await desk.store.save(act.person, paper.id, act.at, act.order):
            done.append(paper)
    return [private(act, answers.saved_now(done[0], first=True))] if first and done else []
