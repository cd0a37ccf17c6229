"""What a platform can do for whoever sets it up: optional abilities, known by `isinstance`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    name: str
    ok: bool
    #: what was found, or the remedy
    detail: str
    #: it works as it is, and would be better otherwise
    advice: bool = False

    @property
    def line(self) -> str:
        """The finding in one line."""
        word = "missing" if not self.ok else "advice" if self.advice else "ok"
        return f"{self.name:<12} {word:<8} {self.detail}"


@runtime_checkable
class Doctor(Protocol):
    """A platform that can check its own tokens and permissions."""

    def examine(self) -> AsyncIterator[Finding]:
        """Check them, one by one; changes nothing, and closes what it opened."""
        ...


@runtime_checkable
class Invites(Protocol):
    """A platform whose people bring the bot in by a link."""

    async def invitation(self) -> str:
        """The link, and what it asks for and why; closes what it opened. Raises PostError."""
        ...


@runtime_checkable
class Manifest(Protocol):
    """An adapter's module that can say how its app is to be made; no token is needed."""

    def manifest(self, settings: Mapping[str, str], *, command: str = "", history: bool = False) -> str:
        """The manifest, ready to paste; `command` where the usual one is taken. Raises SettingError."""
        ...
