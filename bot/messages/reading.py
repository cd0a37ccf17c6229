"""What a person is told of their own reading list: saving, notes, pages of the list, files, and news of its papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot import calendar
from bot.citations import KINDS
from bot.messages.digests import authors, counted, origin, withdrawn
from bot.models import Action, Ask, File, Message, Paper, Saved
from bot.news import Change
from bot.reading import Note, Position, Wanted

#: tags that are named; of further ones it is said how many there are
TAGS = 8
#: characters of a command that a button can type
BUTTON = 90


def saved_now(paper: Paper, first: bool) -> Message:
    """The answer to `save`."""
    note = "It is on your own reading list: `/papers saved` shows it, only to you." if first else ""
    return Message(
        title=f"Saved: {paper.title}", note=note, actions=(Action("Remove", f"unsave {paper.id}"), noting(paper.id))
    )


def unsaved_now(paper: Paper) -> Message:
    """The answer to `unsave`."""
    return Message(title=f"Removed: {paper.title}", actions=(Action("Undo", f"save {paper.id}"),))


def already(paper: Paper, saved: bool) -> Message:
    """The answer when there was nothing to do."""
    if saved:
        return Message(title=f"On your list already: {paper.title}", actions=(noting(paper.id),))
    return Message(title=f"Not on your list: {paper.title}", actions=(Action("Save", f"save {paper.id}"),))


# ----------------------------------------------------------------------------------------------- notes


def noting(paper: str, known: Note = Note()) -> Action:  # noqa: B008 - frozen
    """The button that opens the form of a note."""
    ask = Ask("note", "Your note, with #tags; empty removes it", value=known.typed, optional=True)
    return Action("Note", f"note {paper}: {{note}}", ask=(ask,))


def note_line(note: Note) -> tuple[str, ...]:
    """A note as facts: its text, its tags."""
    return tuple(line for line in (note.text, " ".join(f"#{tag}" for tag in note.tags)) if line)


def noted(paper: Paper, note: Note, *, saved: bool) -> Message:
    """The answer to `note PAPER text`; `saved` when that put it on the list."""
    return Message(
        title=f"{'Saved, with your note' if saved else 'Noted'}: {paper.title}",
        facts=note_line(note),
        actions=(noting(paper.id, note), Action("Remove note", f"note {paper.id}:")),
    )


def note_removed(paper: Paper, before: Note) -> Message:
    """The answer to an empty note."""
    if not before:
        return Message(title=f"There is no note on: {paper.title}", actions=(noting(paper.id),))
    undo = f"note {paper.id}: {before.typed}"
    actions = (Action("Undo", undo),) if len(undo) <= BUTTON else (noting(paper.id, before),)
    return Message(title=f"Note removed: {paper.title}", actions=actions)


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
    today: date,
) -> Message:
    """A page of a person's own list: `found` of `total` are wanted, and the page begins with number `first`."""
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
    pages = f", {first:,} to {last:,}" if found > len(shown) else ""
    about = f" · {wanted.filters}" if wanted.filters else ""
    more = f"saved {_joined(wanted.filters, f'before:{Position(shown[-1].at, shown[-1].paper.id)}')}"
    actions = [Action("More", more)] if last < found and len(more) <= BUTTON else []
    export = f"export {{format}} {wanted.filters}".strip()
    if len(export) - len("{format}") + len("markdown") <= BUTTON:
        actions.append(Action("Export", export, ask=(Ask("format", "Format", "choice", KINDS[0], KINDS),)))
    notes = [tag_line(tags), f"More: `/papers {more}`" if last < found and len(more) > BUTTON else ""]
    return Message(
        title=f"Your reading list: {many}{pages}{about}",
        items=tuple(_item(one, today) for one in shown),
        note=" ".join(note for note in notes if note),
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


def _item(one: Saved, today: date) -> Message:
    note = Note(one.note, one.tags)
    facts = (authors(one.paper), origin(one.paper), f"saved {calendar.say_date(one.at.date(), today)}")
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


def nothing_to_export(wanted: Wanted, total: int, tags: Sequence[tuple[str, int]]) -> Message:
    """The answer to `export` when there is no paper for the file."""
    return reading_list((), wanted, found=0, total=total, first=1, tags=tags, today=date.min)


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
