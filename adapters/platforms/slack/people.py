"""Who people are: names, time zones and guests, learned in the background and never while Slack waits for us.

Everybody is read once after the start, so that whoever follows first is known by then; after that changes are told, and
a stranger is asked about when they first do something. https://docs.slack.dev/reference/methods/users.info
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.platforms.slack import harmless, limits
from adapters.platforms.slack.web import Web
from bot.models import Person
from bot.ports import PostError

log = logging.getLogger(__name__)

#: people kept in memory; of a larger workspace those who do something are asked about one by one
MOST: Final = 20_000
#: seconds between two pages of people (Tier 2: 20 a minute)
BETWEEN: Final = 3.0
#: people who are asked about at the same time; more are asked about when they do the next thing
AT_ONCE: Final = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What a profile tells."""

    name: str = ""
    #: IANA name
    zone: str = ""
    #: may come into some channels only
    guest: bool = False
    #: an administrator or owner of the workspace: who manages channels where only managers may change them
    manager: bool = False


class People:
    """The people of one workspace."""

    def __init__(self, web: Web, platform: str) -> None:
        self._web = web
        self._platform = platform
        self._known: dict[str, Known] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}

    def person(self, team: str, user: str, name: str = "") -> tuple[Person, Known]:
        """Somebody as far as they are known; a stranger is asked about meanwhile, and has nobody's rights."""
        known = self._known.get(user)
        if known is None:
            self._wonder(user)
            known = Known(name)
        return Person(self._platform, team, user, known.name or name, zone=known.zone), known

    def told(self, user: Mapping[str, Any]) -> None:
        """A profile as Slack tells it."""
        if not user.get("id") or user.get("is_bot"):
            return
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"))
        manager = bool(user.get("is_admin") or user.get("is_owner"))
        self._known[str(user["id"])] = Known(harmless.line(str(name or "")), str(user.get("tz") or ""), guest, manager)

    async def everybody(self) -> None:
        """Read all profiles, page by page; what cannot be read is asked for one by one, later."""
        cursor = ""
        try:
            while len(self._known) < MOST:
                page: Any = await self._web.asked(self._web.client.users_list(limit=limits.PAGE, cursor=cursor))
                for user in page.get("members") or ():
                    self.told(user)
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    return
                await asyncio.sleep(BETWEEN)
        except PostError as error:
            log.info("People are asked about one by one: %s", error, extra={"action": "people_unread"})

    def close(self) -> None:
        """Ask about nobody any more."""
        for task in self._asking.values():
            task.cancel()

    def _wonder(self, user: str) -> None:
        if user in self._asking or len(self._asking) >= AT_ONCE:
            return
        self._asking[user] = asyncio.create_task(self._ask(user))

    async def _ask(self, user: str) -> None:
        try:
            said: Any = await self._web.asked(self._web.client.users_info(user=user))
            self.told(said["user"])
        except PostError as error:
            log.info("Somebody's profile was not told: %s", error, extra={"action": "person_unknown"})
        finally:
            del self._asking[user]
