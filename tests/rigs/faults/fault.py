"""Every way in which a platform misbehaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

#: seconds; of a pair, anything between
Span = float | tuple[float, float]
JSON: Final = "application/json"
HTML: Final = "text/html"
PAGE: Final = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered instead of the truth."""

    status: int
    body: str = ""
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave."""

    name: str
    #: waited before and after the commit
    before: Span = 0.0
    after: Span = 0.0
    #: False: what was asked for is never done
    commits: bool = True
    #: instead of the truth; `drop` aborts the connection, `cut` ends it in the middle of the answer
    instead: Answer | Literal["drop", "cut"] | None = None


WELL: Final = Fault("")
DROP_BEFORE: Final = Fault("drop before commit", commits=False, instead="drop")
DROP_AFTER: Final = Fault("drop after commit", instead="drop")
CUT_AFTER: Final = Fault("cut after commit", instead="cut")
ERROR_BEFORE: Final = Fault("500 before commit", commits=False, instead=Answer(500, PAGE, HTML))
ERROR_AFTER: Final = Fault("500 after commit", instead=Answer(500, PAGE, HTML))
UNAVAILABLE: Final = Fault("503", commits=False, instead=Answer(503, PAGE, HTML))
GARBAGE_BEFORE: Final = Fault("garbage before commit", commits=False, instead=Answer(200, "{]", JSON))
GARBAGE_AFTER: Final = Fault("garbage after commit", instead=Answer(200, PAGE, HTML))


def slow_before(seconds: Span) -> Fault:
    """Done and answered later: what was on the wire is done even when whoever sent it is gone."""
    return Fault("slow before commit", before=seconds)


def slow_after(seconds: Span) -> Fault:
    """Done at once and answered later."""
    return Fault("slow after commit", after=seconds)


def too_many(retry_after: str, bucket: str = "token") -> Answer:
    """429 as the neutral platform says it: how long to wait ("" when it does not say), and which bucket is empty."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Answer(429, json.dumps({"error": "rate_limited", "bucket": bucket}), JSON, headers)


def limited(retry_after: str = "30", *, bucket: str = "token", html: bool = False) -> Fault:
    """429 with that `Retry-After`, "" for none; `html` as something before the platform says it."""
    answer = too_many(retry_after, bucket)
    if html:
        answer = Answer(429, PAGE, HTML, answer.headers)
    return Fault(f"429 {retry_after or 'without Retry-After'}", commits=False, instead=answer)


#: 429 in all its forms
LIMITED: Final = tuple(limited(after, html=html) for after in ("30", "2.5", "") for html in (False, True))
