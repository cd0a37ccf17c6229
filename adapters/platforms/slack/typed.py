"""What people type: out of Slack's markup, names, links and entities as they were typed; and what we tell them to type.

https://docs.slack.dev/messaging/formatting-message-text/#parsing
"""

from __future__ import annotations

import re
from typing import Final

#: a command in a sentence of ours, and what stands behind its first word
COMMAND: Final = re.compile(r"`/papers\b([^`\n]*)`")
_CONTROL: Final = re.compile(r"<([^<>]+)>")
_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY: Final = re.compile("&(?:lt|gt|amp);")
_MENTION: Final = re.compile(r"<@[UW]\w+(?:\|[^<>]*)?>:?")


def here(text: str, command: str) -> str:
    """A sentence of ours, with the command as people type it in this workspace."""
    return COMMAND.sub(lambda found: f"`{command}{found[1]}`", text)


def plain(text: str) -> str:
    """What was typed. A channel stays as Slack names it ("<#C1|papers>"): the house understands that."""
    parts, end = [], 0
    for found in _CONTROL.finditer(text):
        parts += [_decoded(text[end : found.start()]), _written(found[1])]
        end = found.end()
    return "".join((*parts, _decoded(text[end:]))).strip()


def addressed(text: str) -> str:
    """What was said to whom it mentions first: what stands behind that name, or else before it."""
    before, behind = (*_MENTION.split(text, maxsplit=1), "")[:2]
    return plain(behind) or plain(before)


def first_link(text: str) -> str:
    """The first web address in a message; "" where there is none."""
    for found in _CONTROL.finditer(text):
        target = found[1].partition("|")[0]
        if target.startswith(("http://", "https://")):
            return _decoded(target)
    return ""


def _written(inside: str) -> str:
    target, bar, label = inside.partition("|")
    if target.startswith("#"):
        return f"<{inside}>"
    if target.startswith(("@", "!")):
        return f"@{label or target[1:]}"
    # what Slack made an address of by itself is told with what was typed
    return _decoded(label if bar and label else target)


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)
