"""Who somebody is, and who oneself is: auth, users, bots, team, and the connection of Socket Mode."""

from __future__ import annotations

from typing import Final

from tests.rigs.slack.methods.call import Call, Methods, bot_of, person
from tests.rigs.slack.state import Slack
from tests.rigs.slack.wire import Json, Refusal


def test(slack: Slack, call: Call) -> Json:
    """auth.test."""
    grant = slack.access.granted(call.token)
    if grant.kind == "app":
        return {"app_name": slack.app.name, "app_id": slack.app.id}
    workspace, bot = grant.workspaces[0], bot_of(grant)
    more = {"enterprise_id": workspace.enterprise} if workspace.enterprise else {}
    return {
        "url": f"https://{workspace.name}.slack.com/",
        "team": workspace.name,
        "team_id": grant.enterprise or workspace.id,
        "user": bot.name,
        "user_id": bot.id,
        "bot_id": bot.bot,
        "is_enterprise_install": bool(grant.enterprise),
        **more,
    }


def revoke(slack: Slack, call: Call) -> Json:
    """auth.revoke."""
    grant = slack.access.granted(call.token)
    if call.arguments.flag("test"):
        return {"revoked": False}
    grant.state = "token_revoked"
    return {"revoked": True}


def connect(slack: Slack, call: Call) -> Json:
    """apps.connections.open: an address of Socket Mode, good once."""
    if call.arrival.method != "POST":
        raise Refusal("insecure_request")
    grant = slack.access.granted(call.token)
    if grant.kind != "app":
        raise Refusal("not_allowed_token_type")
    grant.need("connections:write")
    return {"url": slack.sockets.address(slack.url)}


def user(slack: Slack, call: Call) -> Json:
    """users.info."""
    _, member = person(call.bot(slack, "users:read"), call.arguments.need("user"))
    return {"user": member.json(slack.clock())}


def people(slack: Slack, call: Call) -> Json:
    """users.list."""
    grant = call.bot(slack, "users:read")
    several = [member for workspace in grant.workspaces for member in workspace.members.values()]
    start, end, cursor = call.page(slack, several, 1000)
    members = [member.json(slack.clock()) for member in several[start:end]]
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def bot(slack: Slack, call: Call) -> Json:
    """bots.info."""
    grant = call.bot(slack, "users:read")
    own = bot_of(grant)
    if call.arguments.text("bot") not in ("", own.bot):
        raise Refusal("bot_not_found")
    return {"bot": {"id": own.bot, "name": own.name, "user_id": own.id, "app_id": slack.app.id, "deleted": own.deleted}}


def team(slack: Slack, call: Call) -> Json:
    """team.info."""
    grant = call.bot(slack, "team:read")
    name = call.arguments.text("team")
    found = next((one for one in grant.workspaces if name in ("", one.id)), None)
    if found is None:
        raise Refusal("team_not_found")
    return {"team": found.json() | {"name": found.name}}


METHODS: Final[Methods] = {
    "apps.connections.open": connect,
    "auth.revoke": revoke,
    "auth.test": test,
    "bots.info": bot,
    "team.info": team,
    "users.info": user,
    "users.list": people,
}
