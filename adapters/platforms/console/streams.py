"""Standard input and output on the event loop: nobody who stalls at the other end stalls the bot.

A thread that sits in `readline` keeps the process from ending, and asyncio's own pipes refuse regular files and turn
a shared terminal non-blocking for the shell that comes after us. So we only wait until a descriptor is ready.
"""

from __future__ import annotations

import asyncio
import codecs
import io
import os
import select
from collections.abc import AsyncIterator, Callable
from typing import IO, TextIO

from rich.console import Console
from rich.text import Text

from bot.ports import Doubtful, NotSent

#: what a pipe that says it is ready surely takes without blocking (POSIX, `write` and `poll`)
_CHUNK = select.PIPE_BUF


async def read_lines(file: TextIO | None) -> AsyncIterator[str]:
    """The lines of a pipe, a file or a terminal until it ends; the newlines are taken off."""
    if file is None:  # standard input was closed before we started
        return
    loop = asyncio.get_running_loop()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    fd, rest, more = file.fileno(), "", True
    while more:
        await _ready(fd, loop.add_reader, loop.remove_reader)
        try:
            data = os.read(fd, 65536)
        except BlockingIOError:
            continue
        except OSError:  # a terminal that went away
            data = b""
        more = bool(data)
        *whole, rest = (rest + decoder.decode(data, final=not more)).split("\n")
        for line in whole:
            yield line
    if rest:
        yield rest


async def write(file: IO[str], text: str) -> None:
    """Write all of it past the stream's buffer, so that nothing of it can appear later.

    Raises NotSent when not a byte was taken, Doubtful when only a part was.
    """
    loop = asyncio.get_running_loop()
    sent = 0
    try:
        file.flush()
        fd = _descriptor(file)
        if fd is None:
            file.write(text)
            return
        data = text.encode(getattr(file, "encoding", None) or "utf-8", "replace")
        while sent < len(data):
            await _ready(fd, loop.add_writer, loop.remove_writer)
            try:
                sent += os.write(fd, data[sent : sent + _CHUNK])
            except BlockingIOError:
                continue
    except (OSError, ValueError) as error:  # ValueError: the stream was closed
        if sent:
            raise Doubtful("The terminal went away in the middle of a message.") from error
        raise NotSent("The terminal takes nothing any more.") from error


def drawn(console: Console, text: Text) -> str:
    """What the console would write, escape sequences included; recorded, if the console records.

    The console's own writing ends the process at a broken pipe and keeps in its buffer what could not be written.
    """
    file, console.file = console.file, io.StringIO()
    try:
        console.print(text, soft_wrap=True)
        return console.file.getvalue()
    finally:
        console.file = file


def _descriptor(file: IO[str]) -> int | None:
    """What the system calls that stream; None for one that is only in memory."""
    try:
        return file.fileno()
    except OSError:  # io.UnsupportedOperation
        return None


async def _ready(fd: int, add: Callable[..., object], remove: Callable[[int], object]) -> None:
    """Wait until the descriptor can be read or written; a regular file always can, and epoll refuses to watch it."""
    ready = asyncio.Event()
    try:
        add(fd, ready.set)
    except OSError:
        return
    try:
        await ready.wait()
    finally:
        remove(fd)
