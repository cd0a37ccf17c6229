"""Messages: https://docs.slack.dev/reference/methods/chat.postMessage and its siblings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from tests.rigs.slack import blocks
from tests.rigs.slack.access import Grant
from tests.rigs.slack.methods.call import Call, Methods, bot_of, find
from tests.rigs.slack.mrkdwn import blocks_read, read
from tests.rigs.slack.state import Slack
from tests.rigs.slack.views import named_blocks
from tests.rigs.slack.wire import Json, Refusal
from tests.rigs.slack.world import Conversation, Said

MOST_TEXT: Final = 40000
MOST_METADATA: Final = 8192


def post(slack: Slack, call: Call) -> Json:
    """chat.postMessage."""
    grant = call.bot(slack, "chat:write")
    where = _where(slack, call, grant)
    text, parts = content(call)
    metadata = _metadata(call)
    thread = _thread(call, where)
    said = slack.say(
        where,
        bot_of(grant),
        text,
        blocks=parts,
        metadata=metadata,
        thread=thread,
        via="method",
        unfurl_links=call.arguments.flag("unfurl_links"),
        unfurl_media=call.arguments.flag("unfurl_media"),
    )
    return {"channel": where.id, "ts": said.ts, "message": said.json(metadata=True)}


def update(slack: Slack, call: Call) -> Json:
    """chat.update."""
    grant = call.bot(slack, "chat:write")
    said = _own(slack, call, grant, "cant_update_message")
    text, parts = content(call)
    said.text, said.blocks, said.edited = text, named_blocks(parts), True
    said.metadata = _metadata(call) or said.metadata
    return {"channel": said.channel, "ts": said.ts, "text": text, "message": said.json()}


def delete(slack: Slack, call: Call) -> Json:
    """chat.delete."""
    grant = call.bot(slack, "chat:write")
    said = _own(slack, call, grant, "cant_delete_message")
    said.deleted = True
    return {"channel": said.channel, "ts": said.ts}


def post_ephemeral(slack: Slack, call: Call) -> Json:
    """chat.postEphemeral."""
    grant = call.bot(slack, "chat:write")
    where = call.conversation(grant)
    _may_post(grant, where)
    user = call.arguments.need("user")
    if user not in where.members:
        raise Refusal("user_not_in_channel")
    text, parts = content(call)
    thread = _thread(call, where)
    said = slack.say(where, bot_of(grant), text, blocks=parts, thread=thread, to=user, via="method")
    return {"message_ts": said.ts}


def unfurl(slack: Slack, call: Call) -> Json:
    """chat.unfurl: previews for links that somebody posted."""
    grant = call.bot(slack, "links:write")
    name, ts = call.arguments.text("channel"), call.arguments.text("ts")
    if unfurl_id := call.arguments.text("unfurl_id"):
        name, _, ts = unfurl_id.partition("-")
        if not call.arguments.text("source"):
            raise Refusal("missing_source")
    # unlike posting, it does not ask for the bot to be there
    where = find(grant, name)
    if where is None:
        raise Refusal("cannot_find_channel")
    said = where.message(ts)
    if said is None:
        raise Refusal("cannot_find_message")
    previews = call.arguments.structure("unfurls", "invalid_unfurls_format")
    if not isinstance(previews, dict) or not previews:
        raise Refusal("missing_unfurls")
    links = {one.target for one in read(said.text)[1] if one.kind == "link"}
    for link, preview in previews.items():
        if link not in links:
            raise Refusal("cannot_unfurl_message")
        if not shares(slack.app.unfurl_domains, link):
            raise Refusal("cannot_unfurl_url")
        if problems := _problems(preview.get("blocks")) if "blocks" in preview else []:
            raise invalid(problems)
    said.unfurls |= previews
    return {}


def permalink(slack: Slack, call: Call) -> Json:
    """chat.getPermalink."""
    grant = call.bot(slack)
    where = call.conversation(grant)
    said = where.message(call.arguments.need("message_ts"))
    if said is None:
        raise Refusal("message_not_found")
    name = said.ts.replace(".", "")
    return {"channel": where.id, "permalink": f"https://{where.workspace.name}.slack.com/archives/{where.id}/p{name}"}


# -------------------------------------------------------------------------------------- what others use too


def content(call: Call) -> tuple[str, list[Json]]:
    """Text and blocks of a message. Raises Refusal for what Slack would not take."""
    return checked(call.arguments.text("text"), call.arguments.structure("blocks", "invalid_blocks_format"))


def checked(text: str, parts: Any) -> tuple[str, list[Json]]:
    """Text and blocks, if Slack would take them. Raises Refusal."""
    if not text and not parts:
        raise Refusal("no_text")
    if len(text) > MOST_TEXT:
        raise Refusal("msg_too_long")
    if parts and (problems := _problems(parts)):
        raise invalid(problems)
    return text, parts or []


def invalid(problems: list[str]) -> Refusal:
    """Blocks that Slack would not take."""
    code = "msg_blocks_too_long" if "characters in all blocks" in problems[0] else "invalid_blocks"
    return Refusal(code, response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})


def shares(domains: tuple[str, ...], link: str) -> bool:
    """True for a link into one of these domains or what lies under them."""
    host = re.sub(r"^\w+://", "", link).split("/")[0].split(":")[0].lower()
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def previewed(said: Said) -> bool:
    """True when Slack would hang its own previews under a message: it holds links and did not refuse them."""
    found = [*read(said.text)[1], *blocks_read(said.blocks)[1]]
    unwanted = said.unfurl_links is False and said.unfurl_media is False
    return not unwanted and not said.to and any(one.kind == "link" for one in found)


def _problems(parts: Any) -> list[str]:
    return blocks.of_message(parts)


def _where(slack: Slack, call: Call, grant: Grant) -> Conversation:
    """The conversation to post in: a channel, or somebody's direct messages by the person's id. Raises Refusal."""
    name = call.arguments.need("channel")
    for workspace in grant.workspaces:
        if name in workspace.members:
            if workspace.members[name].deleted:
                raise Refusal("channel_not_found")
            return slack.direct(workspace, name)
    where = call.conversation(grant)
    _may_post(grant, where)
    return where


def _may_post(grant: Grant, where: Conversation) -> None:
    if where.archived:
        raise Refusal("is_archived")
    if bot_of(grant).id not in where.members and (where.kind != "channel" or "chat:write.public" not in grant.scopes):
        raise Refusal("not_in_channel")
    if where.restricted:
        raise Refusal(where.restricted)


def _thread(call: Call, where: Conversation) -> str:
    """The message that it is to hang under. Raises Refusal when that is not there."""
    thread = call.arguments.text("thread_ts")
    if thread:
        lead = where.message(thread)
        if lead is None:
            raise Refusal("thread_not_found")
        if lead.thread and lead.thread != lead.ts:
            raise Refusal("cannot_reply_to_message")
    return thread


def _own(slack: Slack, call: Call, grant: Grant, refusal: str) -> Said:
    """A message of our own. Raises Refusal."""
    where = call.conversation(grant)
    said = where.message(call.arguments.need("ts"))
    if said is None:
        raise Refusal("message_not_found")
    if said.user != bot_of(grant).id:
        raise Refusal(refusal)
    return said


def _metadata(call: Call) -> Json:
    """https://docs.slack.dev/messaging/message-metadata: a type, and a payload of plain values. Raises Refusal."""
    metadata = call.arguments.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not re.fullmatch(r"[A-Za-z0-9_]+", kind) or not isinstance(payload, Mapping):
        raise Refusal("invalid_metadata_format")
    if any(value is None for value in payload.values()):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise Refusal("metadata_too_large")
    return metadata


METHODS: Final[Methods] = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.unfurl": unfurl,
    "chat.getPermalink": permalink,
}
