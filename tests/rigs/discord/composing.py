"""What becomes of the body of a message: checked as a whole, with its files, its mentions and its flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.rigs.discord import components, embeds
from tests.rigs.discord.mentions import named, of_allowed, pinged
from tests.rigs.discord.permissions import May, in_channel
from tests.rigs.discord.said import COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, File, Said
from tests.rigs.discord.state import Discord
from tests.rigs.discord.wire import Json, Problem, Refusal, Upload, length, malformed
from tests.rigs.discord.world import Account, Channel

#: characters a bot may send; the published document says 4,000, which is for people who pay
LONGEST: Final = 2000
LONGEST_NONCE: Final = 25
MOST_FILES: Final = 10
MOST_BYTES: Final = 10 * 2**20
KEPT: Final = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS


def composed(
    discord: Discord,
    channel: Channel,
    said: Any,
    uploads: Mapping[str, Upload],
    *,
    author: Account,
    old: Said | None = None,
    ephemeral: bool = False,
) -> Json:
    """The fields of Said that a body makes, on top of those of `old`. Raises Refusal.

    `ephemeral` where it may be seen by one person alone.
    """
    if not isinstance(said, dict):
        raise malformed([Problem("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")])
    if found := _problems(said):
        raise malformed(found)
    made: Json = {
        "content": (said.get("content") or "").strip() if "content" in said or not old else old.content,
        "embeds": [_trimmed(one) for one in said.get("embeds") or ()] if "embeds" in said or not old else old.embeds,
        "components": said.get("components") or [] if "components" in said or not old else old.components,
        "files": _files(discord, said, uploads, old),
        "flags": _flags(discord, said, old, KEPT | (EPHEMERAL if ephemeral else 0)),
    }
    if not (made["content"] or made["embeds"] or made["files"]):
        raise Refusal(50006)
    made["mentions"] = named(made["content"], discord.accounts)
    if old is None:
        made["pings"] = pinged(channel, author, made["content"], said.get("allowed_mentions"))
    return made


def allowed(channel: Channel, author: Account, made: Json) -> None:
    """Whoever sends that may send such things there. Raises Refusal."""
    may = in_channel(channel, author)
    lacks = (made["embeds"] and May.EMBED_LINKS not in may) or (made["files"] and May.ATTACH_FILES not in may)
    if lacks and channel.guild is not None:
        raise Refusal(50013)


def _problems(said: Json) -> list[Problem]:
    found: list[Problem] = length("content", said.get("content"), LONGEST)
    if said.get("embeds") is not None:
        found += embeds.of_embeds(said["embeds"])
    if said.get("components") is not None and not (said.get("flags") or 0) & COMPONENTS_V2:
        found += components.of_message(said["components"])
    nonce = said.get("nonce")
    if isinstance(nonce, str) and len(nonce) > LONGEST_NONCE:
        found += length("nonce", nonce, LONGEST_NONCE)
    return found + of_allowed(said.get("allowed_mentions"))


def _trimmed(embed: Json) -> Json:
    """Discord takes blanks from both ends of what people read."""
    made = {name: value.strip() if isinstance(value, str) else value for name, value in embed.items()}
    if embed.get("fields"):
        made["fields"] = [
            {"inline": False} | one | {name: one[name].strip() for name in ("name", "value")} for one in embed["fields"]
        ]
    return made


def _flags(discord: Discord, said: Json, old: Said | None, kept: int) -> int:
    asked = said.get("flags")
    if asked is None:
        return old.flags if old else 0
    if asked & COMPONENTS_V2:
        discord.violations.append("components v2 are not known to this rig")
        raise Refusal(50035, "components v2 are not known to this rig")
    # what is seen by one person alone stays so, and what came silently did
    before = old.flags & (EPHEMERAL | SUPPRESS_NOTIFICATIONS) if old else 0
    return int(asked) & kept | before


def _files(discord: Discord, said: Json, uploads: Mapping[str, Upload], old: Said | None) -> list[File]:
    listed = said.get("attachments")
    kept = list(old.files) if old else []
    if listed is not None:
        names = [str(one.get("id")) for one in listed]
        kept = [one for one in kept if one.id in names]
        if lost := [one for one in names if one not in uploads and all(one != file.id for file in kept)]:
            raise malformed([Problem(f"attachments.{lost[0]}", "ATTACHMENT_NOT_FOUND", "There is no such file.")])
    if len(uploads) + len(kept) > MOST_FILES:
        raise malformed([Problem("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")])
    if sum(len(one.content) for one in uploads.values()) > MOST_BYTES:
        raise Refusal(40005)
    for one in uploads.values():
        number = discord.snowflake()
        kept.append(File(number, one.name, one.content, f"{discord.url}/attachments/{number}/{one.name}"))
        discord.files[number] = kept[-1]
    return kept
