"""What a person is told of their own reading list: saving, notes, pages of the list, files, and news of its papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import calendar
from bot.citations import KINDS
from bot.messages.digests import authors, counted, origin, span, withdrawn
from bot.models import Action, Ask, File, Message, Paper, Saved
from bot.news import Change
from bot.reading import Note, Position, Wanted

#: tags that are named; of further ones it is said how many there are
TAGS = 8
#: characters of a command that a button can type
BUTTON = 90


def saved_now(paper: Paper, first: bool) -> Message:
    """The answer to `save`."""
    note = "It is on your own reading list, which `/papers saved` shows, only to you." if first else ""
    return Message(
        title=f"Saved: {paper.title}", note=note, actions=(Action("Remove", f"unsave {paper.id}"), noting(paper.id))
    )


def unsaved_now(paper: Paper) -> Message:
    """The answer to `unsave`."""
    return Message(title=f"Removed: {paper.title}", actions=(Action("Undo", f"save {paper.id}"),))


def several_saved(done: Sequence[Paper], asked: int, first: bool) -> Message:
    """The answer to `save` of several papers, some of which may be on the list already."""
    if not done:
        return Message(title=f"All {asked} are on your list already.", actions=(Action("The whole list", "saved"),))
    others = f"; {asked - len(done)} on your list already" if asked > len(done) else ""
    return Message(
        title=f"Saved {counted(len(done), 'paper')}{others}.",
        note="They are on your own reading list, which `/papers saved` shows, only to you." if first else "",
        actions=(Action("Undo", f"unsave {_ids(done)}"), Action("The whole list", "saved")),
    )


def several_unsaved(done: Sequence[Paper], asked: int) -> Message:
    """The answer to `unsave` of several papers, some of which may not be on the list."""
    if not done:
        return Message(title=f"None of these {asked} is on your list.", actions=(Action("The whole list", "saved"),))
    others = f"; {asked - len(done)} not on your list" if asked > len(done) else ""
    return Message(
        title=f"Removed {counted(len(done), 'paper')}{others}.", actions=(Action("Undo", f"save {_ids(done)}"),)
    )


def _ids(papers: Sequence[Paper]) -> str:
    return " ".join(paper.id for paper in papers)


def keeping(paper: Paper, entry: Saved | None) -> tuple[Action, ...]:
    """What a person can do with a paper's place on their list, where `entry` is theirs."""
    if entry is None:
        return (Action("Save", f"save {paper.id}"),)
    return (Action("Remove", f"unsave {paper.id}"), noting(paper.id, Note(entry.note, entry.tags)))


def already(paper: Paper, saved: bool) -> Message:
    """The answer when there was nothing to do."""
    if saved:
        return Message(title=f"On your list already: {paper.title}", actions=(noting(paper.id),))
    return Message(title=f"Not on your list: {paper.title}", actions=(Action("Save", f"save {paper.id}"),))


# ----------------------------------------------------------------------------------------------- notes


def noting(paper: str, known: Note = Note()) -> Action:  # noqa: B008 - frozen
    """The button that opens the form of a note."""
    # at most 45 characters, as Discord labels a field
    ask = Ask("note", "Your note and #tags; empty removes it", value=known.typed, optional=True, current=True)
    return Action("Note", f"note {paper}: {{note}}", ask=(ask,))


def note_line(note: Note) -> tuple[str, ...]:
    """A note as facts: its text, its tags."""
    return tuple(line for line in (note.text, " ".join(f"#{tag}" for tag in note.tags)) if line)


def noted(paper: Paper, note: Note, before: Note, *, saved: bool) -> Message:
    """The answer to `note PAPER text`; `saved` when that put it on the list, `before` what it took the place of."""
    changed = bool(before) and before != note
    what = "Note changed" if changed else "Saved, with your note" if saved else "Noted"
    return Message(
        title=f"{what}: {paper.title}",
        facts=note_line(note),
        actions=(
            *((_undo(paper, before),) if changed else ()),
            noting(paper.id, note),
            Action("Remove note", f"note {paper.id}:"),
        ),
    )


def _undo(paper: Paper, before: Note) -> Action:
    """The button that brings a note back; however long, it is kept for a button."""
    return Action("Undo", f"note {paper.id}: {before.typed}")


def note_removed(paper: Paper, before: Note) -> Message:
    """The answer to an empty note."""
    if not before:
        return Message(title=f"There is no note on: {paper.title}", actions=(noting(paper.id),))
    return Message(title=f"Note removed: {paper.title}", actions=(_undo(paper, before),))


