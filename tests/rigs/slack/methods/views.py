"""Forms and homes: https://docs.slack.dev/reference/methods/views.open and its siblings."""

from __future__ import annotations

from typing import Any, Final

from tests.rigs.slack.handles import Trigger
from tests.rigs.slack.methods.call import Call, Methods, person
from tests.rigs.slack.state import Slack
from tests.rigs.slack.wire import Json, Refusal


def open_(slack: Slack, call: Call) -> Json:
    """views.open: within three seconds of what somebody did, once."""
    trigger = _trigger(slack, call)
    shown = slack.views.open(trigger.person, slack.workspaces[trigger.person.team], _view(call))
    return {"view": shown.json(slack.app.id)}


def push(slack: Slack, call: Call) -> Json:
    """views.push: on top of the form in which somebody did something."""
    trigger = _trigger(slack, call)
    stack = slack.views.forms.get(trigger.person.id)
    if not stack or not trigger.view:
        raise Refusal("not_found")
    shown = slack.views.open(trigger.person, slack.workspaces[trigger.person.team], _view(call), stack[-1])
    return {"view": shown.json(slack.app.id)}


def update(slack: Slack, call: Call) -> Json:
    """views.update."""
    call.bot(slack)
    name, external = call.arguments.text("view_id"), call.arguments.text("external_id")
    shown = slack.views.find(name, external)
    slack.views.update(shown, _view(call), call.arguments.text("hash"))
    return {"view": shown.json(slack.app.id)}


def publish(slack: Slack, call: Call) -> Json:
    """views.publish: somebody's home."""
    workspace, member = person(call.bot(slack), call.arguments.need("user_id"))
    if not slack.app.home_tab:
        raise Refusal("not_enabled")
    shown = slack.views.publish(member, workspace, _view(call), call.arguments.text("hash"))
    return {"view": shown.json(slack.app.id)}


def _trigger(slack: Slack, call: Call) -> Trigger:
    grant = call.bot(slack)
    trigger = slack.handles.pull(call.arguments.need("trigger_id"))
    if trigger.person.team not in [one.id for one in grant.workspaces]:
        raise Refusal("invalid_trigger_id")
    return trigger


def _view(call: Call) -> Any:
    return call.arguments.structure("view", "invalid_arguments")


METHODS: Final[Methods] = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
