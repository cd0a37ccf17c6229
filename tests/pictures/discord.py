"""Discord's messages as HTML: content, embeds and buttons, as a person at a screen sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from typing import Any, Final

from tests.pictures.page import page
from tests.rigs.discord.said import Said

Json = dict[str, Any]

STYLE: Final = """
body{font:15px/1.42 "gg sans","Noto Sans","Helvetica Neue",Arial,"DejaVu Sans",sans-serif;color:#dbdee1;
 background:#313338}
.room{border-bottom:1px solid #26282c;font-weight:700;font-size:16px;padding:13px 18px;color:#f2f3f5}
.day{text-align:center;margin:18px 16px;border-top:1px solid #3f4147;height:0}
.day span{position:relative;top:-10px;background:#313338;padding:0 8px;font-size:12px;font-weight:600;color:#949ba4}
.message{display:flex;gap:14px;padding:7px 18px}
.message.alone{background:#3a3948}
.face{flex:none;width:40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;font-weight:700;display:grid;
 place-items:center}
.said{flex:1;min-width:0}
.name{font-weight:600;color:#f2f3f5}.app{font-size:10px;background:#5865f2;color:#fff;border-radius:3px;
 padding:1px 4px;margin:0 6px;font-weight:600;vertical-align:1px}.at,.eye,small{font-size:12px;color:#949ba4}
.typed{font-size:13px;color:#b5bac1;margin-bottom:2px}.typed b{color:#c9cdfb;font-weight:500}
h3{font-size:20px;line-height:1.3;margin:4px 0;color:#f2f3f5}
a{color:#00a8fc;text-decoration:none}
.embed{background:#2b2d31;border-left:4px solid #5865f2;border-radius:4px;padding:9px 14px;margin:4px 0;max-width:640px}
.embed .title{font-weight:600;font-size:15px}.embed .foot{font-size:12px;color:#949ba4;margin-top:4px}
.embed .field{font-size:14px;margin-top:5px}
code{font:12.5px "DejaVu Sans Mono",monospace;background:#2b2d31;border-radius:3px;padding:1px 4px}
pre{font:12.5px/1.5 "DejaVu Sans Mono",monospace;background:#2b2d31;border:1px solid #1e1f22;border-radius:4px;
 padding:8px;margin:4px 0;white-space:pre-wrap}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:6px 0 2px}
.button{background:#4e5058;border-radius:4px;font-size:13px;font-weight:500;padding:5px 14px;color:#fff}
.menu{flex:1;max-width:420px;background:#1e1f22;color:#949ba4;border-radius:4px;padding:8px 12px;font-size:14px}
.menu:after{content:"⌄";float:right}
.reaction{display:inline-block;border:1px solid #5865f2;background:#373a53;border-radius:8px;font-size:14px;
 padding:1px 7px;margin-top:4px}
.thread{border-left:2px solid #4e5058;margin:2px 0 8px 37px}.opened{padding:4px 18px;font-weight:600;color:#f2f3f5}
.more{color:#00a8fc;font-size:13px;font-weight:500;padding:0 18px 6px 72px}
.file{display:inline-flex;gap:10px;background:#2b2d31;border:1px solid #232428;border-radius:8px;padding:10px 14px;
 margin-top:4px;color:#00a8fc}.file small{display:block}
"""
#: so many messages of a thread are shown
OPEN: Final = 2
#: as Discord numbers components: https://docs.discord.com/developers/components/reference
ROW, BUTTON, SELECT = 1, 2, 3
#: a time in the reader's own zone: https://docs.discord.com/developers/reference#message-formatting
_TIME: Final = re.compile(r"&lt;t:(\d+)(?::([a-zA-Z]))?&gt;")
_LINK: Final = re.compile(r"\[((?:\\.|[^\]\\])+)\]\((?:&lt;)?([^)\s]+?)(?:&gt;)?\)")
_MARKS: Final = (
    (re.compile(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<![\\*])\*([^*]+?)(?<!\\)\*"), r"<i>\1</i>"),
    (re.compile(r"(?<!\\)`([^`]+)`"), r"<code>\1</code>"),
)
_ESCAPED: Final = re.compile(r"\\([^\w\s])")
_TIMES: Final = {"t": "%-I:%M %p", "D": "%B %-d, %Y", "d": "%m/%d/%Y", "T": "%-I:%M:%S %p"}


def conversation(room: str, said: Sequence[Said]) -> str:
    """One channel as a page, of each thread the beginning."""
    body = [f'<div class="room">{escape(room)}</div>']
    for day, there in groupby(said, lambda one: one.at.strftime("%B %-d, %Y")):
        body.append(f'<div class="day"><span>{escape(day)}</span></div>')
        for channel, some in groupby(there, lambda one: one.channel):
            shown = [message(one) for one in some]
            if channel.parent is None:
                body += shown
                continue
            more = len(shown) - OPEN
            hidden = [f'<div class="more">{more} more messages</div>'] if more > 0 else []
            opened = f'<div class="opened">🧵 {escape(channel.name)}</div>'
            body.append(f'<div class="thread">{"".join([opened, *shown[:OPEN], *hidden])}</div>')
    return page(f"{room} in Discord", STYLE, "".join(body))


def message(said: Said) -> str:
    """One message with its head, and what hangs at it."""
    name = "Paperround" if said.author.bot else said.author.name
    parts = [f'<span class="name">{escape(name)}</span>']
    parts += ['<span class="app">APP</span>'] if said.author.bot else [" "]
    parts += [f'<span class="at">{said.at:%-I:%M %p}</span>']
    parts += [f"<div>{text(said.content)}</div>"] if said.content else []
    parts += map(_embed, said.shown())
    parts += map(_component, said.components)
    parts += [f'<div class="file">📄 <span>{escape(one.name)}</span></div>' for one in said.files]
    parts += [f'<span class="reaction">{escape(emoji)} {len(who)}</span>' for emoji, who in said.reactions.items()]
    parts += ['<div class="eye">👁 Only you can see this</div>'] if said.to else []
    alone = " alone" if said.to else ""
    face = f'<div class="face">{escape(name[0])}</div>'
    return f'<div class="message{alone}">{face}<div class="said">{"".join(parts)}</div></div>'


def text(markdown: str) -> str:
    """Discord's markdown, as far as messages of ours speak it, as HTML."""
    parts = re.split(r"```(?:\w*\n)?(.*?)```", markdown, flags=re.DOTALL)
    return "".join(
        f"<pre>{escape(part)}</pre>" if number % 2 else "".join(map(_line, part.split("\n")))
        for number, part in enumerate(parts)
    )


def _line(line: str) -> str:
    for start, tag in (("### ", "h3"), ("## ", "h3"), ("# ", "h3"), ("-# ", "small")):
        if line.startswith(start):
            return f"<{tag}>{_inline(line.removeprefix(start))}</{tag}>"
    return f"<div>{_inline(line) or '&nbsp;'}</div>"


def _inline(line: str) -> str:
    shown = _LINK.sub(r'<a href="\2">\1</a>', escape(line, quote=False))
    for mark, html in _MARKS:
        shown = mark.sub(html, shown)
    return _ESCAPED.sub(r"\1", _TIME.sub(_time, shown))


def _time(found: re.Match[str]) -> str:
    when = datetime.fromtimestamp(int(found[1]), UTC)
    return f"<code>{when.strftime(_TIMES.get(found[2] or 'f', '%B %-d, %Y %-I:%M %p'))}</code>"


def _embed(embed: Json) -> str:
    parts = []
    if author := embed.get("author"):
        parts.append(f"<small>{escape(author['name'])}</small>")
    if title := embed.get("title"):
        shown = _inline(title)
        link = embed.get("url")
        parts.append(f'<div class="title">{f"<a>{shown}</a>" if link else shown}</div>')
    if described := embed.get("description"):
        parts.append(f"<div>{text(described)}</div>")
    parts += [
        f'<div class="field"><b>{_inline(one["name"])}</b>{text(one["value"])}</div>' for one in embed.get("fields", [])
    ]
    if foot := embed.get("footer"):
        parts.append(f'<div class="foot">{escape(foot["text"])}</div>')
    return f'<div class="embed">{"".join(parts)}</div>'


def _component(one: Json) -> str:
    """A row of buttons, or a menu. Raises KeyError for a kind that no message of ours has."""
    if one["type"] == ROW:
        return f'<div class="actions">{"".join(map(_component, one["components"]))}</div>'
    if one["type"] == BUTTON:
        away = " ↗" if one.get("url") else ""
        return f'<span class="button">{escape(one.get("label", ""))}{away}</span>'
    if one["type"] == SELECT:
        return f'<span class="menu">{escape(one.get("placeholder", ""))}</span>'
    raise KeyError(one["type"])
