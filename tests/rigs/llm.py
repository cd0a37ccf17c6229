"""A model's server on loopback: says what it is told to say, or misbehaves in every way such a server can."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from bot.models import Paper

#: a paper nobody wrote, and what a good model says of it
TITLE = "Tokenizers that cut rare words well"
ABSTRACT = (
    "Tokenizers cut rare words into many pieces, which makes sequences long. We study how tokenizers cut rare words in "
    "forty languages. We propose RareCut, a tokenizer that learns from dictionaries. On 12 benchmarks, RareCut makes "
    "sequences 31% shorter at the same accuracy. It is trained in an hour."
)
GOOD = "RareCut is a tokenizer that learns from dictionaries and makes sequences 31% shorter at the same accuracy."


def paper(number: int = 1, title: str = TITLE, abstract: str = ABSTRACT, **more: Any) -> Paper:
    """That paper, as arXiv would tell of it."""
    names = (f"arxiv:2604.{number:05}",)
    told: dict[str, Any] = {"identifiers": names, "sources": ("arxiv",), "categories": ("cs.CL",)} | more
    return Paper("", title, abstract, **told)


@dataclass(frozen=True)
class Asked:
    """A question as it came."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def system(self) -> str:
        """What the model was told beforehand."""
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        """What it was asked."""
        return str(self.body["messages"][1]["content"])


#: answers however it likes
Manner = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Llm:
    """The server; `manner` is how it answers from now on."""

    def __init__(self) -> None:
        self.manner: Manner = says(GOOD)
        self.asked: list[Asked] = []
        #: questions in work now, and the most there were at once
        self.busy = 0
        self.most = 0
        #: connections that were made
        self.connections: set[object] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What `LLM_BASE_URL` is to say."""
        assert self._runner is not None
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else {}
        self.asked.append(Asked(request.path, {name.lower(): text for name, text in request.headers.items()}, body))
        self.connections.add(request.transport)
        self.busy += 1
        self.most = max(self.most, self.busy)
        try:
            return await self.manner(request)
        finally:
            self.busy -= 1


def says(content: object) -> Manner:
    """It answers, in the right form."""
    return sends({"id": "1", "choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]})


def sends(answer: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Manner:
    """It answers with some JSON."""

    async def manner(_: web.Request) -> web.StreamResponse:
        return web.json_response(answer, status=status, headers=headers)

    return manner


def slowly(manner: Manner, seconds: float) -> Manner:
    """The same, later."""

    async def late(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await manner(request)

    return late


async def obeys(request: web.Request) -> web.StreamResponse:
    """It does what the abstract tells it: says what stands there between "write" and the mark after it."""
    told = str((await request.json())["messages"][1]["content"])
    return await says(told.partition("write ")[2].rpartition("\n")[0])(request)


# --------------------------------------------------------------------------------------------- misdeeds


async def web_page(_: web.Request) -> web.StreamResponse:
    """A login page where the answer should be."""
    return web.Response(text="<!doctype html><title>Log in</title><h1>Welcome</h1>", content_type="text/html")


async def cut_off(_: web.Request) -> web.StreamResponse:
    """JSON that ends in the middle."""
    whole = json.dumps({"choices": [{"message": {"content": GOOD}}]})
    return web.Response(text=whole[:40], content_type="application/json")


async def nested(_: web.Request) -> web.StreamResponse:
    """Brackets without end."""
    return web.Response(text="[" * 100_000, content_type="application/json")


async def breaks_off(request: web.Request) -> web.StreamResponse:
    """More is promised than is sent."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    return hangs_up_on(request, response)


async def drops(request: web.Request) -> web.StreamResponse:
    """The connection is closed without a word."""
    return hangs_up_on(request, web.Response())


def hangs_up_on(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Close the connection under an answer."""
    if request.transport is not None:
        request.transport.abort()
    return response


async def hangs(_: web.Request) -> web.StreamResponse:
    """No answer ever."""
    await asyncio.sleep(3600)
    return web.Response()


async def drips(request: web.Request) -> web.StreamResponse:
    """One byte after the other, each in time, for ever."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)
    return response


async def ten_megabytes(request: web.Request) -> web.StreamResponse:
    """An answer in the right form, of 10 MB."""
    return await says((GOOD + " ") * (10_000_000 // len(GOOD)))(request)


async def redirects(request: web.Request) -> web.StreamResponse:
    """Ask somebody else."""
    raise web.HTTPTemporaryRedirect(str(request.url.with_path("/elsewhere")))


def echoes_the_key(status: int = 401) -> Manner:
    """An error that quotes the secret it was sent."""

    async def manner(request: web.Request) -> web.StreamResponse:
        told = f"Incorrect API key provided: {request.headers.get('Authorization', '')}"
        return web.json_response({"error": {"message": told}}, status=status, reason=told)

    return manner


#: every way of failing to answer, by name
MISDEEDS: Mapping[str, Manner] = {
    "a web page": web_page,
    "cut JSON": cut_off,
    "a broken transfer": breaks_off,
    "a dropped connection": drops,
    "silence": hangs,
    "drops of bytes": drips,
    "ten megabytes": ten_megabytes,
    "a redirect": redirects,
    "a refused key": echoes_the_key(),
    "an unknown model": sends({"error": "model not found"}, 404),
    "too many questions": sends({"error": "slow down"}, 429, {"Retry-After": "30"}),
    "its own error": sends({"error": "boom"}, 500),
    "being away": sends({}, 503),
    "no choices": sends({"choices": []}),
    "no content": says(None),
    "content of another kind": says(["a", "b"]),
    "a list": sends([1, 2, 3]),
    "a number": sends(7),
    "deep JSON": nested,
    "nothing said": says("  \n "),
    "a thought without an answer": says("<think>What would they like to hear?</think>"),
}
