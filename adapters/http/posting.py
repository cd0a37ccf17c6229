"""What comes of a post over HTTP, whichever platform it goes to: errors of aiohttp, bodies, waits."""

from __future__ import annotations

import json
import math
from typing import Any, Final

import aiohttp

from bot.ports import Doubtful, NotSent, PostError

#: what an exception of aiohttp, or of what it stands on, says of a post, the more particular first: it was raised
#: before the first byte left, or after
MEANINGS: Final[tuple[tuple[type[BaseException], type[PostError]], ...]] = (
    (aiohttp.ClientConnectorError, NotSent),
    (aiohttp.ConnectionTimeoutError, NotSent),
    (aiohttp.ServerFingerprintMismatch, NotSent),
    (aiohttp.InvalidURL, NotSent),
    (aiohttp.NonHttpUrlClientError, NotSent),
    (aiohttp.RedirectClientError, NotSent),
    (aiohttp.WSServerHandshakeError, NotSent),
    (aiohttp.ClientError, Doubtful),
    (TimeoutError, Doubtful),
    (OSError, Doubtful),
    (ValueError, Doubtful),  # an answer that cannot be read
)


def json_object(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty one for what is none: a page of something before the platform, garbage."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def seconds(value: object) -> float:
    """Seconds to wait, fractions too, as of a `Retry-After`; 0 when it says nothing that can be read."""
    try:
        read = float(str(value))
    except ValueError:
        return 0.0
    return max(read, 0.0) if math.isfinite(read) else 0.0
