"""How a workspace installs the app: our page, Slack's, and back, with a state that is good once in one browser.

    GET  /slack/install    what it is and what it asks for, with a button
    POST /slack/install    the button: a state is made, kept in a cookie and in the vault, and the browser sent to Slack
    GET  /slack/oauth      the browser comes back with a code, which Slack changes for the workspace's token

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from adapters.platforms.slack.pages import PRIVATE, page
from adapters.platforms.slack.scopes import scopes
from adapters.platforms.slack.signatures import same
from adapters.platforms.slack.web import Web, Workspace
from adapters.platforms.slack.whose import NAME
from adapters.platforms.slack.workspaces import Installed, Tokens
from bot.messages import installing
from bot.ports import Clock, Inbox, Installation, NotSent, PostError, Request, Response, SettingError, StorageError

log = logging.getLogger(__name__)

#: our paths; the first is where Slack tells everything
EVENTS: Final = "/slack/events"
INSTALL: Final = "/slack/install"
BACK: Final = "/slack/oauth"
#: how long somebody may take on Slack's page; its code lives as long
PATIENCE: Final = timedelta(minutes=10)
COOKIE: Final = "paperround_install"
#: opens the workspace where the app is
OPEN: Final = "https://slack.com/app_redirect?"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The app, as Slack knows who asks for tokens."""

    id: str
    secret: str = field(repr=False)
    #: Slack's page, on which somebody agrees
    authorize: str
    #: our own address, as browsers and Slack reach it, without a slash at the end
    public: str

    @property
    def back(self) -> str:
        """Where a browser comes back to."""
        return f"{self.public}{BACK}"


