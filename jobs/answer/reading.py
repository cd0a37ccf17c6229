"""A person's own reading list: saving by command and by reaction, notes, pages of the list, files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot import citations
from bot import reading as words
from bot.matching import matches, prefilter
from bot.messages import reading, refusing
from bot.models import Act, Saved
from bot.ports import CommandError
from bot.ports.store.reading import Kept
from bot.query import QueryError
from bot.reading import Note, Position, Wanted
from jobs.answer.desk import Desk, NotYet, Reply, named, private

#: entries of a list that are shown at once
PAGE = 10
#: what saves, and the numbers of a lead
BOOKMARK = "🔖"
KEYCAPS = {**{f"{number}\u20e3": number for number in range(1, 10)}, "🔟": 10}
#: a reaction waits at most so long for the record of the message it is at
RECORDED = timedelta(minutes=10)
#: other words for the kinds of file
ALSO = {"bib": "bibtex", "latex": "bibtex", "csl-json": "csl", "json": "csl", "excel": "csv", "md": "markdown"}


# ---------------------------------------------------------------------------------------------- saving


async def save(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`save PAPER…`."""
    papers = await desk.papers(act, rest)
    first = not await desk.store.ever_saved(act.person)
    ids = [one.id for one in papers]
    new = await desk.store.save_all(act.person, ids, act.at, act.order, act.channel)
    done = [one for one in papers if one.id in new]
    if len(papers) > 1:
        return [private(act, reading.several_saved(done, len(papers), first))]
    return [private(act, reading.saved_now(done[0], first) if done else reading.already(papers[0], saved=True))]


