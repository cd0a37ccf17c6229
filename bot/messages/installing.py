"""What somebody reads who installs the bot from its page: a heading, what it says, and perhaps what to press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be read."""

    heading: str
    text: tuple[str, ...]
    #: a list under the text: a thing, and what is to be known of it
    listed: tuple[tuple[str, str], ...] = ()
    #: what stands above the list
    above: str = ""
    #: what is written on the button; "" for none
    button: str = ""


AGAIN: Final = "Start again"
STALE: Final = Sheet(
    "Please start again",
    (
        "An installation is good for ten minutes, once, in the browser it was begun in. This one is over.",
        "Nothing was installed.",
    ),
    button=AGAIN,
)
DENIED: Final = Sheet(
    "Nothing was installed",
    (
        "Slack says that the installation was cancelled, or that the workspace does not allow it.",
        "If your workspace wants apps to be approved, an owner can approve Paperround and you can start again.",
    ),
    button=AGAIN,
)
FAILED: Final = Sheet(
    "That did not work",
    ("Slack did not finish the installation. Nothing was installed; please try once more in a minute.",),
    button=AGAIN,
)
BUSY: Final = Sheet(
    "One moment, please",
    ("The bot is busy and could not keep the installation. Please try once more in a minute.",),
    button=AGAIN,
)
#: what a command is answered where the app was removed and Slack does not know it yet
NOT_INSTALLED: Final = "Paperround is not installed in this workspace any more. An owner can add it again."


def welcome(command: str, reasons: Sequence[tuple[str, str]]) -> Sheet:
    """Before anything is installed; `reasons` are permissions and what they are for."""
    return Sheet(
        "Papers for your channel, every working morning",
        (
            "Paperround reads arXiv, Hugging Face and the feeds you add, and posts the new papers about what your "
            "channel follows.",
            f"Add it, invite it to a channel, and type {command} follow tokenization.",
        ),
        tuple(reasons),
        "What it asks for, and why",
        "Add to Slack",
    )


def installed(name: str, command: str) -> Sheet:
    """It worked; `name` is the workspace's, or "" where nobody said it."""
    return Sheet(
        f"Paperround is in {name}" if name else "Paperround is installed",
        ("Three steps to the first papers:",),
        (
            ("In a channel", "/invite @Paperround"),
            ("There", f"{command} follow tokenization"),
            ("At any time", f"{command} help"),
        ),
        button="Open Slack",
    )


def lacking(reasons: Sequence[tuple[str, str]]) -> Sheet:
    """Permissions that were not given, and what they are for."""
    return Sheet(
        "Some permissions are missing",
        ("Without these it would not work, so nothing was installed:",),
        tuple(reasons),
        button=AGAIN,
    )
