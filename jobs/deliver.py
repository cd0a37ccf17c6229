"""Deliveries -> posts -> recorded.

    store.claim -> a turn -> message stored with `sending` -> platform.post(key) -> policy.after -> store.settle

`sending` is committed before the first byte leaves. What may have been posted and cannot be asked about is never
posted again by itself. What decides is `bot.policy`; this module asks, posts and records.

Many channels are served side by side, one channel's messages in order, as far as their platform stands
(`bot.standing`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any

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
    OneToken,
    Outcome,
    Pace,
    Platform,
    PostError,
    Rank,
    StorageError,
    Unauthorised,
    begun_by,
)
from bot.standing import Standing

log = logging.getLogger(__name__)

#: channels at hand at the same time, on one platform by one process: most of them wait for their turn
SIDE_BY_SIDE = 1000
#: messages of one channel that follow each other at most
A_RUN = 10
#: channels claimed in one go
AT_ONCE = 100
#: messages in flight at the same time on one platform; more make an acknowledgement wait
IN_FLIGHT = 100
#: and in one workspace: a token that was revoked is used so often at most
IN_WORKSPACE = 8


class Deliver:
    """Posts what is planned."""

    def __init__(
        self,
        store: DeliverStore,
        platforms: Mapping[str, Platform],
        clock: Clock,
        pace: Pace,
        limits: Limits = USUAL,
        *,
        uptime: Callable[[], float] = time.monotonic,
    ) -> None:
        """`uptime` are seconds on a clock that nobody sets and that goes on while the machine sleeps."""
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._pace = pace
        self._limits = limits
        self._standing = {name: Standing() for name in platforms}
        #: channels in our hands: after a standstill our own leases may have ended, and what we hold be claimed again
        self._at_work: set[Channel] = set()
        self._workspaces: dict[tuple[str, str], asyncio.Semaphore] = {}
        self._in_flight = {name: asyncio.Semaphore(IN_FLIGHT) for name in platforms}
        self._nudged = {name: asyncio.Event() for name in platforms}
        self._uptime = uptime
        self._stopping = False

    def stop(self) -> None:
        """Finish the messages in flight and take no further ones."""
        self._stopping = True

    def nudge(self, platform: str) -> None:
        """There may be more to post there: whoever is at it looks again, without waiting for what is in flight."""
        self._nudged[platform].set()

    async def due(self) -> int:
        """Post until nothing is left to post now; returns how many messages were posted.

        Platforms are served side by side, so that a dead one delays nobody else.
        """
        async with asyncio.TaskGroup() as group:
            posting = [group.create_task(self.on(name)) for name in self._platforms]
        return sum(task.result() for task in posting)

    async def on(self, name: str) -> int:
        """Post on one platform until nothing is left to post there now; returns how many messages were posted."""
        try:
            await self._store.expire(self._clock() - self._limits.stale, self._clock())
        except StorageError as error:
            log.warning("Nothing was left to the next digest: %s", error, extra={"action": "not_expired"})
        return await self._platform(name)

    # -- a platform

    def _most(self, name: str) -> int:
        """Channels to have at hand: of one token that all share, no more than have their turn while a lease is good."""
        platform = self._platforms[name]
        if not isinstance(platform, OneToken):
            return SIDE_BY_SIDE
        in_time = platform.rate * self._limits.lease.total_seconds() / 2
        return max(IN_FLIGHT, min(SIDE_BY_SIDE, int(in_time / A_RUN)))

    async def _platform(self, name: str) -> int:
        """Work on its channels side by side until none is left."""
        standing, most, sent = self._standing[name], self._most(name), 0
        working: set[asyncio.Task[int]] = set()
        #: claimed again when so few are left: not for each one that ends
        few, more, nudged = 0, False, self._nudged[name]
        #: what may have been posted comes first: a repeat is safe for a short time only
        doubts = True
        try:
            while True:
                room = min(standing.room(self._clock(), most, self._limits) - len(working), AT_ONCE)
                hungry = (more or len(working) <= few or nudged.is_set()) and room > 0 and not self._stopping
                nudged.clear()
                claimed = await self._claim(name, room, doubts=doubts) if hungry else []
                if doubts and hungry and not claimed:
                    doubts = False
                    continue
                by_channel = groupby(sorted(claimed, key=_channel_order), key=lambda one: one.digest.channel)
                runs = [list(group) for channel, group in by_channel if channel not in self._at_work]
                working |= {asyncio.create_task(self._channel(run)) for run in runs}
                if not working:
                    return sent
                few = len(working) // 2 if hungry else few
                more = hungry and len(runs) == room
                if more:
                    continue
                call = asyncio.create_task(nudged.wait())
                done: set[asyncio.Task[Any]]
                done, _ = await asyncio.wait({*working, call}, return_when=asyncio.FIRST_COMPLETED)
                call.cancel()
                sent += sum(task.result() for task in working & done)
                working -= done
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _claim(self, name: str, channels: int, *, doubts: bool) -> list[Delivery]:
        try:
            return await self._store.claim(self._clock(), self._limits.lease, [name], channels, doubts=doubts)
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
        decision = Decision(State.PARKED, reason=reports.UNMADE, paper_at_fault=True)
        if delivery.state is State.UNSURE:
            decision = Decision(State.UNKNOWN, reason=reports.UNSOUGHT)
        await self._record(delivery, decision, None)
        return decision.state

    def _places(self, channel: Channel) -> asyncio.Semaphore:
        """The places of one workspace."""
        if len(self._workspaces) > 10 * SIDE_BY_SIDE:
            self._workspaces = {name: places for name, places in self._workspaces.items() if places.locked()}
        return self._workspaces.setdefault((channel.platform, channel.workspace), asyncio.Semaphore(IN_WORKSPACE))

    # -- a delivery

    async def one(self, delivery: Delivery) -> State | None:
        """Post one delivery, or find out what became of it; its new state, or None when it is not its turn."""
        channel = delivery.digest.channel
        platform, standing = self._platforms[channel.platform], self._standing[channel.platform]
        place = Place(channel, "thread" if delivery.under else "channel", under=delivery.under)
        limits = platform.limits(place)
        if wait := standing.rests(channel.workspace, limits, self._clock()):
            # nothing goes there for now, and it is not to stand in the way of what can go
            await self._put_off(delivery, wait)
            return None
        decision, posted = None, None
        if delivery.state is State.UNSURE:
            decision, posted = await self._resolve(platform, place, delivery)
        if decision is None or decision.repeats:
            if closed := await self._pace.turn(limits, Rank.THREAD if delivery.under else Rank.LEAD):
                await self._put_off(delivery, timedelta(seconds=closed))
                return None
            async with self._places(channel), self._in_flight[channel.platform]:
                if self._stopping or standing.rests(channel.workspace, limits, self._clock()):
                    return None
                tried, posted = await self._post(platform, place, delivery)
            if tried is None:
                return None
            decision = policy.repeated(tried, self._limits) if decision is not None else tried
        await self._record(delivery, decision, posted)
        return decision.state

    async def _put_off(self, delivery: Delivery, wait: timedelta) -> None:
        """Leave it as it is until nothing stands in its way any more."""
        now = self._clock()
        await self._store.settle(Outcome(delivery, delivery.state, now, reason=delivery.reason, again_at=now + wait))

    async def _post(
        self, platform: Platform, place: Place, delivery: Delivery
    ) -> tuple[Decision | None, Posted | None]:
        message = delivery.message or digests.rendered(delivery)
        # a request that begins later could still be in flight when somebody else looks for the message
        latest = self._uptime() + (self._limits.settling - self._limits.request).total_seconds()
        if not await self._store.sending(Intent(delivery, message, self._clock(), self._limits.lease)):
            return None, None  # the lease was lost: whoever has it now sends it
        try:
            async with asyncio.timeout(self._limits.request.total_seconds()):
                with begun_by(self._uptime, latest):
                    posted = await platform.post(place, message, delivery.key)
        except PostError as error:
            return await self._failed(error, delivery), None
        except TimeoutError:
            return await self._failed(Doubtful(reports.UNANSWERED), delivery), None
        except Exception:
            log.exception("The adapter of %s broke", platform.name, extra={"action": "platform_broke"})
            return await self._failed(Doubtful(reports.BROKEN), delivery), None
        self._standing[platform.name].well(delivery.digest.channel.workspace, self._clock())
        return Decision(State.SENT), posted

    async def _resolve(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        attempted = delivery.attempted or self._clock()
        doubt = policy.in_doubt(platform.doubt(place), attempted, self._clock(), self._limits)
        if isinstance(doubt, Decision):
            return doubt, None
        try:
            if closed := await self._pace.turn(platform.limits(place), Rank.THREAD):
                return Decision(State.UNSURE, timedelta(seconds=closed), delivery.reason), None
            async with asyncio.timeout(self._limits.request.total_seconds()):
                posted = await platform.find(place, delivery.key, attempted)
        except (PostError, TimeoutError) as error:
            if isinstance(error, PostError):
                await self._learn(error, delivery.digest.channel)
            return policy.not_looked_for(error, attempted, self._clock(), self._limits), None
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
        """Decide about the message, and set aside what the answer shows to be out of order."""
        await self._learn(error, delivery.digest.channel)
        return policy.after(error, delivery.attempts + 1, self._limits, len(delivery.part.entries))

    async def _learn(self, error: PostError, channel: Channel) -> None:
        """What an answer says of a token, a bucket or a platform."""
        now, standing = self._clock(), self._standing[channel.platform]
        match error:
            case Unauthorised():
                workspace = "" if error.everywhere else channel.workspace
                # for a moment only: what lasts is the row, which somebody may take away
                standing.shut(workspace, now + self._limits.closed)
                await self._store.outage(channel.platform, workspace, str(error), now + self._limits.probe)
            case PostError(limit=name) if name:
                wait = policy.paced(error, self._limits)
                standing.close(name, now + wait)
                try:
                    await self._pace.close(name, wait.total_seconds())
                except StorageError as lost:
                    # here it is closed; another process learns it by a refusal of its own
                    log.warning("Others were not told of a limit: %s", lost, extra={"action": "limit_not_told"})
            case NotSent() | Doubtful():
                standing.failed(channel.workspace, now, self._limits)

    async def _channel_gone(self, channel: Channel, reason: str) -> None:
        """Set the channel aside and tell one person, once."""
        now = self._clock()
        person = await self._store.trouble(channel, reason, now, now + self._limits.probe)
        log.warning("A channel takes nothing: %s", reason, extra={"action": "channel_gone"})
        if person is None:
            return
        platform, place = self._platforms[channel.platform], Place(channel, "direct", person=person)
        try:
            if await self._pace.turn(platform.limits(place), Rank.ANSWER):
                await self._store.untold(channel)
                return
            async with asyncio.timeout(self._limits.request.total_seconds()):
                await platform.post(place, reports.channel_gone(channel, reason), "")
        except (NotSent, Unauthorised):
            await self._store.untold(channel)
        except (PostError, TimeoutError) as lost:
            log.warning("A notice was perhaps not posted: %s", lost, extra={"action": "notice_lost"})
        except Exception:
            log.exception("A notice broke", extra={"action": "notice_broke"})


def _channel_order(delivery: Delivery) -> tuple[str, str, str, int]:
    """Neighbours are one channel's, in the order they are to be posted."""
    channel = delivery.digest.channel
    return channel.platform, channel.workspace, channel.id, delivery.id
