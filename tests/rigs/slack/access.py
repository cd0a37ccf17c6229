"""Who may do what: tokens and their states, codes of an installation, rotation.

https://docs.slack.dev/authentication/installing-with-oauth/ and https://docs.slack.dev/authentication/using-token-rotation/
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.ports import Clock
from tests.rigs.slack.app import App
from tests.rigs.slack.wire import Json, Refusal
from tests.rigs.slack.world import Member, Workspace

#: life of a rotating token, and of the code of an installation
ROTATION: Final = timedelta(hours=12)
CODE: Final = timedelta(minutes=10)
#: what a dead token is answered
State = Literal["", "token_revoked", "account_inactive", "token_expired"]


@dataclass(eq=False, slots=True)
class Grant:
    """What a token allows."""

    token: str = field(repr=False)
    kind: Literal["bot", "app"]
    workspaces: Sequence[Workspace] = ()
    #: "E…" for an installation of a whole organisation
    enterprise: str = ""
    scopes: tuple[str, ...] = ()
    bot: Member | None = None
    state: State = ""
    expires: datetime | None = None
    #: the token that gives the next pair
    refresh: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Whose it is, as the record of requests names it: a workspace, an organisation, "app"."""
        return "app" if self.kind == "app" else self.enterprise or self.workspaces[0].id

    def need(self, *scopes: str) -> None:
        """Any one of these scopes. Raises Refusal without."""
        if not set(scopes) & set(self.scopes):
            raise Refusal("missing_scope", needed=",".join(scopes), provided=",".join(self.scopes))


@dataclass(slots=True)
class Code:
    """An installation that somebody agreed to, before the app has picked it up."""

    workspaces: Sequence[Workspace]
    scopes: tuple[str, ...]
    redirect: str
    until: datetime
    person: str
    org: bool = False
    used: bool = False


class Access:
    """Every token ever given."""

    def __init__(self, app: App, clock: Clock) -> None:
        self._clock = clock
        self._count = itertools.count(1)
        #: by token, dead ones too
        self.grants: dict[str, Grant] = {}
        #: refresh token -> the grant it belongs to; used ones are gone
        self.refreshes: dict[str, Grant] = {}
        self.codes: dict[str, Code] = {}
        self.admit(app)

    def admit(self, app: App) -> None:
        """The app-level token works."""
        self.grants[app.app_token] = Grant(app.app_token, "app", scopes=("connections:write",))

    def granted(self, token: str) -> Grant:
        """What that token allows. Raises Refusal for one that allows nothing."""
        if not token:
            raise Refusal("not_authed")
        grant = self.grants.get(token)
        if grant is None:
            raise Refusal("invalid_auth")
        if grant.state:
            raise Refusal(grant.state)
        if grant.expires and self._clock() >= grant.expires:
            raise Refusal("token_expired")
        return grant

    def current(self, workspace: Workspace) -> Grant | None:
        """The newest grant that works in a workspace."""
        works = [one for one in self.grants.values() if one.kind == "bot" and not one.state]
        return next((one for one in reversed(works) if workspace in one.workspaces), None)

    def install(
        self, workspaces: Iterable[Workspace], scopes: tuple[str, ...], *, org: bool = False, rotation: bool = False
    ) -> Grant:
        """The app is installed there; once more with more scopes, the same bot."""
        several = list(workspaces)
        bot = next((one.bot for one in several if one.bot), None) or self._bot(several[0])
        for workspace in several:
            workspace.bot = bot
            workspace.members[bot.id] = bot
        return self._give(several, scopes, bot, several[0].enterprise if org else "", rotation=rotation)

    def agreed(self, code: Code) -> str:
        """Somebody agreed; gives the code."""
        name = f"code-{next(self._count)}"
        self.codes[name] = code
        return name

    def redeem(self, name: str, redirect: str) -> Code:
        """What was agreed to. Raises Refusal."""
        code = self.codes.get(name)
        if code is None or self._clock() >= code.until:
            raise Refusal("invalid_code")
        if code.used:
            raise Refusal("code_already_used")
        if redirect != code.redirect:
            raise Refusal("bad_redirect_uri")
        code.used = True
        return code

    def rotated(self, refresh: str) -> Grant:
        """The next pair; the old refresh token works once, the old token until it expires. Raises Refusal."""
        old = self.refreshes.pop(refresh, None)
        if old is None or old.state:
            raise Refusal("invalid_refresh_token")
        assert old.bot is not None
        return self._give(old.workspaces, old.scopes, old.bot, old.enterprise, rotation=True)

    def exchanged(self, token: str) -> Grant:
        """A token that never expires becomes a pair that does; the old one is dead. Raises Refusal."""
        old = self.granted(token)
        if old.expires:
            raise Refusal("token_already_exchanged")
        assert old.bot is not None
        old.state = "token_revoked"
        return self._give(old.workspaces, old.scopes, old.bot, old.enterprise, rotation=True)

    def revoke(self, workspace: Workspace, state: State = "token_revoked") -> list[Grant]:
        """Every token of a workspace is dead; "" brings them back to life."""
        theirs = [one for one in self.grants.values() if workspace in one.workspaces]
        for one in theirs:
            one.state = state
        return theirs

    def _give(
        self, workspaces: Sequence[Workspace], scopes: tuple[str, ...], bot: Member, enterprise: str, *, rotation: bool
    ) -> Grant:
        number = next(self._count)
        name = enterprise or workspaces[0].id
        grant = Grant(
            f"xoxe.xoxb-{name}-{number}" if rotation else f"xoxb-{name}-{number}",
            "bot",
            workspaces,
            enterprise,
            scopes,
            bot,
        )
        if rotation:
            grant.expires = self._clock() + ROTATION
            grant.refresh = f"xoxe-{name}-{number}"
            self.refreshes[grant.refresh] = grant
        self.grants[grant.token] = grant
        return grant

    def _bot(self, workspace: Workspace) -> Member:
        number = next(self._count)
        return Member(f"U0BOT{number:05}", "paperround", workspace.id, bot=f"B{number:08}")


def given(app: App, grant: Grant, person: str) -> Json:
    """A grant as `oauth.v2.access` gives it."""
    workspace = grant.workspaces[0]
    enterprise = {"id": workspace.enterprise, "name": "Grid"} if workspace.enterprise else None
    said: Json = {
        "access_token": grant.token,
        "token_type": "bot",
        "scope": ",".join(grant.scopes),
        "bot_user_id": grant.bot.id if grant.bot else "",
        "app_id": app.id,
        "team": None if grant.enterprise else {"id": workspace.id, "name": workspace.name},
        "enterprise": enterprise,
        "is_enterprise_install": bool(grant.enterprise),
        "authed_user": {"id": person},
    }
    if grant.expires:
        said |= {"refresh_token": grant.refresh, "expires_in": int(ROTATION.total_seconds())}
    return said
