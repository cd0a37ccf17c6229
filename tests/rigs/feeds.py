"""A web server on loopback that serves pages as told: obediently, or in every bad way a server can think of."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    at: float


@dataclass(frozen=True)
class Page:
    """An answer; with an ETag of its own, so that it is given once and then 304."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/xml; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    conditional: bool = False


#: writes whatever it likes
Misdeed = Callable[[asyncio.StreamWriter], Awaitable[None]]


class FeedServer:
    """Serves `pages` by path (with query, or without); 404 for the rest. A list is served one after the other."""

    def __init__(self) -> None:
        self.pages: dict[str, Page | Misdeed | list[Page | Misdeed]] = {}
        self.asked: list[Asked] = []
        #: connections open now, and the most there were at once
        self.open = 0
        self.most = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is None:
            return
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                asked = Asked(head[0].split(" ")[1], headers, time.monotonic())
                self.asked.append(asked)
                await self._answer(asked, writer)
                await writer.drain()
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        found = self.pages.get(asked.path, self.pages.get(asked.path.partition("?")[0], Page(status=404)))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if not isinstance(found, Page):
            await found(writer)
            return
        headers = {"Content-Type": found.kind, "Content-Length": str(len(found.body)), "Connection": "close"}
        status, body = found.status, found.body
        if found.conditional:
            headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers["Last-Modified"] = "Mon, 13 Apr 2026 04:00:00 GMT"
            if asked.headers.get("if-none-match") == headers["ETag"]:
                status, body = 304, b""
                del headers["Content-Length"]
        writer.write(head(status, headers | dict(found.headers)) + body)


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """The start of an answer."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def redirect(target: str, status: int = 302) -> Page:
    """Go there."""
    return Page(status=status, headers={"Location": target})


# --------------------------------------------------------------------------------------------- misdeeds


async def say_nothing(_: asyncio.StreamWriter) -> None:
    """Take the question and never answer."""
    await asyncio.sleep(3600)


async def hang_up(_: asyncio.StreamWriter) -> None:
    """Take the question and close the connection."""


async def talk_nonsense(writer: asyncio.StreamWriter) -> None:
    """Speak another protocol."""
    writer.write(b"220 mail.example.org ESMTP ready\r\n" * 10)


async def drip_headers(writer: asyncio.StreamWriter) -> None:
    """Send one header after the other, for ever, each in time."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_body(writer: asyncio.StreamWriter) -> None:
    """Send one byte after the other, for ever, each in time."""
    writer.write(head(200, {"Content-Type": "application/xml", "Content-Length": "1000000"}))
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.02)


async def break_off(writer: asyncio.StreamWriter) -> None:
    """Promise more than is sent."""
    writer.write(head(200, {"Content-Type": "application/xml", "Content-Length": "1000"}) + b"<rss><channel>")


async def break_gzip(writer: asyncio.StreamWriter) -> None:
    """Say that it is compressed when it is not."""
    headers = {"Content-Type": "application/xml", "Content-Encoding": "gzip", "Content-Length": "14"}
    writer.write(head(200, headers) + b"<rss><channel>")


async def huge_header(writer: asyncio.StreamWriter) -> None:
    """One header of 50 MB."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Huge: ")
    for _ in range(800):
        writer.write(b"a" * 65_536)
        await writer.drain()


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """A body without an end, as fast as it is read."""
    writer.write(head(200, {"Content-Type": "application/xml"}))
    while True:
        writer.write(b"<item/>" * 10_000)
        await writer.drain()


def gzip_bomb(packed: bytes) -> Misdeed:
    """A small body that becomes a large one."""

    async def send(writer: asyncio.StreamWriter) -> None:
        headers = {"Content-Type": "application/xml", "Content-Encoding": "gzip", "Content-Length": str(len(packed))}
        writer.write(head(200, headers) + packed)
        await writer.drain()

    return send
