"""Requests to Discord's API: discord.py's own client, with no hidden retries, whose every failure is ours.

discord.py repeats a request that was answered 500, and so makes two posts in a forum; it sleeps as long as a 429 says;
it lets a reset through as it comes. Here an answer that is not well ends the request at once (a trace sees it before
discord.py does), and nothing begins too late (`bot.ports.deadline`), during a ban, or when so much was asked in vain
that one is near.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route
from yarl import URL

from adapters.http.posting import json_object
from adapters.http.punctual import Punctual, PunctualRequest
from adapters.platforms.discord import limits
from adapters.platforms.discord.errors import TOKEN, Told, ours, slowed, walled
from bot.ports import Doubtful, NotSent

log = logging.getLogger(__name__)

#: where the API is
API: Final = "https://discord.com/api/v10"
#: seconds of one request
REQUEST: Final = 30.0


@dataclass(slots=True)
class _Request:
    """One request of ours, as the trace sees it."""

    #: the bucket that waits when Discord asks for patience
    limit: str
    #: its first byte may have left
    begun: bool = False


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


class Budget:
    """What was asked in vain in the last ten minutes, and until when the wall before Discord keeps us out.

    `uptime` are seconds on a clock that nobody sets.
    """

    def __init__(self, uptime: Callable[[], float]) -> None:
        self._uptime = uptime
        self._times: deque[float] = deque()
        self._banned = 0.0
        self._said = False

    @property
    def count(self) -> int:
        """Answers 401, 403 and 429 in the last ten minutes."""
        since = self._uptime() - limits.INVALID_WITHIN.total_seconds()
        while self._times and self._times[0] <= since:
            self._times.popleft()
        return len(self._times)

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """An answer came; a 429 of what many share does not count."""
        if status not in (401, 403) and (status != 429 or headers.get("X-RateLimit-Scope") == "shared"):
            return
        self._times.append(self._uptime())
        if self.count < limits.INVALID_SAID:
            self._said = False
        elif not self._said:
            self._said = True
            log.warning(
                "%d requests to Discord were in vain within ten minutes; at %d I stop.",
                self.count,
                limits.INVALID,
                extra={"action": "discord_in_vain"},
            )

    def banned(self, seconds: float) -> None:
        """The wall keeps us out so long."""
        self._banned = max(self._banned, self._uptime() + seconds)
        log.warning("Cloudflare keeps us out for %.0f s.", seconds, extra={"action": "discord_banned"})

    def check(self) -> None:
        """Raises NotSent when nothing may be asked now."""
        if (left := self._banned - self._uptime()) > 0:
            raise NotSent("Cloudflare, before Discord, keeps this address out for a while.", left, TOKEN)
        if self.count >= limits.INVALID:
            left = self._times[0] + limits.INVALID_WITHIN.total_seconds() - self._uptime()
            raise NotSent("Too much was asked of Discord in vain: I wait before it bans us.", left, TOKEN)


class Web:
    """The API, with a bot's token. It needs no gateway."""

    def __init__(self, token: str, *, request: float = REQUEST, uptime: Callable[[], float]) -> None:
        self.budget = Budget(uptime)
        self._token = token
        self._request = request
        self._session: aiohttp.ClientSession | None = None
        self._client: HTTPClient | None = None
        self._myself = ""
        #: when Discord answered last, as its `Date` header says it; "" before that
        self.date = ""

    @property
    def client(self) -> HTTPClient:
        """discord.py's client, opened when it is first needed: that needs a running loop. Awaited with `asked`."""
        if self._session is None or self._session.closed or self._client is None:
            self._session = aiohttp.ClientSession(
                connector=Punctual(limit=100),
                request_class=PunctualRequest,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[self.trace()],
                timeout=aiohttp.ClientTimeout(total=self._request, connect=self._request / 2),
            )
            self._client = _Client(self._token, self._session)
        return self._client

    async def asked(self, method: str, path: str, *, limit: str = "", **more: Any) -> Any:
        """What was said to a request. Raises PostError, or Told for a refusal with a code; see `discord.http.Route`.

        `limit` is the bucket that waits when Discord asks for patience. Names in the path are filled from `more`.
        """
        names = {name: more.pop(name) for name in list(more) if f"{{{name}}}" in path}
        self.budget.check()
        mine = _Request(limit)
        token = _request.set(mine)
        try:
            async with asyncio.timeout(self._request):
                return await self.client.request(Route(method, path, **names), **more)
        except Told:
            raise
        except Exception as error:
            if isinstance(error, TimeoutError) and not mine.begun:
                raise NotSent("It was not its turn in time.", limit=limit) from error
            known = ours(error, limit)
            if known is None:
                raise
            raise known from error
        finally:
            _request.reset(token)

    async def done(self, method: str, path: str, **more: Any) -> Any:
        """The same, where no refusal means anything of its own. Raises PostError."""
        try:
            return await self.asked(method, path, **more)
        except Told as told:
            raise told.error from told

    async def myself(self) -> str:
        """The bot's own id. Raises PostError."""
        if not self._myself:
            said = await self.done("GET", "/users/@me")
            if not isinstance(said, dict):
                raise Doubtful("Discord answered, and not in its own words.")
            self._myself = str(said["id"])
        return self._myself

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def trace(self) -> aiohttp.TraceConfig:
        """Counts what was asked in vain; for a client's `http_trace`."""
        made = aiohttp.TraceConfig()
        made.on_request_start.append(self._begins)
        made.on_request_end.append(self._ended)
        return made

    async def _begins(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestStartParams
    ) -> None:
        if mine := _request.get():
            mine.begun = True

    async def _ended(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        """An answer came: one that is not well is what came of it, before discord.py asks again."""
        response = params.response
        self.budget.heard(response.status, response.headers)
        self.date = response.headers.get("Date", self.date)
        mine = _request.get()
        if response.status < 400 and mine is None:
            return
        if response.status == 429:
            said = json_object(await response.read())
            refused = slowed(response.headers, said, mine.limit if mine else "")
            if walled(response.headers, said):
                self.budget.banned(refused.retry_after)
            if mine:
                raise refused
        elif response.status >= 500 and mine:
            response.close()
            raise Doubtful(f"Discord answered {response.status}.")
        elif response.status >= 400 and mine:
            said = json_object(await response.read())
            code = said.get("code")
            raise Told(response.status, code if isinstance(code, int) else 0, _problems(said))


class _Client(HTTPClient):
    """discord.py's client on a session of ours: its own begins what is late, and logs in first."""

    def __init__(self, token: str, session: aiohttp.ClientSession) -> None:
        super().__init__(asyncio.get_running_loop(), max_ratelimit_timeout=limits.PATIENCE)
        self.token = token
        self._HTTPClient__session = session
        self._global_over = asyncio.Event()
        self._global_over.set()


def pointed(api: str, gateway: str) -> None:
    """discord.py takes its addresses only as two class attributes."""
    Route.BASE = api.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)


def _problems(said: Mapping[str, Any]) -> str:
    """What a refusal says: its sentence, and where each problem is."""
    found = [f"{where or 'it'}: {what}" for where, what in _walked(said.get("errors"), "")]
    return "; ".join([str(said.get("message") or ""), *found])


def _walked(said: object, where: str) -> list[tuple[str, str]]:
    if not isinstance(said, dict):
        return []
    found = [(where, str(one.get("message"))) for one in said.get("_errors") or () if isinstance(one, dict)]
    for name, inside in said.items():
        found += _walked(inside, f"{where}.{name}".lstrip("."))
    return found
