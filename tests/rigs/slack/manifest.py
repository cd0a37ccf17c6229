"""Whether Slack would make an app of this manifest.

Fields and lengths are those of Slack's published schema, version 1 (https://github.com/slackapi/manifest-schema, MIT);
what belongs together is by hand: https://docs.slack.dev/reference/app-manifest/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from tests.rigs.slack.app import EVENT_SCOPES
from tests.rigs.slack.wire import Json

#: a text: shortest, longest; a list: ("list", fewest, most, what stands in it); a dictionary: its fields
Rule = Any

URL: Final = (1, 3500, r"https?://")
FLAG: Final = bool
RULES: Final[dict[str, Rule]] = {
    "$schema": (1, 500),
    "_metadata": {"major_version": int, "minor_version": int},
    "display_information": {
        "name!": (1, 35),
        "description": (1, 140),
        "background_color": (4, 7, r"#[0-9A-Fa-f]+$"),
        "long_description": (175, 4000),
    },
    "features": {
        "app_home": {
            "home_tab_enabled": FLAG,
            "messages_tab_enabled": FLAG,
            "messages_tab_read_only_enabled": FLAG,
        },
        "bot_user": {"display_name!": (1, 80), "always_online": FLAG},
        "shortcuts": [
            (1, 10),
            {
                "name!": (1, 24),
                "type!": (6, 7, "message$|global$"),
                "callback_id!": (1, 255),
                "description!": (1, 150),
            },
        ],
        "slash_commands": [
            (1, 50),
            {
                "command!": (2, 32, "/"),
                "url": (1, 3000, r"https?://"),
                "description!": (1, 2000),
                "usage_hint": (1, 1000),
                "should_escape": FLAG,
            },
        ],
        "unfurl_domains": [(1, 5), (1, 255, r"[a-z0-9][-a-z0-9.]*[a-z0-9]$")],
    },
    "oauth_config": {
        "redirect_urls": [(0, 1000), (1, 2500)],
        "scopes": {"bot": [(0, 255), (1, 50)]},
    },
    "settings": {
        "event_subscriptions": {
            "request_url": URL,
            "bot_events": [(0, 100), (1, 50)],
            "metadata_subscriptions": [(1, 20), {"app_id!": (1, 50), "event_type!": (1, 50)}],
        },
        "interactivity": {"is_enabled!": FLAG, "request_url": URL, "message_menu_options_url": URL},
        "org_deploy_enabled": FLAG,
        "socket_mode_enabled": FLAG,
        "token_rotation_enabled": FLAG,
    },
}


def problems(manifest: Json) -> list[str]:
    """Sentences about what Slack would refuse, or what would never work; none for a good manifest."""
    found = list(_checked("", manifest, RULES | {"display_information!": RULES["display_information"]}))
    return found or list(_together(manifest))


def _checked(path: str, said: Any, rule: Rule) -> Iterator[str]:
    match rule:
        case dict():
            yield from _fields(path, said, rule)
        case [(fewest, most), inner]:
            if not isinstance(said, list) or not fewest <= len(said) <= most:
                yield f"{path} must be a list of {fewest} to {most}"
                return
            if any(one in said[:number] for number, one in enumerate(said)):
                yield f"{path} names something twice"
            for number, one in enumerate(said):
                yield from _checked(f"{path}/{number}", one, inner)
        case (shortest, longest, *pattern):
            if not isinstance(said, str) or not shortest <= len(said) <= longest:
                yield f"{path} must be {shortest} to {longest} characters"
            elif pattern and not re.match(pattern[0], said):
                yield f"{path} has another form"
        case kind:
            if not isinstance(said, kind):
                yield f"{path} must be {kind.__name__}"


def _fields(path: str, said: Any, rule: dict[str, Rule]) -> Iterator[str]:
    """An object: its fields, those that must be there marked "!"."""
    if not isinstance(said, dict):
        yield f"{path} must be an object"
        return
    fields = {name.rstrip("!"): inner for name, inner in rule.items()}
    yield from (f"{path}/{name} is no field" for name in said if name not in fields)
    lacking = (name[:-1] for name in rule if name.endswith("!") and name[:-1] not in said)
    yield from (f"{path}/{name} is missing" for name in lacking)
    for name, inner in fields.items():
        if name in said:
            yield from _checked(f"{path}/{name}", said[name], inner)


def _together(manifest: Json) -> Iterator[str]:
    """What each part needs of the others."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    scopes = set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))
    told, interactivity = settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    for event in told.get("bot_events", ()):
        needed = set(EVENT_SCOPES.get(event, scopes))
        if needed and not needed & scopes:
            yield f"the event {event} needs {' or '.join(sorted(needed))}"
    if told.get("metadata_subscriptions") and "message_metadata_posted" not in told.get("bot_events", ()):
        yield "metadata is subscribed to, and message_metadata_posted is not"
    if (features.get("slash_commands") or features.get("shortcuts")) and "commands" not in scopes:
        yield "commands and shortcuts need the scope commands"
    if features.get("unfurl_domains") and not {"links:read", "links:write"} <= scopes:
        yield "links need links:read and links:write"
    if scopes and not features.get("bot_user"):
        yield "a bot needs a bot_user"
    if features.get("shortcuts") and not interactivity.get("is_enabled"):
        yield "shortcuts need interactivity"
    if not settings.get("socket_mode_enabled"):
        urls = {"event_subscriptions": told, "interactivity": interactivity}
        lacking = (name for name, has in urls.items() if has and not has.get("request_url"))
        yield from (f"{name} needs a request_url without Socket Mode" for name in lacking)
        yield from (f"{one['command']} needs a url" for one in features.get("slash_commands", ()) if not one.get("url"))
