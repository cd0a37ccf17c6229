"""What was said: messages, their files and reactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from tests.rigs.discord.wire import Json
from tests.rigs.discord.world import Account, Channel, stamp

#: flags of a message
SUPPRESS_EMBEDS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
COMPONENTS_V2: Final = 1 << 15


@dataclass(eq=False, slots=True)
class File:
    """Something attached."""

    id: str
    name: str
    content: bytes
    url: str

    def json(self) -> Json:
        """As payloads show it."""
        said = {"id": self.id, "filename": self.name, "size": len(self.content), "url": self.url}
        return said | {"proxy_url": self.url, "content_type": "text/plain; charset=utf-8"}


@dataclass(eq=False, slots=True)
class Said:
    """A message."""

    id: str
    channel: Channel = field(repr=False)
    author: Account
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    flags: int = 0
    nonce: str = ""
    #: our own name of it: its nonce, or what a marker in its components says
    key: str = ""
    reference: Json | None = None
    #: whom it pings: ids of people, or of the roles and "everyone" that did
    pings: frozenset[str] = frozenset()
    #: mentioned in its text, pinged or not: for payloads
    mentions: list[Account] = field(default_factory=list)
    #: for an ephemeral message: who alone sees it
    to: str = ""
    #: "" in a channel, by a person or the app; "answer", "followup" to an interaction
    via: Literal["", "answer", "followup"] = ""
    #: the interaction it answers, as payloads show it
    interaction: Json | None = None
    at: datetime = field(kw_only=True)
    edited: datetime | None = None
    deleted: bool = False
    #: emoji -> who, and whether with a super reaction, in order
    reactions: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    #: the thread that was opened under it
    thread: Channel | None = None

    @property
    def silent(self) -> bool:
        """Nobody's device makes a sound or a banner."""
        return bool(self.flags & SUPPRESS_NOTIFICATIONS)

    @property
    def loading(self) -> bool:
        """People see only that the app is thinking."""
        return bool(self.flags & LOADING)

    def shown(self) -> list[Json]:
        """The embeds that people see: of several with the same link only the first."""
        links: set[str] = set()
        seen = []
        for embed in [] if self.flags & SUPPRESS_EMBEDS else self.embeds:
            link = embed.get("url") or ""
            if not link or link not in links:
                seen.append(embed)
            links.add(link)
        return seen

    def json(self, me: str, *, content: bool = True) -> Json:
        """As payloads show it to the account `me`; without `content` to an app that may not read it."""
        said: Json = {
            "id": self.id,
            "type": 20 if self.interaction else 0,
            "channel_id": self.channel.id,
            "author": self.author.json(),
            "content": self.content if content else "",
            "embeds": [one | {"type": "rich"} for one in self.embeds] if content else [],
            "components": self.components if content else [],
            "attachments": [one.json() for one in self.files] if content else [],
            "flags": self.flags,
            "timestamp": stamp(self.at),
            "edited_timestamp": stamp(self.edited),
            "tts": False,
            "pinned": False,
            "mention_everyone": "everyone" in self.pings,
            "mentions": [one.json() for one in self.mentions],
            "mention_roles": [],
        }
        if self.nonce:
            said["nonce"] = self.nonce
        if self.reactions:
            said["reactions"] = self.reacted(me)
        if self.reference:
            said["message_reference"] = self.reference
        if self.via:
            said["webhook_id"] = said["application_id"] = self.author.id
        if self.interaction:
            said["interaction_metadata"] = self.interaction
        if self.thread and not self.thread.deleted:
            said["thread"] = self.thread.json()
        return said

    def reacted(self, me: str) -> list[Json]:
        """Its reactions, counted."""
        return [
            {
                "emoji": emoji_of(emoji),
                "count": len(who),
                "count_details": {
                    "burst": sum(burst for _, burst in who),
                    "normal": sum(not burst for _, burst in who),
                },
                "me": (me, False) in who,
                "me_burst": (me, True) in who,
                "burst_colors": [],
            }
            for emoji, who in self.reactions.items()
        ]


def emoji_of(emoji: str) -> Json:
    """A reaction's emoji as payloads show it: a character, or "name:id" of a server's own."""
    name, _, own = emoji.partition(":")
    return {"id": own or None, "name": name}
