"""What platforms know of their channels, asked with a time limit; what cannot be told in time is not known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.models import Channel, Person
from bot.policy import USUAL, Limits
from bot.ports import ChannelGone, Managed, Platform, PostError, Room, Rooms
from bot.text import one_line

log = logging.getLogger(__name__)

#: so many parts of a request's time limit are waited for an answer: somebody waits for ours
PART = 10


class Neighbourhood:
    """The channels around a command, as far as their platforms can tell."""

    def __init__(self, platforms: Mapping[str, Platform] | None = None, limits: Limits = USUAL) -> None:
        self._platforms = platforms or {}
        self._wait = limits.request.total_seconds() / PART

    def only_managers(self, channel: Channel) -> bool:
        """True where the platform lets only managers change a channel for which nobody chose."""
        platform = self._platforms.get(channel.platform)
        return isinstance(platform, Managed) and platform.only_managers

    def can_tell(self, channel: Channel) -> bool:
        """True where the platform can be asked."""
        return isinstance(self._platforms.get(channel.platform), Rooms)

    async def room(self, channel: Channel, person: Person) -> Room | None:
        """What is known of a channel and that person in it; None when that could not be told in time.

        Raises ChannelGone for a channel that the workspace does not have.
        """
        platform = self._platforms.get(channel.platform)
        if not isinstance(platform, Rooms):
            return None
        try:
            async with asyncio.timeout(self._wait):
                room = await platform.room(channel, person)
                return replace(room, name=one_line(room.name))
        except ChannelGone:
            raise
        except (PostError, TimeoutError) as error:
            log.info("A channel could not be asked about: %s", error, extra={"action": "room_unknown"})
        except Exception:
            log.exception("Asking about a channel broke", extra={"action": "room_broke"})
        return None
