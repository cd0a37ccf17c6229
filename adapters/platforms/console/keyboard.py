"""What people type: at a prompt, or as lines from a pipe, a file or a caller."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.application import in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import DummyHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout

from adapters.platforms.console import harmless
from bot.ports import Completion as Meant
from bot.text import fold

#: completions for what stands before the cursor, best first
Complete = Callable[[str], Awaitable[Sequence[str]]]


class Keyboard(Protocol):
    """Where lines come from."""

    #: nobody is there who could answer a question once more
    scripted: bool

    async def command(self) -> str | None:
        """The next line; None when there will be no more."""
        ...

    async def answer(self, question: str, value: str, complete: Complete | None) -> str | None:
        """The answer to one field of a form, filled in beforehand with `value`; None when it is given up."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """While this lasts, what anybody prints by itself does not break the line being typed."""
        ...

    async def above(self, write: Callable[[], Awaitable[None]]) -> None:
        """Print something without breaking the line being typed."""
        ...


class Prompt:
    """A person at a terminal: history, completion with Tab, an end with Ctrl-D, or Ctrl-C on an empty line."""

    scripted = False

    def __init__(self, prompt: str, complete: Complete) -> None:
        self._prompt = prompt
        self._commands: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=_Completer(complete),
            complete_while_typing=False,
            key_bindings=_clearing(),
        )

    async def command(self) -> str | None:
        """The next line; None at Ctrl-D, and at Ctrl-C where nothing is typed: what is, it clears."""
        return await self._line(self._commands, f"\n{self._prompt}")

    async def answer(self, question: str, value: str, complete: Complete | None) -> str | None:
        """The answer to a field; None at Ctrl-C or Ctrl-D."""
        session: PromptSession[str] = PromptSession(
            history=DummyHistory(), completer=_Completer(complete) if complete else None, complete_while_typing=False
        )
        return await self._line(session, question, value)

    @staticmethod
    async def _line(session: PromptSession[str], prompt: str, value: str = "") -> str | None:
        """Signals and broken tasks stay the business of whoever runs the loop."""
        try:
            return await session.prompt_async(prompt, default=value, handle_sigint=False, set_exception_handler=False)
        except (EOFError, KeyboardInterrupt):
            return None

    def aside(self) -> AbstractContextManager[None]:
        """What others print (a log line) goes above the prompt."""
        return patch_stdout(raw=True)

    async def above(self, write: Callable[[], Awaitable[None]]) -> None:
        """The prompt is taken away, and put back with what was typed. Unlike `patch_stdout` this tells what failed."""
        async with in_terminal():
            await write()


def _clearing() -> KeyBindings:
    """Ctrl-C as in a shell: it takes a line away that was begun."""
    keys = KeyBindings()

    @keys.add("c-c")
    def clear(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys


class Script:
    """Lines without a person at a terminal: each is shown as if it had been typed."""

    scripted = True

    def __init__(self, prompt: str, lines: AsyncIterator[str], show: Callable[[str, str], Awaitable[None]]) -> None:
        self._prompt = prompt
        self._lines = lines
        self._show = show

    async def command(self) -> str | None:
        """The next line; None at the end of the input."""
        line = await anext(self._lines, None)
        if line and line.strip():
            await self._show(self._prompt, line)
        return line

    async def answer(self, question: str, value: str, complete: Complete | None) -> str | None:
        """The next line is the answer; an empty one means what was filled in."""
        line = await anext(self._lines, None)
        if line is None:
            return None
        answer = line.strip() or value
        await self._show(question, answer)
        return answer

    def aside(self) -> AbstractContextManager[None]:
        """Nobody is typing."""
        return nullcontext()

    async def above(self, write: Callable[[], Awaitable[None]]) -> None:
        """Nobody is typing: print."""
        await write()


class _Completer(Completer):
    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        yield from ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        typed = document.text_before_cursor
        for completion in await self._complete(typed):
            shown = completion.label if isinstance(completion, Meant) else completion
            yield Completion(completion, start_position=-replaced(typed, completion), display=harmless.line(shown))


def replaced(typed: str, completion: str) -> int:
    """How many of the last typed characters the completion stands for.

    "unfollow knowledge gr" and "knowledge graph": the twelve from "knowledge" on; when nothing fits, the last word.
    What has a label stands for words of it: "show atten" and "2604.10102 · Attention is enough".
    """
    starts = [0, *(n + 1 for n, char in enumerate(typed) if char in " /")]
    fits = [n for n in starts if completion.casefold().startswith(typed[n:].casefold())]
    if isinstance(completion, Meant) and completion.label != completion:
        label = fold(completion.label)
        fits += [n for n in starts[1:] or starts if all(word in label for word in fold(typed[n:]).split())]
    return len(typed) - next(iter(fits), starts[-1])
