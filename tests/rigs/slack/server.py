"""The fake Slack as a server: the Web API, Socket Mode, uploads, answers and the page of an installation."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.ports import Clock
from tests.rigs.faults import Arrival, Fault, Faults, Order, Pace, Serving, now
from tests.rigs.faults.misbehaving import ARRIVAL
from tests.rigs.slack import sockets, wire
from tests.rigs.slack.access import CODE, Code
from tests.rigs.slack.admin import Admin
from tests.rigs.slack.app import App
from tests.rigs.slack.methods import METHODS, Call
from tests.rigs.slack.methods.chat import previewed
from tests.rigs.slack.methods.response import respond
from tests.rigs.slack.people import Somebody
from tests.rigs.slack.state import Slack
from tests.rigs.slack.tiers import Tiers
from tests.rigs.slack.told import AGAIN, PATIENCE
from tests.rigs.slack.wire import Arguments, Json, Refusal
from tests.rigs.slack.world import Said, Workspace

API: Final = "/api/"
POST: Final = f"{API}chat.postMessage"
AUTHORIZE: Final = "/oauth/v2/authorize"


@dataclass(slots=True)
class Consent:
    """What somebody answers on Slack's page of an installation."""

    workspaces: Sequence[Workspace]
    person: str = ""
    org: bool = False
    refused: bool = False


