"""Uploads in three steps: https://docs.slack.dev/reference/methods/files.getUploadURLExternal."""

from __future__ import annotations

from typing import Any, Final

from tests.rigs.slack.methods.call import Call, Methods, bot_of
from tests.rigs.slack.state import Slack
from tests.rigs.slack.wire import Json, Refusal, malformed
from tests.rigs.slack.world import Conversation, Stored


def address(slack: Slack, call: Call) -> Json:
    """files.getUploadURLExternal: where to send the bytes."""
    grant = call.bot(slack, "files:write")
    name, length = call.arguments.need("filename"), call.arguments.number("length", 0)
    if not length:
        raise malformed("missing required field: length")
    made = Stored(f"F{len(slack.files) + 1:08}", name, bot_of(grant).id, length)
    slack.files[made.id] = made
    return {"upload_url": f"{slack.url}/upload/{made.id}", "file_id": made.id}


def complete(slack: Slack, call: Call) -> Json:
    """files.completeUploadExternal: the files are there, shared in a conversation or private to the app.

    Unlike posting it takes a conversation's id only, never a person's.
    """
    grant = call.bot(slack, "files:write")
    several = [_stored(slack, one) for one in call.arguments.structure("files", "invalid_arguments") or []]
    if not several:
        raise malformed("missing required field: files")
    where: Conversation | None = None
    if call.arguments.text("channel_id"):
        where = call.conversation(grant, argument="channel_id")
        if bot_of(grant).id not in where.members:
            raise Refusal("not_in_channel")
        if where.archived:
            raise Refusal("is_archived")
    for stored, title in several:
        stored.done, stored.title = True, title
    if where is not None:
        slack.say(
            where,
            bot_of(grant),
            call.arguments.text("initial_comment"),
            thread=call.arguments.text("thread_ts"),
            files=[stored for stored, _ in several],
            via="method",
        )
    return {"files": [stored.json() for stored, _ in several]}


def _stored(slack: Slack, said: Any) -> tuple[Stored, str]:
    stored = slack.files.get(said.get("id", "")) if isinstance(said, dict) else None
    if stored is None or stored.content is None or stored.done:
        raise Refusal("file_not_found")
    return stored, str(said.get("title", ""))


METHODS: Final[Methods] = {"files.getUploadURLExternal": address, "files.completeUploadExternal": complete}
