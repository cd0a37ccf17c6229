"""A platform of no kind: a server that can be told what it can do and what to do wrong, and the adapter for it.

`server`  its books, and what it says of a message in doubt
`people`  who types, presses and reacts there
`client`  `Neutral`, the adapter: a `bot.ports.Platform`
`wire`    what the two speak
`exam`    it sits the exam of all platforms

    async with noticeboard(clock, doubt=Doubt.FINDS) as (server, platform):
        server.fail(DROP_AFTER)
        …
        assert server.titles() == ["Tokenization, part 1"]

In a process of its own the program makes the adapter from its settings, as every other: `platform(settings, clock=…)`.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.ports import Clock, Doubt
from tests.rigs.faults import Pace, now
from tests.rigs.neutral.client import Neutral
from tests.rigs.neutral.people import People, Told
from tests.rigs.neutral.server import FORBIDDEN, GONE, REFUSED, UNAUTHORISED, Kept, NeutralServer

__all__ = [
    "FORBIDDEN",
    "GONE",
    "REFUSED",
    "SETTINGS",
    "UNAUTHORISED",
    "Kept",
    "Neutral",
    "NeutralServer",
    "People",
    "Told",
    "noticeboard",
    "platform",
]

#: name -> (default, what it is)
SETTINGS: dict[str, tuple[str, str]] = {
    "NEUTRAL_URL": ("", "where its server listens"),
    "NEUTRAL_NAME": ("neutral", "what the platform is called"),
    "NEUTRAL_DOUBT": ("", "what it can do in doubt: names of bot.ports.Doubt, separated by commas"),
    "NEUTRAL_REQUEST": ("30", "time limit of one request, seconds"),
    "NEUTRAL_RECONNECT": ("1", "wait before it listens again, seconds"),
    "NEUTRAL_PER_TOKEN": ("", "posts a second and at once that a workspace may make: 50,50"),
    "NEUTRAL_PER_CHANNEL": ("", "posts a second and at once that a channel takes: 1,1"),
}


def platform(settings: Mapping[str, str], **_: object) -> Neutral:
    """The adapter as its settings say."""
    chosen = {name: settings.get(name) or default for name, (default, _) in SETTINGS.items()}
    return Neutral(
        chosen["NEUTRAL_URL"],
        name=chosen["NEUTRAL_NAME"],
        doubt=[Doubt[name] for name in chosen["NEUTRAL_DOUBT"].split(",") if name],
        request=float(chosen["NEUTRAL_REQUEST"]),
        reconnect=float(chosen["NEUTRAL_RECONNECT"]),
        per_token=_pace(chosen["NEUTRAL_PER_TOKEN"]),
        per_channel=_pace(chosen["NEUTRAL_PER_CHANNEL"]),
    )


def _pace(text: str) -> Pace | None:
    return Pace(*(float(number) for number in text.split(","))) if text else None


@contextlib.asynccontextmanager
async def noticeboard(
    clock: Clock = now,
    *,
    doubt: Doubt | Sequence[Doubt] = (),
    name: str = "console",
    request: float = 5.0,
    window: timedelta = timedelta(seconds=180),
    per_token: Pace | None = None,
    per_channel: Pace | None = None,
    **more: Any,
) -> AsyncIterator[tuple[NeutralServer, Neutral]]:
    """A server that can do what `doubt` says, and an adapter that knows it; `more` is for the server."""
    can = (doubt,) if isinstance(doubt, Doubt) else tuple(doubt)
    async with (
        NeutralServer(
            name=name, can=can, clock=clock, window=window, per_token=per_token, per_channel=per_channel, **more
        ) as server,
        Neutral(
            server.url,
            name=name,
            doubt=can,
            request=request,
            reconnect=0.05,
            per_token=per_token,
            per_channel=per_channel,
        ) as adapter,
    ):
        yield server, adapter
