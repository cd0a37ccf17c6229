"""Slack: one workspace over Socket Mode, with no public address, or many over HTTP.

`platform`   posts; `socketed` and `served` listen, in the one way and in the other
`sockets`    the connection; `signatures` whether a request is Slack's; `whose` which workspace it is about
`listening`  Bolt's listeners; `acts` what they tell, as acts; `typed` what was typed
`posting`    where a message goes; `layout`, `buttons`, `forms` what it looks like; `harmless` what it may not do
`receipts`   whether a message arrived; `errors` what Slack's errors mean; `limits` what it takes at most
`people`     names, zones, guests; `rooms` what is known of a channel
`web`        the Web API, without hidden retries; `workspaces` as whose bot
`installing` how a workspace comes, over `pages`; `refreshing` how its token stays good
`scopes`     what the app asks for and why; `app_manifest`, `checks` what follows from it
`handle`     how an answer finds back; `emoji` reactions as Unicode; `reactions` those made unseen
`stamps`     Slack's clock; `tasks` what goes on beside
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from adapters.http import is_sealed
from adapters.platforms.slack import app_manifest
from adapters.platforms.slack.installing import Credentials
from adapters.platforms.slack.platform import Slack
from adapters.platforms.slack.scopes import sight
from adapters.platforms.slack.served import Served
from adapters.platforms.slack.socketed import Socketed
from adapters.platforms.slack.web import API, REQUEST, Web, Workspace
from adapters.platforms.slack.whose import NAME
from bot.ports import Clock, SettingError

__all__ = ["NAME", "SETTINGS", "SIGHT", "TOKENS", "manifest", "platform"]

#: where somebody agrees to an installation
AUTHORIZE: Final = "https://slack.com/oauth/v2/authorize"
#: name -> (default, what it is)
SETTINGS: dict[str, tuple[str, str]] = {
    "SLACK_BOT_TOKEN": ("", "the bot's token, xoxb-…: your app at api.slack.com/apps, OAuth & Permissions"),
    "SLACK_APP_TOKEN": ("", "the app's token, xapp-…, with connections:write: Basic Information, App-Level Tokens"),
    "SLACK_SIGNING_SECRET": ("", "over HTTP: Basic Information, App Credentials, Signing Secret"),
    "SLACK_CLIENT_ID": ("", "over HTTP: Basic Information, App Credentials, Client ID"),
    "SLACK_CLIENT_SECRET": ("", "over HTTP: Basic Information, App Credentials, Client Secret"),
    "PUBLIC_URL": ("", "over HTTP: where `paperround web` is reached from outside, https://papers.example.org"),
    "SLACK_COMMAND": ("/papers", "the slash command, where /papers is taken"),
    "SLACK_HISTORY": ("off", "on: channel history is read to look for a message of ours that may have been lost"),
    "SLACK_API_URL": (API, "where Slack's Web API is"),
    "SLACK_AUTHORIZE_URL": (AUTHORIZE, "the page of Slack's on which somebody agrees to an installation"),
}
#: the settings without which it cannot run over Socket Mode, and over HTTP
TOKENS: Final = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
SECRETS: Final = ("SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "PUBLIC_URL")
#: what it lets us see as it comes; a platform made with SLACK_HISTORY=on says more
SIGHT: Final = sight("/papers", history=False)
_PREFIX: Final = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}
_COMMAND: Final = re.compile(r"/[a-z0-9_-]{1,31}")


def platform(settings: Mapping[str, str], *, clock: Clock, shrink: float = 1.0) -> Slack:
    """Slack: over HTTP where a signing secret is set, else over Socket Mode. Raises SettingError.

    `shrink` divides every time limit of a request and of Socket Mode, and the time between two posts.
    """
    chosen = _chosen(settings)
    if chosen["SLACK_SIGNING_SECRET"]:
        return _served(chosen, clock, shrink)
    for name, prefix in _PREFIX.items():
        if not chosen[name]:
            raise SettingError(f"{name} is missing; it is {SETTINGS[name][1]}.")
        if not chosen[name].startswith(prefix):
            # never the value: it is some other secret
            raise SettingError(f"{name} is not right; it begins with {prefix}. It is {SETTINGS[name][1]}.")
    web = Web(Workspace(chosen["SLACK_BOT_TOKEN"]), clock, api=chosen["SLACK_API_URL"], request=REQUEST / shrink)
    return Socketed(
        web,
        chosen["SLACK_APP_TOKEN"],
        clock,
        command=chosen["SLACK_COMMAND"],
        history=chosen["SLACK_HISTORY"] == "on",
        shrink=shrink,
    )


def manifest(settings: Mapping[str, str], *, command: str = "", history: bool = False) -> str:
    """The manifest of the app, ready to paste; it needs no token. Raises SettingError."""
    chosen = _chosen({**settings, **({"SLACK_COMMAND": command} if command else {})})
    return app_manifest.printed(
        chosen["SLACK_COMMAND"], history=history or chosen["SLACK_HISTORY"] == "on", public=chosen["PUBLIC_URL"]
    )


def _served(chosen: Mapping[str, str], clock: Clock, shrink: float) -> Served:
    for name in SECRETS:
        if not chosen[name]:
            raise SettingError(f"{name} is missing; it is {SETTINGS[name][1]}.")
    for name in TOKENS:
        if chosen[name]:
            raise SettingError(f"{name} is for Socket Mode, SLACK_SIGNING_SECRET for HTTP: leave one of them out.")
    app = Credentials(
        chosen["SLACK_CLIENT_ID"], chosen["SLACK_CLIENT_SECRET"], chosen["SLACK_AUTHORIZE_URL"], chosen["PUBLIC_URL"]
    )
    return Served(
        Web(Workspace(""), clock, api=chosen["SLACK_API_URL"], request=REQUEST / shrink),
        app,
        chosen["SLACK_SIGNING_SECRET"],
        clock,
        command=chosen["SLACK_COMMAND"],
        history=chosen["SLACK_HISTORY"] == "on",
        shrink=shrink,
    )


def _chosen(settings: Mapping[str, str]) -> dict[str, str]:
    chosen = {name: settings.get(name) or default for name, (default, _) in SETTINGS.items()}
    chosen["SLACK_HISTORY"] = chosen["SLACK_HISTORY"].strip().lower()
    if chosen["SLACK_HISTORY"] not in ("on", "off"):
        raise SettingError("SLACK_HISTORY is on or off.")
    if not _COMMAND.fullmatch(chosen["SLACK_COMMAND"]):
        raise SettingError("SLACK_COMMAND is a slash and up to 31 small letters or digits, like /arxiv.")
    for name in ("SLACK_API_URL", "SLACK_AUTHORIZE_URL", "PUBLIC_URL"):
        if chosen[name] and not is_sealed(chosen[name]):
            example = SETTINGS[name][0] or "https://papers.example.org"
            raise SettingError(f"{name} is an address that begins with https://, like {example}.")
    chosen["PUBLIC_URL"] = chosen["PUBLIC_URL"].rstrip("/")
    return chosen
