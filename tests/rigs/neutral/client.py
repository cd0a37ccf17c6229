"""The neutral platform's adapter: what the program under test speaks to it with, as any platform's adapter would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from adapters.http.posting import json_object
from adapters.http.punctual import Punctual, PunctualRequest
from bot.models import Message, Place, Posted, Question
from bot.ports import (
    Busy,
    ChannelGone,
    Doubt,
    Doubtful,
    Inbox,
    Limit,
    NotSent,
    PostError,
    Refused,
    Sight,
    Unauthorised,
)
from tests.rigs.faults import Pace
from tests.rigs.neutral import wire

log = logging.getLogger(__name__)

#: what aiohttp can raise, the more particular first: before the first byte left, or after
MEANINGS: Final[tuple[tuple[type[Exception], type[PostError]], ...]] = (
    (aiohttp.ClientConnectorError, NotSent),
    (aiohttp.ConnectionTimeoutError, NotSent),
    (aiohttp.ServerFingerprintMismatch, NotSent),
    (aiohttp.InvalidURL, NotSent),
    (aiohttp.NonHttpUrlClientError, NotSent),
    (aiohttp.RedirectClientError, NotSent),
    (aiohttp.WSServerHandshakeError, NotSent),
    (aiohttp.WSMessageTypeError, NotSent),
    (aiohttp.ClientConnectionError, Doubtful),
    (aiohttp.ClientResponseError, Doubtful),
    (aiohttp.ClientPayloadError, Doubtful),
    (aiohttp.UploadAbortedError, Doubtful),
    (TimeoutError, Doubtful),
    (OSError, Doubtful),
)
#: what the platform's own error codes say; a 4xx without one was not taken, whatever it means
CODES: Final[dict[str, type[PostError]]] = {
    "channel_gone": ChannelGone,
    "not_in_channel": ChannelGone,
    "token_revoked": Unauthorised,
    "bad_message": Refused,
    "no_such_thread": Refused,
}
#: statuses that mean something without a code
STATUSES: Final[dict[int, type[PostError]]] = {401: Unauthorised, 413: Refused, 503: NotSent}
#: how far our clock and the platform's may be apart
SKEW: Final = timedelta(seconds=5)


class Neutral:
    """The platform. One connection pool, no repeats of its own; every failure is a PostError."""

    sight = Sight(
        sees=("what you type to me, and the buttons you press", "your id, your name and your time zone"),
        never=("what you type to anybody else",),
    )

    def __init__(
        self,
        url: str,
        *,
        name: str = "neutral",
        doubt: Sequence[Doubt] = (),
        request: float = 30.0,
        reconnect: float = 1.0,
        connections: int = 200,
        per_token: Pace | None = None,
        per_channel: Pace | None = None,
    ) -> None:
        """`request` is the time limit of one request and `reconnect` the wait before listening again, seconds."""
        self.name = name
        self._doubt = tuple(doubt)
        self._request = request
        self._reconnect = reconnect
        self._connections = connections
        self._per_token = per_token
        self._per_channel = per_channel
        self._urls = {path: URL(url + path) for path in (wire.POST, wire.FIND, wire.RECEIPT, wire.ACTS, wire.ROOMS)}
        self._headers: dict[str, dict[str, str]] = {}
        self._opened: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.close()

    # ------------------------------------------------------------------------------------------ speaking

    async def post(self, place: Place, message: Message, key: str) -> Posted:
        """Say it there."""
        said = await self._ask("POST", wire.POST, place, data=wire.order(place, message, key))
        return _posted(said)

    def doubt(self, place: Place) -> Sequence[Doubt]:
        """What it was told to say."""
        return self._doubt

    def limits(self, place: Place) -> Sequence[Limit]:
        """A bucket for the workspace's token, one for the channel."""
        paces = {"token": self._per_token, "channel": self._per_channel}
        return [
            Limit(self._bucket(bucket, place), pace.rate, int(pace.burst)) for bucket, pace in paces.items() if pace
        ]

    async def find(self, place: Place, key: str, since: datetime) -> Posted | None:
        """Look for it in the history, or ask for its receipt; nothing is found where there is neither."""
        if Doubt.FINDS not in self._doubt and Doubt.CONFIRMS not in self._doubt:
            return None
        path = wire.FIND if Doubt.FINDS in self._doubt else wire.RECEIPT
        query = {"channel": place.channel.id, "key": key, "since": (since - SKEW).isoformat()}
        said = await self._ask("GET", path, place, params=query)
        found = said.get("found")
        if not isinstance(found, list):
            raise Doubtful("the platform's answer cannot be read")
        return _posted(found[0]) if found else None

    def _bucket(self, bucket: str, place: Place) -> str:
        """The name of a bucket of that place."""
        workspace = f"{self.name}/{place.channel.workspace}"
        return f"{workspace}/{place.channel.id}" if bucket == "channel" else workspace

    async def _ask(self, method: str, path: str, place: Place, **more: Any) -> wire.Json:
        """One request and its answer. Raises PostError."""
        headers = self._authorised(place.channel.workspace)
        try:
            async with self._session().request(
                method, self._urls[path], headers=headers, allow_redirects=False, **more
            ) as response:
                body = await response.read()
        except PostError:
            raise
        except Exception as error:
            # an aiohttp newer than MEANINGS may raise what nobody knows: it may be there
            kind = meaning(type(error)) or (Doubtful if isinstance(error, aiohttp.ClientError) else None)
            if kind is None:
                raise
            raise kind(f"the platform did not answer: {type(error).__name__}") from error
        said = json_object(body)
        if response.status == 200:
            return said
        raise self._error(response.status, response.headers.get("Retry-After", ""), said, place)

    def _error(self, status: int, retry_after: str, said: wire.Json, place: Place) -> PostError:
        """What an answer means that is not 200."""
        code = str(said.get("error", ""))
        text = f"the platform answered {status}{f' ({code})' if code else ''}"
        kind = CODES.get(code) or STATUSES.get(status) or (Doubtful if status >= 500 or status < 300 else NotSent)
        if kind is Unauthorised:
            return Unauthorised(text)
        limit = self._bucket(said.get("bucket", "token"), place) if status == 429 else ""
        return kind(text, retry_after=_seconds(retry_after), limit=limit)

    def _session(self) -> aiohttp.ClientSession:
        """The pool, opened when it is first needed: that needs a running loop."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=Punctual(limit=self._connections),
                request_class=PunctualRequest,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._request, connect=self._request / 2),
                headers={"Content-Type": "application/json"},
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
                trust_env=False,
            )
        return self._opened

    def _authorised(self, workspace: str) -> dict[str, str]:
        known = self._headers.get(workspace)
        if known is None:
            known = self._headers[workspace] = {"Authorization": f"Bearer {wire.token(workspace)}"}
        return known

    # ----------------------------------------------------------------------------------------- listening

    async def run(self, inbox: Inbox) -> None:
        """Bring every act to the inbox and acknowledge it then; connect again for ever."""
        while True:
            try:
                async with self._session().ws_connect(
                    self._urls[wire.ACTS],
                    headers=self._authorised(""),
                    heartbeat=self._request,
                    timeout=aiohttp.ClientWSTimeout(ws_close=self._request),
                ) as socket:
                    await self._listen(socket, inbox)
            except (aiohttp.ClientError, OSError) as error:
                log.info("The connection is lost: %s", type(error).__name__, extra={"action": "disconnected"})
            await asyncio.sleep(self._reconnect)

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse, inbox: Inbox) -> None:
        """Work on everything that comes, side by side: one slow act holds up no other."""
        async with asyncio.TaskGroup() as group:
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    group.create_task(self._heard(socket, inbox, json.loads(frame.data)))

    async def _heard(self, socket: aiohttp.ClientWebSocketResponse, inbox: Inbox, said: wire.Json) -> None:
        try:
            answer = await (self._take(inbox, said["act"]) if "act" in said else self._complete(inbox, said))
        except Exception:
            log.exception("What somebody did was not understood", extra={"action": "act_broke"})
            return
        with contextlib.suppress(ConnectionError):  # it comes again over the next connection
            await socket.send_str(json.dumps(answer))

    async def _take(self, inbox: Inbox, said: wire.Json) -> wire.Json:
        """Hand over an act; what could not be recorded is not acknowledged, and comes again."""
        act = wire.unpacked_act(said, self.name)
        try:
            await inbox.take(act)
        except Busy as error:
            return {"busy": act.key, "text": str(error)}
        return {"acknowledged": act.key}

    async def _complete(self, inbox: Inbox, said: wire.Json) -> wire.Json:
        """Answer a question."""
        channel, person = wire.unpacked_place(said["where"], self.name)
        words = await inbox.ask(Question(channel, person, said["text"]))
        return {"answer": said["question"], "words": list(words)}


def meaning(error: type[BaseException]) -> type[PostError] | None:
    """What an error of aiohttp says of a post; None for an error that is not one of those."""
    return next((kind for known, kind in MEANINGS if issubclass(error, known)), None)


def _posted(said: wire.Json) -> Posted:
    """Raises Doubtful for an answer that names no message."""
    if not isinstance(said.get("id"), str):
        raise Doubtful("the platform's answer cannot be read")
    return Posted(said["id"], said.get("thread", ""))


def _seconds(value: str) -> float:
    """Seconds of a `Retry-After` header; 0 when it says nothing."""
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return max(seconds, 0.0) if math.isfinite(seconds) else 0.0
