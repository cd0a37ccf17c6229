"""What arrived, counted on the platform's own record and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.chaos.morning import Expected
from tests.chaos.scenes import LEAD, Arrived, Scene


class Books:
    """The record of one platform, read by somebody who knows what must come."""

    def __init__(self, scene: Scene, expected: Sequence[Expected]) -> None:
        self._scene = scene
        self._expected = {(one.channel.workspace, one.channel.id): one for one in expected}

    def messages(self, one: Expected) -> list[Arrived]:
        """The messages of its digest, in the order they came."""
        return self._by_channel().get((one.channel.workspace, one.channel.id), [])

    def missing(self) -> dict[str, list[str]]:
        """By channel: what did not come."""
        there = self._by_channel()
        missing: dict[str, list[str]] = {}
        for place, one in self._expected.items():
            came = {kept.name for kept in there.get(place, ())}
            if lacking := sorted({*one.titles, *([LEAD] if one.led else [])} - came):
                missing["/".join(place)] = lacking
        return missing

    def doubled(self) -> list[tuple[str, str]]:
        """(channel, title) of each message too many."""
        found: list[tuple[str, str]] = []
        for (_, channel), kept in self._by_channel().items():
            times = Counter(one.name for one in kept)
            found += [(channel, title) for title, many in times.items() for _ in range(many - 1)]
        return found

    def disorder(self) -> list[str]:
        """Sentences about what came in another order than it should.

        A thread hangs under its own lead and has the lead's order. Messages of their own have the order that most
        channels of the same topic show.
        """
        said: list[str] = []
        first = {place: list(_first(kept)) for place, kept in self._by_channel().items()}
        usual = self._usual(first)
        for place, kept in first.items():
            one, titles = self._expected[place], tuple(message.name for message in kept)
            if not one.led:
                order = usual.get(one.topic, titles)
                said += [] if _in_order(titles, order) else [f"{place}: {titles}, not {order}"]
                continue
            leads = [message for message in kept if message.lead]
            listed = leads[0].titles if leads else []
            if titles[:1] != (LEAD,) or not _in_order(titles[1:], listed):
                said.append(f"{place}: {titles}, and the lead says {listed}")
            threads = {message.thread for message in self.messages(one) if message.lead}
            said += [f"{place}: {message.name} hangs elsewhere" for message in kept[1:] if message.under not in threads]
        return said

    def delays(self) -> list[float]:
        """Seconds from when each digest was due to each of its messages, sorted."""
        return sorted(
            (kept.at - self._expected[place].due).total_seconds()
            for place, messages in self._by_channel().items()
            for kept in _first(messages)
        )

    def _by_channel(self) -> dict[tuple[str, str], list[Arrived]]:
        found: dict[tuple[str, str], list[Arrived]] = {}
        for kept in self._scene.arrived():
            found.setdefault((kept.workspace, kept.channel), []).append(kept)
        return found

    def _usual(self, first: dict[tuple[str, str], list[Arrived]]) -> dict[str, tuple[str, ...]]:
        """By topic the order that most channels show that have all of it."""
        seen: dict[str, Counter[tuple[str, ...]]] = {}
        for place, kept in first.items():
            one = self._expected[place]
            if len(kept) == one.messages:
                seen.setdefault(one.topic, Counter())[tuple(message.name for message in kept)] += 1
        return {topic: orders.most_common(1)[0][0] for topic, orders in seen.items()}


def _first(messages: Iterable[Arrived]) -> Iterator[Arrived]:
    """Without what came again."""
    seen: set[str] = set()
    for kept in messages:
        if kept.name not in seen:
            seen.add(kept.name)
            yield kept


def _in_order(some: Sequence[str], of: Sequence[str]) -> bool:
    """True when `some` is `of` with gaps."""
    rest = iter(of)
    return all(title in rest for title in some)
