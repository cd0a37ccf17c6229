"""What a platform keeps in our database: tokens in the vault, small facts in the memory. An optional ability."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.models import Place, Posted


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace that installed us: what a platform needs to speak there."""

    platform: str
    #: the platform's id of the workspace; of an organisation that installed us for all of its workspaces, that one's
    workspace: str
    #: tokens and what belongs to them, as the platform's adapter wrote them; encrypted where it is kept
    secret: str = field(repr=False)
    at: datetime
    #: when its token ends; None for one that does not
    until: datetime | None = None


class Vault(Protocol):
    """Installations and their tokens, encrypted at rest."""

    async def install(self, installation: Installation) -> None:
        """Keep it; of a workspace that is there already the newer one stands (`Installation.at`)."""
        ...

    async def installation(self, platform: str, workspace: str) -> Installation | None:
        """That workspace's, or None."""
        ...

    async def installations(self, platform: str) -> list[Installation]:
        """All of a platform."""
        ...

    async def renew(self, installation: Installation, instead_of: Installation) -> bool:
        """Put a fresh token in the place of that one; False when another process did so first."""
        ...

    async def uninstall(self, platform: str, workspace: str, before: datetime) -> None:
        """Forget its tokens, unless it was installed again after `before`."""
        ...

    async def give_state(self, platform: str, state: str, until: datetime) -> None:
        """Keep the state of an installation that begins; only a digest of it is kept."""
        ...

    async def take_state(self, platform: str, state: str, now: datetime) -> bool:
        """True once, for a state that was given and has not ended."""
        ...


@dataclass(frozen=True, slots=True)
class Ours:
    """A message of ours that people may react to."""

    place: Place
    posted: Posted
    at: datetime


#: what the name of a fact begins with that says who reacted to messages of one day: "reactions 2026-04-13 …"; such a
#: fact is forgotten a week after that day
REACTIONS = "reactions "


def effaced(person: str) -> str:
    """What stands in such a fact in the place of the id of somebody who asked to be forgotten.

    Who keeps it sees by that that a reaction is not new, and learns nothing else.
    """
    return f"~{hashlib.sha256(person.encode()).hexdigest()[:16]}"


def without(person: str, fact: str) -> str:
    """Such a fact without that id, which stands there as a JSON string or as the first word of one."""
    return re.sub(rf'(?<="){re.escape(person)}(?=[" ])', effaced(person), fact)


class Memory(Protocol):
    """A platform's own small facts, which all processes see."""

    async def memory(self, owner: str, name: str) -> str:
        """What was remembered under that name; "" for nothing."""
        ...

    async def remember(self, owner: str, name: str, value: str) -> None:
        """Remember that, in the place of what was there; "" forgets it.

        What belongs to a person in one workspace has the owner "platform/workspace/id", and to a person who is one
        everywhere "platform/id": `forget me` takes both.
        """
        ...

    async def ours(self, platform: str, since: datetime, limit: int) -> list[Ours]:
        """Messages of papers that were posted there since then, newest first."""
        ...

    async def received(self, key: str, posted: Posted, at: datetime) -> None:
        """The platform told that the message of that key is there; kept 48 hours."""
        ...

    async def receipt(self, key: str) -> Posted | None:
        """What the platform told of that key, to whichever process."""
        ...


@runtime_checkable
class Keeps(Protocol):
    """A platform that wants to keep something."""

    def keep_in(self, memory: Memory, vault: Vault) -> None:
        """These are ours; called once, before it listens or posts."""
        ...
