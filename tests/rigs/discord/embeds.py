"""Whether Discord would take these embeds: https://discord.com/developers/docs/resources/message#embed-object-embed-limits."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from tests.rigs.discord.wire import Json, Problem, length, size

MOST: Final = 10
MOST_IN_ALL: Final = 6000
LONGEST: Final = {"title": 256, "description": 4096}
PARTS: Final = {"footer": ("text", 2048), "author": ("name", 256)}
#: one of these makes it an embed
SOMETHING: Final = ("title", "description", "fields", "image", "thumbnail", "footer", "author", "video")
LONGEST_URL: Final = 2048


def of_embeds(embeds: Any) -> list[Problem]:
    """What is wrong with the embeds of a message."""
    if not isinstance(embeds, list) or not all(isinstance(one, dict) for one in embeds):
        return [Problem("embeds", "BASE_TYPE_BAD_TYPE", "Only lists of embeds are accepted.")]
    found = [one.inside(f"embeds.{number}") for number, embed in enumerate(embeds) for one in _of(embed)]
    if len(embeds) > MOST:
        found.append(Problem("embeds", "BASE_TYPE_BAD_LENGTH", f"Must be {MOST} or fewer in length."))
    if not found and sum(size(text) for embed in embeds for text in texts(embed)) > MOST_IN_ALL:
        found.append(Problem("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MOST_IN_ALL}"))
    return found


def texts(embed: Json) -> list[str]:
    """Every text of an embed that counts."""
    said = [embed.get(name) for name in LONGEST]
    said += [(embed.get(part) or {}).get(name) for part, (name, _) in PARTS.items()]
    for one in embed.get("fields") or ():
        said += [one.get("name"), one.get("value")]
    return [text for text in said if text]


def of_url(where: str, url: Any, *, attached: bool = False, longest: int = LONGEST_URL) -> list[Problem]:
    """What is wrong with an address; `attached` for one that may name a file of the message."""
    if url is None:
        return []
    if found := length(where, url, longest, 1):
        return found
    allowed = ("http", "https", "attachment") if attached else ("http", "https")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme and parts.scheme not in allowed:
        return [Problem(where, "URL_TYPE_INVALID_SCHEME", f'Scheme "{parts.scheme}" is not supported.')]
    if not parts.netloc or any(character.isspace() for character in url):
        return [Problem(where, "URL_TYPE_INVALID_URL", "Not a well formed URL.")]
    return []


def _of(embed: Json) -> list[Problem]:
    found: list[Problem] = []
    if not any(embed.get(name) for name in SOMETHING):
        found.append(Problem("description", "BASE_TYPE_REQUIRED", "This field is required"))
    for name, most in LONGEST.items():
        found += length(name, embed.get(name), most)
    for part, (name, most) in PARTS.items():
        if embed.get(part):
            found += length(f"{part}.{name}", embed[part].get(name), most, 1)
            found += of_url(f"{part}.icon_url", embed[part].get("icon_url"), attached=True)
    found += of_url("url", embed.get("url")) + of_url("author.url", (embed.get("author") or {}).get("url"))
    for part in ("image", "thumbnail"):
        found += of_url(f"{part}.url", (embed.get(part) or {}).get("url"), attached=True)
    fields = embed.get("fields") or []
    if len(fields) > 25:
        found.append(Problem("fields", "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length."))
    for number, one in enumerate(fields):
        # a field that is missing is as wrong as an empty one
        found += length(f"fields.{number}.name", one.get("name") or "", 256, 1)
        found += length(f"fields.{number}.value", one.get("value") or "", 1024, 1)
    color = embed.get("color")
    if color is not None and not (isinstance(color, int) and 0 <= color <= 0xFFFFFF):
        found.append(Problem("color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215."))
    return found
