"""The fake Slack makes an app of a manifest, and refuses what Slack would refuse."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from tests.rigs.slack import App
from tests.rigs.slack.manifest import problems
from tests.rigs.slack.wire import Json

OURS = "https://papers.example/slack/events"
MANIFEST: Json = {
    "display_information": {"name": "Paperround", "description": "New papers", "background_color": "#1d3557"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": False},
        "bot_user": {"display_name": "Paperround", "always_online": True},
        "slash_commands": [{"command": "/arxiv", "description": "Papers", "url": OURS, "should_escape": True}],
        "shortcuts": [
            {"callback_id": "save_paper", "type": "message", "name": "Save paper", "description": "To your list"}
        ],
        "unfurl_domains": ["arxiv.org"],
    },
    "oauth_config": {
        "scopes": {
            "bot": ["app_mentions:read", "chat:write", "commands", "links:read", "links:write", "metadata.message:read"]
        },
        "redirect_urls": ["https://papers.example"],
    },
    "settings": {
        "event_subscriptions": {
            "request_url": OURS,
            "bot_events": ["app_mention", "message_metadata_posted"],
            "metadata_subscriptions": [{"app_id": "*", "event_type": "paper_delivered"}],
        },
        "interactivity": {"is_enabled": True, "request_url": OURS},
        "socket_mode_enabled": False,
        "token_rotation_enabled": True,
    },
}


def test_an_app_is_what_its_manifest_says() -> None:
    app = App.of(MANIFEST)

    assert problems(MANIFEST) == []
    assert (app.name, app.commands, app.escaping) == ("Paperround", ("/arxiv",), True)
    assert app.scopes == tuple(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert app.events == {"app_mention", "message_metadata_posted", "app_uninstalled", "tokens_revoked"}
    assert (app.metadata, app.shortcuts) == (("paper_delivered",), (("save_paper", "message"),))
    assert {app.events_url, app.commands_url, app.interactions_url, app.options_url} == {OURS}
    assert (app.rotation, app.messages_tab, app.home_tab, app.socket_mode) == (True, False, True, False)


def put(*path: str | int, value: Any) -> Callable[[Json], None]:
    """Change one field; None takes it away."""

    def change(manifest: Any) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        if value is None:
            del manifest[path[-1]]
        else:
            manifest[path[-1]] = value

    return change


COMMAND = ("features", "slash_commands", 0)
TOLD = ("settings", "event_subscriptions")
WRONG: dict[str, tuple[Callable[[Json], None], str]] = {
    "no name": (put("display_information", "name", value=None), "/display_information/name is missing"),
    "a long name": (put("display_information", "name", value="x" * 36), "must be 1 to 35 characters"),
    "a short long description": (put("display_information", "long_description", value="x"), "175 to 4000"),
    "a colour by name": (put("display_information", "background_color", value="blue"), "another form"),
    "a field of ours": (put("features", "buttons", value=[]), "/features/buttons is no field"),
    "a command without slash": (put(*COMMAND, "command", value="papers"), "another form"),
    "a command without words": (put(*COMMAND, "description", value=None), "description is missing"),
    "six domains": (put("features", "unfurl_domains", value=[f"a{n}.org" for n in range(6)]), "a list of 1 to 5"),
    "a domain that is an address": (put("features", "unfurl_domains", value=["https://arxiv.org"]), "another form"),
    "a scope twice": (put("oauth_config", "scopes", "bot", value=["commands"] * 2), "names something twice"),
    "metadata of nobody": (put(*TOLD, "metadata_subscriptions", 0, "app_id", value=None), "app_id is missing"),
    "a flag in words": (put("settings", "socket_mode_enabled", value="yes"), "must be bool"),
    "a section in words": (put("settings", value="yes"), "must be an object"),
    "an event without its scope": (put(*TOLD, "bot_events", value=["reaction_added"]), "needs reactions:read"),
    "metadata without its event": (put(*TOLD, "bot_events", value=["app_mention"]), "message_metadata_posted is not"),
    "commands without their scope": (
        put("oauth_config", "scopes", "bot", value=["app_mentions:read", "metadata.message:read"]),
        "need the scope commands",
    ),
    "links without their scope": (
        put("oauth_config", "scopes", "bot", value=["app_mentions:read", "metadata.message:read", "commands"]),
        "links:read and links:write",
    ),
    "no bot": (put("features", "bot_user", value=None), "needs a bot_user"),
    "shortcuts without interactivity": (put("settings", "interactivity", value={"is_enabled": False}), "interactivity"),
    "nowhere to be told": (put(*TOLD, "request_url", value=None), "event_subscriptions needs a request_url"),
    "a command nowhere": (put(*COMMAND, "url", value=None), "/arxiv needs a url"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuses(name: str) -> None:
    change, said = WRONG[name]
    manifest = copy.deepcopy(MANIFEST)
    change(manifest)

    assert said in " ".join(problems(manifest))


def test_needs_no_address_with_socket_mode() -> None:
    manifest = copy.deepcopy(MANIFEST)
    put("settings", "socket_mode_enabled", value=True)(manifest)
    put(*TOLD, "request_url", value=None)(manifest)
    put(*COMMAND, "url", value=None)(manifest)

    assert problems(manifest) == []
