"""A rig that listens on loopback: it comes and goes, and tells at its end what broke inside."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Self

from aiohttp import web

from tests.rigs.faults.loopback import Loopback
from tests.rigs.faults.misbehaving import Faults


class Serving:
    """What every rig that is a server does; the rig itself says what it serves and who hangs on its lines."""

    faults: Faults

    def __init__(self) -> None:
        self._loopback = Loopback(self._application)

    def _application(self) -> web.Application:
        """What it answers."""
        raise NotImplementedError

    async def _hang_up(self) -> None:
        """Drop every line that is held open."""
        raise NotImplementedError

    async def _end(self) -> None:
        """End what it does by itself, and every line."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        await self._loopback.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end()
        await self._loopback.close()
        if self.faults.broke:
            raise self.faults.broke[0]

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._loopback.url

    async def leave(self) -> None:
        """Listen no more at its address."""
        await self._hang_up()
        await self._loopback.close()

    async def come_back(self) -> None:
        """Listen at its address again."""
        await self._loopback.open()

    @contextlib.asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Nobody listens at its address meanwhile."""
        await self.leave()
        try:
            yield
        finally:
            await self.come_back()

    def behave(self) -> None:
        """No fault from now on."""
        self.faults.clear()
