"""Where a message goes, and by which call.

channel, thread, direct   chat.postMessage, with our key as metadata
private                   the address that came with the act; else a message that one person alone sees
a window                  the answer to a press that is a paper to read, while a window may be opened
home                      views.publish
unfurl                    chat.unfurl: the preview of a link that somebody posted
a file                    uploaded into the direct messages of whoever asked
"""

from __future__ import annotations

from typing import Any, Final

from adapters.platforms.slack import harmless, limits
from adapters.platforms.slack.forms import WINDOW, Origin
from adapters.platforms.slack.handle import Handle
from adapters.platforms.slack.layout import Layout
from adapters.platforms.slack.receipts import metadata
from adapters.platforms.slack.web import Web
from adapters.platforms.slack.whose import NAME
from bot.messages import windows
from bot.models import File, Message, Person, Place, Posted
from bot.ports import ChannelGone, Clock, Limit, Refused, in_time

Json = dict[str, Any]
#: seconds after a press in which a window is still tried: Slack gives three, and the way there takes some
IN_TIME: Final = 0.8 * limits.TRIGGER
#: Slack hangs no previews of its own under our messages
BARE: Final[Json] = {"unfurl_links": False, "unfurl_media": False}


def buckets(place: Place, *, shrink: float = 1.0) -> list[Limit]:
    """What a post there takes from; `shrink` divides the time between two posts."""
    team = f"{NAME}/{place.channel.workspace}"
    if place.kind == "private" and Handle.of(place.reply).url:
        return []
    if place.kind in ("private", "home", "unfurl"):
        return [Limit(f"{team}/private", limits.PRIVATE * shrink, burst=10)]
    where = place.person.id if place.kind == "direct" and place.person else place.channel.id
    channel, workspace = limits.A_CHANNEL * shrink, limits.A_WORKSPACE * shrink
    return [Limit(f"{team}/{where}", channel), Limit(team, workspace, burst=10)]


