"""Where papers come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from bot.models import Fetched, Paper


class Source(Protocol):
    """Where papers come from."""

    #: the glossary's name of it, as people type it: "arxiv"
    name: str

    async def fetch(self, cursor: str) -> Fetched:
        """What is new since `cursor` ("" at the first time).

        Never raises for what a network or a publisher can do: the answer's health says it, and then there are no
        announcements and the cursor is the one that came in.
        """
        ...


@runtime_checkable
class Lookup(Protocol):
    """A source that can be asked for one paper."""

    async def lookup(self, identifier: str) -> Paper | None:
        """The paper of that identifier ("arxiv:2604.10005"), or None.

        Raises SourceError when the source could not be asked.
        """
        ...


@runtime_checkable
class History(Protocol):
    """A source that can tell its past."""

    async def history(self, since: date, until: date, cursor: str) -> Fetched:
        """A page of what it announced from `since` to `until`; `more` and the cursor lead to the next page."""
        ...


@runtime_checkable
class Openable(Protocol):
    """A kind of source of which a workspace adds as many as it likes, by address."""

    def at(self, url: str) -> Source:
        """The source at that address; nothing is asked yet."""
        ...


@dataclass(frozen=True, slots=True)
class Polled:
    """What asking a source came to."""

    #: announcements it holds now
    read: int = 0
    #: papers that are news
    new: int = 0
