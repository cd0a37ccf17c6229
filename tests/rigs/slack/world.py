"""What there is on Slack: workspaces, members, conversations, and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tests.rigs.slack.wire import Json

Kind = Literal["channel", "private", "im", "mpim"]
#: what a scope calls each kind of conversation: "channels:read"
SCOPE: Final[dict[Kind, str]] = {"channel": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
#: what `conversations.list` calls it, and what an event calls it
TYPE: Final[dict[Kind, str]] = {"channel": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}
EVENT: Final[dict[Kind, str]] = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}


@dataclass(eq=False, slots=True)
class Member:
    """Somebody with an account: a person, or the bot of an app."""

    id: str
    name: str
    team: str
    zone: str = "Etc/UTC"
    #: "B…" for a bot
    bot: str = ""
    deleted: bool = False
    admin: bool = False
    #: "" for a full member; guests see only channels they were added to
    guest: Literal["", "multi-channel", "single-channel"] = ""

    def json(self, now: datetime) -> Json:
        """As `users.info` shows it."""
        offset = ZoneInfo(self.zone).utcoffset(now)
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower(),
            "real_name": self.name,
            "deleted": self.deleted,
            "tz": self.zone,
            "tz_label": self.zone,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": {"real_name": self.name, "display_name": self.name, "team": self.team},
            "is_admin": self.admin,
            "is_owner": False,
            "is_restricted": bool(self.guest),
            "is_ultra_restricted": self.guest == "single-channel",
            "is_bot": bool(self.bot),
            "is_app_user": False,
        }


@dataclass(eq=False, slots=True)
class Said:
    """A message."""

    ts: str
    conversation: Conversation = field(repr=False)
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    #: the message it hangs under
    thread: str = ""
    bot: str = ""
    app: str = ""
    #: for an ephemeral message: who alone sees it
    to: str = ""
    #: "" typed by a person; "method" by the Web API; "response_url"; "answer" in an acknowledgement
    via: Literal["", "method", "response_url", "answer"] = ""
    at: datetime = field(kw_only=True)
    #: as they were asked for; None when they were not
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None
    #: previews that an app attached, by link
    unfurls: Json = field(default_factory=dict)
    #: name -> who, in order
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Stored] = field(default_factory=list)
    edited: bool = False
    deleted: bool = False

    @property
    def key(self) -> str:
        """Our own name of it, from its metadata."""
        return str(self.metadata.get("event_payload", {}).get("key", ""))

    @property
    def channel(self) -> str:
        """The conversation's id."""
        return self.conversation.id

    def json(self, *, metadata: bool = False) -> Json:
        """As methods and payloads show it; its metadata only to whoever asked for it."""
        said: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        if self.bot:
            said |= {"bot_id": self.bot, "app_id": self.app, "team": self.conversation.workspace.id}
        if self.blocks:
            said["blocks"] = self.blocks
        if metadata and self.metadata:
            said["metadata"] = self.metadata
        replies = self.conversation.under(self.ts)
        if self.thread or replies:
            said["thread_ts"] = self.thread or self.ts
        if replies:
            said |= {"reply_count": len(replies), "latest_reply": replies[-1].ts}
        if self.reactions:
            said["reactions"] = self.reacted()
        if self.files:
            said["files"] = [one.json() for one in self.files]
        if self.edited:
            said["edited"] = {"user": self.user, "ts": self.ts}
        return said

    def reacted(self, most: int | None = None) -> list[Json]:
        """Its reactions, each with at most so many of those who made it."""
        return [{"name": name, "users": users[:most], "count": len(users)} for name, users in self.reactions.items()]


@dataclass(eq=False, slots=True)
class Stored:
    """A file."""

    id: str
    name: str
    user: str
    length: int
    content: bytes | None = None
    title: str = ""
    done: bool = False

    def json(self) -> Json:
        """As methods show it."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "user": self.user,
            "size": len(self.content or b""),
            "mimetype": "text/plain",
        }


@dataclass(eq=False, slots=True)
class Conversation:
    """A channel, private channel, direct message or group of people."""

    id: str
    name: str
    kind: Kind
    workspace: Workspace = field(repr=False)
    members: list[str] = field(default_factory=list)
    archived: bool = False
    deleted: bool = False
    #: why the app may not post, by a preference of the workspace: "restricted_action"
    restricted: str = ""
    said: list[Said] = field(default_factory=list, repr=False)

    def json(self, user: str) -> Json:
        """As `conversations.info` shows it to somebody."""
        if self.kind == "im":
            other = next((one for one in self.members if one != user), user)
            return {"id": self.id, "is_im": True, "user": other, "is_archived": False, "is_open": True}
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "is_member": user in self.members,
            "context_team_id": self.workspace.id,
            "num_members": len(self.members),
        }

    def message(self, ts: str) -> Said | None:
        """The message of that time; not one that was deleted or that one person alone sees."""
        return next((one for one in self.said if one.ts == ts and not one.deleted and not one.to), None)

    def under(self, ts: str) -> Sequence[Said]:
        """The thread under a message."""
        return [one for one in self.said if one.thread == ts and not one.deleted and not one.to]


@dataclass(eq=False, slots=True)
class Workspace:
    """A workspace, alone or of an Enterprise Grid."""

    id: str
    name: str
    #: "E…" of the organisation it belongs to
    enterprise: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    #: the bot, once the app is installed
    bot: Member | None = None

    def json(self) -> Json:
        """As payloads name it."""
        said = {"id": self.id, "domain": self.name}
        return said | ({"enterprise_id": self.enterprise, "enterprise_name": "Grid"} if self.enterprise else {})

    def direct(self, user: str, other: str) -> Conversation | None:
        """The direct messages of two, if they have any."""
        pair = {user, other}
        return next((one for one in self.conversations.values() if one.kind == "im" and set(one.members) == pair), None)
