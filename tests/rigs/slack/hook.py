"""Telling the app over HTTP: signed requests to its own server, which must answer within three seconds.

https://docs.slack.dev/apis/events-api/using-http-request-urls/
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Final
from urllib.parse import urlencode

import aiohttp

from tests.rigs.slack.app import App
from tests.rigs.slack.told import PATIENCE, Attempt, Told
from tests.rigs.slack.wire import Json, signature

FORM: Final = "application/x-www-form-urlencoded"


class Hook:
    """Slack as a client of the app's server."""

    def __init__(self, app: App, *, patience: float = PATIENCE) -> None:
        self.app = app
        self.patience = patience
        #: seconds by which Slack's clock is ahead of ours: in signatures, and in the Date of every answer
        self.skew = 0.0
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def tell(self, told: Told, attempt: Attempt) -> str:
        """One attempt."""
        body, kind = packed(told)
        headers = self.signed(body) | {"Content-Type": kind}
        number = len(told.attempts) - 1
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": told.attempts[-2].reason}
        try:
            async with (
                asyncio.timeout(self.patience),
                self._client().post(self.url(told), data=body, headers=headers, allow_redirects=False) as response,
            ):
                attempt.status = response.status
                said = await response.text()
        except TimeoutError:
            told.failed = "operation_timeout"
            return "http_timeout"
        except aiohttp.ClientError:
            told.failed = "dispatch_failed"
            return "connection_failed"
        if response.status == 200:
            told.acknowledge(_json(said))
            return ""
        told.failed = "http_client_error" if response.status < 500 else "http_service_error"
        told.enough = response.headers.get("X-Slack-No-Retry") == "1"
        return "http_error"

    async def verify(self) -> str:
        """Somebody enters the address in the app's settings; gives what is wrong with the answer, "" for nothing."""
        challenge = f"challenge-{time.monotonic_ns()}"
        said = {"type": "url_verification", "token": self.app.verification, "challenge": challenge}
        body = json.dumps(said).encode()
        headers = self.signed(body) | {"Content-Type": "application/json"}
        async with self._client().post(self.app.events_url, data=body, headers=headers) as response:
            answer = _json(await response.text())
        if response.status != 200:
            return f"answered {response.status}"
        echoed = answer.get("challenge") if isinstance(answer, dict) else answer
        return "" if echoed == challenge else "challenge_failed"

    def signed(self, body: bytes, *, secret: str = "", at: float | None = None) -> dict[str, str]:
        """The headers of a request with that body; of another secret or time for a forged one."""
        timestamp = str(int((time.time() if at is None else at) + self.skew))
        return {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret or self.app.signing_secret, timestamp, body),
        }

    def url(self, told: Told) -> str:
        """Where it is told."""
        if told.kind == "events_api":
            return self.app.events_url
        if told.kind == "slash_commands":
            return self.app.commands_url
        return self.app.options_url if told.payload["type"] == "block_suggestion" else self.app.interactions_url

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        return self._session


def packed(told: Told) -> tuple[bytes, str]:
    """The body of a request, and its content type."""
    if told.kind == "events_api":
        return json.dumps(told.payload).encode(), "application/json"
    if told.kind == "slash_commands":
        return urlencode(told.payload).encode(), FORM
    return urlencode({"payload": json.dumps(told.payload)}).encode(), FORM


def _json(text: str) -> Json | str | None:
    try:
        said = json.loads(text)
    except ValueError:
        return text or None
    return said if isinstance(said, dict) else text
