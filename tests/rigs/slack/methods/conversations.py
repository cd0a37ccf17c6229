"""Channels: https://docs.slack.dev/reference/methods/conversations.info and its siblings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tests.rigs.slack.methods.call import Call, Methods, bot_of, person, readable
from tests.rigs.slack.state import Slack
from tests.rigs.slack.wire import Json, Refusal
from tests.rigs.slack.world import SCOPE, TYPE, Conversation, Said

READ: Final = tuple(f"{scope}:read" for scope in SCOPE.values())


def info(slack: Slack, call: Call) -> Json:
    """conversations.info."""
    grant = call.bot(slack, *READ)
    where = call.conversation(grant)
    readable(grant, where, "read")
    said = where.json(bot_of(grant).id)
    if not call.arguments.flag("include_num_members"):
        said.pop("num_members", None)
    return {"channel": said}


def list_(slack: Slack, call: Call) -> Json:
    """conversations.list and users.conversations: kinds without their scope are refused, not left out."""
    grant = call.bot(slack, *READ)
    bot = bot_of(grant).id
    kinds = (call.arguments.text("types") or "public_channel").split(",")
    if unknown := set(kinds) - set(TYPE.values()):
        raise Refusal("invalid_types", detail=",".join(sorted(unknown)))
    for kind, name in TYPE.items():
        if name in kinds:
            grant.need(f"{SCOPE[kind]}:read")
    mine = call.method == "users.conversations"
    team = call.arguments.text("team_id")
    if grant.enterprise and not team:
        raise Refusal("missing_argument", needed="team_id")
    several = [
        where
        for workspace in grant.workspaces
        if team in ("", workspace.id)
        for where in workspace.conversations.values()
        if TYPE[where.kind] in kinds
        and not where.deleted
        and (bot in where.members if mine or where.kind != "channel" else True)
        and not (where.archived and call.arguments.flag("exclude_archived"))
    ]
    start, end, cursor = call.page(slack, several, 1000)
    return {
        "channels": [where.json(bot) for where in several[start:end]],
        "response_metadata": {"next_cursor": cursor},
    }


def members(slack: Slack, call: Call) -> Json:
    """conversations.members."""
    grant = call.bot(slack, *READ)
    where = call.conversation(grant)
    readable(grant, where, "read")
    start, end, cursor = call.page(slack, where.members, 1000)
    return {"members": where.members[start:end], "response_metadata": {"next_cursor": cursor}}


def open_(slack: Slack, call: Call) -> Json:
    """conversations.open: the direct messages with one person."""
    grant = call.bot(slack, "im:write")
    if name := call.arguments.text("channel"):
        where = next((one for there in grant.workspaces if (one := there.conversations.get(name))), None)
        if where is None or where.kind != "im":
            raise Refusal("channel_not_found")
    else:
        users = call.arguments.need("users").split(",")
        if len(users) > 1:
            raise NotImplementedError("the rig opens direct messages with one person only")
        workspace, member = person(grant, users[0])
        if member.deleted:
            raise Refusal("user_disabled")
        if member.bot:
            raise Refusal("cannot_dm_bot")
        where = slack.direct(workspace, member.id)
    said = where.json(bot_of(grant).id)
    return {"channel": said if call.arguments.flag("return_im") else {"id": where.id}}


def join(slack: Slack, call: Call) -> Json:
    """conversations.join: a public channel."""
    grant = call.bot(slack, "channels:join")
    where = call.conversation(grant)
    if where.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if where.archived:
        raise Refusal("is_archived")
    bot = bot_of(grant).id
    if bot in where.members:
        return {"channel": where.json(bot), "warning": "already_in_channel"}
    where.members.append(bot)
    return {"channel": where.json(bot)}


def history(slack: Slack, call: Call) -> Json:
    """conversations.history: newest first, without what stands in threads."""
    where = _readable(slack, call)
    return _page(slack, call, where, [one for one in reversed(where.said) if not one.thread], 999)


def replies(slack: Slack, call: Call) -> Json:
    """conversations.replies: the message itself, then its thread, oldest first."""
    where = _readable(slack, call)
    lead = where.message(call.arguments.need("ts"))
    if lead is None:
        raise Refusal("thread_not_found")
    return _page(slack, call, where, [lead, *where.under(lead.ts)], 1000)


def _readable(slack: Slack, call: Call) -> Conversation:
    grant = call.bot(slack, *(f"{scope}:history" for scope in SCOPE.values()))
    where = call.conversation(grant)
    readable(grant, where, "history")
    if bot_of(grant).id not in where.members:
        raise Refusal("not_in_channel")
    return where


def _page(slack: Slack, call: Call, where: Conversation, said: Sequence[Said], most: int) -> Json:
    arguments = call.arguments
    oldest, latest = arguments.text("oldest"), arguments.text("latest")
    for text in (oldest, latest):
        if text and not text.replace(".", "", 1).isdecimal():
            raise Refusal("invalid_ts_oldest" if text == oldest else "invalid_ts_latest")
    inclusive = bool(arguments.flag("inclusive"))

    def inside(one: Said) -> bool:
        at = float(one.ts)
        after = not oldest or at > float(oldest) or (inclusive and at == float(oldest))
        before = not latest or at < float(latest) or (inclusive and at == float(latest))
        return after and before and not one.deleted and not one.to

    several = [one for one in said if inside(one)]
    start, end, cursor = call.page(slack, several, min(most, slack.history_page))
    metadata = bool(arguments.flag("include_all_metadata"))
    return {
        "messages": [one.json(metadata=metadata) for one in several[start:end]],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


METHODS: Final[Methods] = {
    "conversations.info": info,
    "conversations.list": list_,
    "users.conversations": list_,
    "conversations.members": members,
    "conversations.open": open_,
    "conversations.join": join,
    "conversations.history": history,
    "conversations.replies": replies,
}
