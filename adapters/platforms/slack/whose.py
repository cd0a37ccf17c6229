"""Which workspace something that Slack tells belongs to: the one whose token answers it.

An organisation that installed the app for all of its workspaces has one token, so it is one workspace of ours, under
its own id; channels and people keep their ids in all of it. https://docs.slack.dev/enterprise/organization-ready-apps
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: the platform's name
NAME: Final = "slack"
Json = Mapping[str, Any]


def workspace(said: Json) -> str:
    """The id of an installation: "T…", or "E…" of an organisation; "" where Slack names none.

    In a channel that two companies share, the event's own team may be the other one's: the authorisation is ours.
    """
    given = said.get("authorizations") or ()
    about: Json = given[0] if given and isinstance(given[0], Mapping) else said
    if str(about.get("is_enterprise_install")).lower() == "true":
        return str(about.get("enterprise_id") or _id(about.get("enterprise")) or said.get("enterprise_id") or "")
    if about is not said:
        return str(about.get("team_id") or said.get("team_id") or "")
    view, user = said.get("view") or {}, said.get("user") or {}
    # a form that was opened in a shared channel names where the app is installed
    installed = view.get("app_installed_team_id") if isinstance(view, Mapping) else None
    own = user.get("team_id") if isinstance(user, Mapping) else None
    return str(installed or _id(said.get("team")) or said.get("team_id") or own or "")


def _id(named: object) -> str:
    return str(named.get("id") or "") if isinstance(named, Mapping) else str(named or "")
