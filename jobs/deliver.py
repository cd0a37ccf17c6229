"""Deliveries -> posts -> recorded.

    store.claim -> a turn -> message stored with `sending` -> platform.post(key) -> policy.after -> store.settle

`sending` is committed before the first byte leaves. What may have been posted and cannot be asked about is never
posted again by itself. What decides is `bot.policy`; this module asks, posts and records.

Many channels are served side by side, one channel's messages in order. A platform that has taken nothing lately is
approached with a few messages first, and left alone for a while when none of them arrives.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

from bot import policy
from bot.messages import digests, reports
from bot.models import Channel, Delivery, Place, Posted, State
from bot.policy import USUAL, Decision, Limits
from bot.ports import (
    Clock,
    DeliverStore,
    Doubtful,
    Intent,
    NotSent,
    Outcome,
    Pace,
    Platform,
    PostError,
    Rank,
    StorageError,
    Unauthorised,
    begun_by,
)

log = logging.getLogger(__name__)

#: channels worked on at the same time, on one platform by one process
SIDE_BY_SIDE = 100
#: messages in flight at the same time in one workspace: a token that was revoked is used so often at most
IN_WORKSPACE = 4


class Deliver:
    """Posts what is planned."""

    def __init__(
        self,
        store: DeliverStore,
        platforms: Mapping[str, Platform],
        clock: Clock,
        pace: Pace,
        limits: Limits = USUAL,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._pace = pace
        self._limits = limits
        self._lines = {name: _Line() for name in platforms}
        #: channels in our hands: after a standstill our own leases may have ended, and what we hold be claimed again
        self._at_work: set[Channel] = set()
        self._stopping = False

    def stop(self) -> None:
        """Finish the messages in flight and take no further ones."""
        self._stopping = True

    async def due(self) -> int:
        """Post until nothing is left to post now; returns how many messages were posted.

        Platforms are served side by side, so that a dead one delays nobody else.
        """
        try:
            await self._store.expire(self._clock() - self._limits.stale, self._clock())
        except StorageError as error:
            log.warning("Nothing was left to the next digest: %s", error, extra={"action": "not_expired"})
        return sum(await asyncio.gather(*(self._platform(name) for name in self._platforms)))

    # -- a platform

    async def _platform(self, name: str) -> int:
        """Work on its channels side by side until none is left."""
        line, sent = self._lines[name], 0
        working: set[asyncio.Task[int]] = set()
        #: claimed again when so few are left: not for each one that ends
        few = 0
        try:
            while True:
                room = line.room(self._clock(), self._limits) - len(working)
                hungry = len(working) <= few and room > 0 and not self._stopping
                claimed = await self._claim(name, room) if hungry else []
                by_channel = groupby(sorted(claimed, key=_channel_order), key=lambda one: one.digest.channel)
                runs = [list(group) for channel, group in by_channel if channel not in self._at_work]
                working |= {asyncio.create_task(self._channel(run)) for run in runs}
                if not working:
                    return sent
                few = len(working) // 2 if hungry else few
                done, working = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
                sent += sum(task.result() for task in done)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _claim(self, name: str, channels: int) -> list[Delivery]:
        try:
            return await self._store.claim(self._clock(), self._limits.lease, [name], channels)
        except StorageError as error:
            log.warning("Nothing was claimed: %s", error, extra={"action": "not_claimed"})
            return []

    # -- a channel

    async def _channel(self, deliveries: list[Delivery]) -> int:
        """Post a run of one channel in order, as far as it goes; the rest is given back."""
        channel, sent = deliveries[0].digest.channel, 0
        self._at_work.add(channel)
        try:
            while deliveries and not self._stopping:
                delivery = deliveries[0]
                state = await self._guarded(delivery)
                if state is None:
                    break
                deliveries.pop(0)
                sent += state is State.SENT
                if state not in (State.SENT, State.PARKED):
                    break
        except StorageError as error:
            # the lease ends by itself; what was sent and not recorded is then in doubt, and asked about
            log.warning("A delivery was not recorded: %s", error, extra={"action": "not_recorded"})
            deliveries = deliveries[1:]
        finally:
            self._at_work.discard(channel)
        await self._give_back(deliveries)
        return sent

    async def _give_back(self, deliveries: list[Delivery]) -> None:
        try:
            await asyncio.gather(*map(self._store.give_back, deliveries))
        except StorageError as error:
            log.warning("A lease was not given back: %s", error, extra={"action": "not_given_back"})

    async def _guarded(self, delivery: Delivery) -> State | None:
        """Work on one delivery; what breaks us is set aside, so that it breaks nothing else, and `status` shows it."""
        try:
            return await self.one(delivery)
        except StorageError:
            raise
        except Exception:
            log.exception("Delivery %d broke", delivery.id, extra={"action": "delivery_broke"})
        decision = Decision(State.PARKED, reason="It could not be made into a message.", paper_at_fault=True)
        if delivery.state is State.UNSURE:
            decision = Decision(State.UNKNOWN, reason="it may have been posted, and looking for it broke")
        await self._record(delivery, decision, None)
        return decision.state

    # -- a delivery

    async def one(self, delivery: Delivery) -> State | None:
        """Post one delivery, or find out what became of it; its new state, or None when it is not its turn."""
        channel = delivery.digest.channel
        platform, line = self._platforms[channel.platform], self._lines[channel.platform]
        place = Place(channel, "thread" if delivery.under else "channel", under=delivery.under)
        async with line.workspace(channel.workspace):
            if line.closed(channel.workspace, self._clock()) or self._stopping:
                return None
            repeats = False
            if delivery.state is State.UNSURE:
                decision, posted = await self._resolve(platform, place, delivery)
                repeats = decision.repeats
            if delivery.state is not State.UNSURE or repeats:
                rank = Rank.THREAD if delivery.under else Rank.LEAD
                await self._pace.turn(platform.limits(place), rank)
                if line.closed(channel.workspace, self._clock()) or self._stopping:
                    return None
                decision, posted = await self._post(platform, place, delivery)
            if repeats:
                decision = policy.repeated(decision, self._limits)
            await self._record(delivery, decision, posted)
            return decision.state

    async def _post(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        message = delivery.message or digests.rendered(delivery)
        # a request that begins later could still be in flight when somebody else looks for the message
        latest = asyncio.get_running_loop().time() + (self._limits.settling - self._limits.request).total_seconds()
        if not await self._store.sending(Intent(delivery, message, self._clock(), self._limits.lease)):
            return Decision(State.UNSURE, reason="another worker took it over"), None
        try:
            async with asyncio.timeout(self._limits.request.total_seconds()):
                with begun_by(latest):
                    posted = await platform.post(place, message, delivery.key)
        except PostError as error:
            return await self._failed(error, delivery), None
        except TimeoutError:
            return await self._failed(Doubtful("no answer in time"), delivery), None
        except Exception:
            log.exception("The adapter of %s broke", platform.name, extra={"action": "platform_broke"})
            return await self._failed(Doubtful("the adapter broke; the log tells more"), delivery), None
        self._lines[platform.name].well(delivery.digest.channel.workspace, self._clock())
        return Decision(State.SENT), posted

    async def _resolve(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        attempted = delivery.attempted or self._clock()
        doubt = policy.in_doubt(platform.doubt(place), attempted, self._clock(), self._limits)
        if isinstance(doubt, Decision):
            return doubt, None
        try:
            async with asyncio.timeout(self._limits.request.total_seconds()):
                posted = await platform.find(place, delivery.key, attempted)
        except (PostError, TimeoutError) as error:
            wait = policy.backoff(delivery.attempts, self._limits)
            return Decision(State.UNSURE, wait, f"it could not be looked for: {error or 'no answer'}"), None
        return policy.looked_for(doubt, posted is not None), posted

    async def _record(self, delivery: Delivery, decision: Decision, posted: Posted | None) -> None:
        now = self._clock()
        await self._store.settle(
            Outcome(
                delivery,
                decision.state,
                now,
                posted=posted,
                reason=decision.reason,
                again_at=now + decision.wait if decision.wait else None,
                paper_at_fault=decision.paper_at_fault,
                halve=decision.halve,
            )
        )
        if decision.channel_gone:
            await self._channel_gone(delivery.digest.channel, decision.reason)
        log.info(
            "Delivery %d: %s",
            delivery.id,
            decision.state,
            extra={"action": f"delivery_{decision.state}", "delivery": delivery.id},
        )

    # -- what a platform's answers say of more than one message

    async def _failed(self, error: PostError, delivery: Delivery) -> Decision:
        """Decide about the message, and set aside what it shows to be out of order."""
        channel, now = delivery.digest.channel, self._clock()
        line = self._lines[channel.platform]
        match error:
            case Unauthorised():
                workspace = "" if error.everywhere else channel.workspace
                line.shut(workspace, now + self._limits.probe)
                await self._store.outage(channel.platform, workspace, str(error), now + self._limits.probe)
            case PostError(limit=name) if name and error.retry_after:
                await self._pace.close(name, error.retry_after)
            case NotSent() | Doubtful():
                line.failed(now, self._limits)
        return policy.after(error, delivery.attempts + 1, self._limits, len(delivery.part.entries))

    async def _channel_gone(self, channel: Channel, reason: str) -> None:
        """Set the channel aside and tell one person, once."""
        now = self._clock()
        person = await self._store.trouble(channel, reason, now, now + self._limits.probe)
        log.warning("A channel takes nothing: %s", reason, extra={"action": "channel_gone"})
        if person is None:
            return
        platform, place = self._platforms[channel.platform], Place(channel, "direct", person=person)
        try:
            await self._pace.turn(platform.limits(place), Rank.ANSWER)
            async with asyncio.timeout(self._limits.request.total_seconds()):
                await platform.post(place, reports.channel_gone(channel, reason), "")
        except (NotSent, Unauthorised):
            await self._store.untold(channel)
        except (PostError, TimeoutError) as lost:
            log.warning("A notice was perhaps not posted: %s", lost, extra={"action": "notice_lost"})
        except Exception:
            log.exception("A notice broke", extra={"action": "notice_broke"})


class _Line:
    """How one platform has answered this process lately."""

    def __init__(self) -> None:
        self._failures = 0
        self._closed_until: datetime | None = None
        self._last_well: datetime | None = None
        self._shut: dict[str, datetime] = {}
        self._workspaces: dict[str, asyncio.Semaphore] = {}

    def room(self, now: datetime, limits: Limits) -> int:
        """How many channels may be worked on: few while it is not known to be well, one or none while it is down."""
        if self._closed_until is not None:
            return 1 if self._closed_until <= now else 0
        if self._last_well is None or now - self._last_well > limits.closed:
            return policy.DOWN
        return SIDE_BY_SIDE

    def workspace(self, name: str) -> asyncio.Semaphore:
        """The places of one workspace."""
        if len(self._workspaces) > 10 * SIDE_BY_SIDE:
            self._workspaces = {name: places for name, places in self._workspaces.items() if places.locked()}
        return self._workspaces.setdefault(name, asyncio.Semaphore(IN_WORKSPACE))

    def closed(self, workspace: str, now: datetime) -> bool:
        """True while nothing is to be posted there."""
        if self._closed_until is not None and self._closed_until > now:
            return True
        return any(self._shut.get(name, now) > now for name in ("", workspace))

    def well(self, workspace: str, now: datetime) -> None:
        """A message was taken: whatever was wrong is over."""
        self._failures, self._closed_until, self._last_well = 0, None, now
        for name in ("", workspace):
            self._shut.pop(name, None)

    def failed(self, now: datetime, limits: Limits) -> None:
        """A message surely or perhaps did not arrive: after several in a row the platform is left alone."""
        self._failures += 1
        if self._failures >= policy.DOWN:
            self._closed_until = now + limits.closed

    def shut(self, workspace: str, until: datetime) -> None:
        """The token of a workspace ("": of all of them) is refused."""
        self._shut[workspace] = until


def _channel_order(delivery: Delivery) -> tuple[str, str, str, int]:
    """Neighbours are one channel's, in the order they are to be posted."""
    channel = delivery.digest.channel
    return channel.platform, channel.workspace, channel.id, delivery.id
