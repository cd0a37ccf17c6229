"""One GET, done carefully: nothing a server sends can hang us, fill the memory or lead us into a private network."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from adapters.http.guard import Guard
from adapters.http.pace import Pace
from bot.models import Condition, Health
from bot.ports import SourceError, Turns

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: the same words for what we refuse and what does not answer: otherwise people could scan a private network with us
_UNREACHABLE = Health(Condition.UNREACHABLE, "The address cannot be reached, or is not one that may be asked.")
_CUT_OFF = Health(Condition.CUT_OFF, "The page broke off in the middle.")

#: what aiohttp can raise, the more particular first; every class of it is one of these, or a test fails
_MEANINGS: tuple[tuple[type[Exception], Health], ...] = (
    (aiohttp.ClientPayloadError, _CUT_OFF),
    (aiohttp.UploadAbortedError, _CUT_OFF),
    (aiohttp.ClientResponseError, _UNREACHABLE),
    (aiohttp.ClientConnectionError, _UNREACHABLE),
    (aiohttp.InvalidURL, _UNREACHABLE),
    (aiohttp.NonHttpUrlClientError, _UNREACHABLE),
    (aiohttp.RedirectClientError, _UNREACHABLE),
    (TimeoutError, _UNREACHABLE),
    (OSError, _UNREACHABLE),
    (UnicodeError, _UNREACHABLE),
    (ValueError, _UNREACHABLE),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much."""

    #: seconds for one question with its redirects; for a connection; between two pieces of an answer
    total: float = 30.0
    connect: float = 10.0
    read: float = 10.0
    #: bytes of a body after decompression
    size: int = 10_000_000
    redirects: int = 5
    #: seconds of `Retry-After` that are believed at most
    rest: float = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What is remembered of a page to know it again: two opaque headers, and a hash for servers that send neither."""

    etag: str = ""
    modified: str = ""
    body: str = ""

    @classmethod
    def load(cls, values: object) -> Validators:
        """From what `dump` made; anything else is a page never seen."""
        if isinstance(values, list) and len(values) == 3 and all(isinstance(value, str) for value in values):
            return cls(*values)
        return NEVER

    def dump(self) -> list[str]:
        """For a cursor."""
        return [self.etag, self.modified, self.body]


NEVER = Validators()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    #: where it came from, after redirects
    url: str
    body: bytes
    content_type: str
    validators: Validators
    #: the same page as the one remembered; the body may be empty then
    unchanged: bool = False


class Http:
    """The outgoing client. Every error of it is a SourceError."""

    def __init__(
        self,
        contact: str = "",
        *,
        guard: Guard | None = None,
        limits: Limits = Limits(),
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`contact` is an address or a page where a publisher reaches the operator."""
        self._agent = "Paperround/0.1" + (f" ({' '.join(contact.split())})" if contact.strip() else "")
        self._guard = guard or Guard()
        self._limits = limits
        self._resolver = resolver
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        #: until when (monotonic) a host or a family of hosts is not to be asked
        self._resting: dict[object, float] = {}
        #: where this process takes turns with others, for paces that have a name
        self.turns: Turns | None = None
        #: seconds by which this machine's clock was ahead of the last server that told the time; None before that
        self.skew: float | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def get(
        self,
        url: str,
        known: Validators = NEVER,
        *,
        pace: Pace | None = None,
        trusted: bool = False,
        accept: str = "*/*",
    ) -> Answer:
        """The page at that address, or the word that it is still the known one.

        A `trusted` address comes from the operator and may be anywhere; others are guarded, and so is where a trusted
        one redirects to. Raises SourceError for everything but 200 and 304.
        """
        headers = {"Accept": accept, "Accept-Encoding": "gzip, deflate"}
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        async with pace.turn(self.turns) if pace else nullcontext():
            try:
                async with asyncio.timeout(self._limits.total):
                    return await self._follow(url, known, headers, pace, trusted)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                # aiohttp's own text names the address that was tried: neither shown nor kept
                health = meaning(type(error)) or _UNREACHABLE
                if trusted and health is _UNREACHABLE:
                    health = Health(Condition.UNREACHABLE, f"{URL(url).host} does not answer. Is this machine online?")
                raise SourceError(health) from None

    async def _follow(
        self, start: str, known: Validators, headers: dict[str, str], pace: Pace | None, trusted: bool
    ) -> Answer:
        url = URL(start)
        host = url.host
        for hop in range(self._limits.redirects + 1):
            if hop and pace:
                await pace.again()
            self._permit(url, trusted)
            resting = pace or url.host
            self._stay_away(resting)
            async with self._session(trusted).get(url, headers=headers, allow_redirects=False) as response:
                if response.status in _REDIRECTS:
                    url = target(url, response.headers.get("Location", ""))
                    trusted = trusted and url.host == host
                    continue
                self.skew = ahead(response.headers.get("Date", ""), self.skew)
                self._judge(response, resting, pace)
                return await self._read(response, known)
        raise SourceError(_UNREACHABLE)

    def _permit(self, url: URL, trusted: bool) -> None:
        good = url.scheme in ("http", "https") and url.host and url.user is None and url.password is None
        if not good or not (trusted or self._guard.permits_port(url.port)):
            raise SourceError(_UNREACHABLE)

    def _session(self, trusted: bool) -> aiohttp.ClientSession:
        if trusted not in self._sessions:
            connector = aiohttp.TCPConnector(
                socket_factory=None if trusted else self._guard.open_socket,
                resolver=self._resolver,
                # a page is asked once in a while: a connection is never worth keeping, and arXiv allows only one
                force_close=True,
                limit=0,
            )
            self._sessions[trusted] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._agent},
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    connect=self._limits.connect,
                    sock_connect=self._limits.connect,
                    sock_read=self._limits.read,
                ),
                trust_env=False,
            )
        return self._sessions[trusted]

    def _stay_away(self, who: object) -> None:
        rest = self._resting.get(who, 0.0) - time.monotonic()
        if rest > 0:
            raise SourceError(Health(Condition.THROTTLED, "The site asked us to come back later.", rest))
        self._resting.pop(who, None)

    def _judge(self, response: aiohttp.ClientResponse, who: object, pace: Pace | None) -> None:
        """Raise SourceError for an answer that brings nothing; remember how long to stay away."""
        if response.status in (200, 304):
            return
        wait = min(retry_after(response.headers.get("Retry-After", "")), self._limits.rest)
        if wait:
            self._resting[who] = time.monotonic() + wait
            if pace:
                pace.rest(wait)
        if response.status in (429, 503):
            raise SourceError(Health(Condition.THROTTLED, "The site asks us to come back later.", wait))
        raise SourceError(Health(Condition.REFUSED, f"The site answered with error {response.status}.", wait))

    async def _read(self, response: aiohttp.ClientResponse, known: Validators) -> Answer:
        url = str(response.url)
        if response.status == 304:
            return Answer(url, b"", "", known, unchanged=True)
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > self._limits.size:
                size = f"{self._limits.size / 1e6:.0f} MB"
                raise SourceError(Health(Condition.NOT_A_FEED, f"The page is larger than {size} and was not read."))
        content = bytes(body)
        validators = Validators(
            _opaque(response.headers.get("ETag", "")),
            _opaque(response.headers.get("Last-Modified", "")),
            hashlib.sha256(content).hexdigest()[:32],
        )
        kind = response.headers.get("Content-Type", "")
        return Answer(url, content, kind, validators, unchanged=validators.body == known.body)


def meaning(error: type[BaseException]) -> Health | None:
    """What an error of aiohttp says of the site; None for an error that is not one of those."""
    return next((health for kind, health in _MEANINGS if issubclass(error, kind)), None)


def target(url: URL, location: str) -> URL:
    """Where a redirect leads. Raises SourceError when it leads out of a safe connection."""
    found = url.join(URL(location))
    if url.scheme == "https" and found.scheme != "https":
        raise SourceError(_UNREACHABLE)
    return found


def retry_after(value: str) -> float:
    """Seconds of a `Retry-After` header, given in seconds or as a date (RFC 9110, 10.2.3); 0 when it says nothing."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return 0.0
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else 0.0


def ahead(date: str, otherwise: float | None) -> float | None:
    """Seconds by which this machine's clock is ahead of a `Date` header (RFC 9110, 6.6.1)."""
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return otherwise
    return (datetime.now(UTC) - told.replace(tzinfo=told.tzinfo or UTC)).total_seconds()


def _opaque(value: str) -> str:
    """A header that may safely be sent back."""
    return value if value.isascii() and value.isprintable() and len(value) <= 1000 else ""
