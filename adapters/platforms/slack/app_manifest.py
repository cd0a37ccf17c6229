"""The app as Slack is asked to make it.

https://docs.slack.dev/reference/app-manifest/
"""

from __future__ import annotations

import json
from typing import Any, Final

from adapters.platforms.slack.acts import SHORTCUTS
from adapters.platforms.slack.installing import BACK, EVENTS
from adapters.platforms.slack.receipts import EVENT
from adapters.platforms.slack.scopes import DOMAINS, events, scopes

Json = dict[str, Any]
NAME: Final = "Paperround"
DESCRIPTION: Final = "New research papers, brought to your channel every working morning."
HINT: Final = "follow tokenization"
SHORTCUT: Final = "Of a message with a paper in it"


def made(command: str, *, history: bool, public: str = "") -> Json:
    """The manifest: with our public address for many workspaces over HTTP, without one for one over Socket Mode."""
    here = f"{public}{EVENTS}"
    told = {"request_url": here} if public else {}
    back = {"redirect_urls": [f"{public}{BACK}"]} if public else {}
    typed = {"url": here} if public else {}
    proposed = {"message_menu_options_url": here} if public else {}
    return {
        "display_information": {"name": NAME, "description": DESCRIPTION},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": [
                {"command": command, "description": DESCRIPTION, "usage_hint": HINT, "should_escape": True} | typed
            ],
            "shortcuts": [
                {"name": label, "type": "message", "callback_id": name, "description": SHORTCUT}
                for name, label, _ in SHORTCUTS
            ],
            "unfurl_domains": list(DOMAINS),
        },
        "oauth_config": back | {"scopes": {"bot": [scope.name for scope in scopes(history=history)]}},
        "settings": {
            "event_subscriptions": told
            | {
                "bot_events": events(history=history),
                # the app's own id is not known before there is one; receipts of other apps are not believed
                "metadata_subscriptions": [{"app_id": "*", "event_type": EVENT}],
            },
            # forms ask for their proposals at the same address
            "interactivity": {"is_enabled": True} | told | proposed,
            "org_deploy_enabled": bool(public),
            "socket_mode_enabled": not public,
            "token_rotation_enabled": bool(public),
        },
    }


def printed(command: str, *, history: bool, public: str = "") -> str:
    """The manifest as text, ready to paste."""
    return json.dumps(made(command, history=history, public=public), indent=2, ensure_ascii=False)
