"""A house that Slack reaches over HTTP: our pages on a port, workspaces that install, people in each of them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from adapters.platforms import slack
from adapters.platforms.slack.app_manifest import made
from adapters.platforms.slack.served import Served
from jobs.house import House
from jobs.web import pages
from tests.rigs.faults import now
from tests.rigs.house import Hands, opened
from tests.rigs.slack.app import App
from tests.rigs.slack.browser import Browser, Page
from tests.rigs.slack.people import Somebody
from tests.rigs.slack.server import Consent, SlackServer
from tests.rigs.slack.world import Conversation, Workspace


@dataclass(slots=True)
class Tenant:
    """A workspace with somebody in it, and a channel."""

    workspace: Workspace
    ada: Somebody
    papers: Conversation


@dataclass(slots=True)
class Doorstep:
    """Everything there is."""

    slack: SlackServer
    house: House
    platform: Served
    clock: Hands
    url: str
    browser: Browser = field(default_factory=Browser)

    def tenant(self, name: str, *, enterprise: str = "") -> Tenant:
        """A workspace that may install the app."""
        workspace = self.slack.workspace(name, enterprise=enterprise)
        ada = self.slack.person(workspace, f"Ada of {name}", zone="Europe/Zurich")
        return Tenant(workspace, ada, self.slack.channel(workspace, "papers", ada.member))

    async def installs(self, *several: Tenant, org: bool = False, refused: bool = False) -> Page:
        """Somebody there installs the app, from our page to the last; the bot is invited then."""
        first = several[0]
        self.slack.consent = Consent([one.workspace for one in several], first.ada.id, org=org, refused=refused)
        page = await self.browser.presses(await self.browser.opens(f"{self.url}/slack/install"))
        for one in several:
            if one.workspace.bot is not None and one.workspace.bot.id not in one.papers.members:
                one.papers.members.append(one.workspace.bot.id)
        return page

    def move(self, **by: float) -> None:
        """Time goes by, here and there."""
        self.clock.move(**by)
        self.slack.hook.skew = (self.clock() - now()).total_seconds()

    async def posted(self, body: bytes, headers: dict[str, str] | None = None, method: str = "POST") -> tuple[int, str]:
        """Somebody sends that to our address for events; what it is answered."""
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, f"{self.url}/slack/events", data=body, headers=headers or {}) as answer,
        ):
            return answer.status, await answer.text()


def settings(slack_server: SlackServer, url: str, **more: str) -> dict[str, str]:
    """What an operator sets."""
    app = slack_server.app
    return {
        "SLACK_SIGNING_SECRET": app.signing_secret,
        "SLACK_CLIENT_ID": app.client_id,
        "SLACK_CLIENT_SECRET": app.client_secret,
        "SLACK_API_URL": slack_server.api,
        "SLACK_AUTHORIZE_URL": slack_server.authorize,
        "PUBLIC_URL": url,
    } | more


def free_port() -> int:
    """A port that nobody has: the app's addresses are written before our pages are there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextlib.asynccontextmanager
async def doorstep(folder: Path, **more: Any) -> AsyncIterator[Doorstep]:
    """A house over HTTP, set up by the manifest; `more` is for the server."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    clock = Hands(now())
    app = App.of(made("/papers", history=False, public=url))
    async with SlackServer(app, clock=clock, **more) as server:
        platform = slack.platform(settings(server, url), clock=clock)
        assert isinstance(platform, Served)
        key = base64.urlsafe_b64encode(os.urandom(32)).decode()
        async with opened(folder, {"slack": platform}, clock, secret_keys=(key,)) as house:
            house.work()
            running = asyncio.create_task(platform.run(house.answer))
            try:
                async with pages(house.store, [platform], house.answer, port, clock):
                    yield Doorstep(server, house, platform, clock, url)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                await house.rest()
                await platform.close()
        assert server.violations == []
