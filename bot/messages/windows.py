"""Words around forms and windows, on platforms that have them."""

from __future__ import annotations

from typing import Final

from bot.models import Action, Ask

#: a form without a name, a window to read in
FORM: Final = "Paperround"
READ: Final = "Paper"
CANCEL: Final = "Cancel"
CLOSE: Final = "Close"
TOO_LATE: Final = "The form did not open in time. Please try again."
FILE: Final = "The file is in our direct messages: only you see it."
#: what the command alone opens, where a form can be shown
BEGIN: Final = Action(
    "Follow",
    "follow {topic}",
    ask=(
        Ask(
            "topic",
            "New papers about what?",
            hint='Words, like tokenization or "knowledge graph" -survey; names, like author:LeCun. '
            "`/papers help` tells the rest.",
        ),
    ),
)
#: Discord: a menu of what is seldom wanted, a button under a line that has none, a thread without a name
MORE: Final = "More…"
STATUS: Final = "Status"
THREAD: Final = "Papers"
#: over the commands of a platform that lists them; when those it lists are not ours any more; when one of ours failed
COMMANDS: Final = "New research papers, here: follow, search, save, export."
CHANGED: Final = "My commands have just changed. Please type it again."
BROKEN: Final = "Something went wrong here; nothing changed. Please try again."
