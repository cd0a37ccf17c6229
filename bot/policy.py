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
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from bot.models import Condition, Digest, Health, State
from bot.ports import ChannelGone, Doubt, Doubtful, NotSent, PostError, Refused, Unauthorised


@dataclass(frozen=True, slots=True)
class Limits:
    """Every time limit and window of posting, so that a drill can divide them all by one factor."""

    #: a platform's request may take this long
    request: timedelta = timedelta(seconds=30)
    #: how long after an attempt the platform may be asked whether it arrived: no request is in flight any more
    settling: timedelta = timedelta(seconds=35)
    #: a repeated key is trusted this long (Discord keeps a nonce for "the past few minutes"; not measured, so short)
    repeatable: timedelta = timedelta(seconds=120)
    #: a claim is good for this long: longer than a request that begins as late as it may, and than the wait for doubt;
    #: with the time between two looks (10 s), what a dead worker had in hand is taken over within a minute
    lease: timedelta = timedelta(seconds=50)
    #: the first wait after a failure; each further one is twice as long
    backoff: timedelta = timedelta(minutes=1)
    #: the longest wait between two attempts
    most: timedelta = timedelta(hours=1)
    #: a platform that takes nothing at all is left alone this long
    closed: timedelta = timedelta(minutes=1)
    #: a channel or a token that is refused is tried once in this time
    probe: timedelta = timedelta(days=1)
    #: a message that could not be posted for this long is left to the next digest, which is not planned before then
    stale: timedelta = timedelta(hours=20)

    def divided(self, factor: float) -> Limits:
        """All of them, shorter by that factor."""
        return Limits(**{one.name: getattr(self, one.name) / factor for one in fields(self)})


#: the limits when nobody drills
USUAL = Limits()
#: how often a message that surely did not arrive is tried before it is set aside: about a day
ATTEMPTS = 30
#: so often the platform's own word alone says when to try again; after that a refusal is no matter of pace
PATIENCE = 3
#: so many messages in a row that a platform surely did not take mean that it is down
DOWN = 5


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
    #: one of several papers is why: the message is halved, and each half tried
    halve: bool = False
    #: it may be there, and is posted again because that is safe
    repeats: bool = False


def key(digest: Digest, part: int) -> str:
    """Name one message for ever: 24 characters of base32 (120 bits of SHA-256), short enough for Discord's nonce."""
    channel = digest.channel
    name = "\x00".join(
        (channel.platform, channel.workspace, channel.id, digest.date.isoformat(), str(digest.number), str(part))
    )
    return base64.b32encode(hashlib.sha256(name.encode()).digest()[:15]).decode().lower()


def backoff(attempts: int, limits: Limits = USUAL) -> timedelta:
    """How long to wait after so many failures: a minute, doubling, at most an hour."""
    doubled = 1 << min(max(attempts - 1, 0), 20)
    return min(limits.backoff * doubled, limits.most)


def paced(error: PostError, limits: Limits = USUAL) -> timedelta:
    """How long a bucket rests after a refusal: as long as the platform says, or the first wait when it does not."""
    return timedelta(seconds=error.retry_after) if error.retry_after else limits.backoff


def after(error: PostError, attempts: int, limits: Limits = USUAL, papers: int = 1) -> Decision:
    """What to do when a platform did not take a message of so many papers at its `attempts`-th attempt."""
    reason = str(error)
    match error:
        case Doubtful():
            return Decision(State.UNSURE, limits.settling, reason)
        case Refused() if papers > 1:
            return Decision(State.DROPPED, reason=reason, halve=True)
        case Refused():
            return Decision(State.PARKED, reason=reason, paper_at_fault=True)
        case ChannelGone():
            return Decision(State.DROPPED, reason=reason, channel_gone=True)
        case Unauthorised():
            # the token is set aside, not the message: it goes out when the token is good again
            return Decision(State.PLANNED, reason=reason)
        case NotSent() | PostError():
            if error.limit:
                # it came too fast: that is no fault of the message, however often it is said
                return Decision(State.PLANNED, paced(error, limits), reason)
            if attempts >= ATTEMPTS:
                return Decision(State.PARKED, reason=reason)
            asked, pace = timedelta(seconds=error.retry_after), backoff(attempts, limits)
            return Decision(State.PLANNED, asked if asked and attempts <= PATIENCE else max(asked, pace), reason)


def in_doubt(doubts: Sequence[Doubt], attempted: datetime, now: datetime, limits: Limits = USUAL) -> Doubt | Decision:
    """What to do with a message that may be there: a decision, or the kind of question to ask the platform first.

    A repeat is safe within its window, however soon. Looking waits until no request can be in flight: on a slow
    platform, looking at once gave 28 duplicates in 54 kills (facts/reliability.md, finding 3).
    """
    age = now - attempted
    if Doubt.REPEATS_SAFELY in doubts and age < limits.repeatable:
        return Decision(State.UNSURE, reason="posting it again is safe", repeats=True)
    if age < limits.settling:
        return Decision(State.UNSURE, limits.settling - age, "waiting until no request can be in flight")
    for doubt in (Doubt.FINDS, Doubt.CONFIRMS):
        if doubt in doubts:
            return doubt
    return Decision(State.UNKNOWN, reason="it may have been posted, and the platform cannot say")


def not_looked_for(error: Exception, attempted: datetime, now: datetime, limits: Limits = USUAL) -> Decision:
    """What follows when a message could not be looked for: later, ever more seldom, and at some time never."""
    age, reason = now - attempted, f"it could not be looked for: {str(error) or 'no answer'}"
    if isinstance(error, ChannelGone):
        return Decision(State.UNKNOWN, reason=reason, channel_gone=True)
    if age > limits.stale:
        return Decision(State.UNKNOWN, reason=reason)
    asked = timedelta(seconds=getattr(error, "retry_after", 0.0))
    return Decision(State.UNSURE, max(asked, min(max(age, limits.backoff), limits.most)), reason)


def repeated(decision: Decision, limits: Limits = USUAL) -> Decision:
    """What follows from posting again what may be there: sent is sent, and any other answer clears no doubt."""
    if decision.state is State.SENT:
        return decision
    return Decision(State.UNSURE, min(decision.wait or limits.settling, limits.settling), decision.reason)


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
