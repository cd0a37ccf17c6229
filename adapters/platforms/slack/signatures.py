"""Whether Slack itself sent a request: it is signed with a secret that only Slack and we know, and it is new.

slack_sdk's own check breaks on a time that is no number and on a signature that is not ASCII; Bolt's writes the body of
what it refuses into the log. https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

#: seconds that a request may be old, or ahead of our clock
SKEW: Final = 300
_SECONDS: Final = re.compile("[0-9]{1,12}", re.ASCII)


def genuine(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """True for a request that Slack signed a moment ago; `headers` by name in lower case."""
    sent = headers.get("x-slack-request-timestamp", "")
    if not _SECONDS.fullmatch(sent) or abs(now.timestamp() - int(sent)) > SKEW:
        return False
    right = hmac.new(secret.encode(), b"v0:" + sent.encode() + b":" + body, hashlib.sha256).hexdigest()
    return same(f"v0={right}", headers.get("x-slack-signature", ""))


def same(one: str, other: str) -> bool:
    """True for two equal texts; how long it takes tells nothing about them."""
    return hmac.compare_digest(one.encode("utf-8", "backslashreplace"), other.encode("utf-8", "backslashreplace"))
