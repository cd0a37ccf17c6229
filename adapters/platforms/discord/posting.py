"""Where a message goes, and by which request. No gateway is needed.

channel    a message, with our key as nonce; in a forum a post of its own
thread     a message in the thread of the message it hangs under, which is opened when it is not there
direct     a message in somebody's direct messages
private    an answer that one person alone sees, by the token that came with the act; too late, a direct message
a file     hangs under such an answer

Discord keeps a nonce for some minutes, looks at none in a forum, and answers a repeated one whose message was deleted
with "Unknown Message".
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import discord

from adapters.platforms.discord import harmless, limits
from adapters.platforms.discord.errors import (
    NEEDS_TAG,
    NO_TEXT,
    THREAD_IS_THERE,
    TOKEN,
    TOO_LATE,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    WRONG_KIND,
    Told,
)
from adapters.platforms.discord.finding import Finding
from adapters.platforms.discord.handle import Handle
from adapters.platforms.discord.layout import heading, laid
from adapters.platforms.discord.web import Web
from bot.messages import windows
from bot.models import File, Message, Person, Place, Posted
from bot.ports import Clock, Doubtful, Limit, NotSent, PostError, Refused, in_time

Json = dict[str, Any]
#: a form's part has its name in a header, where these would end it
_NO_NAME: Final = re.compile(r"[/\\;\"]")
#: flags of a message: one person alone sees it; no sound, no banner
ONLY_YOU: Final = 1 << 6
SILENT: Final = 1 << 12
#: seconds before the first post in a forum that this process did not know: another one may have one in flight there,
#: and nothing but looking tells (`bot.policy.Limits.settling`)
SETTLING: Final = 35.0
#: rooms that are remembered: threads that are open, direct messages of people
REMEMBERED: Final = 10_000


class Posting:
    """Posts with a bot's token."""

    def __init__(self, web: Web, clock: Clock, finding: Finding, *, shrink: float = 1.0) -> None:
        """`shrink` divides every wait, and the time between two posts."""
        self._web = web
        self._shrink = shrink
        self._clock = clock
        self._finding = finding
        #: channels that take only posts, as Discord said when we tried
        self.forums: set[str] = set()
        #: threads that are open; direct messages by their person
        self._threads: dict[str, None] = {}
        self._directs: dict[str, str] = {}

    def limits(self, place: Place) -> list[Limit]:
        """The buckets that a post there takes from; answers to what people do take from none that we count."""
        if place.kind == "private" and Handle.of(place.reply).is_good(self._clock()):
            return []
        where = place.under if place.kind == "thread" else room(place)
        return [
            Limit(f"{TOKEN}/{where}", limits.A_CHANNEL * self._shrink, burst=limits.A_CHANNEL_AT_ONCE),
            Limit(TOKEN, limits.A_TOKEN * self._shrink, burst=int(limits.A_TOKEN)),
        ]

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there. Raises PostError."""
        in_time()
        if message.file is not None:
            return await self._file(place, message, message.file)
        match place.kind:
            case "channel" | "direct" | "home":
                return await self._message(place, message, key)
            case "thread":
                return await self._under(place, message, key)
            case "private":
                return await self._private(place, message)
            case "unfurl":
                raise Refused("Discord has no previews of ours.")

    async def where(self, place: Place) -> str:
        """The id of the channel that a message there is posted in. Raises PostError."""
        whose = direct(place)
        if not whose:
            return place.under if place.kind == "thread" else place.channel.id
        if whose not in self._directs:
            body = {"recipient_id": whose}
            said = await self._web.done("POST", "/users/@me/channels", json=body, limit=self._limit(place))
            _kept(self._directs, whose, _id(said))
        return self._directs[whose]

    # -------------------------------------------------------------------------------------------- for everybody

    async def _message(self, place: Place, message: Message, key: str) -> Posted:
        body = laid(message, key, notice=True) | {"flags": SILENT}
        channel = await self.where(place)
        if channel in self.forums:
            return await self._post(place, message, body, key)
        try:
            return await self._create(channel, body, key, self._limit(place))
        except Told as told:
            if told.code == NO_TEXT and place.kind == "channel":
                self.forums.add(channel)
                if key:
                    raise NotSent("It is a forum: I look first whether it is there.", SETTLING / self._shrink) from None
                return await self._post(place, message, body, key)
            raise told.error from told

    async def _create(self, channel: str, body: Json, key: str, limit: str) -> Posted:
        """Post in a channel or thread. Raises PostError, Told."""
        nonce = {"nonce": key, "enforce_nonce": True} if key else {}
        try:
            said = await self._web.asked(
                "POST", "/channels/{channel_id}/messages", channel_id=channel, json=body | nonce, limit=limit
            )
        except Told as told:
            if told.code == UNKNOWN_MESSAGE and key:
                # it was there, and somebody deleted it since
                return Posted(key)
            raise
        return Posted(_id(said))

    async def _post(self, place: Place, message: Message, body: Json, key: str) -> Posted:
        """A post in a forum; no nonce is looked at there, so it is looked for first."""
        forum = place.channel
        if key and (found := await self._finding.in_forum(forum, key, None)):
            return found
        in_time()
        name = heading(message, limits.THREAD) or windows.THREAD
        whole: Json = {"name": name, "auto_archive_duration": limits.RESTS, "message": body}
        try:
            return await self._open(forum.id, whole, self._limit(place))
        except Told as told:
            tags = await self._tags(forum.id) if told.code == NEEDS_TAG else []
            if not tags:
                raise told.error from told
        try:
            return await self._open(forum.id, whole | {"applied_tags": tags[:1]}, self._limit(place))
        except Told as told:
            raise told.error from told

    async def _open(self, forum: str, whole: Json, limit: str) -> Posted:
        said = await self._web.asked(
            "POST", "/channels/{channel_id}/threads", channel_id=forum, json=whole, limit=limit
        )
        thread = _id(said)
        _kept(self._threads, thread, None)
        # the first message of a post has the post's id
        return Posted(thread, thread)

    async def _tags(self, forum: str) -> list[str]:
        """Tags of a forum that everybody may give."""
        said = await self._web.done("GET", "/channels/{channel_id}", channel_id=forum)
        tags = said.get("available_tags") if isinstance(said, dict) else None
        return [str(one["id"]) for one in tags or () if not one.get("moderated")]

    # --------------------------------------------------------------------------------------------- in threads

    async def _under(self, place: Place, message: Message, key: str) -> Posted:
        """Post in the thread of a message; the thread has the message's id."""
        thread = place.under
        if not thread.isdecimal():
            raise Refused("The message that it would hang under is gone.")
        body = laid(message, key) | {"flags": SILENT}
        fresh = thread not in self._threads
        if fresh:
            await self._opened(place)
        try:
            posted = await self._create(thread, body, key, self._limit(place))
        except Told as told:
            self._threads.pop(thread, None)
            if told.code == UNKNOWN_CHANNEL:
                raise Refused("The thread is gone.") from told
            raise told.error from told
        _kept(self._threads, thread, None)
        return posted

    async def _opened(self, place: Place) -> None:
        """Open the thread of a message. That it is open already is as well, and that a post is a thread."""
        body = {"name": await self._name(place), "auto_archive_duration": limits.RESTS}
        where = {"channel_id": place.channel.id, "message_id": place.under}
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        try:
            await self._web.asked("POST", path, **where, json=body, limit=self._limit(place))
        except Doubtful as error:
            # nothing was said yet: opening it once more does no harm
            raise NotSent(str(error), error.retry_after, error.limit) from error
        except Told as told:
            # a thread outlives its message
            if told.code not in (THREAD_IS_THERE, WRONG_KIND, UNKNOWN_MESSAGE):
                raise told.error from told

    async def _name(self, place: Place) -> str:
        """What the message is called that the thread hangs under, as far as we may read it."""
        where = {"channel_id": place.channel.id, "message_id": place.under}
        try:
            said = await self._web.asked("GET", "/channels/{channel_id}/messages/{message_id}", **where)
        except Told:
            return windows.THREAD
        except PostError as error:
            raise NotSent(str(error), error.retry_after, error.limit) from error
        embeds = said.get("embeds") if isinstance(said, dict) else None
        title = harmless.unstyled(harmless.line(str((embeds or [{}])[0].get("title") or "")))
        return harmless.trimmed(title, limits.THREAD) or windows.THREAD

    # -------------------------------------------------------------------------------------- for one person alone

    async def _private(self, place: Place, message: Message) -> Posted:
        handle = Handle.of(place.reply)
        if handle.is_good(self._clock()):
            try:
                return await self._answer(handle, laid(message))
            except Told as told:
                if told.code not in TOO_LATE:
                    raise told.error from told
        return await self._message(_to(place), message, "")

    async def _answer(self, handle: Handle, body: Json, file: tuple[str, bytes] | None = None) -> Posted:
        """Answer an act, to whoever did it alone. Raises PostError, Told."""
        names = {"webhook_id": handle.application, "webhook_token": handle.token}
        more = _with(body | {"flags": ONLY_YOU}, file)
        said = await self._web.asked(
            "POST", "/webhooks/{webhook_id}/{webhook_token}", **names, params={"wait": 1}, **more
        )
        return Posted(_id(said))

    async def _file(self, place: Place, message: Message, file: File) -> Posted:
        """Give somebody a file. Raises PostError."""
        content = file.content.encode("utf-8", "replace")
        if not content:
            raise Refused("The file is empty.")
        if len(content) > limits.FILE:
            raise Refused("The file is too large.")
        name = harmless.trimmed(_NO_NAME.sub("-", harmless.line(file.name)), 100) or "file"
        body, handle = laid(message), Handle.of(place.reply)
        try:
            if handle.is_good(self._clock()):
                try:
                    return await self._answer(handle, body, (name, content))
                except Told as told:
                    if told.code not in TOO_LATE:
                        raise
            channel = await self.where(_to(place))
            more = _with(body | {"flags": SILENT}, (name, content))
            said = await self._web.asked("POST", "/channels/{channel_id}/messages", channel_id=channel, **more)
        except Told as told:
            raise told.error from told
        return Posted(_id(said))

    def _limit(self, place: Place) -> str:
        """The bucket that waits when Discord asks for patience: the narrowest, which is the channel's."""
        buckets = self.limits(place)
        return min(buckets, key=lambda one: one.rate).name if buckets else ""


