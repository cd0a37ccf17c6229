"""Whether a message arrived: Slack tells of each that carries our key, and with its history it can be looked for.

By default the app reads no channel's history. Slack then tells it of its own messages by an event
(`message_metadata_posted`), which says that a message is there, never that it is not: it *confirms*. In direct
messages, and with SLACK_HISTORY=on everywhere, the history is read: it *finds*.
https://docs.slack.dev/messaging/message-metadata
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from adapters.platforms.slack import limits
from adapters.platforms.slack.stamps import stamp
from adapters.platforms.slack.tasks import at_most
from adapters.platforms.slack.web import Web, following
from bot.models import Place, Posted
from bot.ports import Clock, Memory, NotSent, StorageError

#: what our messages are called in their metadata, and the field of the key
EVENT: Final = "paper_delivered"
KEY: Final = "key"
#: receipts kept; those of the last minutes are what is asked for
MOST: Final = 10_000
#: seconds that a receipt is waited for which is not there yet, and between two looks whether another process has it
PATIENCE: Final = 1.0
GLANCE: Final = 0.25
#: how far our clock and Slack's may be apart
SKEW: Final = timedelta(seconds=30)


def metadata(key: str) -> dict[str, Any]:
    """What a message carries: an opaque key, for other apps of the workspace may read it."""
    return {"event_type": EVENT, "event_payload": {KEY: key}}


class Receipts:
    """What Slack told of our messages: to this process, or to another one that shares our memory."""

    def __init__(self, clock: Clock, *, shrink: float = 1.0) -> None:
        """`shrink` divides every wait."""
        self._clock = clock
        #: seconds
        self.patience = PATIENCE / shrink
        self._glance = GLANCE / shrink
        #: where they are shared; None in a process that shares nothing
        self.memory: Memory | None = None
        self._told: OrderedDict[str, Posted] = OrderedDict()
        self._came = asyncio.Event()

    async def tell(self, event: dict[str, Any]) -> None:
        """A `message_metadata_posted` event. Raises StorageError."""
        key, ts = _key(event.get("metadata")), event.get("message_ts")
        if not key or not isinstance(ts, str):
            return
        self._told[key] = Posted(ts)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        self._came.set()
        if self.memory is not None:
            await self.memory.received(key, self._told[key], self._clock())

    async def wait(self, key: str, seconds: float) -> Posted | None:
        """The message of that key, if Slack told of it or does so in time. Raises PostError."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            self._came.clear()
            left = end - asyncio.get_running_loop().time()
            if (told := await self._known(key)) is not None or left <= 0:
                return told
            await at_most(min(left, self._glance), self._came)

    async def _known(self, key: str) -> Posted | None:
        if key in self._told or self.memory is None:
            return self._told.get(key)
        try:
            return await self.memory.receipt(key)
        except StorageError as error:
            raise NotSent(f"What Slack told could not be looked up. {error}") from error


async def found(web: Web, place: Place, conversation: str, key: str, since: datetime) -> Posted | None:
    """Look for it in the history of a channel or a thread, to its end. Raises PostError."""
    window = {"oldest": stamp(since - SKEW), "include_all_metadata": True, "limit": limits.PAGE}
    cursor = ""
    while True:
        page: Any = await web.asked(_page(web, place, conversation, window | ({"cursor": cursor} if cursor else {})))
        for message in page.get("messages") or ():
            if _key(message.get("metadata")) == key:
                return Posted(str(message["ts"]))
        cursor = following(page)
        if not cursor:
            return None


async def _page(web: Web, place: Place, conversation: str, window: dict[str, Any]) -> Any:
    try:
        if place.kind == "thread":
            return await web.client.conversations_replies(channel=conversation, ts=place.under, **window)
        return await web.client.conversations_history(channel=conversation, **window)
    except SlackApiError as error:
        if isinstance(error.response.data, dict) and error.response.get("error") == "missing_scope":
            # the token is good for everything else
            raise NotSent("The history may not be read: install the app with `manifest slack --history`.") from error
        raise


def _key(metadata: Any) -> str:
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT:
        return ""
    payload = metadata.get("event_payload")
    return str(payload.get(KEY) or "") if isinstance(payload, dict) else ""
