"""What Discord reads and answers: bodies in JSON and in parts, errors with their codes, faults that only it makes.

https://discord.com/developers/docs/reference and .../topics/opcodes-and-status-codes
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from aiohttp import web

from tests.rigs.faults import Answer, Fault

Json = dict[str, Any]
JSON: Final = "application/json"
HTML: Final = "text/html"
#: Discord's own answers come through its proxies; without this header discord.py takes a 429 for a ban
VIA: Final = {"Via": "1.1 google"}
#: error code -> status and sentence
ERRORS: Final[Mapping[int, tuple[int, str]]] = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30032: (400, "Maximum number of application commands reached"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    90001: (403, "Reaction blocked"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
}


class Refusal(Exception):
    """Discord says no: the error's code, and what it says besides; code 0 with a status of its own."""

    def __init__(self, code: int, message: str = "", *, status: int = 0, errors: Json | None = None) -> None:
        known = ERRORS.get(code, (400, "General error"))
        super().__init__(code, message or known[1], errors)
        self.code = code
        self.status = status or known[0]
        self.said: Json = {"message": message or known[1], "code": code} | ({"errors": errors} if errors else {})


def nowhere() -> Refusal:
    """There is no such address."""
    return Refusal(0, "404: Not Found", status=404)


def nobody() -> Refusal:
    """A token that allows nothing."""
    return Refusal(0, "401: Unauthorized", status=401)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a body that Discord does not take: where ("embeds.0.title"), its code, a sentence."""

    where: str
    code: str
    message: str

    def inside(self, where: str | int) -> Problem:
        """The same problem, one level further out."""
        return Problem(f"{where}.{self.where}".rstrip("."), self.code, self.message)


def malformed(problems: Iterable[Problem]) -> Refusal:
    """50035 with the tree of problems that discord.py turns into sentences."""
    errors: Json = {}
    for one in problems:
        node = errors
        for name in filter(None, one.where.split(".")):
            node = node.setdefault(name, {})
        node.setdefault("_errors", []).append({"code": one.code, "message": one.message})
    return Refusal(50035, errors=errors)


def size(text: str) -> int:
    """The length of a text in UTF-16 units, the longest that Discord could count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def length(where: str, text: Any, most: int, least: int = 0) -> list[Problem]:
    """What is wrong with the length of a text; nothing with one that is not there."""
    if text is None:
        return []
    if not isinstance(text, str):
        return [Problem(where, "BASE_TYPE_BAD_TYPE", "Could not interpret as string.")]
    if least and not text.strip():
        return [Problem(where, "BASE_TYPE_REQUIRED", "This field is required")]
    if not least <= size(text) <= most:
        return [Problem(where, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")]
    return []


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in a part of its own."""

    name: str
    content: bytes


@dataclass(slots=True)
class Body:
    """What a request says."""

    said: Any = None
    #: by the number in its name: "files[0]"
    files: dict[str, Upload] = field(default_factory=dict)


async def body(request: web.Request) -> Body:
    """The body of a request. Raises Refusal for what cannot be read."""
    if request.content_type != "multipart/form-data":
        return Body(_read(await request.read()))
    form = await request.post()
    files = {
        name.removeprefix("files[").removesuffix("]"): Upload(part.filename, part.file.read())
        for name, part in form.items()
        if isinstance(part, web.FileField)
    }
    return Body(_read(str(form.get("payload_json", "")).encode()), files)


def _read(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        said = json.loads(raw)
        json.dumps(said, ensure_ascii=False).encode()
    except ValueError:  # no JSON, or half a character
        raise Refusal(50109) from None
    return said


def answered(status: int, said: Any, headers: Mapping[str, str]) -> web.Response:
    """An answer, of exactly the type that discord.py reads."""
    if said is None:
        return web.Response(status=status if status != 200 else 204, headers=headers)
    return web.Response(status=status, body=json.dumps(said).encode(), content_type=JSON, headers=headers)


# ------------------------------------------------------------------------------------------------ faults to order

Scope = Literal["user", "shared", "global"]


def too_many(retry_after: str, scope: str = "user") -> Answer:
    """429 as Discord itself says it; "" where it does not say how long in the header."""
    seconds = float(retry_after or "1")
    said = {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
    headers = {**VIA, "X-RateLimit-Scope": scope}
    headers |= {"Retry-After": str(math.ceil(seconds))} if retry_after else {}
    headers |= {"X-RateLimit-Global": "true"} if scope == "global" else {}
    return Answer(429, json.dumps(said), JSON, headers)


def cloudflare(retry_after: str = "") -> Answer:
    """429 of the wall before Discord: no `Via`, and a page."""
    page = "<!DOCTYPE html><html><head><title>Access denied | discord.com</title></head><body>Error 1015</body></html>"
    return Answer(429, page, HTML, {"Server": "cloudflare"} | ({"Retry-After": retry_after} if retry_after else {}))


def limited(retry_after: str = "2.5", *, scope: Scope = "user") -> Fault:
    """429 with that many seconds to wait, for this route, for what many share, or for everything."""
    return Fault(f"429 {scope} {retry_after}".rstrip(), commits=False, instead=too_many(retry_after, scope))


def banned(retry_after: str = "") -> Fault:
    """429 of Cloudflare: this address may not ask anything for a while."""
    return Fault("429 of Cloudflare", commits=False, instead=cloudflare(retry_after))


#: Discord's own words without `Via`: something between said it
UNSIGNED: Final = Fault("429 without Via", commits=False, instead=Answer(429, too_many("1").body, JSON))
#: 429 in all its forms
LIMITED: Final = (limited("3600"), limited("3600", scope="shared"), limited("3600", scope="global"), banned(), UNSIGNED)


def refusing(code: int, message: str = "", *, status: int = 0) -> Fault:
    """A fault to order: Discord refuses with that code; code 0 with its own status, as 401."""
    refusal = Refusal(code, message, status=status)
    answer = Answer(refusal.status, json.dumps(refusal.said), JSON, VIA)
    return Fault(f"{refusal.status} {code}", commits=False, instead=answer)
