"""Orders of work that are known to be wrong: what they lose and double proves that the check can fail."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import digests
from bot.models import Delivery, Place, Posted, State
from bot.policy import Decision
from bot.ports import Intent, Outcome, Platform
from jobs.deliver import Deliver


class Naive(Deliver):
    """Posts, then records: what was posted and not recorded is posted again."""

    async def _post(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        posted = await platform.post(place, digests.rendered(delivery), delivery.key)
        return Decision(State.SENT), posted


class Eager(Deliver):
    """Records, then posts: what was recorded and not posted is lost."""

    async def _post(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        message, now = digests.rendered(delivery), self._clock()
        await self._store.sending(Intent(delivery, message, now, self._limits.lease))
        await self._store.settle(Outcome(delivery, State.SENT, now))
        return Decision(State.SENT), await platform.post(place, message, delivery.key)


class Hasty(Deliver):
    """Looks for what is in doubt at once: what is still on its way is not found, and is posted again."""

    async def _resolve(self, platform: Platform, place: Place, delivery: Delivery) -> tuple[Decision, Posted | None]:
        long_ago = self._clock() - self._limits.settling
        return await super()._resolve(platform, place, replace(delivery, attempted=long_ago))


ORDERS = {"": Deliver, "naive": Naive, "eager": Eager, "hasty": Hasty}