def note_shown(paper: Paper, entry: Saved | None) -> Message:
    """The answer to `note PAPER`."""
    if entry is None or not (entry.note or entry.tags):
        on_list = "" if entry else " It is not on your list; a note saves it."
        return Message(
            title=f"No note yet: {paper.title}",
            body=f"Type `/papers note` and the paper, then your words and #tags.{on_list}",
            actions=(noting(paper.id),),
        )
    note = Note(entry.note, entry.tags)
    actions = (noting(paper.id, note), Action("Remove note", f"note {paper.id}:"))
    return Message(title=f"Your note: {paper.title}", facts=note_line(note), actions=actions)


# -------------------------------------------------------------------------------------- the list and files


def reading_list(
    shown: Sequence[Saved],
    wanted: Wanted,
    *,
    found: int,
    total: int,
    first: int,
    tags: Sequence[tuple[str, int]],
    now: datetime,
    zone: str = "UTC",
    back: Position | None = None,
) -> Message:
    """A page of a person's own list: `found` of `total` are wanted, and the page begins with number `first`.

    The page before begins behind `back`, or with the list.
    """
    if not total:
        return Message(
            title="Nothing saved yet.",
            body="React with 🔖 (bookmark) to a paper, or type `/papers save` and its number.",
        )
    if not shown:
        return Message(
            title=f"Nothing more on your list for {wanted.filters}." if found else _nothing(wanted, tags),
            body=tag_line(tags),
            actions=(Action("The whole list", "saved"),),
        )
    last = first + len(shown) - 1
    many = counted(total, "paper") if found == total else f"{found:,} of {counted(total, 'paper')}"
    pages = f", {span(first, last)}" if found > len(shown) else ""
    about = f" · {wanted.filters}" if wanted.filters else ""
    # however long the filters are: a command too long for a button is kept for it
    actions = []
    if last < found:
        behind = Position(shown[-1].at, shown[-1].paper.id)
        actions.append(Action("More", f"saved {_joined(wanted.filters, f'before:{behind}')}"))
    if first > 1:
        actions.append(Action("Back", f"saved {_joined(wanted.filters, f'before:{back}' if back else '')}".strip()))
    export = f"export {{format}} {wanted.filters}".strip()
    # a form's command has to be short enough itself
    if len(export) - len("{format}") + len("markdown") <= BUTTON:
        actions.append(Action("Export", export, ask=(Ask("format", "Format", "choice", KINDS[0], KINDS),)))
    return Message(
        title=f"Your reading list: {many}{pages}{about}",
        items=tuple(_item(one, now, zone) for one in shown),
        first=first,
        note=tag_line(tags),
        actions=tuple(actions),
    )


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def _nothing(wanted: Wanted, tags: Sequence[tuple[str, int]]) -> str:
    """Why nothing is shown of a list that is not empty."""
    unknown = [tag for tag in wanted.tags if tag not in dict(tags)]
    if unknown:
        return f"Nothing on your list is tagged #{unknown[0]}."
    return f"Nothing on your list for {wanted.filters}."


def tag_line(tags: Sequence[tuple[str, int]]) -> str:
    """The tags of a list: "Tags: #todo 5, #ml 3"."""
    if not tags:
        return ""
    said = ", ".join(f"#{tag} {number:,}" for tag, number in tags[:TAGS])
    more = f", and {counted(len(tags) - TAGS, 'more tag')}" if len(tags) > TAGS else ""
    return f"Tags: {said}{more}."


def _item(one: Saved, now: datetime, zone: str) -> Message:
    note = Note(one.note, one.tags)
    facts = (authors(one.paper), origin(one.paper), f"saved {calendar.say_date_of(one.at, now, zone)}")
    return Message(
        title=withdrawn(one.paper) + one.paper.title,
        url=one.paper.url,
        facts=tuple(fact for fact in facts if fact),
        note=" ".join(note_line(note)),
        actions=(
            Action("Remove", f"unsave {one.paper.id}"),
            noting(one.paper.id, note),
            Action("Similar", f"similar {one.paper.id}"),
        ),
    )


def nothing_to_export(wanted: Wanted, total: int, tags: Sequence[tuple[str, int]], now: datetime) -> Message:
    """The answer to `export` when there is no paper for the file."""
    return reading_list((), wanted, found=0, total=total, first=1, tags=tags, now=now)


def exported(file: File, papers: int, total: int, wanted: Wanted) -> Message:
    """The answer to `export`."""
    many = counted(papers, "paper") if papers == total else f"{papers:,} of {counted(total, 'paper')}"
    about = f" · {wanted.filters}" if wanted.filters else ""
    return Message(title=f"{many} as {file.name}{about}", file=file)


# ------------------------------------------------------------------------------------------------ news


def happened(change: Change) -> str:
    """What happened to a paper, in one line: "Version 3 is out (you know version 1), and its code"."""
    said = []
    if change.withdrawn:
        said.append("It was withdrawn.")
    if change.since is not None:
        version = f"Version {change.paper.version} is out (you know version {change.since})."
        said.append(version)
    if change.code:
        said.append("Its code is there.")
    return " ".join(said)
