"""What `paperround doctor` checks: tokens, scopes, the socket, the clock; each remedy by name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp

from adapters.platforms.slack.installing import INSTALL as PAGE
from adapters.platforms.slack.installing import Credentials
from adapters.platforms.slack.scopes import APP_SCOPE, scopes
from adapters.platforms.slack.web import Web
from bot.ports import Finding, PostError

#: seconds that our clock may be wrong; over HTTP Slack refuses five minutes
SKEW: Final = 30.0
#: seconds for the socket's first word
HELLO: Final = 10.0
INSTALL: Final = "paste `paperround manifest slack` into App Manifest at api.slack.com/apps and install the app again"


async def examine(web: Web, app_token: str, *, history: bool) -> AsyncIterator[Finding]:
    """Check one workspace, in that order."""
    try:
        said: Any = await web.asked(web.client.auth_test())
    except PostError as error:
        yield Finding("slack token", False, str(error))
        return
    yield Finding("slack token", True, f"{said.get('user')} in {said.get('team')}")
    granted = {one.strip() for one in said.headers.get("X-OAuth-Scopes", "").split(",")}
    yield permissions(granted, history=history)
    yield await socket(web, app_token)
    yield clock(web.skew)


async def public(web: Web, app: Credentials) -> AsyncIterator[Finding]:
    """Check what many workspaces need: our address, the app's secret, the clock."""
    yield await reached(web, app)
    yield await credentials(web, app)
    yield clock(web.skew)


async def reached(web: Web, app: Credentials) -> Finding:
    """Our own pages, asked for at the public address."""
    remedy = "is `paperround web` (or `run`) there, and does your router lead PUBLIC_URL to its PORT?"
    if not app.public.startswith("https://"):
        return Finding("slack address", False, "Slack reaches only https://: put a router with a certificate in front")
    try:
        async with web.session.get(f"{app.public}{PAGE}", allow_redirects=False) as answer:
            well, found = answer.status == 200, f"it answers {answer.status}"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        well, found = False, f"it does not answer ({type(error).__name__})"
    told = f"workspaces install from {app.public}{PAGE}"
    return Finding("slack address", well, told if well else f"{app.public}: {found}; {remedy}")


async def credentials(web: Web, app: Credentials) -> Finding:
    """The app's id and secret, tried on a code that nobody was given."""
    try:
        await web.asked(web.client.oauth_v2_access(client_id=app.id, client_secret=app.secret, code="doctor"))
    except PostError as error:
        if "invalid_code" in str(error):
            return Finding("slack app", True, "Slack knows its id and secret")
        remedy = "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are under Basic Information, App Credentials"
        return Finding("slack app", False, f"{error} {remedy}")
    return Finding("slack app", False, "Slack took a code that it never gave: is SLACK_API_URL Slack's?")


def permissions(granted: set[str], *, history: bool) -> Finding:
    """The scopes of the token, against the table."""
    wanted = scopes(history=history)
    lacking = [f"{one.name} ({one.reason})" for one in wanted if one.name not in granted]
    if lacking:
        return Finding("slack scopes", False, f"{', '.join(lacking)}: {INSTALL}{' --history' if history else ''}")
    more = sorted(granted - {one.name for one in wanted} - {""})
    said = f"; not needed: {', '.join(more)}" if more else ""
    return Finding("slack scopes", True, f"all {len(wanted)}{said}")


async def socket(web: Web, app_token: str) -> Finding:
    """Socket Mode, tried: a connection and its first word."""
    try:
        async with asyncio.timeout(HELLO):
            said: Any = await web.asked(web.client.apps_connections_open(app_token=app_token))
            async with web.session.ws_connect(str(said["url"])) as connection:
                await connection.receive_json()
    except PostError as error:
        remedy = f"SLACK_APP_TOKEN is made under Basic Information, App-Level Tokens, with {APP_SCOPE}"
        return Finding("slack socket", False, f"{error} {remedy}; Socket Mode is switched on in the manifest")
    except (aiohttp.ClientError, OSError, ValueError, TypeError) as error:
        detail = f"the connection fails ({type(error).__name__}): is wss://*.slack.com let through?"
        return Finding("slack socket", False, detail)
    return Finding("slack socket", True, "Slack speaks to us")


def clock(skew: float | None) -> Finding:
    """Our clock against Slack's."""
    if skew is None:
        return Finding("slack clock", False, "Slack did not tell the time")
    if abs(skew) > SKEW:
        way = "ahead" if skew > 0 else "behind"
        return Finding("slack clock", False, f"{abs(skew):.0f} s {way}: set it, for example with a time service (ntp)")
    return Finding("slack clock", True, f"within {max(abs(skew), 1):.0f} s of Slack's")
