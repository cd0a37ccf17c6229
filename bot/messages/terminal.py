"""What the terminal says of itself: of what is typed there to press a button, to react, to answer a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

WELCOME: Final = "Type help, or follow something: follow tokenization. Tab completes, quit leaves."
TYPED_ALONE: Final = "type it alone."

#: what `help react` and so on say
HELP: Final = {
    "react": "react 2 🔖 saves paper 2 of the last list, react 🔖 all papers of a digest; unreact 2 🔖 takes it back.",
    "press": "press Save presses a button of the last answer; press 2 Save the one at paper 2.",
    "quit": "quit ends the program; so does Ctrl-D, or Ctrl-C on an empty line.",
}

#: said above a message that is not for everybody in the channel
LABELS: Final = {
    "private": "only you see this",
    "direct": "a message to you alone",
    "home": "your home, only you see this",
    "unfurl": "preview of a link",
}


def own_words(words: Sequence[str]) -> str:
    """Which words only the terminal understands."""
    return "\nIn this terminal also: " + ", ".join(words) + "."


# -------------------------------------------------------------------------------------------------- reactions

NO_PAPER_YET: Final = "No paper has been shown yet."
ONLY_YOURS: Final = "That list is only yours: a reaction other than 🔖 (bookmark) does nothing there."


def how_to_react(kind: str, emoji: str) -> str:
    """A reaction without an emoji."""
    return f"Type the number of a paper and an emoji, for example: {kind} 2 {emoji}"


def which_paper(kind: str, emoji: str) -> str:
    """A reaction to a list that nobody can react to as a whole."""
    return f"Say which paper of the last list, for example: {kind} 1 {emoji}"


def no_paper(number: int, first: int, last: int) -> str:
    """A number that the last list does not have."""
    there = f"it has {last}" if first == 1 else f"it shows {first} to {last}"
    return f"There is no paper {number} in the last list; {there}."


def does_nothing(emoji: str, bookmark: str) -> str:
    """A reaction that only stands there."""
    return f"{emoji} stays what it is; only {bookmark} saves."


def reacted(bookmark: str, title: str, *, saved: bool) -> str:
    """What a bookmark did, as elsewhere the emoji shows; `title` is "" for a whole list."""
    return f"{bookmark} {'Saved' if saved else 'Not on your list'}: {title or 'every paper of the list'}"


# ---------------------------------------------------------------------------------------------------- buttons


def older_button(title: str, label: str) -> str:
    """A button that only an older answer has."""
    where = f" ({title})" if title else ""
    return f"That button belongs to an older answer{where}. Type press {label.strip()} again to use it."


def at_several_papers(label: str) -> str:
    """A button that stands at more than one paper."""
    return f"Several papers have a button {label}: type press 2 {label}."


def at_paper(label: str, number: int) -> str:
    """A button as it is looked for at a paper."""
    return f"{label} at paper {number}"


def which_button(labels: Sequence[str]) -> str:
    """Several buttons begin like it."""
    return f"Which one: {', '.join(labels)}?"


def which_command(label: str, commands: Sequence[str]) -> str:
    """Several buttons are called the same."""
    return f"Several buttons are called {label}; type one of: {', '.join(commands)}"


def no_button(label: str, labels: Sequence[str]) -> str:
    """A button that is not there, and those that are."""
    there = f"there are: {', '.join(labels)}." if labels else "there are none."
    return f"No button {label}; {there}" if label else f"Say which button; {there}"


# ------------------------------------------------------------------------------------------------------ forms

NOTHING_SENT: Final = "Nothing was sent."
CTRL_C: Final = "Ctrl-C leaves it as it is"


def enter_for(usual: str) -> str:
    """What an empty answer means."""
    return f"Enter for {usual}"


def one_of(label: str, choices: Sequence[str], *, given_up: bool) -> str:
    """An answer that is none of the choices."""
    return f"{label} is one of {', '.join(choices)}" + ("; nothing was sent." if given_up else ".")
