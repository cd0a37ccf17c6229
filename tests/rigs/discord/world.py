"""What there is on Discord: servers, roles, members, channels, threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from tests.rigs.discord.permissions import May
from tests.rigs.discord.wire import Json

if TYPE_CHECKING:
    from tests.rigs.discord.said import Said

Kind = Literal["text", "dm", "voice", "news", "news_thread", "thread", "private_thread", "forum"]
#: as the API numbers them
NUMBER: Final[dict[Kind, int]] = {
    "text": 0,
    "dm": 1,
    "voice": 2,
    "news": 5,
    "news_thread": 10,
    "thread": 11,
    "private_thread": 12,
    "forum": 15,
}
THREADS: Final = ("news_thread", "thread", "private_thread")
#: milliseconds before the first snowflake: 2015-01-01
EPOCH: Final = 1420070400000


def stamp(when: datetime | None) -> str | None:
    """As Discord writes a time."""
    return when.isoformat() if when else None


@dataclass(eq=False, slots=True)
class Account:
    """Somebody: a person or a bot."""

    id: str
    name: str
    bot: bool = False
    #: takes no direct messages from members of a server
    closed: bool = False
    locale: str = "en-US"

    def json(self) -> Json:
        """As payloads show it."""
        return {
            "id": self.id,
            "username": self.name.lower(),
            "global_name": None if self.bot else self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False, slots=True)
class Role:
    """A role; the one whose id is the server's is everybody's."""

    id: str
    name: str
    permissions: May
    position: int = 0
    mentionable: bool = False

    def json(self) -> Json:
        """As payloads show it."""
        return {
            "id": self.id,
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "mentionable": self.mentionable,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "flags": 0,
        }


@dataclass(eq=False, slots=True)
class Member:
    """Somebody in a server."""

    account: Account
    joined: datetime
    #: ids
    roles: list[str] = field(default_factory=list)

    def json(self, *, user: bool = True) -> Json:
        """As payloads show it: roles are ids."""
        said: Json = {
            "roles": list(self.roles),
            "joined_at": stamp(self.joined),
            "nick": None,
            "avatar": None,
            "premium_since": None,
            "pending": False,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "communication_disabled_until": None,
        }
        return said | ({"user": self.account.json()} if user else {})


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, a forum, a thread or the direct messages of two."""

    id: str
    name: str
    kind: Kind = "text"
    guild: Guild | None = field(default=None, repr=False)
    #: of a thread: where it hangs
    parent: Channel | None = field(default=None, repr=False)
    #: id of a role or a member -> allowed, denied
    overwrites: dict[str, tuple[May, May]] = field(default_factory=dict)
    recipients: Sequence[Account] = ()
    position: int = 0
    deleted: bool = False
    said: list[Said] = field(default_factory=list, repr=False)
    #: of a forum: name -> id, and whether a post needs one
    tags: dict[str, str] = field(default_factory=dict)
    needs_tag: bool = False
    # of a thread
    owner: str = ""
    archived: bool = False
    locked: bool = False
    applied: list[str] = field(default_factory=list)
    since: datetime | None = None
    rests_after: int = 4320

    @property
    def threaded(self) -> bool:
        """It is a thread."""
        return self.kind in THREADS

    def json(self) -> Json:
        """As payloads show it."""
        said: Json = {"id": self.id, "type": NUMBER[self.kind], "flags": 0, "last_message_id": self._last()}
        if self.guild is None:
            return said | {"recipients": [one.json() for one in self.recipients if not one.bot]}
        said |= {"name": self.name, "guild_id": self.guild.id, "parent_id": self.parent.id if self.parent else None}
        if self.threaded:
            return said | {
                "owner_id": self.owner,
                "message_count": len(self.said),
                "member_count": 1,
                "rate_limit_per_user": 0,
                "applied_tags": list(self.applied),
                "thread_metadata": {
                    "archived": self.archived,
                    "locked": self.locked,
                    "auto_archive_duration": self.rests_after,
                    "archive_timestamp": stamp(self.since),
                    "create_timestamp": stamp(self.since),
                },
            }
        tags = [
            {"id": tag, "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
            for name, tag in self.tags.items()
        ]
        forum = {"available_tags": tags, "default_reaction_emoji": None, "default_sort_order": None}
        return said | {
            "position": self.position,
            "topic": None,
            "nsfw": False,
            "rate_limit_per_user": 0,
            "permission_overwrites": [self._overwrite(one) for one in self.overwrites],
            **(forum | {"default_forum_layout": 0} if self.kind == "forum" else {}),
        }

    def message(self, number: str) -> Said | None:
        """The message of that id; not one that was deleted or that one person alone sees."""
        return next((one for one in self.said if one.id == number and not one.deleted and not one.to), None)

    def _overwrite(self, whose: str) -> Json:
        assert self.guild is not None
        allow, deny = self.overwrites[whose]
        kind = 0 if whose in self.guild.roles else 1
        return {"id": whose, "type": kind, "allow": str(int(allow)), "deny": str(int(deny))}

    def _last(self) -> str | None:
        return self.said[-1].id if self.said else None


@dataclass(eq=False, slots=True)
class Guild:
    """A server, as people call it; a guild, as the API does."""

    id: str
    name: str
    owner: str = ""
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    #: an outage: nothing there can be asked or told
    unavailable: bool = False
    locale: str = "en-US"

    def json(self) -> Json:
        """As `get_guild` shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner,
            "roles": [one.json() for one in self.roles.values()],
            "emojis": [],
            "stickers": [],
            "features": [],
            "icon": None,
            "banner": None,
            "splash": None,
            "discovery_splash": None,
            "description": None,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "vanity_url_code": None,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.locale,
            "region": "rig",
        }
