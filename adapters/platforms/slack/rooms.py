"""What Slack knows of a channel.

https://docs.slack.dev/reference/methods/conversations.info
"""

from __future__ import annotations

from typing import Any

from adapters.platforms.slack import harmless, limits
from adapters.platforms.slack.web import Web, following
from bot.models import Channel, Person
from bot.ports import Room

#: pages of members that are looked through for one person
PAGES = 5


async def look(web: Web, channel: Channel, person: Person) -> Room:
    """Ask about a channel and that person in it. Raises PostError, ChannelGone for one that is not there."""
    if channel.direct:
        return Room(inside=True, posts=True, reads=channel.id == person.id)
    said: Any = await web.asked(web.client.conversations_info(channel=channel.id, include_num_members=True))
    about = said["channel"]
    inside, archived = bool(about.get("is_member")), bool(about.get("is_archived"))
    private = bool(about.get("is_private"))
    people = about.get("num_members")
    return Room(
        name=harmless.line(str(about.get("name") or "")),
        people=people if isinstance(people, int) else None,
        general=bool(about.get("is_general")),
        inside=inside,
        posts=inside and not archived,
        invite=f"/invite @{web.workspace.called}",
        # a public channel is there for every full member
        reads=await _is_in(web, channel, person) if private else True,
    )


async def _is_in(web: Web, channel: Channel, person: Person) -> bool | None:
    """Whether that person is in a private channel; None for one with more members than are looked through."""
    cursor = ""
    for _ in range(PAGES):
        page: Any = await web.asked(
            web.client.conversations_members(channel=channel.id, limit=limits.PAGE, cursor=cursor)
        )
        if person.id in (page.get("members") or ()):
            return True
        cursor = following(page)
        if not cursor:
            return False
    return None
