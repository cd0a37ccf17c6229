"""What Discord makes of text: what is read, and what in it acts: mentions, links, times.

https://support.discord.com/hc/en-us/articles/210298617 and https://discord.com/developers/docs/reference#message-formatting
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from tests.rigs.discord.wire import Json


@dataclass(frozen=True, slots=True)
class Active:
    """Something in a text that is more than text."""

    kind: Literal["mention", "role", "broadcast", "channel", "command", "emoji", "time", "link"]
    #: an id, "everyone", an address, seconds since 1970
    target: str
    #: as it is read
    text: str
    #: nobody wrote a link: Discord made one of the plain text
    found: bool = False
    #: a link in pointed brackets: no preview hangs under it
    quiet: bool = False


_ADDRESS: Final = r"https?://[^\s<>]+"
#: the first that fits at a place wins, as in Discord's own reader
TOKEN: Final = re.compile(
    rf"""
      \\(?P<escaped>[^\w\s]|_)
    | ```(?:[\w+-]*\n)?(?P<block>[\s\S]+?)```
    | (?P<ticks>`+)(?P<code>[\s\S]*?[^`])(?P=ticks)(?!`)
    | <@!?(?P<mention>\d{{15,20}})>
    | <@&(?P<role>\d{{15,20}})>
    | <\#(?P<channel>\d{{15,20}})>
    | <(?:id:(?P<place>customize|browse|guide|linked-roles))>
    | </(?P<command>[-_'\w]+(?:\ [-_'\w]+){{0,2}}):(?P<number>\d{{15,20}})>
    | <a?:(?P<emoji>\w{{2,32}}):(?P<own>\d{{15,20}})>
    | <t:(?P<time>-?\d{{1,17}})(?::(?P<style>[tTdDfFsSR]))?>
    | @(?P<broadcast>everyone|here)\b
    | \[(?P<label>(?:\\.|[^\]\[\\]|\[[^\]\[]*\])+)\]\(\s*<?(?P<masked>https?://[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?
        (?:\s+["'][^)]*["'])?\s*\)
    | <(?P<quiet>{_ADDRESS})>
    | (?P<bare>{_ADDRESS})
    """,
    re.VERBOSE,
)
#: what stands around text and is not read: bold, underlined, struck out, hidden, italic
STYLED: Final = re.compile(
    r"(\*\*|__|~~|\|\|)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])(\*|_)(?=[^\s*_])(.+?)(?<=[^\s*_])\3(?![\w*])", re.DOTALL
)
LINE: Final = re.compile(r"^(?:#{1,3} |-# |>>> |> )", re.MULTILINE)


def read(text: str, *, plain: bool = False) -> tuple[str, list[Active]]:
    """A text as people read it, and what acts in it; `plain` for a place where only emoji are more than text."""
    if plain:
        return text, []
    shown: list[str] = []
    active: list[Active] = []
    end = 0
    for token in TOKEN.finditer(text):
        shown.append(text[end : token.start()])
        end = token.end()
        literal, one = _token(token)
        active += one
        # kept from what is styled, as Discord keeps it
        shown.append("".join(_held(character) for character in literal))
    shown.append(text[end:])
    return _released(_styled("".join(shown))), active


def _token(token: re.Match[str]) -> tuple[str, list[Active]]:
    named = {name: value for name, value in token.groupdict().items() if value is not None}
    match named:
        case {"escaped": literal} | {"block": literal} | {"code": literal}:
            return literal, []
        case {"masked": url, "label": label}:
            words = read(label)[0]
            return words, [Active("link", url, words)]
        case {"quiet": url}:
            return url, [Active("link", url, url, found=True, quiet=True)]
        case {"bare": url}:
            # a closing bracket or a full stop ends the sentence, not the address
            url = url.rstrip(".,:;\"'!?")
            return token[0], [Active("link", url, url, found=True)]
        case {"time": seconds}:
            return _time(seconds), [Active("time", seconds, _time(seconds))]
        case {"command": command, "number": number}:
            return f"/{command}", [Active("command", number, f"/{command}")]
        case {"emoji": name, "own": number}:
            return f":{name}:", [Active("emoji", number, f":{name}:")]
        case {"broadcast": whom}:
            return f"@{whom}", [Active("broadcast", whom, f"@{whom}")]
        case {"role": number}:
            return f"@{number}", [Active("role", number, f"@{number}")]
        case {"channel": number} | {"place": number}:
            return f"#{number}", [Active("channel", number, f"#{number}")]
        case {"mention": number}:
            return f"@{number}", [Active("mention", number, f"@{number}")]
    raise AssertionError(token[0])


def _time(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OSError, OverflowError, ValueError):
        return "Invalid Date"


#: where characters wait that style must not touch
_AWAY: Final = 0xF0000


def _held(character: str) -> str:
    return chr(_AWAY + ord(character)) if ord(character) < 0x80 else character


def _released(text: str) -> str:
    return "".join(chr(ord(one) - _AWAY) if _AWAY <= ord(one) < _AWAY + 0x80 else one for one in text)


def _styled(text: str) -> str:
    text = LINE.sub("", text)
    for _ in range(4):
        text, changed = STYLED.subn(lambda found: found[2] or found[4], text)
        if not changed:
            break
    return text


# -------------------------------------------------------------------------------------------- embeds, components


def embeds_read(embeds: list[Json]) -> tuple[list[str], list[Active]]:
    """The lines that people read in embeds, in order, and what acts in them."""
    lines: list[str] = []
    active: list[Active] = []
    for embed in embeds:
        for text, plain, url in _texts(embed):
            shown, found = read(text, plain=plain)
            lines.append(shown)
            active += found
            active += [Active("link", url, shown)] if url else []
    # nobody is pinged and nothing is previewed by what stands in an embed
    return [line for line in lines if line], active


def components_read(components: list[Json]) -> tuple[list[str], list[Active]]:
    """The same of components: labels and options are text."""
    lines: list[str] = []
    active: list[Active] = []
    for one in components:
        inside = one.get("components") or [one.get("component") or {}]
        lines += [one.get("content", ""), one.get("label", ""), one.get("description", "")]
        for each in inside:
            lines += [label(each), each.get("placeholder") or "", each.get("value") or ""]
            for option in each.get("options") or ():
                lines += [option["label"], option.get("description") or ""]
            if each.get("url"):
                active.append(Active("link", each["url"], label(each)))
    return [line for line in lines if line], active


def label(element: Json) -> str:
    """What stands on a button: its emoji and its words."""
    emoji = element.get("emoji") or {}
    return f"{emoji.get('name') or ''} {element.get('label') or ''}".strip()


def _texts(embed: Json) -> Iterator[tuple[str, bool, str]]:
    """Texts of an embed: each, whether only a text, and where it leads."""
    author, footer = embed.get("author") or {}, embed.get("footer") or {}
    yield author.get("name") or "", True, author.get("url") or ""
    # a title is styled, and mentions nobody
    yield embed.get("title") or "", True, embed.get("url") or ""
    yield embed.get("description") or "", False, ""
    for one in embed.get("fields") or ():
        yield one["name"], True, ""
        yield one["value"], False, ""
    yield footer.get("text") or "", True, ""
