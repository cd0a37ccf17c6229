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
from adapters.platforms.slack.web import following
from adapters.platforms.slack.whose import NAME
from adapters.platforms.slack.workspaces import Workspaces, posting_as
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
    """The people of all workspaces."""

    def __init__(self, workspaces: Workspaces, *, shrink: float = 1.0) -> None:
        """`shrink` divides every wait."""
        self._workspaces = workspaces
        self._between = BETWEEN / shrink
        #: by workspace and id
        self._known: dict[tuple[str, str], Known] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[None]] = {}

    def person(self, team: str, user: str, name: str = "") -> tuple[Person, Known]:
        """Somebody as far as they are known; a stranger is asked about meanwhile, and has nobody's rights."""
        known = self._known.get((team, user))
        if known is None:
            if user:  # of some things nobody is told who did them
                self._wonder(team, user)
            known = Known(name)
        return Person(NAME, team, user, known.name or name, zone=known.zone), known

    def told(self, team: str, user: Mapping[str, Any]) -> None:
        """A profile as Slack tells it."""
        if not user.get("id") or user.get("is_bot"):
            return
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"))
        manager = bool(user.get("is_admin") or user.get("is_owner"))
        zone = str(user.get("tz") or "")
        self._known[team, str(user["id"])] = Known(harmless.line(str(name or "")), zone, guest, manager)

    async def everybody(self, team: str) -> None:
        """Read all profiles of a workspace, page by page; what cannot be read is asked for one by one, later.

        The token of a whole organisation has no list of its own.
        """
        cursor = ""
        try:
            web = await posting_as(self._workspaces, team)
            while len(self._known) < MOST:
                page: Any = await web.asked(web.client.users_list(limit=limits.PAGE, cursor=cursor))
                for user in page.get("members") or ():
                    self.told(team, user)
                cursor = following(page)
                if not cursor:
                    return
                await asyncio.sleep(self._between)
        except PostError as error:
            log.info("People are asked about one by one: %s", error, extra={"action": "people_unread"})

    def close(self) -> None:
        """Ask about nobody any more."""
        for task in self._asking.values():
            task.cancel()

    def _wonder(self, team: str, user: str) -> None:
        if (team, user) in self._asking or len(self._asking) >= AT_ONCE:
            return
        self._asking[team, user] = asyncio.create_task(self._ask(team, user))

    async def _ask(self, team: str, user: str) -> None:
        try:
            web = await posting_as(self._workspaces, team)
            said: Any = await web.asked(web.client.users_info(user=user))
            self.told(team, said["user"])
        except PostError as error:
            log.info("Somebody's profile was not told: %s", error, extra={"action": "person_unknown"})
        finally:
            del self._asking[team, user]
