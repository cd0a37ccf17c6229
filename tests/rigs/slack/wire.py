"""What Slack reads and answers: arguments wherever they stand, `ok` or an error with HTTP 200, the signature.

https://docs.slack.dev/apis/web-api/ and https://docs.slack.dev/authentication/verifying-requests-from-slack/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tests.rigs.faults import Answer, Fault

Json = dict[str, Any]
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Refusal(Exception):
    """Slack says no: the error's code, and what it says besides."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code, more)
        self.code = code
        self.more = more

    @property
    def said(self) -> Json:
        """The answer."""
        return {"ok": False, "error": self.code, **self.more}


def malformed(*problems: str) -> Refusal:
    """Arguments that Slack cannot read."""
    return Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})


class Arguments:
    """The arguments of a call, as text or as JSON: both kinds of body give the same."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values = values or {}

    def text(self, name: str) -> str:
        """That argument as a form has it; "" when it is not there."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        return value if isinstance(value, str) else json.dumps(value)

    def need(self, name: str) -> str:
        """That argument. Raises Refusal without it."""
        if text := self.text(name):
            return text
        raise malformed(f"missing required field: {name}")

    def flag(self, name: str) -> bool | None:
        """True or False; None when it is not there."""
        text = self.text(name).lower()
        return text in ("1", "true") if text else None

    def number(self, name: str, default: int) -> int:
        """A number. Raises Refusal for what is none."""
        text = self.text(name)
        if text and not text.isdecimal():
            raise malformed(f"must be a valid integer: {name}")
        return int(text) if text else default

    def structure(self, name: str, refusal: str) -> Any:
        """JSON, or JSON as text; None when it is not there. Raises Refusal with that code for anything else."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refusal(refusal) from None


async def arguments(request: web.Request) -> tuple[Arguments, str]:
    """Arguments and token of a call. A token may stand in the header, the query or a form, never in JSON."""
    values: Json = dict(request.query)
    token = bearer(request) or values.pop("token", "")
    if request.content_type in FORMS:
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        token = token or form.pop("token", "")
        values |= form
    elif body := await request.read():
        if request.content_type != "application/json":
            raise Refusal("invalid_post_type")
        try:
            said = json.loads(body)
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(said, dict):
            raise Refusal("json_not_object")
        values |= said
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refusal("invalid_charset") from None
    return Arguments(values), token


def bearer(request: web.Request) -> str:
    """The token of the Authorization header."""
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else ""


def basic(request: web.Request) -> tuple[str, str]:
    """Client id and secret of the Authorization header."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Basic "):
        return "", ""
    login, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return login, secret


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Version 0 of Slack's signature of a request."""
    signed = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def too_many(retry_after: str, _: str = "") -> Answer:
    """429 as Slack says it: whole seconds, rounded up."""
    seconds = str(int(float(retry_after) + 0.999)) if retry_after else ""
    headers = {"Retry-After": seconds} if seconds else {}
    return Answer(429, json.dumps({"ok": False, "error": "ratelimited"}), headers=headers)


def refusing(code: str, **more: Any) -> Fault:
    """A fault to order: Slack refuses with that code, HTTP 200."""
    return Fault(code, commits=False, instead=Answer(200, json.dumps(Refusal(code, **more).said)))


def doubting(code: str = "internal_error") -> Fault:
    """A fault to order: it was done, and Slack says with HTTP 200 that something went wrong."""
    return Fault(f"{code} after commit", instead=Answer(200, json.dumps(Refusal(code).said)))
