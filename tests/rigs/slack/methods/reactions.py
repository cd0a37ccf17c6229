"""Reactions: https://docs.slack.dev/reference/methods/reactions.get and its siblings."""

from __future__ import annotations

import re
from typing import Final

from tests.rigs.slack.access import Grant
from tests.rigs.slack.methods.call import Call, Methods, bot_of
from tests.rigs.slack.state import Slack
from tests.rigs.slack.wire import Json, Refusal
from tests.rigs.slack.world import Said

#: without `full` only so many of those who reacted are named; `count` is right all the same
MOST_NAMED: Final = 50
NAME: Final = re.compile(r"[a-z0-9_+'-]+(?:::skin-tone-[2-6])?")


def get(slack: Slack, call: Call) -> Json:
    """reactions.get."""
    grant = call.bot(slack, "reactions:read")
    said = _message(call, grant)
    most = None if call.arguments.flag("full") else MOST_NAMED
    message = said.json() | ({"reactions": said.reacted(most)} if said.reactions else {})
    return {"type": "message", "channel": said.channel, "message": message}


def add(slack: Slack, call: Call) -> Json:
    """reactions.add."""
    grant = call.bot(slack, "reactions:write")
    name = call.arguments.need("name")
    if not NAME.fullmatch(name):
        raise Refusal("invalid_name")
    said = _message(call, grant)
    if said.conversation.archived:
        raise Refusal("is_archived")
    users = said.reactions.setdefault(name, [])
    if bot_of(grant).id in users:
        raise Refusal("already_reacted")
    users.append(bot_of(grant).id)
    return {}


def list_(slack: Slack, call: Call) -> Json:
    """reactions.list: what somebody reacted to, newest first."""
    grant = call.bot(slack, "reactions:read")
    user = call.arguments.text("user") or bot_of(grant).id
    bot = bot_of(grant).id
    several = [
        said
        for said in reversed(slack.books)
        if said.conversation.workspace in grant.workspaces
        and bot in said.conversation.members
        and not said.deleted
        and any(user in users for users in said.reactions.values())
    ]
    start, end, cursor = call.page(slack, several, 100)
    return {
        "items": [{"type": "message", "channel": said.channel, "message": said.json()} for said in several[start:end]],
        "response_metadata": {"next_cursor": cursor},
    }


def _message(call: Call, grant: Grant) -> Said:
    where = call.conversation(grant)
    timestamp = call.arguments.text("timestamp")
    if not timestamp:
        raise Refusal("no_item_specified")
    if not re.fullmatch(r"\d+\.\d{6}", timestamp):
        raise Refusal("bad_timestamp")
    if bot_of(grant).id not in where.members:
        raise Refusal("not_in_channel")
    said = where.message(timestamp)
    if said is None:
        raise Refusal("message_not_found")
    return said


METHODS: Final[Methods] = {"reactions.get": get, "reactions.add": add, "reactions.list": list_}
