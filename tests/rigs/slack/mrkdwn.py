"""What Slack makes of text: what is read, and what in it acts: mentions, links, dates.

https://docs.slack.dev/messaging/formatting-message-text/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tests.rigs.slack.wire import Json


@dataclass(frozen=True, slots=True)
class Active:
    """Something in a text that is more than text."""

    kind: Literal["mention", "broadcast", "channel", "link", "date"]
    #: an id, "here", an address
    target: str
    #: as it is read
    text: str
    #: nobody wrote a link: Slack made one of the plain text
    found: bool = False


ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
#: what Slack itself turns into a link: an address, a domain, a mail address
ADDRESS: Final = re.compile(
    r"(?<![\w@./<|-])(?:https?://[^\s<>|]+|[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,}"
    r"|(?:[A-Za-z0-9-]{1,63}\.){1,8}"
    r"(?:[A-Za-z]{2}|com|org|net|edu|gov|dev|app|info|cloud|science|example)\b(?:/[^\s<>|]*)?)"
    r"(?![\w-])"
)
#: what a text object that is not verbatim makes of names in plain text
NAMES: Final = re.compile(r"(?<![\w@&])@(here|channel|everyone)\b")
CONTROL: Final = re.compile(r"<([^<>]*)>")


def read(text: str, *, verbatim: bool = False, names: bool = False) -> tuple[str, list[Active]]:
    """A mrkdwn text as people read it, and what acts in it.

    With `verbatim` Slack finds no addresses by itself; with `names` it finds names too, as in a text object.
    """
    shown: list[str] = []
    active: list[Active] = []
    end = 0
    for control in CONTROL.finditer(text):
        active += _plain(text[end : control.start()], shown, verbatim=verbatim, names=names)
        end = control.end()
        if one := _control(control[1]):
            active.append(one)
            shown.append(one.text)
        else:
            shown.append(decoded(control[0]))
    active += _plain(text[end:], shown, verbatim=verbatim, names=names)
    return "".join(shown), active


def decoded(text: str) -> str:
    """Without Slack's three entities."""
    return re.sub("&(?:lt|gt|amp);", lambda entity: ENTITIES[entity[0]], text)


def typed(text: str) -> str:
    """What a person typed, as an event carries it: escaped, and addresses made links."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return ADDRESS.sub(lambda found: _linked(found[0]), escaped)


def _linked(text: str) -> str:
    address = _address(text)
    return f"<{address}>" if address == text else f"<{address}|{text}>"


def _address(text: str) -> str:
    if text.startswith(("http://", "https://")):
        return text
    return f"mailto:{text}" if "@" in text else f"http://{text}"


def _plain(text: str, shown: list[str], *, verbatim: bool, names: bool) -> Iterator[Active]:
    shown.append(decoded(text))
    if verbatim:
        return
    for found in ADDRESS.finditer(text):
        yield Active("link", decoded(_address(found[0])), decoded(found[0]), found=True)
    for found in NAMES.finditer(text) if names else ():
        yield Active("broadcast", found[1], found[0], found=True)


def _control(inside: str) -> Active | None:
    """What stands between < and >; None for what Slack leaves as it is."""
    target, _, label = inside.partition("|")
    text = decoded(label)
    if re.fullmatch(r"@[UW]\w+", target):
        return Active("mention", target[1:], text or f"@{target[1:]}")
    if re.fullmatch(r"#[CG]\w+", target):
        return Active("channel", target[1:], text or f"#{target[1:]}")
    if target in ("!here", "!channel", "!everyone") or target.startswith("!subteam^"):
        return Active("broadcast", target[1:], text or f"@{target[1:]}")
    if target.startswith("!date^"):
        return Active("date", target[1:], text)
    if re.match(r"(?:https?://|mailto:|tel:|slack:)", target):
        return Active("link", decoded(target), text or decoded(target))
    return None


# ------------------------------------------------------------------------------------------------ Block Kit


def text_of(said: Json | None) -> str:
    """A text object as people read it."""
    return "" if said is None else _text(said)[0]


def blocks_read(blocks: list[Json]) -> tuple[list[str], list[Active]]:
    """The lines that people read in blocks, in order, and what acts in them."""
    lines: list[str] = []
    active: list[Active] = []
    for said in _texts(blocks):
        line, found = said if isinstance(said, tuple) else _text(said)
        lines.append(line)
        active += found
    return [line for line in lines if line], active


def _text(said: Json) -> tuple[str, list[Active]]:
    if said["type"] == "mrkdwn":
        return read(said["text"], verbatim=bool(said.get("verbatim")), names=True)
    return said["text"], []


def _texts(blocks: list[Json]) -> Iterator[Json | tuple[str, list[Active]]]:
    """Every text object of blocks, or what was read elsewhere in them."""
    for block in blocks:
        yield from (block[name] for name in ("label", "hint", "title") if isinstance(block.get(name), dict))
        match block["type"]:
            case "section":
                yield from [block["text"]] if block.get("text") else []
                yield from block.get("fields", [])
                yield from _element(block.get("accessory"))
            case "header":
                yield block["text"]
            case "context" | "actions":
                for one in block["elements"]:
                    yield from [one] if one["type"] in ("plain_text", "mrkdwn") else _element(one)
            case "input":
                yield from _element(block["element"])
            case "image":
                yield block["alt_text"], []
            case "markdown":
                yield read(block["text"], names=True)
            case "rich_text":
                yield _rich(block)


def _element(said: Json | None) -> Iterator[Json | tuple[str, list[Active]]]:
    """The texts of an interactive element or an image."""
    if said is None:
        return
    if url := said.get("url"):
        label = text_of(said["text"])
        yield label, [Active("link", url, label)]
    elif said.get("text"):
        yield said["text"]
    if alt := said.get("alt_text"):
        yield alt, []
    yield from [said["placeholder"]] if said.get("placeholder") else []
    for group in said.get("option_groups", [said]):
        yield from [group["label"]] if group.get("label") else []
        for option in group.get("options", ()):
            yield option["text"]
            yield from [option["description"]] if option.get("description") else []
    for name in ("initial_value", "initial_time", "initial_date"):
        if said.get(name):
            yield said[name], []


def _rich(said: Json) -> tuple[str, list[Active]]:
    """Rich text: nothing in its text acts, only its own elements do."""
    if "elements" in said:
        parts = [_rich(one) for one in said["elements"]]
        between = "" if said["type"] == "rich_text_section" else "\n"
        return between.join(text for text, _ in parts), [one for _, active in parts for one in active]
    match said["type"]:
        case "text":
            return said["text"], []
        case "link":
            text = said.get("text") or said["url"]
            return text, [Active("link", said["url"], text)]
        case "user":
            return f"@{said['user_id']}", [Active("mention", said["user_id"], f"@{said['user_id']}")]
        case "broadcast":
            return f"@{said['range']}", [Active("broadcast", said["range"], f"@{said['range']}")]
        case "channel":
            return f"#{said['channel_id']}", [Active("channel", said["channel_id"], f"#{said['channel_id']}")]
        case "emoji":
            return f":{said['name']}:", []
        case "date":
            text = said.get("fallback", "")
            return text, [Active("date", str(said["timestamp"]), text)]
        case _:
            return "", []