class SlackServer(Serving, Slack):
    """Slack on 127.0.0.1. `SLACK_API_URL` is its `api`, `SLACK_AUTHORIZE_URL` its `authorize`.

    Posts are paced when told to; windows are on `clock`; waits of faults and `patience` are real seconds.
    """

    def __init__(
        self,
        app: App | None = None,
        *,
        clock: Clock = now,
        patience: float = PATIENCE,
        again: Sequence[float] = AGAIN,
        per_token: Pace | None = None,
        per_channel: Pace | None = None,
        tiers: Mapping[str, Pace] | None = None,
        forgetful: float = 0.0,
        seed: int = 0,
    ) -> None:
        """`tiers` are the paces of other methods, and `forgetful` is the part of receipts that never come."""
        Slack.__init__(self, app, clock=clock, patience=patience, again=again, forgetful=forgetful, seed=seed)
        self.faults = Faults(
            POST, clock, per_token=per_token, per_channel=per_channel, too_many=wire.too_many, seed=seed
        )
        #: every call of a method, in the order it came
        self.calls: list[Call] = []
        self.admin = Admin(self)
        self._tiers = Tiers(tiers or {}, clock)
        #: who installs the app next
        self.consent: Consent | None = None
        Serving.__init__(self)

    async def _hang_up(self) -> None:
        await self.sockets.drop()

    async def _end(self) -> None:
        await self.telling.close()
        await self.sockets.drop()
        await self.hook.close()

    @property
    def api(self) -> str:
        """The Web API, with the slash at the end that the SDK wants."""
        return f"{self.url}{API}"

    @property
    def authorize(self) -> str:
        """The page on which somebody agrees to an installation."""
        return f"{self.url}{AUTHORIZE}"

    # ---------------------------------------------------------------------------------------- what tests say

    def person(self, workspace: Workspace, name: str, **more: Any) -> Somebody:
        """Somebody joins a workspace and does things; `more` are fields of Member."""
        return Somebody(self, workspace, self.member(workspace, name, **more))

    def fail(
        self,
        fault: Fault,
        *,
        method: str = "chat.postMessage",
        times: int | None = 1,
        chance: float = 1.0,
        channel: str = "",
        workspace: str = "",
        marker: str = "",
    ) -> Order:
        """Order a fault for calls of a method; "" for all of them. See `Faults.order`."""
        path = f"{API}{method}"
        return self.faults.order(
            fault, times=times, chance=chance, channel=channel, token=workspace, marker=marker, path=path
        )

    # ----------------------------------------------------------------------------------------- what tests ask

    def called(self, method: str) -> list[Call]:
        """Every call of that method."""
        return [call for call in self.calls if call.method == method]

    def refused(self) -> list[tuple[str, str]]:
        """(method, error) of every call that Slack itself refused; ordered faults do not count."""
        return [(call.method, call.error) for call in self.calls if call.error]

    def walls(self) -> list[Said]:
        """Messages of the app under which Slack would hang previews of its own."""
        return [said for said in self.books if said.bot and previewed(said)]

    # --------------------------------------------------------------------------------------- what it answers

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self.faults.record], client_max_size=50 * 2**20)
        application.router.add_get(f"{API}{{method}}", self._called, allow_head=False)
        application.router.add_post(f"{API}{{method}}", self._called)
        application.router.add_get(f"{sockets.PATH}/", self.sockets.serve, allow_head=False)
        application.router.add_post("/upload/{file}", self._uploaded)
        application.router.add_post("/response/{reply}", self._replied)
        application.router.add_get(AUTHORIZE, self._authorize, allow_head=False)
        return application

    async def _called(self, request: web.Request) -> web.StreamResponse:
        problem: Refusal | None = None
        arguments, token = Arguments(), ""
        try:
            arguments, token = await wire.arguments(request)
        except Refusal as refusal:
            problem = refusal
        method = request.match_info["method"]
        arrival: Arrival = request[ARRIVAL]
        call = Call(method, arguments, token, self.clock(), arrival, wire.basic(request))
        self.calls.append(call)
        # whose it is goes on the record even when the token is dead
        known = call.known = self.access.grants.get(token)

        def run() -> Json:
            if problem is not None:
                raise problem
            if method not in METHODS:
                raise Refusal("unknown_method", req_method=method)
            return METHODS[method](self, call)

        response = await self.faults.answer(
            request,
            lambda: self._answered(call, run),
            token=known.name if known else "",
            channel=arguments.text("channel") or arguments.text("channel_id"),
            key=_key(arguments),
            text=json.dumps(arguments.values),
        )
        # a refusal has HTTP 200 too, and nothing was done
        arrival.committed = arrival.committed and call.error == ""
        return response

    def _answered(self, call: Call, run: Callable[[], Json]) -> web.Response:
        headers = {"Date": formatdate(time.time() + self.hook.skew, usegmt=True)}
        if call.known:
            headers["X-OAuth-Scopes"] = ",".join(call.known.scopes)
        if slow := self._tiers.refusal(call.method, call.known.name if call.known else ""):
            call.error = "ratelimited"
            return web.Response(
                status=slow.status, text=slow.body, content_type=slow.kind, headers=headers | dict(slow.headers)
            )
        try:
            said: Json = {"ok": True, **run()}
            call.error = ""
        except Refusal as refusal:
            said, call.error = refusal.said, refusal.code
        return web.json_response(said, headers=headers)

    async def _uploaded(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file, as they are or as a form's file."""
        stored = self.files.get(request.match_info["file"])
        if request.content_type == "multipart/form-data":
            field = next(iter((await request.post()).values()), "")
            content = field.file.read() if isinstance(field, web.FileField) else str(field).encode()
        else:
            content = await request.read()

        def keep() -> web.Response:
            if stored is None or stored.done:
                return web.Response(status=404)
            if len(content) != stored.length:
                return web.Response(status=500, text="the length is another than was said")
            stored.content = content
            return web.Response(text=f"OK - {len(content)}")

        return await self.faults.answer(request, keep)

    async def _replied(self, request: web.Request) -> web.StreamResponse:
        """An answer to somebody, at the address that came with what they did."""
        raw = await request.text()

        def keep() -> web.Response:
            try:
                respond(self, request.match_info["reply"], json.loads(raw))
            except Refusal as refusal:
                status = 404 if refusal.code in ("used_url", "expired_url") else 400
                return web.json_response(refusal.said, status=status)
            return web.json_response({"ok": True})

        return await self.faults.answer(request, keep, text=raw)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """The page of an installation: whoever `consent` names agrees or refuses at once."""
        query, consent = request.query, self.consent
        redirect = query.get("redirect_uri", "") or next(iter(self.app.redirect_urls), "")
        if query.get("client_id") != self.app.client_id:
            return web.Response(status=400, text="invalid_client_id")
        # an address of the manifest, or one under it
        if not any(f"{redirect}/".startswith(f"{one.rstrip('/')}/") for one in self.app.redirect_urls):
            return web.Response(status=400, text="bad_redirect_uri")
        scopes = tuple(query.get("scope", "").split(","))
        if unknown := set(scopes) - set(self.app.scopes):
            return web.Response(status=400, text=f"invalid_scope: {sorted(unknown)}")
        if consent is None:
            return web.Response(status=403, text="nobody is signed in")
        if consent.refused:
            answer = {"error": "access_denied", "state": query.get("state", "")}
        else:
            named = query.get("redirect_uri", "")
            code = Code(consent.workspaces, scopes, named, self.clock() + CODE, consent.person, consent.org)
            answer = {"code": self.access.agreed(code), "state": query.get("state", "")}
        return web.Response(status=302, headers={"Location": f"{redirect}?{urlencode(answer)}"})


def _key(arguments: Arguments) -> str:
    """Our own name of a message, from its metadata; nothing where it cannot be read."""
    with contextlib.suppress(Refusal, AttributeError):
        metadata = arguments.structure("metadata", "invalid_metadata_format") or {}
        return str(metadata.get("event_payload", {}).get("key", ""))
    return ""
