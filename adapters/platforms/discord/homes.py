"""The server to which somebody's direct messages belong: the one where they last did something.

Discord's direct messages are in no server, and the house keeps people and what they follow by server.
"""

from __future__ import annotations

from typing import Final

from adapters.platforms.discord.acts import ALONE, NAME
from bot.models import Act
from bot.ports import Memory

FACT: Final = "home"


class Homes:
    """Whose direct messages belong where; without a memory, nowhere."""

    def __init__(self, memory: Memory | None) -> None:
        self._memory = memory

    async def of(self, user: int) -> str:
        """The server of that person; ALONE for somebody never met in one. Raises StorageError."""
        return (await self._memory.memory(_owner(str(user)), FACT) if self._memory else "") or ALONE

    async def met(self, act: Act) -> None:
        """Somebody did something; in a server, it is theirs from now on. Raises StorageError."""
        user, server = act.person.id, act.person.workspace
        if self._memory is None or act.channel.direct or not user:
            return
        # nothing is kept at hand: whoever was forgotten since is met anew
        if await self._memory.memory(_owner(user), FACT) != server:
            await self._memory.remember(_owner(user), FACT, server)


def _owner(user: str) -> str:
    return f"{NAME}/{user}"
