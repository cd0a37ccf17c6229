"""Deliveries -> posts -> recorded.

    store.claim -> message rendered and stored with `sending` -> platform.post(key) -> store.settle | policy.after

`sending` is committed before the first byte leaves. What may have been posted and cannot be asked about is never
posted again by itself. What decides is `bot.policy`; this module asks, posts and records.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from itertools import groupby

from bot import policy
from bot.messages import digests
from bot.models import Delivery, Place, Posted, State
from bot.policy import Decision
from bot.ports import Clock, DeliverStore, Doubt, Doubtful, Platform, PostError, StorageError

log = logging.getLogger(__name__)


class Deliver:
    """Posts what is planned."""

    def __init__(self, store: DeliverStore, platforms: Mapping[str, Platform], clock: Clock) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._stopping = False

    def stop(self) -> None:
        """Finish the message in flight and take no further one."""
        self._stopping = True

    async def due(self) -> int:
        """Post until nothing is left to post now; returns how many messages were posted.

        Platforms are served side by side, so that a dead one delays nobody else; so are channels, one channel's
        messages in order.
        """
        return sum(await asyncio.gather(*(self._platform(name) for name in self._platforms)))

    async def _platform(self, name: str) -> int:
        sent = 0
        while not self._stopping:
            try:
                claimed = await self._store.claim(self._clock(), policy.LEASE, [name])
            except StorageError as error:
                log.warning("Nothing was claimed: %s", error, extra={"action": "not_claimed"})
                return sent
            if not claimed:
                return sent
            by_channel = groupby(sorted(claimed, key=_channel_order), key=lambda one: one.digest.channel)
            sent += sum(await asyncio.gather(*(self._channel(list(group)) for _, group in by_channel)))
        return sent

    async def _channel(self, deliveries: list[Delivery]) -> int:
        sent = 0
        for delivery in deliveries:
            if self._stopping:
                break
            try:
                settled = await self.one(delivery)
            except StorageError as error:
                # the lease ends by itself; what was sent and not recorded is then in doubt, and asked about
                log.warning("A delivery was not recorded: %s", error, extra={"action": "not_recorded"})
                break
            except Exception:
                log.exception("Delivery %d broke", delivery.id, extra={"action": "delivery_broke"})
                await self._set_aside(delivery)
                break
            sent += settled is State.SENT
            if settled is not State.SENT:
                break
        return sent

    async def _set_aside(self, delivery: Delivery) -> None:
        """Park what breaks us before anything was sent, so that it breaks nothing else; `status` shows it."""
        decision = Decision(State.PARKED, reason="It could not be made into a message.", paper_at_fault=True)
        if delivery.state is State.UNSURE:
            decision = Decision(State.UNKNOWN, reason="it may have been posted, and looking for it broke")
        try:
            await self._record(delivery, decision, None)
        except StorageError as error:
            log.warning("A delivery was not recorded: %s", error, extra={"action": "not_recorded"})

    async def one(self, delivery: Delivery) -> State:
        """Post one delivery, or find out what became of it; returns its new state."""
        platform = self._platforms[delivery.digest.channel.platform]
        place = Place(delivery.digest.channel, "thread" if delivery.under else "channel", under=delivery.under)
        posted: Posted | None = None
        if delivery.state is State.UNSURE:
            decision, posted = await self._resolve(platform, place, delivery)
            if decision.state is State.PLANNED and platform.doubt(place) is Doubt.REPEATS_SAFELY:
                decision, posted = await self._post(platform, place, delivery)
                decision = policy.repeated(decision)
        else:
            decision, posted = await self._post(platform, place, delivery)
        await self._record(delivery, decision, posted)
        return decision.state

    async def _post(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        message = delivery.message or digests.rendered(delivery)
        if not await self._store.sending(delivery, message, self._clock(), policy.LEASE):
            return Decision(State.UNSURE, reason="another worker took it over"), None
        try:
            async with asyncio.timeout(policy.REQUEST):
                return Decision(State.SENT), await platform.post(place, message, delivery.key)
        except PostError as error:
            return policy.after(error, delivery.attempts + 1), None
        except TimeoutError:
            return policy.after(Doubtful("no answer in time"), delivery.attempts + 1), None
        except Exception:
            log.exception("The adapter of %s broke", platform.name, extra={"action": "platform_broke"})
            return policy.after(Doubtful("the adapter broke; the log tells more"), delivery.attempts + 1), None

    async def _resolve(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        attempted = delivery.attempted or self._clock()
        doubt = policy.in_doubt(platform.doubt(place), attempted, self._clock())
        if isinstance(doubt, Doubt):
            try:
                async with asyncio.timeout(policy.REQUEST):
                    posted = await platform.find(place, delivery.key, attempted)
            except (PostError, TimeoutError) as error:
                wait = policy.backoff(delivery.attempts)
                return Decision(State.UNSURE, wait, f"it could not be looked for: {error or 'no answer'}"), None
            return policy.looked_for(doubt, posted is not None), posted
        return doubt, None

    async def _record(self, delivery: Delivery, decision: Decision, posted: Posted | None) -> None:
        now = self._clock()
        await self._store.settle(
            delivery,
            decision.state,
            now,
            posted=posted,
            reason=decision.reason,
            again_at=now + decision.wait if decision.wait else None,
            paper_at_fault=decision.paper_at_fault,
        )
        if decision.channel_gone:
            await self._store.trouble(delivery.digest.channel, decision.reason, now)
        log.info(
            "Delivery %d: %s",
            delivery.id,
            decision.state,
            extra={"action": f"delivery_{decision.state}", "delivery": delivery.id},
        )


def _channel_order(delivery: Delivery) -> tuple[str, str, str, str, int, int]:
    """Neighbours are one channel's, in the order they are to be posted."""
    digest = delivery.digest
    channel = digest.channel
    day = digest.date.isoformat()
    return channel.platform, channel.workspace, channel.id, day, digest.number, delivery.part.number
