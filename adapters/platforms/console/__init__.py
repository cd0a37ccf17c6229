"""A channel in a terminal: digests are printed, commands are typed.

`terminal`  the platform: acts, answers, posts
`keyboard`  what people type: at a prompt, or as lines
`screen`    what was printed and can be pointed at: numbered papers, buttons
`page`      how a message looks
`harmless`  what somebody else's text may do: nothing
`streams`   standard input and output on the event loop

    > follow tokenization          a command, with or without /papers
    > react 2 🔖                   reacts to paper 2 of the last list; unreact takes it back
    > press Save                   presses a button; press 2 Save the one at paper 2
    > quit
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console

from adapters.platforms.console.page import svg
from adapters.platforms.console.terminal import NAME, SIGHT, Terminal, Word
from bot.models import Person
from bot.ports import Clock, Platform, SettingError

__all__ = ["NAME", "SETTINGS", "SIGHT", "platform", "svg"]

#: name -> (default, what it is)
SETTINGS: dict[str, tuple[str, str]] = {
    "CONSOLE_NAME": ("Reader", "what the terminal calls you"),
    "CONSOLE_ZONE": ("", "your time zone, like Europe/Zurich; by default that of this computer"),
    "CONSOLE_LINKS": (
        "auto",
        "auto: titles are links in a terminal; plain: addresses are printed, for a terminal that shows no links",
    ),
}

#: what tells a computer its zone (systemd's localtime(5), macOS)
LOCALTIME = Path("/etc/localtime")
#: cells of a line in a pipe or a file
WIDTH = 88


def platform(
    settings: Mapping[str, str],
    *,
    clock: Clock,
    lines: AsyncIterator[str] | None = None,
    out: Console | None = None,
    words: Mapping[str, Word] | None = None,
) -> Platform:
    """The terminal.

    `lines` replace standard input, `out` standard output; `words` are bare words that the caller understands.
    Raises SettingError.
    """
    chosen = {name: settings.get(name) or default for name, (default, _) in SETTINGS.items()}
    if chosen["CONSOLE_LINKS"] not in ("auto", "plain"):
        raise SettingError(f"CONSOLE_LINKS is “{chosen['CONSOLE_LINKS']}”; it is auto or plain.")
    if out is None:
        terminal = sys.stdout is not None and sys.stdout.isatty()
        out = Console(width=None if terminal else WIDTH)
    links = chosen["CONSOLE_LINKS"] == "auto" and out.is_terminal and out.color_system is not None
    person = Person(NAME, "terminal", "you", chosen["CONSOLE_NAME"], zone=_zone(chosen["CONSOLE_ZONE"]))
    return Terminal(clock, lines, out, words or {}, person, links=links)


def _zone(name: str) -> str:
    """A time zone by its name, or this computer's as its link into the zone database names it; "" where there is none.

    Raises SettingError for a name that is no zone.
    """
    if not name:
        return LOCALTIME.resolve().as_posix().partition("/zoneinfo/")[2]
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingError(f"CONSOLE_ZONE is “{name}”; it is the name of a time zone, like Europe/Zurich.") from error
    return name