class Installing:
    """The pages of an installation."""

    def __init__(
        self,
        web: Web,
        workspaces: Installed,
        app: Credentials,
        clock: Clock,
        *,
        command: str,
        history: bool,
        joined: Callable[[str, Inbox], Awaitable[None]],
    ) -> None:
        """`web` has no token; `joined` is told of every workspace that is installed."""
        self._web = web
        self._workspaces = workspaces
        self._app = app
        self._clock = clock
        self._command = command
        self._reasons = {scope.name: scope.reason for scope in scopes(history=history)}
        self._joined = joined

    async def begun(self, request: Request) -> Response:
        """The first page, and its button."""
        if request.method in ("GET", "HEAD"):
            return page(
                installing.welcome(self._command, list(self._reasons.items())),
                begins=INSTALL,
                to=self._app.authorize,
            )
        if request.method != "POST":
            return Response(405, headers={"Allow": "GET, POST"})
        return await self._kindly(self._sent_on)

    async def ended(self, request: Request, inbox: Inbox) -> Response:
        """The browser is back."""
        return await self._kindly(lambda: self._back(request, inbox))

    async def _sent_on(self) -> Response:
        state = secrets.token_urlsafe(32)
        await self._workspaces.kept().give_state(NAME, state, self._clock() + PATIENCE)
        asked = {
            "client_id": self._app.id,
            "scope": ",".join(self._reasons),
            "redirect_uri": self._app.back,
            "state": state,
        }
        return Response(
            303,
            headers={
                "Location": f"{self._app.authorize}?{urlencode(asked)}",
                "Set-Cookie": self._cookie(state, int(PATIENCE.total_seconds())),
                **PRIVATE,
            },
        )

    async def _back(self, request: Request, inbox: Inbox) -> Response:
        said = {name: values[-1] for name, values in parse_qs(request.query, errors="replace").items()}
        state = said.get("state", "")
        if not state or not same(state, _carried(request.headers)):
            return self._page(installing.STALE, 400)
        if not await self._workspaces.kept().take_state(NAME, state, self._clock()):
            return self._page(installing.STALE, 400)
        if said.get("error") or not said.get("code"):
            return self._page(installing.DENIED if said.get("error") == "access_denied" else installing.FAILED, 400)
        given: Any = await self._web.asked(
            self._web.client.oauth_v2_access(
                client_id=self._app.id,
                client_secret=self._app.secret,
                code=said["code"],
                redirect_uri=self._app.back,
            )
        )
        granted = str(given.get("scope") or "").split(",")
        lacking = [(name, reason) for name, reason in self._reasons.items() if name not in granted]
        if lacking:
            return self._page(installing.lacking(lacking), 400)
        workspace, name = await self._kept(given.data)
        await self._joined(workspace, inbox)
        link = {"app": str(given.get("app_id") or ""), "team": str((given.get("team") or {}).get("id") or "")}
        log.info("A workspace installed the app", extra={"action": "installed", "workspace": workspace})
        return page(
            installing.installed(name, self._command),
            leads=OPEN + urlencode({key: value for key, value in link.items() if value}),
            headers={"Set-Cookie": self._cookie("", 0)},
        )

    async def _kept(self, given: Mapping[str, Any]) -> tuple[str, str]:
        """Put the tokens into the vault; whose they are, id and name. Raises PostError, StorageError."""
        now = self._clock()
        workspace, name = _installer(given)
        tokens, until = granted(given, now)
        # who we are there is asked now, so that it need not be asked while somebody waits
        here = self._web.as_(Workspace(tokens.token, user=tokens.user))
        try:
            await here.introduced()
        except PostError as error:
            log.info("Slack does not say who we are: %s", error, extra={"action": "not_introduced"})
        else:
            known = here.workspace
            tokens = replace(tokens, user=known.user, bot=known.bot, called=known.called)
        kept = replace(tokens, name=name).packed()
        await self._workspaces.kept().install(Installation(NAME, workspace, kept, now, until))
        self._workspaces.forget(workspace)
        return workspace, name

    async def _kindly(self, answered: Callable[[], Awaitable[Response]]) -> Response:
        """What goes wrong is a page too."""
        try:
            return await answered()
        except StorageError as error:
            log.warning("An installation was not kept: %s", error, extra={"action": "install_lost"})
            return self._page(installing.BUSY, 503)
        except SettingError as error:
            # whoever runs the bot has to do something; whoever installs it cannot
            log.critical("Nobody can install the app: %s", error, extra={"action": "install_lost"})
            return self._page(installing.FAILED, 500)
        except PostError as error:
            log.warning("An installation failed: %s", error, extra={"action": "install_failed"})
            return self._page(installing.FAILED, 502)

    def _page(self, sheet: installing.Sheet, status: int) -> Response:
        return page(sheet, status=status, begins=INSTALL, to=self._app.authorize)

    def _cookie(self, state: str, seconds: int) -> str:
        secure = "; Secure" if self._app.public.startswith("https:") else ""
        return f"{COOKIE}={state}; Path={BACK}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def granted(given: Mapping[str, Any], now: datetime) -> tuple[Tokens, datetime | None]:
    """The tokens that `oauth.v2.access` gave, and when they end. Raises NotSent where it gave none."""
    token, life = given.get("access_token"), given.get("expires_in")
    if not token:
        raise NotSent("Slack gave no token.")
    tokens = Tokens(str(token), str(given.get("refresh_token") or ""), user=str(given.get("bot_user_id") or ""))
    return tokens, now + timedelta(seconds=int(life)) if life else None


def _installer(given: Mapping[str, Any]) -> tuple[str, str]:
    """Who installed it, a workspace or an organisation: id and name. Raises NotSent where Slack names nobody."""
    organisation = given.get("enterprise") if given.get("is_enterprise_install") else None
    about: Mapping[str, Any] = organisation or given.get("team") or {}
    if not about.get("id"):
        raise NotSent("Slack does not say which workspace it was installed in.")
    return str(about["id"]), str(about.get("name") or "")


def _carried(headers: Mapping[str, str]) -> str:
    """The state that this browser was given."""
    for one in headers.get("cookie", "").split(";"):
        name, _, value = one.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
