"""The app as Slack knows it: what its manifest asked for, its secrets, where it wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

#: scope that an event needs, any one of these; an event that is not here needs none
#: (each event's page under https://docs.slack.dev/reference/events/)
EVENT_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "app_mention": ("app_mentions:read",),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_id_changed": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "message_metadata_posted": ("metadata.message:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}
#: events that every app is told without asking
ALWAYS: Final = ("app_uninstalled", "tokens_revoked")

SCOPES: Final = (
    *("app_mentions:read", "channels:join", "channels:read", "chat:write", "commands", "files:write", "groups:read"),
    *("im:history", "im:read", "im:write", "links:read", "links:write", "metadata.message:read", "reactions:read"),
    *("reactions:write", "team:read", "users:read"),
)
HISTORY: Final = ("channels:history", "groups:history", "mpim:history")


@dataclass(frozen=True, slots=True)
class App:
    """One app. All its secrets are made up."""

    id: str = "A0PAPERS"
    name: str = "Paperround"
    client_id: str = "1111.2222"
    client_secret: str = "client-secret-of-the-rig"
    signing_secret: str = "signing-secret-of-the-rig"
    #: the app-level token, for Socket Mode
    app_token: str = "xapp-1-A0PAPERS-1-rig"
    #: the old verification token that every payload still carries
    verification: str = "verification-of-the-rig"
    scopes: tuple[str, ...] = SCOPES
    #: event types as a manifest names them: "message.im"
    events: frozenset[str] = frozenset((*EVENT_SCOPES, *ALWAYS, "app_home_opened"))
    #: types of message metadata that it subscribed to
    metadata: tuple[str, ...] = ("paper_delivered",)
    commands: tuple[str, ...] = ("/papers",)
    #: channels and people in a command come as ids: "<#C1|birds>"
    escaping: bool = False
    #: callback id -> "message" or "global"
    shortcuts: tuple[tuple[str, str], ...] = ()
    unfurl_domains: tuple[str, ...] = ("arxiv.org", "doi.org", "huggingface.co")
    socket_mode: bool = True
    #: where it is told over HTTP: events, interactions, options, commands
    events_url: str = ""
    interactions_url: str = ""
    options_url: str = ""
    commands_url: str = ""
    redirect_urls: tuple[str, ...] = ()
    rotation: bool = False
    messages_tab: bool = True
    home_tab: bool = True

    def over_http(self, url: str) -> Self:
        """The same app, told everything at one address."""
        return replace(self, socket_mode=False, events_url=url, interactions_url=url, options_url=url, commands_url=url)

    @classmethod
    def of(cls, manifest: Mapping[str, Any], **more: Any) -> Self:
        """The app that Slack makes of a manifest (https://docs.slack.dev/reference/app-manifest/).

        Raises KeyError where the manifest lacks what Slack requires.
        """
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        oauth, told = manifest.get("oauth_config", {}), settings.get("event_subscriptions", {})
        interactivity, home = settings.get("interactivity", {}), features.get("app_home", {})
        commands = features.get("slash_commands", ())
        made: dict[str, Any] = {
            "name": manifest["display_information"]["name"],
            "scopes": tuple(oauth.get("scopes", {}).get("bot", ())),
            "redirect_urls": tuple(oauth.get("redirect_urls", ())),
            "events": frozenset((*told.get("bot_events", ()), *ALWAYS)),
            "metadata": tuple(one["event_type"] for one in told.get("metadata_subscriptions", ())),
            "commands": tuple(one["command"] for one in commands),
            "escaping": any(one.get("should_escape") for one in commands),
            "shortcuts": tuple((one["callback_id"], one["type"]) for one in features.get("shortcuts", ())),
            "unfurl_domains": tuple(features.get("unfurl_domains", ())),
            "socket_mode": bool(settings.get("socket_mode_enabled")),
            "events_url": told.get("request_url", ""),
            "interactions_url": interactivity.get("request_url", ""),
            "options_url": interactivity.get("message_menu_options_url", interactivity.get("request_url", "")),
            "commands_url": next((one.get("url", "") for one in commands), ""),
            "rotation": bool(settings.get("token_rotation_enabled")),
            "messages_tab": bool(home.get("messages_tab_enabled")),
            "home_tab": bool(home.get("home_tab_enabled")),
        }
        return cls(**made | more)
