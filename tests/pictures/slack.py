"""Slack's messages as HTML: the blocks that a message of ours is made of, as a person at a screen sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any, Final

from tests.pictures.page import page
from tests.rigs.slack.world import Said, Workspace

Json = dict[str, Any]

STYLE: Final = """
body{font:15px/1.46 "Lato","Helvetica Neue",Arial,"DejaVu Sans",sans-serif;color:#1d1c1d;background:#fff;
 border:1px solid #ddd}
.bar{height:44px;background:#4a154b;color:#fff;font-weight:700;display:flex;align-items:center;padding:0 20px}
.room{border-bottom:1px solid #ddd;font-weight:900;font-size:18px;padding:12px 20px}
.day{text-align:center;margin:14px 0;border-top:1px solid #ddd;height:0}
.day span{position:relative;top:-13px;background:#fff;border:1px solid #ddd;border-radius:24px;padding:3px 14px;
 font-size:13px;font-weight:700}
.message{display:flex;gap:10px;padding:8px 20px}
.message.alone{background:#f8f8f8}
.face{flex:none;width:36px;height:36px;border-radius:6px;color:#fff;font-weight:700;display:grid;place-items:center}
.said{flex:1;min-width:0}
.name{font-weight:900}.app{font-size:10px;background:#ececec;color:#616061;border-radius:2px;padding:1px 3px;
 margin:0 6px;vertical-align:2px}.at{font-size:12px;color:#616061}
.eye{font-size:13px;color:#616061}
h3{font-size:18px;line-height:1.3;margin:4px 0 8px}
ol,ul{margin:0 0 4px;padding-left:26px}li{padding-left:2px}
a{color:#1264a3;text-decoration:none}
code{font:12px "DejaVu Sans Mono",monospace;color:#e01e5a;background:#f7f7f7;border:1px solid #ddd;border-radius:3px;
 padding:1px 3px}pre{font:12px/1.5 "DejaVu Sans Mono",monospace;background:#f7f7f7;border:1px solid #ddd;
 border-radius:4px;padding:8px;margin:4px 0;white-space:pre-wrap}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0 2px}
.button{border:1px solid #c9c9c9;border-radius:4px;font-size:13px;font-weight:700;padding:4px 11px;background:#fff}
.menu:after{content:" ▾";color:#616061}
.context{font-size:13px;color:#616061}
.reaction{display:inline-block;border:1px solid #1d9bd1;background:#e8f5fa;border-radius:12px;font-size:12px;
 padding:2px 8px;margin-top:6px}
.file{display:inline-flex;gap:10px;border:1px solid #ddd;border-radius:8px;padding:10px 14px;margin-top:6px;
 font-weight:700}.file small{display:block;font-weight:400;color:#616061}
.more{color:#1264a3;font-size:13px;font-weight:700;padding:0 20px 8px 66px}
.thread{border-left:2px solid #ddd;margin:2px 0 6px 38px}
"""
#: so many replies of a thread are shown
OPEN: Final = 2
_COLOURS: Final = ("#2bac76", "#e01e5a", "#36c5f0", "#ecb22e")


def conversation(name: str, room: str, said: Sequence[Said], people: Mapping[str, str], workspace: Workspace) -> str:
    """One conversation as a page, of each thread the beginning. `people` maps ids to what people are called."""
    assert workspace.bot
    bot = workspace.bot.id
    body = [f'<div class="bar">{escape(name)}</div><div class="room">{escape(room)}</div>']
    for day, there in groupby(said, lambda one: one.at.strftime("%A, %B %-d")):
        body.append(f'<div class="day"><span>{escape(day)}</span></div>')
        for thread, some in groupby(there, lambda one: one.thread):
            shown = [message(one, people, bot) for one in some]
            if not thread:
                body += shown
                continue
            more = len(shown) - OPEN
            hidden = [f'<div class="more">{more} more replies</div>'] if more > 0 else []
            body.append(f'<div class="thread">{"".join([*shown[:OPEN], *hidden])}</div>')
    return page(f"{room} in Slack", STYLE, "".join(body))


def message(said: Said, names: Mapping[str, str], bot: str) -> str:
    """One message with its head, and what hangs at it."""
    ours = said.user == bot
    name = "Paperround" if ours else names[said.user]
    colour = "#3f0e40" if ours else _COLOURS[sum(map(ord, name)) % len(_COLOURS)]
    parts = [f'<span class="name">{escape(name)}</span>']
    parts += ['<span class="app">APP</span>'] if ours else [" "]
    parts += [f'<span class="at">{said.at:%-I:%M %p}</span>']
    if said.to:
        parts.insert(0, '<div class="eye">👁 Only visible to you</div>')
    parts += [block(one) for one in said.blocks] or [f"<div>{escape(said.text)}</div>"]
    parts += [_file(one.name, len(one.content or b"")) for one in said.files]
    parts += [f'<span class="reaction">🔖 {len(who)}</span> ' for name, who in said.reactions.items() if who]
    alone = " alone" if said.to else ""
    face = f'<div class="face" style="background:{colour}">{escape(name[0])}</div>'
    return f'<div class="message{alone}">{face}<div class="said">{"".join(parts)}</div></div>'


def block(one: Json) -> str:
    """One block. Raises KeyError for a kind that no message of ours has."""
    match one["type"]:
        case "header":
            return f"<h3>{_text(one['text'])}</h3>"
        case "section":
            return f"<div>{_text(one['text'])}</div>"
        case "divider":
            return "<hr>"
        case "context":
            return f'<div class="context">{" ".join(map(_text, one["elements"]))}</div>'
        case "actions":
            return f'<div class="actions">{"".join(map(_element, one["elements"]))}</div>'
        case "rich_text":
            return "".join(_rich(one["elements"]))
        case other:
            raise KeyError(other)


def _rich(elements: Iterable[Json]) -> Iterator[str]:
    for one in elements:
        match one["type"]:
            case "rich_text_section":
                yield f"<div>{_inline(one)}</div>"
            case "rich_text_preformatted":
                yield f"<pre>{_inline(one)}</pre>"
            case "rich_text_list":
                kind = "ol" if one["style"] == "ordered" else "ul"
                items = "".join(f"<li>{_inline(item)}</li>" for item in one["elements"])
                yield f'<{kind} start="{one.get("offset", 0) + 1}">{items}</{kind}>'
            case other:
                raise KeyError(other)


def _inline(section: Json) -> str:
    return "".join(map(_run, section["elements"]))


def _run(one: Json) -> str:
    shown = escape(one.get("text", "")).replace("\n", "<br>")
    if one["type"] == "link":
        shown = f'<a href="{escape(one["url"])}">{shown}</a>'
    style = one.get("style", {})
    for name, tag in (("code", "code"), ("bold", "b"), ("italic", "i")):
        if style.get(name):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _element(one: Json) -> str:
    if one["type"] == "overflow":
        return '<span class="button">⋯</span>'
    menu = " menu" if one["type"] == "static_select" else ""
    return f'<span class="button{menu}">{_text(one.get("text") or one["placeholder"])}</span>'


def _text(one: Json) -> str:
    return escape(str(one["text"])).replace("\n", "<br>")


def _file(name: str, size: int) -> str:
    return f'<div class="file">📄 <span>{escape(name)}<small>{size:,} bytes</small></span></div>'
