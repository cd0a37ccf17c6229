"""The fake Discord as a server: the API, the gateway and what was attached."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from bot.ports import Clock
from tests.rigs.discord import components, gateway, schema, wire
from tests.rigs.discord.admin import Admin
from tests.rigs.discord.app import App
from tests.rigs.discord.buckets import MOST_INVALID, Buckets, Invalid, Limit
from tests.rigs.discord.methods import METHODS, OPEN, Call
from tests.rigs.discord.people import Somebody
from tests.rigs.discord.permissions import NOTHING, May
from tests.rigs.discord.reading import previewed
from tests.rigs.discord.said import Said
from tests.rigs.discord.state import NONCE, Discord
from tests.rigs.discord.told import PATIENCE
from tests.rigs.discord.wire import Body, Refusal
from tests.rigs.discord.world import Guild
from tests.rigs.faults import Arrival, Fault, Faults, Order, Serving, now
from tests.rigs.faults.misbehaving import ARRIVAL

API: Final = "/api/v10"
POST: Final = "create_message"


class DiscordServer(Serving, Discord):
    """Discord on 127.0.0.1. `DISCORD_API_URL` is its `api`, `DISCORD_GATEWAY_URL` its `gateway_url`.

    Windows and lives are on `clock`; waits of faults and `patience` are real seconds. Without `limits` and
    `per_second` nothing is limited, and every answer says so in its headers.
    """

    def __init__(
        self,
        app: App | None = None,
        *,
        clock: Clock = now,
        patience: float = PATIENCE,
        limits: Mapping[str, Limit] | None = None,
        per_second: int = 0,
        most_invalid: int = MOST_INVALID,
        nonce_window: timedelta = NONCE,
        marker: str = "",
        by_document: bool = True,
        seed: int = 0,
    ) -> None:
        """`limits` are those of single methods (`LIMITS` as bots see them), `per_second` the one over everything.

        Without `by_document` no request is held against Discord's own document: that takes up to ten milliseconds.
        """
        Discord.__init__(self, app, clock=clock, patience=patience, nonce_window=nonce_window, marker=marker)
        self.faults = Faults(f"{POST} ", clock, seed=seed)
        #: every request of a method, in the order it came
        self.calls: list[Call] = []
        self.admin = Admin(self)
        self.by_document = by_document
        self.invalid = Invalid(most_invalid, clock)
        self._buckets = Buckets(limits or {}, per_second, clock)
        Serving.__init__(self)

    async def _hang_up(self) -> None:
        await self.gateway.drop()

    async def _end(self) -> None:
        await self.telling.close()
        await self.gateway.drop()

    @property
    def api(self) -> str:
        """The API, as `discord.http.Route.BASE` has it."""
        return f"{self.url}{API}"

    @property
    def gateway_url(self) -> str:
        """The gateway, as `DiscordWebSocket.DEFAULT_GATEWAY` has it."""
        return f"{self.url.replace('http', 'ws', 1)}{gateway.PATH}"

    # ---------------------------------------------------------------------------------------- what tests say

    def person(self, guild: Guild | None, name: str, *, may: May = NOTHING, **more: Any) -> Somebody:
        """Somebody joins a server and does things, with a role for what they `may`; `more` are fields of Account."""
        account = self.account(name, **more)
        if guild is not None:
            self.join(guild, account, *([self.role(guild, f"{name}'s role", may)] if may else []))
        return Somebody(self, account)

    def fail(
        self,
        fault: Fault,
        *,
        method: str = POST,
        times: int | None = 1,
        chance: float = 1.0,
        channel: str = "",
        marker: str = "",
    ) -> Order:
        """Order a fault for requests of a method ("create_message"); "" for all of them. See `Faults.order`."""
        path = f"{method} " if method else ""
        return self.faults.order(fault, times=times, chance=chance, channel=channel, marker=marker, path=path)

    # ----------------------------------------------------------------------------------------- what tests ask

    def called(self, method: str) -> list[Call]:
        """Every request of that method."""
        return [call for call in self.calls if call.method == method]

    def refused(self) -> list[tuple[str, int]]:
        """(method, code) of every request that Discord itself refused; ordered faults do not count."""
        return [(call.method, call.error) for call in self.calls if call.error is not None]

    def walls(self) -> list[Said]:
        """Messages of the app under which Discord would hang previews of its own."""
        return [said for said in self.books if said.author is self.bot and previewed(said)]

    # --------------------------------------------------------------------------------------- what it answers

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self.faults.record], client_max_size=50 * 2**20)
        for method, (verb, path, _) in METHODS.items():
            application.router.add_route(verb, f"{API}{path}", self._serving(method))
        application.router.add_get(gateway.PATH, self.gateway.serve, allow_head=False)
        application.router.add_get(f"{gateway.PATH}/", self.gateway.serve, allow_head=False)
        application.router.add_get("/attachments/{file}/{name}", self._attached, allow_head=False)
        application.router.add_route("*", "/{elsewhere:.*}", self._nowhere)
        return application

    def _serving(self, method: str) -> Any:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._called(request, method)

        return serve

    async def _called(self, request: web.Request, method: str) -> web.StreamResponse:
        arrival: Arrival = request[ARRIVAL]
        # orders are by the name of the method, and its path stays readable; `on_first_byte` saw only the path
        arrival.path = f"{method} {request.path.removeprefix(API)}"
        problem: Refusal | None = None
        body = Body()
        try:
            body = await wire.body(request)
        except Refusal as refusal:
            problem = refusal
        token = request.headers.get("Authorization", "").removeprefix("Bot ")
        call = Call(method, request.match_info, request.query, body, token, self.clock(), arrival)
        self.calls.append(call)
        response = await self.faults.answer(
            request,
            lambda: self._answered(call, problem),
            token="bot" if token == self.app.token else "",
            channel=call.path.get("channel_id", ""),
            key=self._key(body),
            text=json.dumps(body.said),
        )
        self.invalid.heard(response.status, response.headers.get("X-RateLimit-Scope", "user"))
        return response

    def _answered(self, call: Call, problem: Refusal | None) -> web.Response:
        if wall := self.invalid.wall():
            self.invalid.ignored += 1
            call.error = 0
            return _said(wall.status, wall.body, wall.kind, wall.headers)
        major = "+".join(call.path[name] for name in _MAJOR if name in call.path)
        interaction = "interaction_token" in call.path or "webhook_token" in call.path
        headers, slow = self._buckets.take(call.method, major, interaction=interaction)
        if slow:
            call.error = 0
            return _said(slow.status, slow.body, slow.kind, headers | dict(slow.headers))
        try:
            if problem is not None:
                raise problem
            if call.method not in OPEN and call.token != self.app.token:
                raise wire.nobody()
            if self.by_document and (found := schema.problems(call.method, call.body.said, call.query)):
                raise wire.malformed(found)
            return wire.answered(200, METHODS[call.method][2](self, call), headers)
        except Refusal as refusal:
            call.error = refusal.code
            return wire.answered(refusal.status, refusal.said, headers)

    def _key(self, body: Body) -> str:
        """Our own name of a message that is to be posted."""
        said = body.said if isinstance(body.said, dict) else {}
        inner = said.get("message") if isinstance(said.get("message"), dict) else said
        listed = inner.get("components") if inner else None
        found = self.marked(listed) if isinstance(listed, list) and not components.of_message(listed) else ""
        return found or str(said.get("nonce") or "")

    async def _attached(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file."""
        stored = self.files.get(request.match_info["file"])
        return web.Response(status=404) if stored is None else web.Response(body=stored.content)

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        """Something that this rig does not know: answered as Discord would, and remembered for whoever wonders."""
        self.violations.append(f"this rig does not know {request.method} {request.path}")
        refusal = wire.nowhere()
        return wire.answered(refusal.status, refusal.said, wire.VIA)


#: what a bucket belongs to
_MAJOR: Final = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_id")


def _said(status: int, text: str, kind: str, headers: Mapping[str, str]) -> web.Response:
    return web.Response(status=status, body=text.encode(), content_type=kind, headers=headers)
