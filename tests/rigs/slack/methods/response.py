"""Answers at a `response_url`: https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses."""

from __future__ import annotations

from tests.rigs.slack.methods.chat import checked
from tests.rigs.slack.state import Slack
from tests.rigs.slack.views import named_blocks
from tests.rigs.slack.wire import Json


def respond(slack: Slack, name: str, said: Json) -> None:
    """Post, replace or delete; it does not ask for the bot to be there. Raises Refusal."""
    reply = slack.handles.use(name)
    where, message = reply.conversation, reply.message
    if said.get("delete_original") and message is not None:
        message.deleted = True
        return
    text, blocks = checked(said.get("text", ""), said.get("blocks"))
    if said.get("replace_original") and message is not None:
        message.text, message.blocks, message.edited = text, named_blocks(blocks), True
        return
    bot = where.workspace.bot
    assert bot is not None
    to = "" if said.get("response_type") == "in_channel" else reply.person.id
    thread = said.get("thread_ts", "")
    slack.say(where, bot, text, blocks=blocks, to=to, thread=thread, via="response_url", unfurl_links=False)
