"""Installations and rotation: https://docs.slack.dev/reference/methods/oauth.v2.access and oauth.v2.exchange."""

from __future__ import annotations

import hmac
from typing import Final

from tests.rigs.slack.access import given
from tests.rigs.slack.methods.call import Call, Methods
from tests.rigs.slack.state import Slack
from tests.rigs.slack.wire import Json, Refusal


def access(slack: Slack, call: Call) -> Json:
    """oauth.v2.access: a code for a token, or a refresh token for the next pair."""
    _client(slack, call)
    kind = call.arguments.text("grant_type") or "authorization_code"
    if kind == "refresh_token":
        grant = slack.access.rotated(call.arguments.need("refresh_token"))
        return given(slack.app, grant, "")
    if kind != "authorization_code":
        raise Refusal("invalid_grant_type")
    code = slack.access.redeem(call.arguments.need("code"), call.arguments.text("redirect_uri"))
    grant = slack.access.install(code.workspaces, code.scopes, org=code.org, rotation=slack.app.rotation)
    return given(slack.app, grant, code.person)


def exchange(slack: Slack, call: Call) -> Json:
    """oauth.v2.exchange: a token that never expires for a pair that does."""
    _client(slack, call)
    if not slack.app.rotation:
        raise Refusal("token_rotation_not_enabled")
    token = call.arguments.text("token") or call.token
    return given(slack.app, slack.access.exchanged(token), "")


def _client(slack: Slack, call: Call) -> None:
    """Raises Refusal for anybody but the app itself."""
    name, secret = call.client
    if (name or call.arguments.text("client_id")) != slack.app.client_id:
        raise Refusal("invalid_client_id")
    if not hmac.compare_digest(secret or call.arguments.text("client_secret"), slack.app.client_secret):
        raise Refusal("bad_client_secret")


METHODS: Final[Methods] = {"oauth.v2.access": access, "oauth.v2.exchange": exchange}
