"""The neutral platform's server: its books, and what it can say of a message in doubt."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from aiohttp import web

from bot.models import Action, Message
from bot.ports import Clock, Doubt
from tests.rigs.faults import Answer, Fault, Faults, Order, Pace, Serving, now
from tests.rigs.neutral import wire
from tests.rigs.neutral.people import People

GONE: Final = Fault("gone", commits=False, instead=Answer(404, '{"error": "channel_gone"}'))
FORBIDDEN: Final = Fault("forbidden", commits=False, instead=Answer(403, '{"error": "not_in_channel"}'))
REFUSED: Final = Fault("refused", commits=False, instead=Answer(400, '{"error": "bad_message"}'))
UNAUTHORISED: Final = Fault("unauthorised", commits=False, instead=Answer(401, '{"error": "token_revoked"}'))


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is there."""

    id: str
    #: what its thread is called; "" for a message in a thread
    thread: str
    key: str
    workspace: str
    channel: str
    kind: str
    #: the thread it stands in
    under: str
    person: str
    #: by the platform's clock
    at: datetime
    #: the request that brought it
    body: bytes

    @property
    def message(self) -> Message:
        """What it says."""
        return wire.unpacked(json.loads(self.body)["message"])


class NeutralServer(Serving):
    """A platform of no kind: `can` says what it does for somebody in doubt.

    REPEATS_SAFELY  the same key again within `window` gives the first message back
    FINDS           the history, complete, by key
    CONFIRMS        receipts by key, of which it forgets a part (`forgetful`, 0.0 to 1.0)

    Windows and paces are on `clock`; waits of faults are real seconds.
    """

    def __init__(
        self,
        *,
        name: str = "neutral",
        can: Sequence[Doubt] = (),
        clock: Clock = now,
        window: timedelta = timedelta(seconds=180),
        forgetful: float = 0.0,
        repeat_acts: float = 3.0,
        per_token: Pace | None = None,
        per_channel: Pace | None = None,
        seed: int = 0,
    ) -> None:
        """`repeat_acts` is after how many seconds an act that was not acknowledged is told again."""
        self.can = frozenset(can)
        self.faults = Faults(wire.POST, clock, per_token=per_token, per_channel=per_channel, seed=seed)
        self.people = People(name, clock, repeat_acts)
        #: every message, in the order it came
        self.books: list[Kept] = []
        #: what must never happen: a key with two payloads, a message under a thread that is not there
        self.violations: list[str] = []
        #: what it tells of its channels, by workspace and id
        self.rooms: dict[tuple[str, str], wire.Json] = {}
        self._clock = clock
        self._window = window
        self._forgetful = forgetful
        self._random = random.Random(seed)
        self._revoked: set[str] = set()
        #: the history by key, the keys known again, the receipts
        self._by_key: dict[str, list[Kept]] = {}
        self._known: dict[str, Kept] = {}
        self._carried: dict[str, bytes] = {}
        self._threads: set[tuple[str, str, str]] = set()
        self._receipts: dict[str, Kept] = {}
        super().__init__()

    # ------------------------------------------------------------------------------------ coming and going

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.people.open()
        return self

    async def _hang_up(self) -> None:
        await self.people.disconnect()

    async def _end(self) -> None:
        await self.people.close()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self.faults.record])
        application.router.add_post(wire.POST, self._post)
        application.router.add_get(wire.FIND, self._find, allow_head=False)
        application.router.add_get(wire.RECEIPT, self._receipt, allow_head=False)
        application.router.add_get(wire.ROOMS, self._room, allow_head=False)
        application.router.add_get(wire.ACTS, self._acts, allow_head=False)
        return application

    # ---------------------------------------------------------------------------------------- what tests say

    def fail(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        chance: float = 1.0,
        channel: str = "",
        workspace: str = "",
        marker: str = "",
        path: str = wire.POST,
    ) -> Order:
        """Order a fault: see `Faults.order`."""
        return self.faults.order(
            fault, times=times, chance=chance, channel=channel, token=workspace, marker=marker, path=path
        )

    def revoke(self, workspace: str) -> None:
        """Its token is good for nothing from now on."""
        self._revoked.add(workspace)

    def restore(self, workspace: str) -> None:
        """Its token is good again."""
        self._revoked.discard(workspace)

    def forget(self) -> None:
        """Know no key again and give no receipt for what came so far; the messages stay, and so does the history."""
        self._known.clear()
        self._receipts.clear()

    # ------------------------------------------------------------------------------------- what tests ask

    def digests(self) -> list[Kept]:
        """What must come exactly once: the messages with a key."""
        return [kept for kept in self.books if kept.key]

    def titles(self) -> list[str]:
        """Titles of the papers posted with a key, singles and items, in order."""
        messages = [kept.message for kept in self.digests()]
        return [title for message in messages for title in ([one.title for one in message.items] or [message.title])]

    def doubled(self) -> list[str]:
        """Keys that came more than once, once for each time too many."""
        return [key for key, kept in self._by_key.items() for _ in kept[1:]]

    def kept(self, message: str) -> Kept:
        """The message of that id."""
        return self.books[int(message.removeprefix("m")) - 1]

    def button(self, message: str, label: str) -> Action:
        """The button of that message or of one of its items."""
        shown = self.kept(message).message
        return next(action for one in (shown, *shown.items) for action in one.actions if action.label == label)

    # --------------------------------------------------------------------------------------- what it answers

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        order = json.loads(body)
        workspace, key = self._workspace(request), order["key"]
        if key and self._carried.setdefault(key, body) != body:
            self.violations.append(f"{key} carries two payloads")
        return await self.faults.answer(
            request,
            lambda: self._commit(workspace, order, body),
            token=workspace,
            channel=order["channel"],
            key=key,
            text=body.decode(),
        )

    def _commit(self, workspace: str, order: wire.Json, body: bytes) -> web.Response:
        if workspace in self._revoked or not workspace:
            return _error(401, "token_revoked")
        key, channel, under = order["key"], order["channel"], order["under"]
        if under and (workspace, channel, under) not in self._threads:
            self.violations.append(f"{key} is to stand under {under}, which is not there")
            return _error(400, "no_such_thread")
        first = self._known.get(key) if Doubt.REPEATS_SAFELY in self.can else None
        if first is not None and self._clock() - first.at < self._window:
            return _posted(first)
        number = len(self.books) + 1
        kept = Kept(
            id=f"m{number}",
            thread="" if under else f"t{number}",
            key=key,
            workspace=workspace,
            channel=channel,
            kind=order["kind"],
            under=under,
            person=order["person"],
            at=self._clock(),
            body=body,
        )
        self.books.append(kept)
        if kept.thread:
            self._threads.add((workspace, channel, kept.thread))
        if key:
            self._by_key.setdefault(key, []).append(kept)
            self._known[key] = kept
            if self._random.random() >= self._forgetful:
                self._receipts[key] = kept
        return _posted(kept)

    async def _find(self, request: web.Request) -> web.StreamResponse:
        since = datetime.fromisoformat(request.query["since"])
        return await self._search(
            request,
            Doubt.FINDS,
            [one for one in self._by_key.get(request.query["key"], ()) if one.at >= since],
        )

    async def _receipt(self, request: web.Request) -> web.StreamResponse:
        receipt = self._receipts.get(request.query["key"])
        return await self._search(request, Doubt.CONFIRMS, [receipt] if receipt else [])

    async def _search(self, request: web.Request, ability: Doubt, found: Sequence[Kept]) -> web.StreamResponse:
        workspace, channel, key = self._workspace(request), request.query["channel"], request.query["key"]

        def look() -> web.Response:
            if workspace in self._revoked or not workspace:
                return _error(401, "token_revoked")
            if ability not in self.can:
                return _error(404, "not_supported")
            there = [one for one in found if (one.workspace, one.channel) == (workspace, channel)]
            return web.json_response({"found": [{"id": one.id, "thread": one.thread} for one in there[:1]]})

        return await self.faults.answer(request, look, token=workspace, channel=channel, key=key)

    async def _room(self, request: web.Request) -> web.StreamResponse:
        workspace, channel = self._workspace(request), request.query["channel"]

        def tell() -> web.Response:
            known = self.rooms.get((workspace, channel))
            return _error(404, "channel_gone") if known is None else web.json_response(known)

        return await self.faults.answer(request, tell, token=workspace, channel=channel)

    async def _acts(self, request: web.Request) -> web.StreamResponse:
        if self._workspace(request) in self._revoked:
            return _error(401, "token_revoked")
        return await self.people.serve(request)

    def _workspace(self, request: web.Request) -> str:
        """Whose token it is; "" for a token of nobody."""
        token, own = request.headers.get("Authorization", ""), f"Bearer {wire.token('')}"
        return token.removeprefix(own) if token.startswith(own) else ""


def _posted(kept: Kept) -> web.Response:
    return web.json_response({"id": kept.id, "thread": kept.thread})


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": code}, status=status)
