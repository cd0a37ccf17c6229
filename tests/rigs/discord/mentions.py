"""Whom a message pings: what its text names, what the sender allowed, and what the sender may.

https://discord.com/developers/docs/resources/message#allowed-mentions-object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.rigs.discord.markdown import read
from tests.rigs.discord.permissions import May, in_channel
from tests.rigs.discord.wire import Json, Problem
from tests.rigs.discord.world import Account, Channel


def named(content: str, accounts: Mapping[str, Account]) -> list[Account]:
    """The accounts that a text mentions."""
    found = dict.fromkeys(one.target for one in read(content)[1] if one.kind == "mention")
    return [accounts[one] for one in found if one in accounts]


def pinged(channel: Channel, author: Account, content: str, allowed: Json | None) -> frozenset[str]:
    """Ids of the people and roles, and "everyone" or "here", that a text pings there."""
    may, guild = in_channel(channel, author), channel.guild
    found: set[str] = set()
    for one in read(content)[1]:
        loud = May.MENTION_EVERYONE in may
        if one.kind == "mention" and _allows(allowed, "users", one.target):
            inside = one.target in guild.members if guild else any(r.id == one.target for r in channel.recipients)
            found |= {one.target} if inside else set()
        elif one.kind == "role" and guild and one.target in guild.roles and _allows(allowed, "roles", one.target):
            found |= {one.target} if loud or guild.roles[one.target].mentionable else set()
        elif one.kind == "broadcast" and guild and loud and _allows(allowed, "everyone", ""):
            found.add(one.target)
    return frozenset(found)


def of_allowed(said: Any) -> list[Problem]:
    """What is wrong with what the sender allows."""
    if said is None:
        return []
    if not isinstance(said, dict):
        return [Problem("allowed_mentions", "DICT_TYPE_CONVERT", "Only dictionaries may be used.")]
    both = [name for name in ("users", "roles") if name in (said.get("parse") or ()) and said.get(name)]
    return [
        Problem("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f"parse:[{one!r}] and {one}: [ids...]")
        for one in both
    ]


def _allows(allowed: Json | None, kind: str, target: str) -> bool:
    """Nothing said allows everything."""
    if allowed is None:
        return True
    return kind in (allowed.get("parse") or ()) or target in [str(one) for one in allowed.get(kind) or ()]
