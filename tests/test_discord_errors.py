"""Every error of Discord's SDK and of the network means one of ours."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

import aiohttp
import discord

from adapters.http.posting import seconds
from adapters.platforms.discord.errors import CODES, coded, meaning, ours, slowed
from bot.ports import ChannelGone, Doubtful, NotSent, PostError, Refused, Unauthorised

#: what steers discord.py from within, or speaks of settings, voice and bots of another kind: no request raises it
INSIDE = {"VoiceConnectionError", "ReconnectWebSocket", "WebSocketClosure", "ShutDown", "_RequestCancelled"}


def modules() -> Iterator[ModuleType]:
    yield discord
    for found in pkgutil.walk_packages(discord.__path__, "discord.", onerror=lambda _: None):
        if not found.name.startswith(("discord.ext", "discord.__main__", "discord.types")):
            yield importlib.import_module(found.name)


@pytest.mark.filterwarnings("ignore")
def test_every_exception_of_the_sdk_is_mapped() -> None:
    found = {
        one
        for module in modules()
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Exception) and one.__module__.split(".")[0] == "discord"
    }

    assert len(found) > 20
    assert {one.__name__ for one in found if meaning(one) is None} - INSIDE == set()


def test_every_exception_of_aiohttp_that_a_request_can_raise_is_mapped() -> None:
    found = [one for _, one in inspect.getmembers(aiohttp, inspect.isclass) if issubclass(one, aiohttp.ClientError)]

    assert len(found) > 10
    assert [one.__name__ for one in found if meaning(one) is None] == []


def test_a_mistake_of_ours_is_no_error_of_discords() -> None:
    assert meaning(KeyError) is None
    assert ours(AttributeError("x")) is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (aiohttp.ServerDisconnectedError(), Doubtful),
        (ConnectionResetError(104, "reset"), Doubtful),
        (TimeoutError(), Doubtful),
        (aiohttp.ClientPayloadError(), Doubtful),
        (ValueError("no JSON"), Doubtful),
        (discord.RateLimited(3600.0), NotSent),
        (discord.LoginFailure("no"), Unauthorised),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else type(one).__name__,
)
def test_what_comes_raw_is_mapped(error: BaseException, kind: type[PostError]) -> None:
    assert type(ours(error)) is kind


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, 10003, ChannelGone),
        (403, 50001, ChannelGone),
        (403, 50013, ChannelGone),
        (403, 50007, ChannelGone),
        (400, 50035, Refused),
        (400, 50006, Refused),
        (401, 0, Unauthorised),
        (403, 0, NotSent),
        (400, 98765, NotSent),
    ],
)
def test_every_code_means_something(status: int, code: int, kind: type[PostError]) -> None:
    assert type(coded(status, code, "what Discord says")) is kind


def test_a_dead_token_is_dead_everywhere() -> None:
    found = coded(401, 0)

    assert isinstance(found, Unauthorised)
    assert found.everywhere


def test_every_sentence_ends_and_names_no_other_platform() -> None:
    assert [code for code, (_, said) in CODES.items() if not said.endswith((".", "?")) or "Slack" in said] == []


@pytest.mark.parametrize(
    ("headers", "said", "wait", "limit"),
    [
        ({"Via": "1.1 google", "Retry-After": "3"}, {"retry_after": 2.5, "global": False}, 2.5, "discord/C1"),
        ({"Via": "1.1 google"}, {"retry_after": 0.5, "global": True}, 0.5, "discord"),
        ({}, {"retry_after": 1.0}, 600.0, "discord"),
        ({"Via": "1.1 google", "Retry-After": "3600"}, {}, 3600.0, "discord"),
    ],
    ids=["a bucket", "everything", "no Via", "a page"],
)
def test_a_429_says_who_waits_how_long(
    headers: dict[str, str], said: dict[str, object], wait: float, limit: str
) -> None:
    found = slowed(headers, said, "discord/C1")

    assert (found.retry_after, found.limit) == (wait, limit)


@pytest.mark.parametrize(
    ("text", "read"), [("30", 30.0), (2.5, 2.5), ("", 0.0), ("soon", 0.0), ("nan", 0.0), (-1, 0.0)]
)
def test_reads_what_discord_asks_us_to_wait(text: object, read: float) -> None:
    assert seconds(text) == read
