"""How often each method may be called, by an app in a workspace: https://docs.slack.dev/apis/web-api/rate-limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.ports import Clock
from tests.rigs.faults import Answer, Pace
from tests.rigs.faults.pace import Buckets
from tests.rigs.slack.wire import too_many

_FIRST, _SECOND, _THIRD, _FOURTH = (Pace(calls / 60, burst=calls) for calls in (1, 20, 50, 100))
#: calls of a minute, all of which may come at once; posting has a pace of its own
TIERS: Final[Mapping[str, Pace]] = {
    "apps.connections.open": _FIRST,
    "bots.info": _THIRD,
    "chat.delete": _THIRD,
    "chat.postEphemeral": _FOURTH,
    "chat.unfurl": _THIRD,
    "chat.update": _THIRD,
    "conversations.history": _THIRD,
    "conversations.info": _THIRD,
    "conversations.join": _THIRD,
    "conversations.list": _SECOND,
    "conversations.members": _FOURTH,
    "conversations.open": _THIRD,
    "conversations.replies": _THIRD,
    "files.completeUploadExternal": _FOURTH,
    "files.getUploadURLExternal": _FOURTH,
    "oauth.v2.access": _FOURTH,
    "reactions.add": _THIRD,
    "reactions.get": _THIRD,
    "reactions.list": _SECOND,
    "team.info": _THIRD,
    "users.conversations": _THIRD,
    "users.info": _FOURTH,
    "views.open": _FOURTH,
    "views.publish": _FOURTH,
    "views.push": _FOURTH,
    "views.update": _FOURTH,
}
#: history for an app that is sold outside the Marketplace: once a minute (and fifteen messages, `Slack.history_page`)
UNLISTED: Final[Mapping[str, Pace]] = {
    **TIERS,
    "conversations.history": _FIRST,
    "conversations.replies": _FIRST,
}


class Tiers:
    """Who called what how often."""

    def __init__(self, paces: Mapping[str, Pace], clock: Clock) -> None:
        self._buckets = {method: Buckets(pace, clock) for method, pace in paces.items()}

    def refusal(self, method: str, workspace: str) -> Answer | None:
        """Count a call; gives how one too many is answered."""
        levels = self._buckets.get(method)
        if levels is None:
            return None
        if wait := levels.wait(workspace):
            return too_many(f"{wait:.3f}")
        levels.take(workspace)
        return None