def direct(place: Place) -> str:
    """The person whose direct messages a place is, or ""."""
    if place.kind in ("direct", "home"):
        if place.person is None:
            raise Refused("Nobody is named whom it is for.")
        return place.person.id
    return place.channel.id if place.channel.direct and place.kind == "channel" else ""


def room(place: Place) -> str:
    """What names the place among our buckets."""
    return place.person.id if place.kind in ("direct", "home", "private") and place.person else place.channel.id


def _to(place: Place) -> Place:
    """The direct messages of whom a private answer is for."""
    if place.person is None:
        raise Refused("Nobody is named whom it is for.")
    person: Person = place.person
    return Place(person.direct, "direct", person=person)


def _with(body: Json, file: tuple[str, bytes] | None) -> Json:
    """How a body is given to discord.py, with a file or without.

    https://discord.com/developers/docs/reference#uploading-files
    """
    if file is None:
        return {"json": body}
    name, content = file
    held = discord.File(io.BytesIO(content), filename=name)
    whole = body | {"attachments": [{"id": 0, "filename": held.filename}]}
    part = {"name": "files[0]", "value": held.fp, "filename": held.filename, "content_type": "application/octet-stream"}
    return {"files": [held], "form": [{"name": "payload_json", "value": json.dumps(whole)}, part]}


def _id(said: object) -> str:
    """The id of what was made. Raises Doubtful for an answer that says none."""
    if isinstance(said, Mapping) and str(said.get("id") or "").isdecimal():
        return str(said["id"])
    raise Doubtful("Discord answered, and not in its own words.")


def _kept(several: dict[str, Any], name: str, value: Any) -> None:
    """Remember it, and forget the oldest when there are many."""
    several[name] = value
    while len(several) > REMEMBERED:
        del several[next(iter(several))]
