"""A memory as processes share it: what an adapter remembers, and which messages were posted."""

from __future__ import annotations

from datetime import datetime

from bot.models import Posted
from bot.ports import Busy, Ours


class SharedMemory:
    """Keeps everything in a dictionary; says Busy while `busy`. It outlives the platforms that use it."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}
        self.posts: list[Ours] = []
        self.receipts: dict[str, Posted] = {}
        self.busy = False

    async def memory(self, owner: str, name: str) -> str:
        self._open()
        return self.values.get((owner, name), "")

    async def remember(self, owner: str, name: str, value: str) -> None:
        self._open()
        if value:
            self.values[owner, name] = value
        else:
            self.values.pop((owner, name), None)

    async def ours(self, platform: str, since: datetime, limit: int) -> list[Ours]:
        self._open()
        newest = sorted((one for one in self.posts if one.at >= since), key=lambda one: one.at, reverse=True)
        return newest[:limit]

    async def received(self, key: str, posted: Posted, at: datetime) -> None:
        self._open()
        self.receipts[key] = posted

    async def receipt(self, key: str) -> Posted | None:
        self._open()
        return self.receipts.get(key)

    def _open(self) -> None:
        if self.busy:
            raise Busy("Somebody else is writing.")
