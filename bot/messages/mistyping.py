"""What is said of a command that is not understood: one sentence; whoever raises it knows the nearest right command.

Those who read commands speak through this file, so it imports nothing.
"""

from __future__ import annotations

# ------------------------------------------------------------------------------------------------- commands

ONE_CHANNEL = "Name one channel, for example `move #papers`."


def meant(word: str, right: str) -> str:
    """No command, but much like one."""
    return f"“{word}” is not a command. Did you mean `{right}`?"


def perhaps_a_topic(words: str) -> str:
    """Nothing like a command."""
    return f"“{words}” is not a command. Follow it, or search for it?"


# ------------------------------------------------------------------------------------------------- schedule

RATHER_PAUSE = "To stop for a while, pause it."
ONE_HOUR = "A digest comes at one hour of the day. Name one, like 9am."
MOST = "max needs a number from 1 to 10."


def no_hour(word: str) -> str:
    """Digits that are no hour."""
    return f"“{word[:20]}” is not an hour: write 9, 9am or 21:30."


def no_part_of_a_schedule(words: str, near: str) -> str:
    """Words that are neither hour nor days nor zone, and the zone that was perhaps meant or ""."""
    hint = f"Did you mean {near}?" if near else "Write it like `schedule 9am weekdays Berlin max 5`."
    return f"“{words[:60]}” is not an hour, days, or a time zone. {hint}"


# ---------------------------------------------------------------------------------------------------- forms


def no_days(words: str) -> str:
    """Words in the field of days that are none."""
    return f"“{words[:60]}” are no days: write weekdays, daily, or days like mon,thu."


def no_zone(words: str, near: str) -> str:
    """Words in the field of a time zone that are none, and the zone that was perhaps meant or ""."""
    hint = f"Did you mean {near}?" if near else "Write a large city near you, like Berlin."
    return f"“{words[:60]}” is not a time zone. {hint}"


# -------------------------------------------------------------------------------------------- the reading list


def long_note(most: int, length: int) -> str:
    """A note of too many characters."""
    return f"A note holds at most {most:,} characters; this one has {length:,}."


def many_tags(most: int, these: int) -> str:
    """A note of too many tags."""
    return f"A paper takes at most {most} tags; these are {these}."


def long_tag(most: int, tag: str) -> str:
    """A tag of too many characters."""
    return f"A tag has at most {most} characters; this one has {len(tag)}: #{tag[:20]}…"


def no_date(word: str, typed: str) -> str:
    """What is behind `since:` or `before:` and no date in the past."""
    return (
        f"“{typed}” is no date in the past. Write {word}:may, {word}:2026-05, {word}:2026-05-13, {word}:7d or "
        f"{word}:monday."
    )
