"""What the neutral platform speaks: JSON, in which whatever is empty is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.models import Act, Action, Ask, Channel, File, Message, Person, Place

#: posts; looks for a message by its key; asks for a receipt; a socket that brings acts
POST: Final = "/messages"
FIND: Final = "/history"
RECEIPT: Final = "/receipts"
ACTS: Final = "/acts"
#: what it knows of a channel
ROOMS: Final = "/rooms"

Json = dict[str, Any]
_encoded: Final = json.JSONEncoder(separators=(",", ":")).encode


def token(workspace: str) -> str:
    """The token of a workspace: made up, and never a secret."""
    return f"token-of-{workspace}"


def order(place: Place, message: Message, key: str) -> bytes:
    """A post."""
    said = {
        "channel": place.channel.id,
        "kind": place.kind,
        "under": place.under,
        "person": place.person.id if place.person else "",
        "reply": place.reply,
        "key": key,
        "message": packed(message),
    }
    return _encoded(said).encode()


def packed(message: Message) -> Json:
    """A message as JSON. Only http(s) becomes a link."""
    said: Json = {
        "title": message.title,
        "url": _link(message.url),
        "body": message.body,
        "code": message.code,
        "facts": message.facts,
        "note": message.note,
        "items": [packed(item) for item in message.items],
        "group": message.group,
        "actions": [_action(action) for action in message.actions],
        "notice": message.notice,
    }
    if message.file:
        said["file"] = {"name": message.file.name, "content": message.file.content, "kind": message.file.kind}
    return {name: value for name, value in said.items() if value}


def _action(action: Action) -> Json:
    asks = [
        {
            "name": ask.name,
            "label": ask.label,
            "kind": ask.kind,
            "value": ask.value,
            "choices": ask.choices,
            "optional": ask.optional,
        }
        for ask in action.ask
    ]
    said = {"label": action.label, "command": action.command, "url": _link(action.url), "ask": asks}
    return {name: value for name, value in said.items() if value}


def _link(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def unpacked(said: Json) -> Message:
    """The message again."""
    return Message(
        title=said.get("title", ""),
        url=said.get("url", ""),
        body=said.get("body", ""),
        code=said.get("code", ""),
        facts=tuple(said.get("facts", ())),
        note=said.get("note", ""),
        items=tuple(unpacked(item) for item in said.get("items", ())),
        group=said.get("group", ""),
        actions=tuple(
            Action(
                one.get("label", ""),
                one.get("command", ""),
                one.get("url", ""),
                tuple(Ask(**{**ask, "choices": tuple(ask["choices"])}) for ask in one.get("ask", ())),
            )
            for one in said.get("actions", ())
        ),
        file=File(**said["file"]) if "file" in said else None,
        notice=said.get("notice", ""),
    )


def packed_act(act: Act) -> Json:
    """An act as JSON."""
    return {
        "key": act.key,
        "order": act.order,
        "kind": act.kind,
        "where": packed_place(act.channel, act.person),
        "at": act.at.isoformat(),
        "text": act.text,
        "message": act.message,
        "emoji": act.emoji,
        "reply": act.reply,
        "manager": act.manager,
        "guest": act.guest,
        "writes": act.writes,
    }


def unpacked_act(said: Json, platform: str) -> Act:
    """The act again, of a platform of that name."""
    channel, person = unpacked_place(said["where"], platform)
    return Act(
        said["key"],
        said["order"],
        said["kind"],
        channel,
        person,
        datetime.fromisoformat(said["at"]),
        text=said["text"],
        message=said["message"],
        emoji=said["emoji"],
        reply=said["reply"],
        manager=said["manager"],
        guest=said["guest"],
        writes=said["writes"],
    )


def packed_place(channel: Channel, person: Person) -> Json:
    """Where and by whom."""
    return {
        "workspace": channel.workspace,
        "channel": channel.id,
        "channel_name": channel.name,
        "person": person.id,
        "person_name": person.name,
        "zone": person.zone,
    }


def unpacked_place(said: Mapping[str, str], platform: str) -> tuple[Channel, Person]:
    """Where and by whom, of a platform of that name."""
    workspace = said["workspace"]
    return (
        Channel(platform, workspace, said["channel"], said["channel_name"]),
        Person(platform, workspace, said["person"], said["person_name"], said["zone"]),
    )