async def unsave(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`unsave PAPER…`."""
    papers = await desk.papers(act, rest)
    gone = await desk.store.unsave_all(act.person, [one.id for one in papers], act.at, act.order)
    done = [one for one in papers if one.id in gone]
    if len(papers) > 1:
        return [private(act, reading.several_unsaved(done, len(papers)))]
    return [private(act, reading.unsaved_now(done[0]) if done else reading.already(papers[0], saved=False))]


async def react(desk: Desk, act: Act) -> list[Reply]:
    """A reaction: 🔖 saves what the message shows, a number on a lead saves that one; taking it away un-saves.

    The first save of all is answered, later ones are silent. Raises NotYet at a message that may be one of ours whose
    posting is not recorded yet.
    """
    emoji = act.emoji.replace("\ufe0f", "")
    number = KEYCAPS.get(emoji, 0)
    if emoji != BOOKMARK and not number:
        return []
    shown = await desk.store.posted_papers(act.channel, act.message)
    if not shown and desk.clock() - act.at < RECORDED and await desk.store.on_its_way(act.channel):
        raise NotYet
    if number:
        shown = shown[number - 1 : number] if len(shown) > 1 else ()
    first = not await desk.store.ever_saved(act.person)
    papers = {paper.id: paper for paper in await desk.store.papers(shown, act.channel)}
    if act.kind == "unreact":
        await desk.store.unsave_all(act.person, list(papers), act.at, act.order)
        return []
    done = await desk.store.save_all(act.person, list(papers), act.at, act.order, act.channel)
    return [private(act, reading.saved_now(papers[done[0]], first=True))] if first and done else []


# ----------------------------------------------------------------------------------------------- notes


async def note(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`note PAPER text #tag`; `note PAPER` shows it, `note PAPER:` and an empty text removes it."""
    name, text = (*rest.split(maxsplit=1), "", "")[:2]
    to_be_set = bool(text.strip()) or name.endswith(":")
    name = name.removesuffix(":")
    if name and not words.is_name(name) and not named(name.strip("<>")):
        # in a paper's own thread its name is left out
        if not act.message:
            raise CommandError(refusing.NOTE_WHAT, "saved")
        name, text, to_be_set = "", rest, True
    paper = await desk.paper(act, name)
    entry = await desk.store.noted(act.person, paper.id)
    if not to_be_set:
        return [private(act, reading.note_shown(paper, entry))]
    wanted = words.note(text)
    saved = bool(wanted) and await desk.store.save(act.person, paper.id, act.at, act.order, act.channel)
    if saved:
        # what was noted before it was taken off the list is there again
        entry = await desk.store.noted(act.person, paper.id)
    before = Note(entry.note, entry.tags) if entry else Note()
    if not wanted:
        await desk.store.note(act.person, paper.id, "", ())
        return [private(act, reading.note_removed(paper, before))]
    await desk.store.note(act.person, paper.id, wanted.text, wanted.tags)
    return [private(act, reading.noted(paper, wanted, before, saved=saved))]


# -------------------------------------------------------------------------------------- the list and files


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a list that somebody wants, newest first, and the whole list beside it."""

    wanted: Wanted
    entries: Sequence[Kept]
    shelf: Sequence[Kept]
    #: in which that person's dates are read and said
    zone: str

    @property
    def tags(self) -> list[tuple[str, int]]:
        """The tags of the whole list."""
        return words.counted_tags(one.tags for one in self.shelf)


async def part(desk: Desk, act: Act, text: str) -> Part:
    """The part of a person's list that these filters leave. Raises CommandError and QueryError."""
    zone = act.person.zone or (await desk.state(act)).schedule.zone
    wanted = words.wanted(text, desk.clock(), zone)
    shelf = await desk.store.shelf(act.person)
    entries = [one for one in shelf if wanted.holds(one.at, one.tags)]
    if wanted.query is not None and entries:
        query, acronyms = wanted.query, desk.acronyms()
        perhaps = {one.paper for one in await desk.store.shelf(act.person, prefilter(query, acronyms))}
        known = await desk.store.saved(act.person, [one.paper for one in entries if one.paper in perhaps])

        def matching() -> set[str]:
            return {one.paper.id for one in known if matches(query, one.paper, acronyms) is not None}

        found = await asyncio.to_thread(matching)
        entries = [one for one in entries if one.paper in found]
    return Part(wanted, entries, shelf, zone)


async def saved(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`saved [#tag] [QUERY] [since:may]`."""
    found = await part(desk, act, rest)
    behind = [one for one in found.entries if found.wanted.behind(one.at, one.paper)]
    before = found.entries[: len(found.entries) - len(behind)]
    shown = await desk.store.saved(act.person, [one.paper for one in behind[:PAGE]])
    if shown:
        # the numbers go on from the page before, and its papers keep theirs
        numbered = [*(one.paper for one in before), *(one.paper.id for one in shown)]
        await desk.store.show_list(act.person, act.channel, numbered)
    last = before[-PAGE - 1] if len(before) > PAGE else None
    page = reading.reading_list(
        shown,
        found.wanted,
        found=len(found.entries),
        total=len(found.shelf),
        first=len(before) + 1,
        tags=found.tags,
        now=desk.clock(),
        zone=found.zone,
        back=Position(last.at, last.paper) if last else None,
    )
    return [private(act, page)]


async def export(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`export bibtex|ris|csl|csv|markdown [#tag] [QUERY] [since:may]`."""
    typed, _, about = rest.partition(" ")
    kind = ALSO.get(typed.lower(), typed.lower()) or citations.KINDS[0]
    if kind not in citations.KINDS:
        # filters alone are a file in the usual form
        filters = typed.startswith("#") or typed.lower().startswith(("since:", "before:"))
        better = f"export {citations.KINDS[0]} {rest if filters else ''}".strip()
        raise CommandError(refusing.no_format(typed, citations.KINDS), better)
    try:
        found = await part(desk, act, about)
    except QueryError as wrong:
        # its place is in the filters, and these are not all that was typed
        before = len(rest) - len(about)
        better = f"{kind} {wrong.suggestion}" if wrong.suggestion else ""
        raise QueryError(str(wrong), wrong.start + before, wrong.end + before, better) from wrong
    if not found.entries:
        return [private(act, reading.nothing_to_export(found.wanted, len(found.shelf), found.tags, desk.clock()))]
    saved = await desk.store.saved(act.person, [one.paper for one in found.entries])
    here = ZoneInfo(found.zone)  # the days in the file are theirs
    entries = [replace(one, at=one.at.astimezone(here)) for one in saved]
    file = await asyncio.to_thread(citations.export, kind, entries, await cited(desk, act, entries))
    return [private(act, reading.exported(file, len(entries), len(found.shelf), found.wanted))]


async def cited(desk: Desk, act: Act, entries: Sequence[Saved]) -> dict[str, str]:
    """The citation key of each paper by its id; one that was ever given is never given to another paper."""
    given = dict(await desk.store.cited(act.person))
    keys = await asyncio.to_thread(citations.keys, entries, given)
    new = {paper: key for paper, key in keys.items() if paper not in given}
    if new:
        await desk.store.cite(act.person, new)
    return keys
