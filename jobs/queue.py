"""Who is woken when there is work: this process.

A wake is a hint, never the work itself: what is due stands in the database, and the next tick replaces a lost one.
"""

from __future__ import annotations

import asyncio
import logging

from bot.ports import PaperroundError, Verb

log = logging.getLogger(__name__)


class Woken:
    """A verb that runs when woken, one run at a time; wakes during a run lead to one more run."""

    def __init__(self, verb: Verb) -> None:
        self._verb = verb
        self._asked = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def wake(self) -> None:
        """Ask for a run; may be called as often as one likes."""
        self._idle.clear()
        self._asked.set()

    async def idle(self) -> None:
        """Wait until nothing is asked for and nothing runs."""
        await self._idle.wait()

    async def run(self) -> None:
        """Run the verb each time it is woken, for ever. What goes wrong waits for the next wake."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._verb()
            except PaperroundError as error:
                log.warning("Put off: %s", error, extra={"action": "put_off"})
            except Exception:
                # whatever it is, the next wake finds the work where it was
                log.exception("A verb broke", extra={"action": "verb_broke"})
            finally:
                if not self._asked.is_set():
                    self._idle.set()
