"""What `jobs.answer` asks to complete what somebody types; each is one read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.models import Channel, Paper, Person


class CompletingStore(Protocol):
    """What `jobs.answer` asks to complete what somebody types; nothing of another workspace, ever."""

    async def papers_at_hand(self, person: Person, channel: Channel, saved: int = 300) -> list[Paper]:
        """The papers of the list that person saw last there, then their newest saved ones, each once."""
        ...

    async def topics_at_hand(self, person: Person, channel: Channel) -> tuple[list[str], Sequence[tuple[str, str]]]:
        """Texts of queries that may be followed there, the newest first; and the learned acronyms.

        Those that were followed there before, and those that the person follows elsewhere: what other channels and
        other people follow is theirs to tell.
        """
        ...
