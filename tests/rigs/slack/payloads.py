"""What the app is told when somebody does something.

https://docs.slack.dev/interactivity/implementing-slash-commands and .../reference/interaction-payloads/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.rigs.slack.state import Slack
from tests.rigs.slack.views import Shown, state_of
from tests.rigs.slack.wire import Json
from tests.rigs.slack.world import Conversation, Member, Said, Workspace

#: what a slash command calls a conversation that is no public channel
NAMES = {"im": "directmessage", "private": "privategroup", "mpim": "mpdm"}


class Payloads:
    """In which words the app is told what one person does."""

    def __init__(self, slack: Slack, workspace: Workspace, by: Member) -> None:
        self._slack = slack
        self._workspace = workspace
        self._by = by

    def slash(self, where: Conversation, command: str, text: str) -> Json:
        """A slash command; every value is text."""
        grid = (
            {"enterprise_id": self._workspace.enterprise, "enterprise_name": "Grid"}
            if self._workspace.enterprise
            else {}
        )
        return {
            "token": self._slack.app.verification,
            "team_id": self._workspace.id,
            "team_domain": self._workspace.name,
            **grid,
            "channel_id": where.id,
            "channel_name": NAMES.get(where.kind, where.name),
            "user_id": self._by.id,
            "user_name": self._by.name.lower(),
            "command": command,
            "text": text,
            "api_app_id": self._slack.app.id,
            "is_enterprise_install": str(self._org()).lower(),
            "response_url": self.response_url(where),
            "trigger_id": self._slack.handles.trigger(self._by),
        }

    def pressed(self, on: Said | Shown, action: Json, state: Json) -> Json:
        """Somebody used an interactive element of a message, a form or a home."""
        said = self._interaction("block_actions") | {
            "actions": [action | {"action_ts": self._slack.ts()}],
            **self._container(on),
        }
        if isinstance(on, Shown):
            return said | {"trigger_id": self._slack.handles.trigger(self._by, on.id)}
        if not on.to:
            # of an ephemeral message Slack tells no more than its id
            said["message"] = on.json()
        return said | {
            "channel": {"id": on.channel, "name": _name(on.conversation)},
            "trigger_id": self._slack.handles.trigger(self._by),
            "response_url": self.response_url(on.conversation, on),
            "state": {"values": {block: of | state.get(block, {}) for block, of in state_of(on.blocks).items()}},
        }

    def asked(self, on: Said | Shown, named: Json, typed: str) -> Json:
        """Somebody types into a menu whose options the app gives."""
        said = self._interaction("block_suggestion") | {**named, "value": typed, **self._container(on)}
        if isinstance(on, Said):
            said["channel"] = {"id": on.channel, "name": _name(on.conversation)}
        return said

    def submitted(self, form: Shown) -> Json:
        """Somebody sends a form."""
        return self._interaction("view_submission") | {
            "view": form.json(self._slack.app.id),
            "trigger_id": self._slack.handles.trigger(self._by, form.id),
            "response_urls": [],
        }

    def closed(self, form: Shown, *, cleared: bool) -> Json:
        """Somebody closes a form whose app wanted to know."""
        return self._interaction("view_closed") | {
            "view": form.json(self._slack.app.id),
            "is_cleared": cleared,
        }

    def shortcut(self, callback: str, on: Said | None) -> Json:
        """Somebody uses a shortcut, of a message or from anywhere."""
        kind = "message_action" if on else "shortcut"
        said = self._interaction(kind) | {
            "callback_id": callback,
            "trigger_id": self._slack.handles.trigger(self._by),
            "action_ts": self._slack.ts(),
        }
        if on is not None:
            said |= {
                "channel": {"id": on.channel, "name": _name(on.conversation)},
                "message_ts": on.ts,
                "message": on.json(),
                "response_url": self.response_url(on.conversation, on),
            }
        return said

    def linked(self, said: Said, links: Sequence[str]) -> Json:
        """Somebody wrote links that the app gives previews for."""
        bot = self._workspace.bot
        return {
            "type": "link_shared",
            "user": self._by.id,
            "channel": said.channel,
            "message_ts": said.ts,
            "unfurl_id": f"{said.channel}-{said.ts}",
            "source": "conversations_history",
            "is_bot_user_member": bool(bot and bot.id in said.conversation.members),
            "links": [{"domain": urlsplit(link).netloc, "url": link} for link in links],
            "event_ts": said.ts,
        }

    def response_url(self, where: Conversation, on: Said | None = None) -> str:
        """Where an answer may be posted."""
        return f"{self._slack.url}/response/{self._slack.handles.reply(self._by, where, on)}"

    def _interaction(self, kind: str) -> Json:
        enterprise = {"id": self._workspace.enterprise, "name": "Grid"} if self._workspace.enterprise else None
        return {
            "type": kind,
            "token": self._slack.app.verification,
            "api_app_id": self._slack.app.id,
            "team": self._workspace.json(),
            "user": {
                "id": self._by.id,
                "username": self._by.name.lower(),
                "name": self._by.name.lower(),
                "team_id": self._workspace.id,
            },
            "enterprise": enterprise,
            "is_enterprise_install": self._org(),
        }

    def _container(self, on: Said | Shown) -> dict[str, Any]:
        if isinstance(on, Shown):
            return {"container": {"type": "view", "view_id": on.id}, "view": on.json(self._slack.app.id)}
        container = {
            "type": "message",
            "message_ts": on.ts,
            "channel_id": on.channel,
            "is_ephemeral": bool(on.to),
        }
        return {"container": container | ({"thread_ts": on.thread} if on.thread else {})}

    def _org(self) -> bool:
        grant = self._slack.access.current(self._workspace)
        return bool(grant and grant.enterprise)


def _name(where: Conversation) -> str:
    return NAMES.get(where.kind, where.name)


def escaped(text: str, workspace: Workspace) -> str:
    """A command's text with channels and people by their ids, as an app may ask for."""
    for where in workspace.conversations.values():
        text = re.sub(rf"(?<!\S)#{re.escape(where.name)}(?!\S)", f"<#{where.id}|{where.name}>", text)
    for member in workspace.members.values():
        text = re.sub(rf"(?<!\S)@{re.escape(member.name)}(?!\S)", f"<@{member.id}|{member.name.lower()}>", text)
    return text
