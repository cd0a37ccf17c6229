"""What to do after a failure or in doubt, and what may be posted at all. Data in, decision out.

planned -> sending -> sent
                   -> planned   surely not there: again later
                   -> unsure    it may be there: ask the platform, if it can say
                   -> parked    this message is not acceptable
                   -> dropped   nothing can be posted there
unsure  -> sent                 it is there
        -> planned              it is not there, or posting it again is safe
        -> unknown              nobody can say: a person decides
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.models import Condition, Digest, Health, State
from bot.ports import ChannelGone, Doubt, Doubtful, NotSent, PostError, Refused, Unauthorised

#: a platform's request may take this long, seconds; the wait for doubt is longer, so that no request is in flight
REQUEST = 30.0
#: how long after an attempt the platform may be asked whether it arrived
SETTLING = timedelta(seconds=REQUEST + 5)
#: a repeated key is trusted this long (Discord keeps a nonce for "the past few minutes"; not measured, so short)
REPEATABLE = timedelta(seconds=120)
#: a claim is good for this long, seconds: longer than a request and the wait for doubt together
LEASE = 2 * REQUEST + 30
#: how often a message that surely did not arrive is tried before it is set aside: about a day
ATTEMPTS = 30
#: so often the platform's own word alone says when to try again; after that a refusal is no matter of pace
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a delivery."""

    state: State
    #: not before this long from now
    wait: timedelta = timedelta()
    #: one sentence for `status`
    reason: str = ""
    #: the paper itself is why: it does not wait for another digest
    paper_at_fault: bool = False
    #: the whole channel takes nothing
    channel_gone: bool = False


def key(digest: Digest, part: int) -> str:
    """Name one message for ever: 24 characters of base32 (120 bits of SHA-256), short enough for Discord's nonce."""
    channel = digest.channel
    name = "\x00".join(
        (channel.platform, channel.workspace, channel.id, digest.date.isoformat(), str(digest.number), str(part))
    )
    return base64.b32encode(hashlib.sha256(name.encode()).digest()[:15]).decode().lower()


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failures: a minute, doubling, at most an hour."""
    return timedelta(seconds=min(60 * 2 ** max(attempts - 1, 0), 3600))


def after(error: PostError, attempts: int) -> Decision:
    """What to do when a platform did not take a message at its `attempts`-th attempt."""
    reason = str(error)
    match error:
        case Doubtful():
            return Decision(State.UNSURE, SETTLING, reason)
        case Refused():
            return Decision(State.PARKED, reason=reason, paper_at_fault=True)
        case ChannelGone():
            return Decision(State.DROPPED, reason=reason, channel_gone=True)
        case NotSent() | Unauthorised() | PostError():
            if attempts >= ATTEMPTS:
                return Decision(State.PARKED, reason=reason)
            asked, pace = timedelta(seconds=error.retry_after), backoff(attempts)
            return Decision(State.PLANNED, asked if asked and attempts <= PATIENCE else max(asked, pace), reason)


def in_doubt(doubt: Doubt, attempted: datetime, now: datetime) -> Doubt | Decision:
    """What to do with a message that may be there: a decision, or the kind of question to ask the platform first."""
    if now - attempted < SETTLING and doubt is not Doubt.REPEATS_SAFELY:
        return Decision(State.UNSURE, attempted + SETTLING - now, "waiting until no request can be in flight")
    match doubt:
        case Doubt.REPEATS_SAFELY if now - attempted < REPEATABLE:
            return Decision(State.PLANNED, reason="posting it again is safe")
        case Doubt.FINDS | Doubt.CONFIRMS:
            return doubt
        case _:
            return Decision(State.UNKNOWN, reason="it may have been posted, and the platform cannot say")


def repeated(decision: Decision) -> Decision:
    """What follows from posting again what may be there: sent is sent, and any other answer clears no doubt."""
    if decision.state is State.SENT:
        return decision
    return Decision(State.UNSURE, min(decision.wait or SETTLING, SETTLING), decision.reason)


def looked_for(doubt: Doubt, found: bool) -> Decision:
    """What follows from looking for a message: found, or not found by somebody who finds all or only some."""
    if found:
        return Decision(State.SENT)
    if doubt is Doubt.FINDS:
        return Decision(State.PLANNED, reason="it is surely not there")
    return Decision(State.UNKNOWN, reason="it may have been posted, and the platform cannot say")


#: a page with at least this many entries may be one whose publisher changed all ids
MIGRATION = 20


def migrated(entries: int, unknown: int, titled: int) -> bool:
    """True when a feed changed the ids of what it announced before.

    Of at least 20 entries more than half look new, and at least half of all stand under a title it announced before.
    """
    return entries >= MIGRATION and unknown * 2 > entries and titled * 2 >= entries


def next_ask(now: datetime, every: timedelta, health: Health) -> datetime:
    """When to ask a source again: in `every`, sooner when it is not well, never before it said."""
    pace = every if health.well else every / 4
    return now + max(pace, timedelta(seconds=health.retry_after))


def summed(pages: Sequence[Health]) -> Health:
    """How a source is that was read page by page: not well as soon as one page is not, and else the best of them.

    What a page has to tell beside that is kept.
    """
    order = (Condition.OK, Condition.UNCHANGED, Condition.EMPTY)
    bad = [page for page in pages if not page.well]
    best = bad[0] if bad else min(pages, key=lambda page: order.index(page.condition))
    return replace(best, detail=best.detail or next((page.detail for page in pages if page.detail), ""))