class Posting:
    """Posts in one workspace."""

    def __init__(self, web: Web, layout: Layout, clock: Clock) -> None:
        self._web = web
        self._layout = layout
        self._clock = clock

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there. Raises PostError."""
        in_time()
        if message.file is not None:
            return await self._file(place, message, message.file)
        match place.kind:
            case "channel" | "thread":
                thread = place.under if place.kind == "thread" else ""
                return await self._message(place, place.channel.id, message, key, thread)
            case "direct":
                return await self._message(place, _whose(place).id, message, key)
            case "home":
                return await self._home(place, message, Handle())
            case "unfurl":
                return await self._preview(place, message, Handle.of(place.reply))
            case "private":
                return await self._private(place, message, key, Handle.of(place.reply))

    async def _message(self, place: Place, channel: str, message: Message, key: str, thread: str = "") -> Posted:
        more: Json = {"thread_ts": thread} if thread else {}
        more |= {"metadata": metadata(key)} if key else {}
        said = await self._web.asked(
            self._web.client.chat_postMessage(channel=channel, **self._said(message), **BARE, **more),
            _patience(place),
        )
        return Posted(str(said["ts"]))

    # ---------------------------------------------------------------------------------- for one person alone

    async def _private(self, place: Place, message: Message, key: str, handle: Handle) -> Posted:
        if handle.unfurl:
            return await self._preview(place, message, handle)
        if handle.home:
            return await self._home(place, message, handle)
        if handle.trigger and (handle.view or _to_read(message)) and self._in_time(handle):
            try:
                return await self._window(place, message, handle)
            except Refused:
                pass  # too late for a window: the answer goes where every other goes
        if handle.url:
            try:
                return await self._answer(place, message, handle)
            except (Refused, ChannelGone):
                pass  # the address is spent
        if place.channel.direct:
            return await self._message(place, place.channel.id, message, key, handle.thread)
        return await self._ephemeral(place, message, handle)

    async def _answer(self, place: Place, message: Message, handle: Handle) -> Posted:
        more: Json = {"response_type": "ephemeral", "replace_original": False}
        more |= {"thread_ts": handle.thread} if handle.thread else {}
        limit = _patience(place)
        await self._web.sent(handle.url, json=self._said(message) | BARE | more, limit=limit)
        return Posted("")

    async def _ephemeral(self, place: Place, message: Message, handle: Handle) -> Posted:
        person = _whose(place)
        more: Json = {"thread_ts": handle.thread} if handle.thread else {}
        call = self._web.client.chat_postEphemeral(
            channel=place.channel.id, user=person.id, **self._said(message), **more
        )
        try:
            said = await self._web.asked(call, _patience(place))
        except ChannelGone:
            # where we are not, we still know whom to tell
            return await self._message(place, person.id, message, "")
        return Posted(str(said.get("message_ts") or ""))

    async def _window(self, place: Place, message: Message, handle: Handle) -> Posted:
        """Open a window to read in; on top of the one that was pressed in."""
        heading = harmless.line(handle.label) or windows.READ
        origin = Origin(place.channel.id, place.channel.name, thread=handle.thread, url=handle.url)
        view: Json = {
            "type": "modal",
            "callback_id": WINDOW,
            "private_metadata": origin.packed(),
            "title": _plain(heading),
            "close": _plain(windows.CLOSE),
            "blocks": self._layout.blocks(message, most=limits.BLOCKS_OF_VIEW),
        }
        client = self._web.client
        opening = client.views_push if handle.view == "modal" else client.views_open
        said = await self._web.asked(opening(trigger_id=handle.trigger, view=view), _patience(place))
        return Posted(str(said["view"]["id"]))

    async def _home(self, place: Place, message: Message, handle: Handle) -> Posted:
        blocks = self._layout.blocks(message, most=limits.BLOCKS_OF_VIEW, above=True)
        view = {"type": "home", "blocks": blocks}
        # what is done there shows the same part of the list again
        origin = Origin(home=True, shows=handle.shows).packed()
        view |= {"private_metadata": origin} if harmless.size(origin) <= limits.METADATA else {}
        call = self._web.client.views_publish(user_id=_whose(place).id, view=view)
        said = await self._web.asked(call, _patience(place))
        return Posted(str(said["view"]["id"]))

    async def _preview(self, place: Place, message: Message, handle: Handle) -> Posted:
        """The preview of a link: a paper, to everybody who reads the link; anything else is said to nobody."""
        if not handle.unfurl:
            raise Refused("There is no link to preview.")
        if not _to_read(message):
            return Posted("")
        preview, source, link = handle.unfurl
        blocks = self._layout.blocks(message, buttons=False)
        call = self._web.client.chat_unfurl(unfurl_id=preview, source=source, unfurls={link: {"blocks": blocks}})
        await self._web.asked(call, _patience(place))
        return Posted("")

    # ------------------------------------------------------------------------------------------------ files

    async def _file(self, place: Place, message: Message, file: File) -> Posted:
        """Upload a file into somebody's direct messages. Raises PostError.

        https://docs.slack.dev/messaging/working-with-files#uploading_files
        """
        content = file.content.encode("utf-8", "replace")
        if not content:
            raise Refused("The file is empty.")
        web, person = self._web, _whose(place)
        name = harmless.trimmed(harmless.line(file.name).replace("/", "-"), 100) or "file"
        limit = _patience(place)
        conversation = await web.direct(person.id, limit)
        address: Any = await web.asked(web.client.files_getUploadURLExternal(filename=name, length=len(content)), limit)
        await web.sent(str(address["upload_url"]), data=content, limit=limit)
        await web.asked(
            web.client.files_completeUploadExternal(
                files=[{"id": str(address["file_id"]), "title": name}],
                channel_id=conversation,
                initial_comment=self._layout.sentence(message),
            ),
            limit,
        )
        handle = Handle.of(place.reply)
        if not place.channel.direct and (handle.url or handle.trigger):
            told = Message(title=message.title, note=windows.FILE, notice=message.notice)
            return await self._private(place, told, "", handle)
        return Posted("")

    # ------------------------------------------------------------------------------------------------ words

    def _said(self, message: Message) -> Json:
        return {"text": self._layout.sentence(message), "blocks": self._layout.blocks(message)}

    def _in_time(self, handle: Handle) -> bool:
        return 0 <= self._clock().timestamp() - handle.at < IN_TIME


def _to_read(message: Message) -> bool:
    """True for one paper with something to read."""
    return bool(message.title and message.url and message.body and not message.items)


def _whose(place: Place) -> Person:
    if place.person is None:
        raise Refused("Nobody is named whom it is for.")
    return place.person


def _patience(place: Place) -> str:
    """The bucket that waits when Slack asks for patience: the narrowest, which is the channel's; "" for none."""
    return min(buckets(place), key=lambda one: one.rate, default=Limit("", 0.0)).name


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": harmless.trimmed(text, limits.TITLE), "emoji": False}
