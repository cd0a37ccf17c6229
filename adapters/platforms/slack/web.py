"""Calls of Slack's Web API: one client for each workspace, with no hidden retries, whose every failure is ours.

slack_sdk's own client repeats a call whose connection broke, `chat.postMessage` too, and so posts twice; and it opens a
session for each call. This one repeats nothing, has one session, and begins nothing too late (`bot.ports.deadline`).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.http.posting import json_object
from adapters.http.punctual import Punctual, PunctualRequest
from adapters.platforms.slack.errors import ours, told
from bot.ports import Clock

#: where the Web API is
API: Final = "https://slack.com/api/"
#: seconds of one request
REQUEST: Final = 30.0
#: the SDK writes every argument of every call into a log that is told to tell much: ours never is
QUIET: Final = logging.getLogger("slack_sdk.quiet")
QUIET.setLevel(logging.WARNING)


@dataclass(slots=True)
class Workspace:
    """A workspace that the app is installed in, and its token."""

    token: str = field(repr=False)
    #: what `auth.test` tells; "" until it was asked
    team: str = ""
    name: str = ""
    user: str = ""
    bot: str = ""
    #: what people call the bot
    called: str = "Paperround"


class Web:
    """The Web API, as one workspace's bot."""

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock,
        *,
        api: str = API,
        request: float = REQUEST,
        lender: Web | None = None,
    ) -> None:
        """`lender` is another workspace's, whose connections this one uses."""
        self.workspace = workspace
        #: seconds by which our clock is ahead of Slack's, as its last answer showed; None before the first
        self.skew: float | None = None
        self._clock = clock
        self._api = api if api.endswith("/") else f"{api}/"
        self._request = request
        self._lender = lender
        self._opened: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        #: the connections that the client uses
        self._over: aiohttp.ClientSession | None = None
        #: person -> the direct messages with them, which keep their id
        self._directs: dict[str, str] = {}

    def as_(self, workspace: Workspace) -> Web:
        """The same Web API as another workspace's bot, over the same connections."""
        return Web(workspace, self._clock, api=self._api, request=self._request, lender=self)

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool, opened when it is first needed: that needs a running loop."""
        if self._lender is not None:
            return self._lender.session
        if self._opened is None or self._opened.closed:
            self._opened = aiohttp.ClientSession(
                connector=Punctual(limit=100),
                request_class=PunctualRequest,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._request, connect=self._request / 2),
            )
        return self._opened

    @property
    def client(self) -> AsyncWebClient:
        """The SDK's client on that session; its answers are awaited with `asked`."""
        session = self.session
        if self._client is None or self._over is not session:
            self._over = session
            self._client = AsyncWebClient(
                self.workspace.token or None,
                base_url=self._api,
                timeout=int(self._request) or 1,
                session=session,
                retry_handlers=[],
                logger=QUIET,
            )
        return self._client

    async def asked(self, answer: Awaitable[AsyncSlackResponse], limit: str = "") -> AsyncSlackResponse:
        """The answer of a call. Raises PostError; `limit` is the bucket that waits when Slack asks for patience."""
        try:
            response = await answer
        except Exception as error:
            if isinstance(error, SlackApiError):
                self._heard(getattr(error.response, "headers", None) or {})
            known = ours(error, limit)
            if known is None:
                raise
            raise known from error
        self._heard(response.headers)
        return response

    async def sent(self, url: str, *, limit: str = "", **more: Any) -> None:
        """POST to an address that Slack gave us: of an answer, of a file. Raises PostError."""
        try:
            async with self.session.post(url, allow_redirects=False, **more) as response:
                body = await response.read()
        except Exception as error:
            known = ours(error, limit)
            if known is None:
                raise
            raise known from error
        # what is well is said in JSON or as a word: {"ok": true}, "ok", "OK - 1204"
        said = json_object(body)
        if response.status != 200 or not (said.get("ok") or body[:2].lower() == b"ok"):
            raise told(response.status, response.headers, said, limit)

    async def introduced(self) -> None:
        """Learn whose token it is. Raises PostError."""
        said: Any = await self.asked(self.client.auth_test())
        known = self.workspace
        known.team, known.name = str(said["team_id"]), str(said.get("team") or "")
        known.user, known.bot = str(said["user_id"]), str(said.get("bot_id") or "")
        known.called = str(said.get("user") or known.called)

    async def direct(self, user: str, limit: str = "") -> str:
        """The id of the direct messages with somebody. Raises PostError; `limit` as for `asked`."""
        if user not in self._directs:
            said: Any = await self.asked(self.client.conversations_open(users=user), limit)
            self._directs[user] = str(said["channel"]["id"])
        return self._directs[user]

    async def close(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.close()

    def _heard(self, headers: Mapping[str, str]) -> None:
        if there := _date(headers.get("Date", "")):
            self.skew = (self._clock() - there).total_seconds()


def following(page: Any) -> str:
    """Where the page after this one begins; "" for the last.

    https://docs.slack.dev/apis/web-api/pagination
    """
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
